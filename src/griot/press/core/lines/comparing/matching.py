"""When a passage's fact bears out the line's, and where a passage has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from griot.press.core.language.bodies import body_names
from griot.press.core.language.calendars import CalendarDate
from griot.press.core.language.lexicon import senses
from griot.press.core.language.numbers import Number, agrees, lengths_of, rounding_before
from griot.press.core.language.places import people_of, place_key, place_names
from griot.press.core.language.text import fold
from griot.press.core.language.towns import names_of_town, state_named, towns_named
from griot.press.core.lines.claims import CONNECTORS
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text, counted

Taken = Set[tuple[Text, int]]  # passages and places in them that have borne out a fact of the line
SAME = 0.6  # share of a claim's neighbours from which a passage says the same thing
_TOWN = 4  # words of a town's name at the beginning of another name
_REACH = 3  # words to either side of a place in a passage, among which one of the line's next two must be
_PEOPLE = re.compile(r"([A-Z][a-z]{3,}?)(?:s|ish)?")
_LISTING = re.compile(r"\s*(?:,|,? and|,? or|,? et|,? y|,? e|،| و)?\s*")


def says_the_same(said: Text, fact: Fact, passage: Text) -> bool:
    """Whether a passage has what stands around a fact of the line."""
    around = said.neighbours(fact.start, fact.end).both
    return len(around) >= 2 and len(around & passage.stems) >= SAME * len(around)


def matches(said: Text, fact: Fact, other: Fact) -> bool:
    """Whether another fact says what the line's says: numbers as it rounds them, dates as far as
    it gives them.
    """
    if isinstance(fact.value, Number) and isinstance(other.value, Number):
        rounding = rounding_before(said.text, fact.start)
        return agrees(fact.value, rounding, other.value)
    if isinstance(fact.value, CalendarDate) and isinstance(other.value, CalendarDate):
        return fact.value.is_borne_out_by(other.value)
    if isinstance(fact.value, Number) and isinstance(other.value, CalendarDate):
        return not fact.value.unit and fact.value.value == other.value.year
    return fact.kind == other.kind and fact.value == other.value


def bears_out(said: Text, fact: Fact, other: Fact, passage: Text) -> bool:
    """Whether a passage's fact is the line's, numbers counting the same sort of thing."""
    if not matches(said, fact, other):
        return False
    mine, theirs = counted(said, fact), counted(passage, other)
    if mine.startswith("thing") and theirs.startswith("thing"):
        return True  # photographs or times: an editor's words may differ from a reporter's
    if not mine or not theirs or mine == theirs or passage.language != said.language:
        return True
    return lengths_of(mine, theirs) is not None


def is_same_name(fact: Fact, other: Fact) -> bool:
    """Whether two names share a word, or stand for one place."""
    if not (fact.name and other.name):
        return False
    mine, theirs = {fold(w) for w in fact.name} - CONNECTORS, {fold(w) for w in other.name} - CONNECTORS
    key = place_key(fact.text)
    is_same_place = key is not None and key == place_key(other.text)
    return bool(mine & theirs) or is_same_place or fold(other.text) in map(fold, body_names(fact.text))


def has(said: Text, fact: Fact, passage: Text) -> bool:
    """Whether a passage has the fact, wherever."""
    if fact.kind == "negation":
        return passage.has_negation
    return any(True for _ in places_of(said, fact, passage))


def place_of(said: Text, fact: Fact, passage: Text, taken: Taken = frozenset()) -> int | None:
    """Where the passage has the fact beside one of the words that it stands beside in the line, or None.

    A place that is taken bears out no second fact.
    """
    free = [(at, to) for at, to in places_of(said, fact, passage) if (passage, at) not in taken]
    for nameless in (False, True) if _is_listed(said, fact) else (False,):
        mine = said.neighbours(fact.start, fact.end, nameless=nameless)
        for at, to in free:
            if not mine.both or passage.neighbours(at, to, _REACH, nameless).meet(mine.within(2)):
                return at
    return None


def _is_listed(said: Text, fact: Fact) -> bool:
    """Whether the line has the fact in a list of names, which may be told in any order."""
    return any(
        _LISTING.fullmatch(said.text[min(fact.end, o.end) : max(fact.start, o.start)])
        for o in said.facts
        if o is not fact and o.name and fact.name
    )


def places_of(said: Text, fact: Fact, passage: Text) -> Iterator[tuple[int, int]]:
    """Where a passage has the fact: (start, end)."""
    if fact.name:
        yield from places_of_name(fact.name, passage)
        return
    kinds = {fact.kind, "date"} if fact.kind == "number" else {fact.kind}  # of a date the year
    for other in passage.facts:
        if other.kind in kinds and bears_out(said, fact, other, passage):
            yield other.start, other.end
    if isinstance(fact.value, CalendarDate):
        yield from ((d.start, d.end) for d in passage.days if fact.value.is_borne_out_by(d))


def places_of_name(name: Sequence[str], passage: Text) -> Iterator[tuple[int, int]]:
    """Where a passage has a name, or a place under any of its names: (start, end)."""
    key, ways = _ways_to_write(" ".join(name))
    people = [[w] for _, w in passage.words if people_of(w) == key] if key and len(key) == 2 else []
    is_found = False
    for tokens in [*ways, *people]:
        if f" {' '.join(tokens)} " not in passage.spaced:
            continue
        for i in range(len(passage.words) - len(tokens) + 1):
            if [w for _, w in passage.words[i : i + len(tokens)]] == tokens:
                last, word = passage.words[i + len(tokens) - 1]
                if not _is_of_another_place(key, passage, passage.words[i][0], last + len(word)):
                    is_found = True
                    yield passage.words[i][0], last + len(word)
    if not is_found:
        yield from _towns_of(name, key, passage)


def _towns_of(name: Sequence[str], key: str | None, passage: Text) -> Iterator[tuple[int, int]]:
    """Where a passage that does not name a country, or a state of America, names a town of it, maybe within
    another name: Omura Immigration Center.
    """
    state = "" if key else state_named(" ".join(name))
    if not state and not (key and len(key) == len("XX")):
        return
    for fact in passage.facts:
        begins = (" ".join(fact.name[:n]) for n in range(1, min(len(fact.name), _TOWN) + 1))
        towns = [town for begin in begins for town in towns_named(begin)]
        if any(state in {t.state, ""} and (state or t.country == key) for t in towns):
            yield fact.start, fact.end


def _is_of_another_place(key: str | None, passage: Text, start: int, end: int) -> bool:
    """Whether a place's name stands within another's: Guinea in Guinea-Bissau, Sudan in South Sudan."""
    around = (
        f
        for f in passage.facts
        if f.name and f.start <= start and end <= f.end and f.end - f.start > end - start
    )
    return key is not None and any(place_key(f.text) not in {None, key} for f in around)


def _forms_of_people(name: str) -> list[str]:
    """How English writes a people without a country, and what is theirs: Kurds, Kurdish; Yazidis, Yazidi.
    Of a word of the lexicon (prosecutors) only the form that no other noun has.
    """
    found = _PEOPLE.fullmatch(name)
    if not found:
        return []
    is_word = bool(senses(found[1].lower(), "n").own)
    return [found[1] + ending for ending in (("ish",) if is_word else ("", "s", "ish"))]


@lru_cache(maxsize=4096)
def _ways_to_write(name: str) -> tuple[str | None, list[list[str]]]:
    """The key of the place that a name stands for, if any, and the words of all its names."""
    key = place_key(name)
    others = (
        sorted(place_names(key))
        if key
        else [*body_names(name), *_forms_of_people(name), *names_of_town(name)]
    )
    return key, [Text(n, "").spaced.split() for n in [name, *others]]
