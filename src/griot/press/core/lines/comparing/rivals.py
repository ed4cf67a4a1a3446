"""Rivals: a passage says the same thing, with another fact in the place of the line's."""

from __future__ import annotations

from griot.press.core.lines.comparing.matching import has, is_same_name, matches, place_of
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

# Share of a claim's neighbours from which a passage uses the line's own words: each must be in its place
VERBATIM = 0.8


def has_rival(said: Text, fact: Fact, passage: Text) -> bool:
    """Whether the passage has another fact of this sort where the line has this one."""
    if fact.kind == "negation":
        return True  # the passage says the same without it, or with it somewhere else
    if fact.kind == "verb":
        return _has_opposite(said, fact, passage)
    has_it = has(said, fact, passage)
    is_retold = is_verbatim(said, fact, passage)
    if has_it and not is_retold:
        return False
    return any(
        other.is_of_a_sort_with(fact)
        and (is_retold or not _may_be_any_word(other))
        and not is_same_name(fact, other)
        and not (fact.kind in {"number", "date"} and matches(said, fact, other))
        and (
            _fills_slot_among_same_words(said, fact, other, passage, has_it)
            if is_retold
            else _fills_slot(said, fact, other, passage)
        )
        and not (has_it and _is_at_home(said, other, passage))
        for other in passage.facts
    )


def is_verbatim(said: Text, fact: Fact, passage: Text) -> bool:
    """Whether the passage has the very words that the line has around the fact."""
    around = said.neighbours(fact.start, fact.end).both
    return len(around & passage.stems) >= VERBATIM * len(around)


def _has_opposite(said: Text, fact: Fact, passage: Text) -> bool:
    mine = said.neighbours(fact.start, fact.end).within(2)
    return fact.side not in passage.sides and any(
        other.value == fact.side.opposite and passage.neighbours(other.start, other.end, 2).meet(mine)
        for other in passage.facts
    )


def _may_be_any_word(fact: Fact) -> bool:
    """A word that opens a sentence has its capital from there."""
    return fact.start == 0 and fact.kind == "name" and " " not in fact.text


def _fills_slot(said: Text, fact: Fact, other: Fact, passage: Text) -> bool:
    """Whether a passage's fact stands right beside a word that the line's stands right beside."""
    mine = said.neighbours(fact.start, fact.end)
    return passage.neighbours(other.start, other.end, 1).meet(mine.within(1))


def _fills_slot_among_same_words(said: Text, fact: Fact, other: Fact, passage: Text, has_it: bool) -> bool:
    """The same where the passage uses the line's own words: if it has the fact too, both sides must agree."""
    mine = said.neighbours(fact.start, fact.end)
    if not has_it:
        return passage.neighbours(other.start, other.end, 3).meet(mine.within(2))
    theirs = passage.neighbours(other.start, other.end, 2)
    agrees_before = any(word in theirs.before for word in mine.before[:1])
    agrees_after = any(word in theirs.after for word in mine.after[:1])
    if mine.before and mine.after:
        return agrees_before and agrees_after
    return agrees_before or agrees_after


def _is_at_home(said: Text, other: Fact, passage: Text) -> bool:
    """Whether the line has a passage's fact too, and in the same place: then it is nobody's rival."""
    mine = [f for f in said.facts if is_same_name(f, other) or matches(said, f, other)]
    return any(place_of(said, f, passage) is not None for f in mine)
