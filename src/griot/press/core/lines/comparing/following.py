"""Figures that no passage has, and that an editor may have worked out from those that it has."""

from __future__ import annotations

import re
from itertools import combinations

from griot.press.core.language.numbers import Number
from griot.press.core.language.text import fold
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

_MOST = 8  # figures of a passage that are added up
_AGO = re.compile(r"\W+years?\s+(?:ago|earlier|before|later|on)\b", re.I)
_PART_OF = {"half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10}


def follows(case: Case, fact: Fact) -> bool:
    """Whether a figure may be a sum or difference of two in a passage, a part in per cent, or years ago."""
    if not isinstance(fact.value, Number) or not fact.value.value:
        return False
    if _AGO.match(case.said.text[fact.end : fact.end + 20]):
        return True  # which year that was, the article's date would say
    return any(_has_parts(fact.value, p) for p in case.passages)


def _has_parts(wanted: Number, passage: Text) -> bool:
    words = {fold(w) for _, w in passage.words}
    if any(abs(part - wanted.value) < 1 and word in words for word, part in _PART_OF.items()):
        return True
    values = [f.value.value for f in passage.facts if isinstance(f.value, Number)][:_MOST]
    return any(
        abs(a + b - wanted.value) < 1e-6 or abs(abs(a - b) - wanted.value) < 1e-6
        for a, b in combinations(values, 2)
    )
