"""What no passage has, and an editor may know: it is left to a person."""

from __future__ import annotations

import re
from datetime import timedelta

from griot.press.core.language.calendars import CalendarDate
from griot.press.core.language.numbers import Number
from griot.press.core.language.places import people_of, place_key
from griot.press.core.language.text import fold
from griot.press.core.lines.claims import PERSONS
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.comparing.following import COUNTED
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text


def may_be_known(case: Case, fact: Fact) -> bool:
    """What no passage has and an editor may add who knows: the country where a story plays, or whose minister
    that is, if the story names no other; how many were counted up, of two or three; how a name is called that
    all passages have in another language; the day or month of what a newspaper tells without one.
    """
    if isinstance(fact.value, CalendarDate):
        return any(_is_near_publication(fact.value, p) for p in case.passages[:1])
    if fact.kind == "name":
        return all(p.language not in {case.said.language, ""} for p in case.passages)
    if isinstance(fact.value, Number):
        return fact.value.value <= COUNTED and not fact.value.unit
    key = place_key(fact.text) if fact.kind == "place" else None
    if not key or len(key) != len("XX"):
        return False
    following = case.said.text[fact.end :]
    is_whose = re.match(r"['’]s?\s", following) or people_of(fold(fact.text))
    is_of_people = any(w in PERSONS for w in fold(following).split()[:2])
    return bool(is_whose) and not is_of_people


def _is_near_publication(date: CalendarDate, passage: Text) -> bool:
    """Whether a weekday or month is that of a passage's publication, or a weekday of the day before."""
    if passage.published is None or date.day or date.year:
        return False
    days = (passage.published, passage.published - timedelta(days=1))
    return date.month == days[0].month if date.month else date.weekday in {d.isoweekday() for d in days}
