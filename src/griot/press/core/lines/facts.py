"""The facts that stand in a text: what the check compares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from griot.press.core.language.calendars import CalendarDate, dates_in
from griot.press.core.language.numbers import Number, numbers_in
from griot.press.core.language.places import place_key
from griot.press.core.language.text import fold
from griot.press.core.lines.claims import COMMON, Side, is_negation, names_in, side_of
from griot.press.core.types import ClaimKind

Words = Sequence[tuple[int, str]]  # where each word of a text starts, and the word folded


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim's place in a text, and what must be found: `text[start:end]`."""

    kind: ClaimKind
    start: int
    end: int
    text: str
    value: Number | CalendarDate | tuple[str, ...] | Side | None  # a tuple has a name's words

    @property
    def name(self) -> tuple[str, ...]:
        """The words of a name or place; of another kind of fact none."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def side(self) -> Side:
        """Of a verb: which side of which pair of opposites it is on."""
        assert isinstance(self.value, Side)
        return self.value

    def is_of_a_sort_with(self, other: Fact) -> bool:
        """Names and places are one sort: what is no place that we know reads as a name."""
        return self.kind == other.kind or {self.kind, other.kind} <= {"name", "place"}


def facts_in(text: str, words: Words, language: str) -> list[Fact]:
    """Dates, then numbers, names and places, negations and verbs; no word belongs to two of them."""
    found: list[Fact] = []
    taken: set[int] = set()
    for facts_of_a_kind in (_dates, _numbers, _names, _negations_and_verbs):
        found += facts_of_a_kind(text, words, language, taken)
        taken.update(place for fact in found for place in range(fact.start, fact.end))
    return found


def _dates(text: str, words: Words, language: str, taken: Set[int]) -> Iterator[Fact]:
    for date in dates_in(text, language):
        yield Fact("date", date.start, date.end, text[date.start : date.end], date)


def _numbers(text: str, words: Words, language: str, taken: Set[int]) -> Iterator[Fact]:
    for number in numbers_in(text, language):
        if number.start not in taken:
            yield Fact("number", number.start, number.end, text[number.start : number.end], number)


def _names(text: str, words: Words, language: str, taken: Set[int]) -> Iterator[Fact]:
    for start, end, parts in names_in(text, taken, language):
        name = " ".join(parts)
        if fold(name) in COMMON:
            continue
        if len(parts) > 1 and fold(parts[0]) in COMMON:  # the NGO Open Wake
            start, parts = start + len(parts[0]) + 1, parts[1:]
            name = " ".join(parts)
        if place_key(name):
            yield Fact("place", start, end, name, tuple(parts))
        elif all(place_key(part) for part in text[start:end].split("-")):  # the Thai-Myanmar border
            for found in re.finditer(r"[^-]+", text[start:end]):
                at = start + found.start()
                yield Fact("place", at, start + found.end(), found.group(), tuple(found.group().split()))
        else:
            yield Fact("name", start, end, name, tuple(parts))


def _negations_and_verbs(text: str, words: Words, language: str, taken: Set[int]) -> Iterator[Fact]:
    for start, word in words:
        end = start + len(word)
        if start in taken:
            continue
        if is_negation(word, language):
            yield Fact("negation", start, end, word, None)
        elif side := side_of(word, language):
            yield Fact("verb", start, end, text[start:end], side)
