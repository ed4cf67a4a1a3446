"""Texts as the check sees them: words, stems, facts, and what stands beside what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from griot.press.core.language.calendars import CalendarDate, days_told
from griot.press.core.language.lexicon import may_be_noun
from griot.press.core.language.numbers import Number
from griot.press.core.language.syntax import PARSED, Parse, default_parser
from griot.press.core.language.text import fold, sentences, stem, stop_words, without_initials
from griot.press.core.lines.claims import CONNECTORS, OPENING_WORDS, PERSONS, Side, is_negation
from griot.press.core.lines.comparing.deeds import Deed, deeds_in
from griot.press.core.lines.facts import Fact, facts_in
from griot.press.core.types import Article

_TOLD = 16  # words within which a toll's figure follows it
TOLLS = frozenset("toll bilan balance bilanz bilancio".split())  # what a toll rises to are people
NEAR = 4  # words to either side that are a claim's neighbours
_WORD = re.compile(r"[^\W_]+(?:n['’]t\b)?")
SMALL = CONNECTORS | set("a an in on at to and s un une una les los las et und die das".split())


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Stems of the words to either side of a place in a text, nearest first, small words left out."""

    before: Sequence[str]
    after: Sequence[str]

    @property
    def both(self) -> frozenset[str]:
        return frozenset((*self.before, *self.after))

    def within(self, reach: int) -> Neighbours:
        return Neighbours(self.before[:reach], self.after[:reach])

    def meet(self, other: Neighbours) -> bool:
        """Whether a word stands on the same side in both."""
        return bool(set(self.before) & set(other.before) or set(self.after) & set(other.after))


class Text:
    """A line's body or a passage, cut into what the check compares."""

    def __init__(self, text: str, language: str, url: str = "", published: datetime | None = None) -> None:
        self.text, self.language, self.url = without_initials(text), language, url
        self.published = published

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
    def content(self) -> frozenset[str]:
        """Stems of the words that carry content: neither stop words nor figures."""
        stop = stop_words(self.language) | OPENING_WORDS
        return frozenset(
            stem(w, self.language) for _, w in self.words if w not in stop and len(w) > 2 and not w.isdigit()
        )

    @cached_property
    def has_negation(self) -> bool:
        return any(is_negation(w, self.language) for _, w in self.words)

    @cached_property
    def facts(self) -> list[Fact]:
        return facts_in(self.text, self.words, self.language)

    @cached_property
    def days(self) -> list[CalendarDate]:
        """The days that it tells by the day of its publication."""
        on = self.published
        return list(days_told(self.text, self.language, on.date())) if on else []

    @cached_property
    def sides(self) -> frozenset[Side]:
        """The directions that its verbs have."""
        return frozenset(fact.side for fact in self.facts if fact.kind == "verb")

    @cached_property
    def parse(self) -> Parse:
        return default_parser().parse([self.text])[0]

    @cached_property
    def deeds(self) -> list[Deed]:
        return deeds_in(self.parse)

    @cached_property
    def stemmed(self) -> list[tuple[int, str]]:
        return [(p, stem(w, self.language)) for p, w in self.words if w not in SMALL]

    @cached_property
    def _nameless(self) -> list[tuple[int, str]]:
        named = [(f.start, f.end) for f in self.facts if f.kind in {"name", "place"}]
        return [(p, w) for p, w in self.stemmed if not any(start <= p < end for start, end in named)]

    def neighbours(self, start: int, end: int, reach: int = NEAR, nameless: bool = False) -> Neighbours:
        """The neighbours of `text[start:end]`, up to `reach` to either side.

        `nameless` leaves names out as well: they stand in lists, in any order.
        """
        words = self._nameless if nameless else self.stemmed
        first, behind = bisect_left(words, (start,)), bisect_left(words, (end,))
        return Neighbours(
            [w for _, w in words[max(0, first - reach) : first][::-1]],
            [w for _, w in words[behind : behind + reach]],
        )

    def stems_of(self, fact: Fact) -> frozenset[str]:
        return frozenset(stem(fold(w), self.language) for w in fact.text.split())


def passages_of(articles: Sequence[Article]) -> list[Text]:
    return [
        Text(sentence, article.language, article.url, article.published)
        for article in articles
        for sentence in dict.fromkeys(
            [_headed(article), *sentences(article.summary), *sentences(article.text)]
        )
        if sentence
    ]


def parse_all(texts: Sequence[Text]) -> None:
    """Parse texts together, which takes less time than one after the other."""
    wanted = [text for text in texts if "parse" not in text.__dict__]
    for text, parse in zip(wanted, default_parser().parse([t.text for t in wanted]), strict=True):
        text.__dict__["parse"] = parse


def _headed(article: Article) -> str:
    """The title, with the author that the page names."""
    return f"{article.title}, by {article.author}" if article.author else article.title


def counted(text: Text, fact: Fact) -> str:
    """What sort of thing a number counts: a unit, "person", or "" where it can't be told."""
    if not isinstance(fact.value, Number):
        return ""
    if fact.value.unit:
        return fact.value.unit
    behind = bisect_left(text.words, (fact.end,))
    following = [w for _, w in text.words[behind : behind + 3]]
    if any(w in PERSONS for w in following):
        return "person"
    if following and any(f.name and f.start == text.words[behind][0] for f in text.facts):
        return ""  # so many Sri Lankans are people, so many UNHCR tents are not
    if not following or following[0] in stop_words(text.language) or following[0].isdigit():
        before = [w for _, w in text.words[max(0, behind - _TOLD) : behind]]
        return "person" if not TOLLS.isdisjoint(before) else ""
    if text.language == PARSED and not may_be_noun(following[0]):
        return ""
    return f"thing {' '.join(stem(w, text.language) for w in following)}"
