"""Texts as the check sees them: words and stems, and the facts that stand in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from griot.press.core.language.calendars import dates_in
from griot.press.core.language.numbers import Number, numbers_in
from griot.press.core.language.places import place_key
from griot.press.core.language.text import fold, sentences, stem, stop_words, without_initials
from griot.press.core.lines.claims import CONNECTORS, PERSONS, names_in, negations, side_of
from griot.press.core.types import Article, ClaimKind

NEAR = 4  # words to either side that are a claim's neighbours
_WORD = re.compile(r"[^\W_]+(?:n['’]t\b)?")
SMALL = CONNECTORS | set("a an in on at to and s un une una les los las et und die das".split())


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim's place in a text, and what must be found: `text[start:end]`."""

    kind: ClaimKind
    start: int
    end: int
    text: str
    value: object  # Number, CalendarDate, a name's words, a (pair, side), or None

    @property
    def side(self) -> tuple[int, int]:
        """Of a verb: which pair of opposites, and which side of it."""
        assert isinstance(self.value, tuple)
        return int(self.value[0]), int(self.value[1])


class Text:
    """A line's body or a passage, cut into what the check compares."""

    def __init__(self, text: str, language: str, url: str = "") -> None:
        self.text, self.language, self.url = without_initials(text), language, url

    @cached_property
    def words(self) -> list[tuple[int, str]]:
        return [(m.start(), fold(m.group())) for m in _WORD.finditer(self.text)]

    @cached_property
    def spaced(self) -> str:
        return f" {' '.join(w for _, w in self.words)} "

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(w, self.language) for _, w in self.words)

    @cached_property
    def has_negation(self) -> bool:
        return any(w in negations(self.language) or w.endswith("n't") for _, w in self.words)

    @cached_property
    def facts(self) -> list[Fact]:
        found = [
            Fact("date", d.start, d.end, self.text[d.start : d.end], d)
            for d in dates_in(self.text, self.language)
        ]
        taken = {p for f in found for p in range(f.start, f.end)}
        for n in numbers_in(self.text, self.language):
            if n.start not in taken:
                found.append(Fact("number", n.start, n.end, self.text[n.start : n.end], n))
        taken |= {p for f in found for p in range(f.start, f.end)}
        for start, end, name in names_in(self.text, taken, self.language):
            kind: ClaimKind = "place" if place_key(" ".join(name)) else "name"
            found.append(Fact(kind, start, end, " ".join(name), name))
            taken.update(range(start, end))
        for start, word in self.words:
            if start in taken:
                continue
            if word in negations(self.language) or word.endswith("n't"):
                found.append(Fact("negation", start, start + len(word), word, None))
            elif side := side_of(word, self.language):
                found.append(
                    Fact("verb", start, start + len(word), self.text[start : start + len(word)], side)
                )
        return found

    @cached_property
    def stemmed(self) -> list[tuple[int, str]]:
        return [(p, stem(w, self.language)) for p, w in self.words if w not in SMALL]

    @cached_property
    def _nameless(self) -> list[tuple[int, str]]:
        named = [(f.start, f.end) for f in self.facts if f.kind in {"name", "place"}]
        return [(p, w) for p, w in self.stemmed if not any(start <= p < end for start, end in named)]

    def neighbours(
        self, start: int, end: int, reach: int = NEAR, nameless: bool = False
    ) -> tuple[list[str], list[str]]:
        """Stems of the words before and after a place in the text, nearest first, small words left out.

        `nameless` leaves names out as well: they stand in lists, in any order.
        """
        words = self._nameless if nameless else self.stemmed
        return [w for p, w in words if p < start][-reach:][::-1], [w for p, w in words if p >= end][:reach]


def passages_of(articles: Sequence[Article]) -> list[Text]:
    return [
        Text(sentence, article.language, article.url)
        for article in articles
        for sentence in dict.fromkeys(
            [_headed(article), *sentences(article.summary), *sentences(article.text)]
        )
        if sentence
    ]


def _headed(article: Article) -> str:
    """The title, with the author that the page names."""
    return f"{article.title}, by {article.author}" if article.author else article.title


def counted(text: Text, fact: Fact) -> str:
    """What sort of thing a number counts: a unit, "person", or "" where it can't be told."""
    if not isinstance(fact.value, Number):
        return ""
    if fact.value.unit:
        return fact.value.unit
    following = [w for p, w in text.words if p >= fact.end][:3]
    if any(w in PERSONS for w in following):
        return "person"
    if not following or following[0] in stop_words(text.language) or following[0].isdigit():
        return ""
    return f"thing {' '.join(stem(w, text.language) for w in following)}"
