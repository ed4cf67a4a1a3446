"""What a line's own outlets contradict or leave open beyond its single facts: deeds, figures, causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from griot.press.core.language.numbers import Number
from griot.press.core.language.syntax import PARSED
from griot.press.core.lines.comparing.abroad import foreign_doubts
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.doings import deed_doubts, nearest
from griot.press.core.lines.comparing.excluding import exclusion_doubts
from griot.press.core.lines.comparing.figures import figure_doubts
from griot.press.core.lines.comparing.matching import has
from griot.press.core.lines.passages import Text

_COUNTED = 3  # so many are counted by whoever reads their names


def doubts(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """The doubts about a line, if it gives no passage word for word. `own` are its outlets' passages."""
    if any(not r.unsaid for r in case.retellings):
        return
    if case.said.language == PARSED and (passages := nearest(case, own)):
        yield from deed_doubts(case, passages)
        yield from exclusion_doubts(case, own, passages)
    yield from figure_doubts(case, own)
    yield from _of_another_outlet(case, own)
    if own and all(p.language not in {case.said.language, ""} for p in own):
        yield from foreign_doubts(case, own)


def _of_another_outlet(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """A figure that only outlets have to which the line does not give it."""
    others = [p for p in case.passages if p not in own]
    for fact in case.said.facts:
        if not isinstance(fact.value, Number) or fact.value.value <= _COUNTED:
            continue
        if any(has(case.said, fact, p) for p in own):
            continue
        if passage := next((p for p in others if has(case.said, fact, p)), None):
            yield Doubt(case.said.text[fact.start : fact.end], False, passage)
