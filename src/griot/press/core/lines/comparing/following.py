"""Figures that no passage has, and that an editor may have worked out from those that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, permutations

from griot.press.core.language.lexicon import are_same
from griot.press.core.language.numbers import ABOUT, Number, agrees, rounding_before
from griot.press.core.language.syntax import PARSED
from griot.press.core.language.text import fold
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.comparing.deeds import innermost
from griot.press.core.lines.comparing.doings import nearest
from griot.press.core.lines.comparing.figures import way_of
from griot.press.core.lines.comparing.matching import bears_out, has
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text, counted, parse_all

COUNTED = 3  # so small a difference is one by chance
_ORDINAL = re.compile(r"(?:\dst|\dnd|\drd|th)$", re.I)
_MOST = 8  # figures of a passage that are added up
_GIVEN = 16  # other figures of a line that one may follow from
_AGO = re.compile(r"\W+years?\s+(?:ago|earlier|before|later|on)\b", re.I)
_TIMES = re.compile(r"\W+times\b", re.I)
_PART_OF = {"half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10}


def follows(case: Case, fact: Fact) -> bool:
    """Whether a figure may be a sum or difference of two in a passage, a part in per cent, or years ago."""
    if not isinstance(fact.value, Number) or not fact.value.value:
        return False
    if _AGO.match(case.said.text[fact.end : fact.end + 20]):
        return True  # which year that was, the article's date would say
    return any(_has_parts(fact.value, p) or any(_ratios(case, fact, p)) for p in case.passages)


def decided(case: Case, fact: Fact, own: Sequence[Text]) -> Text | None:
    """The passage that bears out a figure by arithmetic or by its deed, where its company does not."""
    if found := worked_out(case, fact, own):
        return found
    if case.said.language != PARSED:
        return None
    parse_all([case.said, *nearest(case, own)])
    return told_of_same_deed(case, fact, own)


def worked_out(case: Case, fact: Fact, own: Sequence[Text]) -> Text | None:
    """The passage that has two figures of which the line gives one, and this one follows from both:
    "45,000 this year, 37,000 next" bears out "37,000, which is 8,000 fewer", or a part of one.
    """
    if not isinstance(fact.value, Number) or fact.value.value <= COUNTED or _ORDINAL.search(fact.text):
        return None
    wanted = fact.value.value
    others = (f.value.value for f in case.said.facts if isinstance(f.value, Number) and f is not fact)
    given = set(islice(others, _GIVEN))
    way = way_of(case.said, fact.start, fact.end)
    for passage in own:
        figures = [f.value for f in passage.facts if isinstance(f.value, Number)][:_MOST]
        if any(given & {one.value, other.value} for one, other in _ratios(case, fact, passage)):
            return passage
        if fact.value.unit == "percent":
            words = {fold(w) for _, w in passage.words}
            parts = any(abs(part - wanted) < 1 and word in words for word, part in _PART_OF.items())
            if parts and any(f.value in given and f.unit for f in figures):
                return passage
            continue
        for one, other in permutations(figures, 2):
            if one.value not in given or other.value in given or one.unit != other.unit:
                continue
            if abs(one.value - other.value) == wanted and way * (one.value - other.value) >= 0:
                return passage
    return None


def _ratios(case: Case, fact: Fact, passage: Text) -> Iterator[tuple[Number, Number]]:
    """Figures of a passage of which one is such a part of the other, or so many times as much: 97 of 214 are
    "almost half".
    """
    if not isinstance(fact.value, Number):
        return
    wanted = fact.value.value
    if fact.value.unit == "percent":
        wanted /= 100
    elif not _TIMES.match(case.said.text[fact.end : fact.end + 10]):
        return
    rounding = rounding_before(case.said.text, fact.start) or ABOUT
    figures = [f.value for f in passage.facts if isinstance(f.value, Number)][:_MOST]
    for one, other in permutations(figures, 2):
        if other.value and (one.unit == other.unit or not one.unit or not other.unit):
            ratio = Number(one.value / other.value, 0, 0)
            if agrees(Number(wanted, 0, 0), rounding, ratio):
                yield one, other


def _has_parts(wanted: Number, passage: Text) -> bool:
    words = {fold(w) for _, w in passage.words}
    if any(abs(part - wanted.value) < 1 and word in words for word, part in _PART_OF.items()):
        return True
    values = [f.value.value for f in passage.facts if isinstance(f.value, Number)][:_MOST]
    return any(
        abs(a + b - wanted.value) < 1e-6 or abs(abs(a - b) - wanted.value) < 1e-6
        for a, b in combinations(values, 2)
    )


def told_of_same_deed(case: Case, fact: Fact, own: Sequence[Text]) -> Text | None:
    """The passage in which the figure, alone of its sort, belongs to the verb that it has in the line."""
    sort = counted(case.said, fact)
    mine = _verb_over(case.said, fact.start)
    if not mine or (sort and sort.startswith("thing")):
        return None
    for passage in own:
        if passage.language != case.said.language or not has(case.said, fact, passage):
            continue
        figures = [f for f in passage.facts if isinstance(f.value, Number)]
        at = [f for f in figures if bears_out(case.said, fact, f, passage)]
        if len(at) != 1:
            continue
        if not any(counted(passage, f) == counted(passage, at[0]) for f in figures if f not in at):
            verb = _verb_over(passage, at[0].start)
            if verb and are_same(mine, verb):
                return passage
    return None


def _verb_over(text: Text, at: int) -> str:
    """The verb of the innermost deed around a place."""
    if "parse" not in text.__dict__:
        return ""
    found = innermost(text.deeds, at)
    return found.verb if found and not found.is_negated else ""
