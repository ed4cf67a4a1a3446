"""Figures that a passage has, but tells otherwise: as what was before, as a fall, by the hour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from griot.press.core.language.calendars import CalendarDate
from griot.press.core.language.text import fold, stem
from griot.press.core.lines.claims import Side, side_of
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.matching import places_of
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

_NEAR = 4  # words to either side of a figure that say whether it rose or fell
_LINKS = 5  # of the grammar, from a figure up to what it is compared with
_MANY = 20  # places of one figure that are looked at
_THAN = len(" than about $")
_BASES = {"than", "against", "compare", "compared"}
_BEFORE = re.compile(r"\b(?:ago|earlier|before|last|previous(?:ly)?|then|until|down|up)\b")
_PAUSE = re.compile(r"[,;:–—]\s")
_ROUNDING = re.compile(r"\b(?:more|less|fewer|higher|lower)(?= than\b)|\bup to\b", re.I)
_RATE = re.compile(
    r"^\W*(?:[\w€$£%]+\W+){0,2}?(?:an?|per|every|each|for an?)\s+"
    r"(second|minute|hour|day|night|week|month|quarter|year)\b",
    re.I,
)
_HOUR = re.compile(r"\b(\d{1,2}(?:[:.]\d\d)?)\s*([ap])\.?\s?m\b", re.I)
_MOST = {
    "en": "most mostly mainly chiefly largely majority",
    "fr": "plupart majorite majoritairement essentiellement",
    "es": "mayoria mayoritariamente mayormente",
    "pt": "maioria maioritariamente",
    "it": "maggior maggioranza maggioranza perlopiu",
    "de": "meisten mehrheit meist uberwiegend grossteil",
    "ar": "معظم أغلب أغلبية غالبية",
}


def figure_doubts(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """What of the line's figures its outlets' passages tell otherwise."""
    for fact in case.said.facts:
        if fact.kind != "number":
            continue
        having = [(p, at, to) for p in own for at, to in places_of(case.said, fact, p)]
        if not having:
            continue
        words = case.said.text[fact.start : fact.end]
        for rule in (_reversed, _by_another_time, _of_before, _of_another_month):
            if found := rule(case.said, fact, having):
                yield Doubt(words, *found)
                break
    yield from _hours(case.said, own)
    yield from _most(case.said, own)


Having = Sequence[tuple[Text, int, int]]  # where passages have a figure
Found = tuple[bool, Text] | None


@cache
def _ways() -> dict[Side, int]:
    """Sides of opposites that say up (1) or down (-1)."""
    pairs = [side_of(word, "en") for word in ("rise", "more", "raise")]
    return {s: way for up in pairs if up for s, way in ((up, 1), (up.opposite, -1))}


def way_of(text: Text, start: int, end: int) -> int:
    """Whether what is counted there went up (1) or down (-1), by the nearest word that says so, or 0."""
    numbers = [f.start for f in text.facts if f.kind == "number"]
    rounding = {
        m.start()
        for m in _ROUNDING.finditer(text.text)
        if any(0 <= at - m.end() <= _THAN for at in numbers)  # "fewer than 40", not "fewer than last year"
    }
    first = next((i for i, (at, _) in enumerate(text.words) if at >= start), len(text.words))
    behind = next((i for i, (at, _) in enumerate(text.words) if at >= end), len(text.words))
    for distance in range(1, _NEAR + 1):
        for i in (first - distance, behind + distance - 1):
            if 0 <= i < len(text.words) and text.words[i][0] not in rounding:
                at, word = text.words[i]
                between = text.text[end:at] if at >= end else text.text[at:start]
                if _PAUSE.search(between):
                    continue
                side = side_of(word, text.language)
                way = _ways().get(side, 0) if side else 0
                if text.language == "en" and not way:
                    way = {"up": 1, "down": -1}.get(word, 0)
                if way:
                    return way
    return 0


def _reversed(said: Text, fact: Fact, having: Having) -> Found:
    """Nine per cent more, where every passage with the figure has nine per cent fewer."""
    mine = way_of(said, fact.start, fact.end)
    ways = [(way_of(p, at, to), p) for p, at, to in having]
    told = [(way, p) for way, p in ways if way]
    if mine and told and all(way == -mine for way, _ in told):
        return len(told) == len(ways), told[0][1]
    return None


def _rate(text: Text, end: int) -> str:
    found = _RATE.match(text.text[end : end + 60])
    return found.group(1).lower() if found else ""


def _by_another_time(said: Text, fact: Fact, having: Having) -> Found:
    """By the day, where a passage has it by the hour."""
    mine = _rate(said, fact.end)
    rates = [(rate, p) for p, _, to in having if p.language == said.language and (rate := _rate(p, to))]
    if mine and rates and all(rate != mine for rate, _ in rates):
        return True, rates[0][1]
    return None


def _of_before(said: Text, fact: Fact, having: Having) -> Found:
    """What now is, where passages have the figure only as what something is compared with."""
    if said.language != "en" or _is_base(said, fact.start) or _BEFORE.search(_clause(said, fact)):
        return None
    parsed = [(p, at) for p, at, _ in having if p.language == "en" and "parse" in p.__dict__]
    if parsed and all(_is_base(p, at) for p, at in parsed):
        return False, parsed[0][0]
    return None


def _of_another_month(said: Text, fact: Fact, having: Having) -> Found:
    """A figure of October, where every passage has it nearest to September."""
    mine = _month_near(said, fact.start)
    told = [(_month_near(p, at), p) for p, at, _ in having[:_MANY] if p.language == said.language]
    if mine and told and all(month and month != mine for month, _ in told):
        return False, told[0][1]
    return None


def _month_near(text: Text, at: int) -> int:
    dates = [f for f in text.facts if isinstance(f.value, CalendarDate) and f.value.month and not f.value.day]
    nearest = min(dates, key=lambda f: abs(f.start - at), default=None)
    return nearest.value.month if nearest and isinstance(nearest.value, CalendarDate) else 0


def _clause(text: Text, fact: Fact) -> str:
    deeds = [d for d in text.deeds if d.start <= fact.start < d.end]
    return text.text[deeds[0].start : deeds[0].end] if deeds else text.text


def _is_base(text: Text, at: int) -> bool:
    """Whether a figure is what another is measured against: "than 40", "against 40 a year before"."""
    i = next((i for i, t in enumerate(text.parse) if t.start <= at < t.end), None)
    for _ in range(_LINKS):
        if i is None or text.parse[i].tag[:2] == "VB":
            break
        if fold(text.parse[i].text) in _BASES:
            return fold(text.parse[i].text) != "than" or not _is_rounding(text, i)
        i = text.parse[i].head if text.parse[i].head != i else None
    return False


def _is_rounding(text: Text, i: int) -> bool:
    """Whether a "than" belongs to "more than 40"."""
    return i + 1 < len(text.parse) and text.parse[i + 1].tag == "CD"


def _hours(said: Text, own: Sequence[Text]) -> Iterator[Doubt]:
    """Two in the afternoon, where a passage has two in the morning."""
    mine = [(m.group(1).lower(), m.group(2).lower(), m.group()) for m in _HOUR.finditer(said.text)]
    if not mine:
        return
    told = [(m.group(1).lower(), m.group(2).lower(), p) for p in own for m in _HOUR.finditer(p.text)]
    for hour, half, words in mine:
        same = [(other, p) for at, other, p in told if at == hour]
        if same and all(other != half for other, _ in same):
            yield Doubt(words, True, same[0][1])


def _most(said: Text, own: Sequence[Text]) -> Iterator[Doubt]:
    """Most of them, where no passage says so of any."""
    found = (
        re.search(r"\b(?:most|majority) of\b[^,;]{0,40}", said.text, re.I) if said.language == "en" else None
    )
    if not found:
        return
    for passage in own:
        known = {stem(fold(w), passage.language) for w in _MOST.get(passage.language, "").split()}
        if not known.isdisjoint(passage.stems):
            return
    yield Doubt(found.group(), False)
