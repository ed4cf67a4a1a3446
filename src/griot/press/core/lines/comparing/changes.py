"""A change told backwards: "from seven to ten" where the story has it from ten to seven."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from griot.press.core.language.calendars import CalendarDate
from griot.press.core.language.numbers import Number
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

Change = tuple[Fact, Fact]  # what was, and what is or will be
_LEAD, _BETWEEN = 30, 60  # characters before the first of two figures or dates, and between them
# The words before what was and what is; in English what is may come first: "to 37,000, down from 45,000".
_FROM_TO = {
    "en": (r"from", r"to"),
    "fr": (r"de|du|des|d['’]", r"à|au|aux"),
    "es": (r"de|del|desde", r"a|al|hasta"),
    "pt": (r"de|do|da|dos|das", r"a|ao|à|aos|para"),
    "it": (r"da|dal|dai|dalle", r"a|al|ai|alle"),
    "de": (r"von|vom", r"auf|zu|zum|bis"),
    "ar": (r"من", r"إلى|الى"),
}
_SOON = r"(?:\W+\w+){0,2}\W*$"  # words that may stand between a preposition and its figure


def reversed_change(said: Text, passages: Sequence[Text]) -> str:
    """The words of the line's first change that passages have only the other way round, or ""."""
    mine = list(_changes(said))
    told = [change for passage in passages for change in _changes(passage)] if mine else []
    for was, now in mine:
        is_told = any(_is_same(was, a) and _is_same(now, b) for a, b in told)
        if not is_told and any(_is_same(was, b) and _is_same(now, a) for a, b in told):
            return said.text[min(was.start, now.start) : max(was.end, now.end)]
    return ""


def _changes(text: Text) -> Iterator[Change]:
    if text.language not in _FROM_TO:
        return
    before, behind = (re.compile(rf"(?:^|\W)(?:{words}){_SOON}", re.I) for words in _FROM_TO[text.language])
    figures = sorted((f for f in text.facts if f.kind in {"number", "date"}), key=lambda f: f.start)
    for one, other in pairwise(figures):
        lead = text.text[max(0, one.start - _LEAD) : one.start]
        between = text.text[one.end : other.start]
        if one.kind != other.kind or len(between) > _BETWEEN:
            continue
        if before.search(lead) and behind.search(between):
            yield one, other
        elif text.language == "en" and before.search(between):
            yield other, one


def _is_same(one: Fact, other: Fact) -> bool:
    if isinstance(one.value, CalendarDate) and isinstance(other.value, CalendarDate):
        return one.value.is_borne_out_by(other.value)
    is_number = isinstance(one.value, Number) and isinstance(other.value, Number)
    return is_number and one.value.value == other.value.value  # type: ignore[union-attr]
