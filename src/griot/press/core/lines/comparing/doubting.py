"""What a line's own outlets contradict or leave open beyond its single facts: deeds, figures, causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from griot.press.core.lines.comparing.abroad import foreign_doubts
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.doings import deed_doubts, nearest
from griot.press.core.lines.comparing.figures import figure_doubts
from griot.press.core.lines.passages import Text

PARSED = "en"  # the language whose grammar is known


def doubts(case: Case, own: Sequence[Text]) -> Iterator[Doubt]:
    """The doubts about a line, if it gives no passage word for word. `own` are its outlets' passages."""
    if any(not r.unsaid for r in case.retellings):
        return
    if case.said.language == PARSED and (passages := nearest(case, own)):
        yield from deed_doubts(case, passages)
    yield from figure_doubts(case, own)
    if own and all(p.language not in {case.said.language, ""} for p in own):
        yield from foreign_doubts(case, own)
