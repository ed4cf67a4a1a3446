"""How much speaks for two articles telling of one event: a learned decision over a few features.

Shared wording is not the event. What counts is who and where (rare names, in whatever spelling and script),
how many of what, in which countries, on which day, and how near the sentences' vectors are. The features are
weighed by a logistic regression over labelled pairs; `./griot train_stories` makes `decision.json` and prints
how it does on events that it has not seen. A few disagreements, each of which can be said in a sentence,
outweigh any evidence (`is_refused`).
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from griot.press.core.language.vectors import Vectors
from griot.press.core.stories.traits import (
    PERSONS,
    Counting,
    Name,
    counting,
    is_column,
    naming,
    series_of,
)
from griot.press.core.stories.wording import PRIOR, Wording, telling
from griot.press.core.types import Article

Indices = NDArray[np.intp]
Matrix = NDArray[np.float32]

DECISION = Path(__file__).with_name("decision.json")
FEATURES = (
    "meaning",  # cosine of the vectors
    "rarest_name",  # how rare the rarest shared name is
    "rare_names",  # how many rare names are shared
    "title_named",  # share of one title's names that the other article names, the better of the two ways
    "both_named",  # … the worse of the two
    "told_words",  # share of one title's words that the other article tells in its own, the better way
    "strangers",  # names of each title that the other article lacks, where both titles have such
    "rarest_country",  # how rarely these articles name the rarest shared country
    "elsewhere",  # each is in a country that the other is not in
    "numbers",  # shared numbers of the same thing, by how telling they are
    "disagreeing",  # numbers of the same thing that disagree
    "other_numbers",  # both titles have numbers, and neither is in the other article
    "other_days",  # both name weekdays, none of them shared
    "time_apart",  # between the two publications, on a logarithmic scale
    "one_outlet",
    "two_languages",
)
CLOSE = 0.35
ACQUAINTED = 0.15  # … where they share a telling name
TELLING = 0.3  # of a shared name's rarity, on the scale of `rarest_name`
OFTEN = 3  # articles may share a name before it says less
LARGE = 800  # articles from which they may be more, as stories are larger there
PLACE = 0.6  # weight of a place on every map, beside another name: news happens there again
REFUSED = -15.0  # evidence of a pair whose facts exclude each other


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of articles worth comparing: rows, columns (rows < columns), their features, and which of them
    are refused, whatever the evidence.
    """

    rows: Indices
    columns: Indices
    features: Matrix
    is_refused: NDArray[np.bool_]


def evidence(pairs: Pairs) -> Matrix:
    """The log odds of each pair being one story; REFUSED where its facts exclude each other."""
    weights, constant = decision()
    odds = pairs.features @ weights + constant
    odds[pairs.is_refused] = REFUSED
    return np.asarray(odds, dtype=np.float32)


@cache
def decision() -> tuple[Matrix, float]:
    """The weights of FEATURES and the constant, as `./griot train_stories` wrote them."""
    learned = json.loads(DECISION.read_text())
    return np.array([learned["weights"][f] for f in FEATURES], dtype=np.float32), float(learned["constant"])


class _Shared:
    """What the articles of a window name, and how telling each name and country is there."""

    def __init__(self, articles: Sequence[Article], background: Sequence[Article]) -> None:
        everything = [naming(a) for a in [*articles, *background]]
        outlets = [a.outlet for a in [*articles, *background]]
        self.scale = math.sqrt(LARGE / max(LARGE, len(everything)))
        by_skeleton: dict[str, set[str]] = defaultdict(set)
        self.known: dict[str, Name] = {}
        for found in everything:
            for key, name in found.names.items():
                if key not in self.known or name.rarity > self.known[key].rarity:
                    self.known[key] = name
                if name.skeleton:
                    by_skeleton[name.skeleton].add(key)
        self.named: list[set[str]] = []
        self.titled: list[set[str]] = []
        for found in everything:
            named = set(found.names)
            titled = {key for key, name in found.names.items() if name.in_title}
            for key, in_title in found.perhaps.items():
                if key in self.known:
                    named.add(key)
                    titled.update((key,) if in_title else ())
            for consonants, in_title in found.skeletons.items():
                keys = by_skeleton.get(consonants, ())
                named.update(keys)
                titled.update(keys if in_title else ())
            self.named.append(named)
            self.titled.append(titled)
        self.countries = [found.places for found in everything]
        often = Counter(key for named in self.named for key in named)
        homes: dict[str, set[str]] = defaultdict(set)
        for outlet, named in zip(outlets, self.named, strict=True):
            for key in named:
                homes[key].add(outlet)
        self.is_house = {key for key, found in homes.items() if len(found) == 1}
        total = len(everything)
        self.weight = {key: self._weight(key, n, total) for key, n in often.items()}
        self.rarity = {
            key: (min(32.0, -self.known[key].rarity) - 12)
            / (1 + max(0.0, n * self.scale - OFTEN) / OFTEN)
            / 10
            for key, n in often.items()
        }
        frequency = Counter(code for codes in self.countries for code in codes)
        self.country_rarity = {
            code: max(0.0, math.log((total + PRIOR) / (n + OFTEN)) - 2.5) / 2 for code, n in frequency.items()
        }

    def _weight(self, key: str, n: int, total: int) -> float:
        """What a name weighs by how many articles here have it, and how likely any has."""
        name = self.known[key]
        return telling(name.rarity, n, total) * (PLACE if name.is_place else 1.0)


def compare(
    articles: Sequence[Article], vectors: Vectors, background: Sequence[Article], in_reach: NDArray[np.bool_]
) -> Pairs:
    """The pairs of `articles` worth comparing among those `in_reach`, shape (n, n), and their features.

    `vectors` are unit vectors, shape (n, 512). `background` are other articles of the time: they tell which
    names are rare.
    """
    n = len(articles)
    shared, wording = _Shared(articles, background), Wording(articles, background)
    meaning = vectors @ vectors.T
    counted = [counting(a) for a in articles]
    often: Counter[float] = Counter(v for c in counted for v in {v for _, v in c.counts})
    has_name = _with_telling_name(shared, n)
    rows, columns = np.nonzero(
        np.triu(((meaning >= CLOSE) | (has_name & (meaning >= ACQUAINTED))) & in_reach, 1)
    )
    is_sum = [is_column(a.title) for a in articles]
    series = [series_of(a) for a in articles]
    features = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
    refused = np.zeros(len(rows), dtype=bool)
    for q, (i, j) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        a, b = articles[i], articles[j]
        named = _names_of_pair(shared, i, j, a, b)
        countries = _countries_of_pair(shared, i, j)
        agreeing, disagreeing, other, grew = _numbers_of_pair(
            a, b, counted[i], counted[j], often, shared.scale
        )
        if shared.countries[i] and shared.countries[j] and not shared.countries[i] & shared.countries[j]:
            agreeing *= 0.3
        days = counted[i].weekdays, counted[j].weekdays
        features[q] = (
            meaning[i, j],
            *named[:4],
            wording.told(i, j),
            named[4],
            *countries,
            agreeing,
            disagreeing,
            other,
            bool(days[0] and days[1] and not days[0] & days[1]),
            _time_apart(a, b),
            a.outlet == b.outlet,
            a.language != b.language,
        )
        scores = counted[i].scores, counted[j].scores
        refused[q] = (
            # A column that sums up several events is part of none.
            is_sum[i]
            or is_sum[j]
            # A column has another subject each time.
            or (a.outlet == b.outlet and series[i] == series[j] != "")
            # One contest has one score.
            or bool(scores[0] and scores[1] and not scores[0] & scores[1])
            # Other numbers in the titles, and another number of the same thing: unless a toll grew.
            or bool(other and disagreeing >= 0.4 and not (grew and named[0] >= 0.4))
        )
    return Pairs(rows, columns, features, refused)


def _time_apart(a: Article, b: Article) -> float:
    if not a.published or not b.published:
        return 0.0  # an unknown date speaks neither for nor against
    return math.log1p(abs((a.published - b.published).total_seconds()) / 10800)


def _with_telling_name(shared: _Shared, n: int) -> NDArray[np.bool_]:
    found = np.zeros((n, n), dtype=bool)
    having: dict[str, list[int]] = defaultdict(list)
    for i, named in enumerate(shared.named[:n]):
        for key in named:
            having[key].append(i)
    for key, places in having.items():
        if len(places) > 1 and (shared.rarity[key] >= TELLING or shared.weight[key] >= 4):
            found[np.ix_(places, places)] = True
    return found


def _names_of_pair(
    shared: _Shared, i: int, j: int, a: Article, b: Article
) -> tuple[float, float, float, float, float]:
    is_one_outlet = a.outlet == b.outlet

    def counts(key: str) -> bool:
        """What only one outlet writes, its own pieces share without being of one event."""
        return not (is_one_outlet and key in shared.is_house)

    rare = sorted(
        (shared.rarity[key] for key in shared.named[i] & shared.named[j] if counts(key)), reverse=True
    )

    def told(i: int, j: int) -> tuple[float, float]:
        # fsum, since sets have no order: the same articles give the same features to the last bit.
        wanted = math.fsum(shared.weight[key] for key in shared.titled[i])
        found = math.fsum(shared.weight[key] for key in shared.titled[i] & shared.named[j] if counts(key))
        return found / (wanted + 4), wanted - found

    (there, missed_there), (back, missed_back) = told(i, j), told(j, i)
    # German writes all nouns with a capital, and between scripts not every name is recognised.
    is_fair = "de" not in (a.language, b.language) and (a.language == "ar") == (b.language == "ar")
    return (
        max(0.0, rare[0]) if rare else 0.0,
        min(4.0, sum(max(0.0, min(1.0, (10 * r - 1) / 6)) for r in rare)),
        max(there, back),
        min(there, back),
        min(missed_there, missed_back, 16.0) / 8 if is_fair else 0.0,
    )


def _countries_of_pair(shared: _Shared, i: int, j: int) -> tuple[float, float]:
    a, b = shared.countries[i], shared.countries[j]
    rarest = max((shared.country_rarity[code] for code in a & b), default=0.0)
    return rarest, float(bool(a - b and b - a))


def _numbers_of_pair(
    a: Article, b: Article, mine: Counting, theirs: Counting, often: Counter[float], scale: float
) -> tuple[float, float, bool, bool]:
    """How telling the shared numbers are; how far numbers of the same thing disagree; whether both titles
    have numbers of which the other article has none; and whether a number of persons grew with time.
    """
    agreeing = 0.0
    for value in {v for _, v in mine.counts}:
        best = max(
            (
                _likeness(what, other_what) * (1.0 if value == other else 0.5)
                for what, v in mine.counts
                if v == value
                for other_what, other in theirs.counts
                if value == other or (value >= 50 and abs(value - other) <= 0.03 * value)
            ),
            default=0.0,
        )
        agreeing += best * _tells(value) / math.sqrt(max(1.0, often[value] * scale - 1))
    by_what = _by_what(mine.counts), _by_what(theirs.counts)
    disagreeing, grew = 0.0, False
    for what in by_what[0].keys() & by_what[1].keys():
        x, y = by_what[0][what], by_what[1][what]
        apart = min(abs(math.log(max(u, 0.5) / max(v, 0.5))) for u in x for v in y)
        if apart > 0.05:
            disagreeing += min(1.0, 0.3 + apart)
            if what in PERSONS - {"people", "claims"} and a.published and b.published:
                earlier, later = (x, y) if a.published <= b.published else (y, x)
                grew = max(later) > max(earlier)
    titles = {v for _, v in mine.in_title if v > 2}, {v for _, v in theirs.in_title if v > 2}
    texts = {v for _, v in mine.counts}, {v for _, v in theirs.counts}
    other = bool(titles[0] and titles[1]) and not (
        _any_near(titles[0], texts[1]) or _any_near(titles[1], texts[0])
    )
    return min(agreeing, 2.0), min(disagreeing, 2.0), other, grew


def _by_what(counts: Sequence[tuple[str, float]]) -> dict[str, set[float]]:
    """Values by what is counted; not of money, shares and distances, of which a piece has many."""
    found: dict[str, set[float]] = defaultdict(set)
    for what, value in counts:
        if what and what not in ("euro", "dollar", "pound", "percent", "metre", "kilometre", "mile"):
            found[what].add(value)
    return found


def _likeness(what: str, other: str) -> float:
    if what and (what == other or (what in PERSONS and other in PERSONS)):
        return 1.0
    if what and other:
        return 0.0
    return 0.6 if what == other else 0.35


def _tells(value: float) -> float:
    """How much a number tells: 37,480 more than 3,000, and that more than three."""
    if value < 13:
        return 0.15 + 0.02 * value
    return 0.6 if value % 100 == 0 or value in (20, 30, 40, 50, 60) else 1.0


def _any_near(values: set[float], others: set[float]) -> bool:
    return any(abs(v - o) <= 0.05 * max(v, o) for v in values for o in others)
