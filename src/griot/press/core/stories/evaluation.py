"""How good a grouping is, against labels made by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypedDict


class Scores(TypedDict):
    p: float
    r: float
    f1: float


def scores_of(both: int, found: int, wanted: int) -> Scores:
    """Precision and recall of `found` things of which `both` are among the `wanted`."""
    return _scores(both / found if found else 1.0, both / wanted if wanted else 1.0)


def _scores(p: float, r: float) -> Scores:
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0}


def pairwise(gold: Mapping[str, str], found: Mapping[str, str]) -> Scores:
    """Precision and recall over pairs of items that share a group. Keys of both must be equal."""

    def pairs(counts: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both = pairs(Counter((gold[k], found[k]) for k in gold))
    return scores_of(both, pairs(Counter(found.values())), pairs(Counter(gold.values())))


def b_cubed(gold: Mapping[str, str], found: Mapping[str, str]) -> Scores:
    """B³ (Bagga and Baldwin 1998): per item, how pure and how whole its group is, averaged."""
    both = Counter((gold[k], found[k]) for k in gold)
    in_found, in_gold = Counter(found.values()), Counter(gold.values())
    n = len(gold) or 1
    return _scores(
        sum(both[gold[k], found[k]] / in_found[found[k]] for k in gold) / n,
        sum(both[gold[k], found[k]] / in_gold[gold[k]] for k in gold) / n,
    )
