"""Lines whose outlets wrote in another language: only figures, names and what stands beside them compare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from babel.units import format_unit

from griot.press.core.language.places import place_key
from griot.press.core.language.syntax import PARSED
from griot.press.core.language.text import fold
from griot.press.core.lines.claims import is_negation
from griot.press.core.lines.comparing.aligning import alignment_doubts
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.matching import has, places_of
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

_REACH = 4  # words to either side of a figure in which a "not" concerns it
_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|thanks to|following|as a result of|on account of|in response to)"
    r"\s[^,;.]+",
    re.I,
)
_UNITS = ("year", "month", "week", "day", "hour", "minute")


def foreign_doubts(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """What of the line is left open by passages that are all in other languages."""
    figures = [f for f in case.said.facts if f.kind == "number"]
    for fact in figures:
        having = [(p, at, to) for p in own for at, to in places_of(case.said, fact, p)]
        words = case.said.text[fact.start : fact.end]
        if having and all(_is_denied(p, at) for p, at, _ in having) and not case.said.has_negation:
            yield Doubt(words, False, having[0][0])
        elif having and (unit := _unit_behind(case.said, fact.end)):
            units = [(_unit_behind(p, to), p) for p, _, to in having]
            if all(other != unit for other, _ in units):
                yield Doubt(f"{words} {unit}", False, units[0][1])
    yield from _apart(case, own)
    if case.said.language == PARSED:
        yield from alignment_doubts(case.said, own)
    if found := _CAUSE.search(case.said.text):
        yield Doubt(found.group(), False)


def _is_denied(passage: Text, at: int) -> bool:
    i = next((i for i, (start, _) in enumerate(passage.words) if start >= at), 0)
    near = passage.words[max(0, i - _REACH) : i + _REACH]
    return any(is_negation(word, passage.language) for _, word in near)


@cache
def _units(language: str) -> dict[str, str]:
    """A language's words for spans of time, by CLDR: mois → month."""
    found: dict[str, str] = {}
    for unit in _UNITS:
        for number in (1, 2, 3, 11):  # one of each plural that our languages have
            for word in re.findall(
                r"[^\W\d_]{3,}", fold(format_unit(number, f"duration-{unit}", "long", locale=language))
            ):
                found.setdefault(word, unit)
    return found


def _unit_behind(text: Text, end: int) -> str:
    following = [w for at, w in text.words if at >= end][:1]
    return _units(text.language).get(following[0], "") if following and text.language else ""


def _apart(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """Figures and names that stand together in the line, and in no passage or the one beside it."""
    facts = [f for f in case.said.facts if f.kind in {"number", "name", "place", "date"}]
    told: list[set[Fact]] = [{f for f in facts if has(case.said, f, p)} for p in own]
    known = set().union(*told) if told else set()
    figures = {f for f in known if f.kind in {"number", "date"}}
    if len(known) < 2 or not figures:
        return
    beside = [
        told[i] | (told[i + 1] if i + 1 < len(own) and own[i + 1].url == own[i].url else set())
        for i in range(len(own))
    ]
    # Editors add where a story plays: what a figure stands with is figures and names first, countries last.
    countries = {f for f in known if len(place_key(f.text) or "") == len("XX")}
    best = max(range(len(own)), key=lambda i: (len(beside[i] - countries), len(beside[i])))
    lacking = sorted(known - beside[best], key=lambda f: f.start)
    if not figures.isdisjoint(lacking) or (lacking and own[best] in case.elsewhere):
        yield Doubt(lacking[0].text, False, own[best])
