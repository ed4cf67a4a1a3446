"""Which of a story's sentences says its news: what most outlets' titles and leads agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import places_in
from griot.press.core.language.text import stems
from griot.press.core.lines.furniture import sentences_told
from griot.press.core.lines.house import metaphors
from griot.press.core.types import Article

OF_SUMMARY, OF_TEXT = 3, 6  # sentences of a piece that a draft may use
MOST = 4  # of a story that are parsed: more than are proposed, since some are no clauses
# What a sentence loses by the hour by which its piece is older than the last, and if it tells what was to be.
STALE, AWAITED = 0.02, 0.5
ANECDOTE = 0.3  # what one loses that has neither a figure nor a place
TITLED = 0.5  # what a title's word weighs that no other piece has
_AWAITED = re.compile(
    r"\b(?:is|are|was|were) (?:expected|due|set|likely|to be)\b|\bwill (?:vote|decide|rule)\b"
)
NOT_ALONE = re.compile(
    r"(?i)(?:it|he|she|they|we|i|you|this|these|those|his|her|its|their|our|my|here|if|why|how|what|who"
    r"|the following|read|watch"
    r"|listen|click|subscribe|photos?)\b(?! (?:and|or)\b)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of an article, its place there, and how much of the story's news it says."""

    sentence: str
    place: int
    article: Article
    score: float


def candidates(articles: Sequence[Article], language: str) -> list[Candidate]:
    """The story's sentences that may be told, in the order of what they say, at most MOST.

    `articles` are those in the language, in the order of attribution.
    """
    told = [list(_that_stand_alone(a)) for a in articles]
    leads = [found[0][1] if found else "" for found in told]
    latest = max((a.published for a in articles if a.published), default=None)
    titles = [_Said.of(a.title, language) for a in articles]
    whole = [_Said.of(f"{a.title}. {lead}", language) for a, lead in zip(articles, leads, strict=True)]
    stems_of_all, values_of_all = (
        Counter(s for w in whole for s in w.stems),
        Counter(v for w in whole for v in w.values),
    )
    titled = {s for t in titles for s in t.stems}
    found: dict[str, Candidate] = {}
    for rank, article in enumerate(articles):
        # A lead does not vote for its own piece.
        votes, numbers = stems_of_all.copy(), values_of_all.copy()
        votes.subtract(whole[rank].stems - titles[rank].stems)
        numbers.subtract(whole[rank].values - titles[rank].values)
        wanted = {s: n - 1 + (TITLED if s in titled else 0.0) for s, n in votes.items() if n}
        total = sum(wanted.values()) or 1
        age = (latest - article.published).total_seconds() / 3600 if latest and article.published else 0.0
        title = titles[rank].stems
        for place, sentence in told[rank]:
            said = _Said.of(sentence, language)
            shared = sum(wanted.get(s, 0.0) for s in said.stems) / total
            own = len(title & said.stems) / (len(title) or 1)
            agreed = sum(numbers[v] for v in said.values) / len(articles)
            score = 2 * shared + 0.5 * own / len(articles) + 0.15 * min(agreed, 2) + _manner(sentence, said)
            score -= 0.12 * place + 0.02 * rank + STALE * min(age, 24)
            score -= AWAITED if age and _AWAITED.search(sentence) else 0.0
            found.setdefault(sentence, Candidate(sentence, place, article, score))
    return sorted(found.values(), key=lambda c: (-c.score, c.article.url, c.sentence))[:MOST]


@dataclass(frozen=True, slots=True)
class _Said:
    """The words and numbers of a text."""

    stems: frozenset[str]
    values: frozenset[float]

    @classmethod
    def of(cls, text: str, language: str) -> _Said:
        values = frozenset(float(n.value) for n in numbers_in(text, language))
        return cls(frozenset(stems(text, language)), values)


def _that_stand_alone(article: Article) -> Iterator[tuple[int, str]]:
    for place, sentence in sentences_told(article, OF_SUMMARY, OF_TEXT):
        if (
            not NOT_ALONE.match(sentence)
            and len(sentence.split()) > 4
            and "appeared first on" not in sentence
        ):
            yield place, sentence


def _manner(sentence: str, said: _Said) -> float:
    length = len(sentence.split())
    has_figure, has_place = bool(re.search(r"\d", sentence)), bool(places_in(sentence))
    return (
        (0.15 if has_figure else 0.0)
        + (0.15 if has_place else 0.0)
        - (0.0 if said.values or has_place else ANECDOTE)
        - 0.015 * max(0, length - 34)
        - 0.03 * max(0, 10 - length)
        - (0.3 if next(metaphors(sentence, "en"), None) else 0.0)
        - (0.2 if re.search(r"[“\"«]", sentence) else 0.0)
    )
