"""Relevance: how near an article or a story is to a beat, and why.

A beat is a query and a few sentences that say what it is about. Features are what of the query stands
where, how near the vectors lie, how many outlets report independently, whether our own
organisation appears. Their weights begin where they were set by hand and learn online from what the
editors accept and discard (logistic regression, stochastic gradient with a pull back to
the start, so that ten clicks bend the ranking and don't break it). Nothing is hidden: a low score is
only further down.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from griot.press.core.beats.beats import MIGRATION_ABOUT, MIGRATION_QUERY
from griot.press.core.beats.query import Document, Hits, parse_query
from griot.press.core.language.vectors import SentenceEncoder, Vectors, default_encoder
from griot.press.core.stories.clustering import view_of
from griot.press.core.types import Article

SEMANTIC_FROM = 0.25  # cosine from which a vector begins to count
ON_BEAT = 1.0  # score from which a story is drafted without being asked

Features = Mapping[str, float]
# What each feature is worth before anything was learned. Fields count log(1 + hits) of the query's words.
START: dict[str, float] = {"title": 2.0, "lead": 1.5, "text": 0.5, "near": 1.2, "mention": 0.8}
OUTLETS = 0.25  # each doubling of independent outlets raises a story's score by this share
RATE, PULL = 0.15, 0.02  # of learning; of the way back to START at each step
STEEPNESS = 1.5  # how sharply the score turns into the probability of being accepted


@dataclass(frozen=True)
class Beat:
    """What a newsroom covers. `learned` is added to START, feature by feature."""

    name: str
    query: str
    about: tuple[str, ...] = ()
    threshold: float = ON_BEAT
    learned: Mapping[str, float] = field(default_factory=dict)

    def weight(self, feature: str) -> float:
        return START.get(feature, 0.0) + self.learned.get(feature, 0.0)


MIGRATION = Beat("migration", MIGRATION_QUERY, MIGRATION_ABOUT)
BEATS: dict[str, Beat] = {MIGRATION.name: MIGRATION}


@dataclass(frozen=True)
class Scored:
    """How near something is to a beat; `reasons` say why in words, the weightiest first."""

    score: float
    features: dict[str, float]
    reasons: tuple[str, ...]


def article_features(article: Article, beat: Beat, nearness: float) -> tuple[dict[str, float], Hits]:
    """The features of one article; `nearness` is its greatest cosine to the beat's sentences."""
    hits = parse_query(beat.query).match(Document.of(article)) or Hits()
    found: dict[str, float] = {}
    for (place, boost), count in hits.counts.items():
        found[place] = found.get(place, 0.0) + boost * math.log1p(count)
    found["near"] = max(0.0, nearness - SEMANTIC_FROM) / (1 - SEMANTIC_FROM)
    return found, hits


def nearness_to(beat: Beat, vectors: Vectors, encoder: SentenceEncoder | None = None) -> list[float]:
    """The greatest cosine of each vector (shape (n, 512)) to the sentences of a beat; 0 where it has none."""
    if not beat.about or not len(vectors):
        return [0.0] * len(vectors)
    about = encoder.encode(list(beat.about)) if encoder else _about(beat.about)
    return [float(x) for x in (vectors @ about.T).max(axis=1)]


@lru_cache(maxsize=32)
def _about(sentences: tuple[str, ...]) -> Vectors:
    return default_encoder().encode(list(sentences))


def score_articles(
    articles: Sequence[Article],
    beat: Beat,
    encoder: SentenceEncoder | None = None,
    vectors: Vectors | None = None,
) -> list[float]:
    """A score per article, in their order; higher is nearer to the beat, 0 is not at all.

    `vectors` are the encoder's for `view_of` each article; computed where not given.
    """
    if not articles:
        return []
    if vectors is None:
        vectors = (encoder or default_encoder()).encode([view_of(a) for a in articles])
    near = nearness_to(beat, vectors, encoder)
    return [
        round(_linear(article_features(a, beat, n)[0], beat), 4) for a, n in zip(articles, near, strict=True)
    ]


def _linear(features: Features, beat: Beat) -> float:
    return sum(beat.weight(name) * value for name, value in features.items())


def score_story(
    articles: Sequence[Article], beat: Beat, nearness: Sequence[float], is_mentioned: bool = False
) -> Scored:
    """A story's score: its nearest article's, raised by independent outlets; copies count for nothing.

    `nearness` is `nearness_to` the beat of each article.
    """
    best: tuple[float, dict[str, float], Hits] = (-1.0, {}, Hits())
    for article, near in zip(articles, nearness, strict=True):
        features, hits = article_features(article, beat, near)
        if (value := _linear(features, beat)) > best[0]:
            best = (value, features, hits)
    features = dict(best[1])
    if is_mentioned:
        features["mention"] = 1.0
    features |= {f"language:{language}": 1.0 for language in {a.language for a in articles} if language}
    features |= {f"piece:{piece}": 1.0 for piece in {a.piece for a in articles}}
    features |= {f"country:{code}": 1.0 for code in {c for a in articles for c in a.places[:2]}}
    outlets = len({a.outlet for a in articles if a.copy_of is None}) or 1
    score = _linear(features, beat) * (1 + OUTLETS * math.log2(outlets))
    return Scored(round(score, 4), features, _reasons(features, best[2], outlets, len(articles), beat))


def _reasons(features: Features, hits: Hits, outlets: int, carried: int, beat: Beat) -> tuple[str, ...]:
    """Why, in words. Only what moves the score is said, and how it is learned is said too."""
    told: list[tuple[float, str]] = []
    for place, phrase in (
        ("title", "says {} in the title"),
        ("lead", "cites {} in the lead"),
        ("text", "speaks of {} in the text"),
    ):
        words = list(dict.fromkeys(word for where, word in hits.words if where == place))[:3]
        if words and features.get(place):
            told.append(
                (beat.weight(place) * features[place], phrase.format(", ".join(f"“{w}”" for w in words)))
            )
    if features["near"] > 0.1 if "near" in features else False:
        told.append((beat.weight("near") * features["near"], f"means what the beat “{beat.name}” is about"))
    if features.get("mention"):
        told.append((beat.weight("mention"), "names our organisation"))
    if outlets > 1:
        told.append((OUTLETS * math.log2(outlets) * 2, f"{_number(outlets)} independent outlets"))
    elif carried > 1:
        told.append((0.01, f"one report, carried {carried} times"))
    for name, value in features.items():
        learned = beat.learned.get(name, 0.0) * value
        if abs(learned) >= 0.15 and name not in START:
            kind, _, what = name.partition(":")
            told.append(
                (abs(learned), f"you {'accept' if learned > 0 else 'discard'} much with {kind} {what}")
            )
    return tuple(text for _, text in sorted(told, key=lambda pair: -pair[0]))


def _number(n: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}.get(
        n, str(n)
    )


def learn(beat: Beat, features: Features, accepted: bool) -> dict[str, float]:
    """What the beat has learned, after one more story was accepted or discarded.

    One step of logistic regression on whether the score passes the threshold.
    """
    probability = 1 / (
        1 + math.exp(-STEEPNESS * max(-20.0, min(20.0, _linear(features, beat) - beat.threshold)))
    )
    error = (1.0 if accepted else 0.0) - probability
    learned = {name: value * (1 - PULL) for name, value in beat.learned.items()}
    for name, value in features.items():
        learned[name] = learned.get(name, 0.0) + RATE * error * value
    return {name: round(value, 5) for name, value in learned.items() if abs(value) > 1e-4}
