"""`./griot train_stories`: learn what speaks for two articles telling of one event, and say how well.

    ./griot train_stories [--dry-run] [--wire gold.jsonl]

Learns from labelled pairs of the demo, of `tests/press/field/cluster/*.jsonl` and, where it is beside the
project or named, of a labelled real wire; writes `press/core/stories/decision.json`. Before that it groups
each set by a decision that has not seen the events in question: no pair of theirs, and, in a second table,
none of the whole set. Those figures are the honest ones; what is learned last has seen everything.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from griot.demo.core.wire import load
from griot.demo.evaluating import CLUSTERS, NIGHT, WIRE, demo_articles, read_labelled
from griot.press.core.language.vectors import default_encoder
from griot.press.core.stories.clustering import group_pairs, in_reach, view_of
from griot.press.core.stories.evaluation import Scores, pairwise
from griot.press.core.stories.pairs import DECISION, FEATURES, REFUSED, Pairs, compare
from griot.press.core.types import Article

LARGE = {"demo", "night", "wire"}
TOGETHER = "small sets"  # all of them in one window
FOLDS = 5
STRENGTH = 0.3  # C of the regression: the smaller, the nearer to nothing its weights are kept
BIG_STORIES = 0.5  # a story's pairs weigh its number of pairs to the power of this less: it is one event

Odds = NDArray[np.float64]
Learned = tuple[Odds, float]  # weights of FEATURES, and the constant


@dataclass(frozen=True, slots=True)
class Labelled:
    """Articles with their stories, and the pairs worth comparing."""

    articles: Sequence[Article]
    stories: Sequence[str]
    pairs: Pairs
    in_reach: NDArray[np.bool_]

    @property
    def is_one(self) -> NDArray[np.bool_]:
        names = np.array(self.stories)
        return np.asarray(names[self.pairs.rows] == names[self.pairs.columns])


def labelled_sets(wire: Path | None) -> dict[str, Labelled]:
    """The demo, the night, all small sets as one window, each of them alone, and the wire."""
    of_wire = (
        read_labelled(wire) if wire else None
    )  # first: what can't be read is said before the rest is measured
    demo = load(8001, datetime(2026, 11, 25, 6, 30, tzinfo=UTC))
    story = {row["url"]: row["story"] for row in demo.gold()}
    articles = demo_articles(demo)
    found = {"demo": _labelled(articles, [story[a.url] for a in articles])}
    small: list[tuple[Article, str]] = []
    for path in sorted(CLUSTERS.glob("*.jsonl")):
        articles, stories = read_labelled(path)
        if path == NIGHT:
            found["night"] = _labelled(articles, stories)
        else:
            small += [(a, f"{path.stem} {s}") for a, s in zip(articles, stories, strict=True)]
            found[path.stem] = _labelled(articles, [f"{path.stem} {s}" for s in stories])
    found[TOGETHER] = _labelled([a for a, _ in small], [s for _, s in small])
    if of_wire:
        found["wire"] = _labelled(*of_wire)
    return found


def _labelled(articles: Sequence[Article], stories: Sequence[str]) -> Labelled:
    vectors = default_encoder().encode([view_of(a) for a in articles])
    reach = in_reach(articles)
    return Labelled(articles, stories, compare(articles, vectors, (), reach), reach)


# --- learning ----------------------------------------------------------------------------


def learn(sets: Mapping[str, Labelled], is_seen: Callable[[str, str], bool]) -> Learned:
    """A logistic regression over the pairs both of whose events `is_seen` (set, story) allows."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    features, answers, weights = [], [], []
    for name, one in sets.items():
        seen = np.array([is_seen(name, story) for story in one.stories])
        taken = seen[one.pairs.rows] & seen[one.pairs.columns] & ~one.pairs.is_refused
        pairs_of = Counter(np.array(one.stories)[one.pairs.rows[one.is_one]].tolist())
        weight = np.array(
            [
                2 * pairs_of[one.stories[i]] ** -BIG_STORIES if same else 1.0
                for i, same in zip(one.pairs.rows.tolist(), one.is_one.tolist(), strict=True)
            ]
        )
        features.append(one.pairs.features[taken])
        answers.append(one.is_one[taken])
        weights.append(weight[taken])
    x = np.concatenate(features).astype(np.float64)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit((x - middle) / spread, np.concatenate(answers), sample_weight=np.concatenate(weights))
    learned = model.coef_[0] / spread
    return learned, float(model.intercept_[0] - learned @ middle)


def odds_of(one: Labelled, learned: Learned) -> Odds:
    weights, constant = learned
    return np.asarray(one.pairs.features.astype(np.float64) @ weights + constant)


def by_event(sets: Mapping[str, Labelled]) -> dict[str, Odds]:
    """The odds of each pair by a decision that has seen neither of its events, in any set."""
    events = sorted({_event(name, story) for name, one in sets.items() for story in one.stories})
    order = np.random.default_rng(0).permutation(len(events))
    fold = {event: int(order[n]) % FOLDS for n, event in enumerate(events)}
    found = {name: np.zeros(len(one.pairs.rows)) for name, one in sets.items()}
    for a in range(FOLDS):
        for b in range(a, FOLDS):
            seen = {event for event in events if fold[event] not in {a, b}}
            learned = learn(sets, _seen_are(seen))
            for name, one in sets.items():
                folds = np.array([fold[_event(name, story)] for story in one.stories])
                i, j = folds[one.pairs.rows], folds[one.pairs.columns]
                here = ((i == a) & (j == b)) | ((i == b) & (j == a))
                found[name][here] = odds_of(one, learned)[here]
    return found


def _seen_are(events: set[str]) -> Callable[[str, str], bool]:
    return lambda name, story: _event(name, story) in events


def _event(name: str, story: str) -> str:
    """A small set's event is the same alone and among the others."""
    return story if " " in story else f"{name} {story}"


def by_set(sets: Mapping[str, Labelled]) -> dict[str, Odds]:
    """The odds of each pair by a decision that has seen nothing of the set."""
    large = LARGE & sets.keys()
    found = {}
    for name, one in sets.items():
        hidden = {name} if name in large else sets.keys() - large
        rest = {other: labelled for other, labelled in sets.items() if other not in hidden}
        found[name] = odds_of(one, learn(rest, lambda *_: True))
    return found


def scores(sets: Mapping[str, Labelled], odds: Mapping[str, Odds]) -> dict[str, Scores]:
    """Pairwise precision and recall of each set's stories; of the small sets each alone, summed."""
    found: dict[str, Scores] = {}
    together: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for name, one in sets.items():
        evidence = np.where(one.pairs.is_refused, REFUSED, odds[name]).astype(np.float32)
        keys = group_pairs(one.pairs, evidence, one.in_reach)
        gold = {a.url: story for a, story in zip(one.articles, one.stories, strict=True)}
        grouped = {a.url: f"{name} {key}" for a, key in zip(one.articles, keys, strict=True)}
        if name in LARGE or name == TOGETHER:
            found[name] = pairwise(gold, grouped)
        else:
            together[0].update(gold)
            together[1].update(grouped)
    found[f"{TOGETHER}, each alone"] = pairwise(*together)
    return found


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot train_stories", description="Learn what speaks for two articles telling of one event."
    )
    parser.add_argument("--wire", type=Path, help="a labelled real wire, JSON lines")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, and write nothing")
    options = parser.parse_args(arguments)
    wire = options.wire or (WIRE if WIRE.is_file() else None)
    sets = labelled_sets(wire)
    learned = learn(sets, lambda *_: True)
    tables = {
        "events unseen": scores(sets, by_event(sets)),
        "whole set unseen": scores(sets, by_set(sets)),
        "all seen": scores(sets, {n: odds_of(one, learned) for n, one in sets.items()}),
    }
    for title, table in tables.items():
        for set_name, s in table.items():
            print(f"{title:<17} {set_name:<24} P {s['p']:.3f}  R {s['r']:.3f}  F1 {s['f1']:.3f}")
    if not options.dry_run:
        weights = {f: round(float(w), 4) for f, w in zip(FEATURES, learned[0], strict=True)}
        facts = {"made_by": "./griot train_stories", "constant": round(learned[1], 4), "weights": weights}
        DECISION.write_text(json.dumps(facts, indent=2) + "\n")
        print(f"written: {DECISION}")
    return 0
