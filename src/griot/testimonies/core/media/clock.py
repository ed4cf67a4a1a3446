"""Moments of a recording as they are written: 00:01:05.250 in subtitles, 1:05 at a chapter, 65.25 by hand.

Each place takes its own notation, as strict as what may stand around the moment asks for.
"""

from __future__ import annotations

import re

# In subtitles (WebVTT, SRT) a moment always has its thousandths, and minutes end at 59.
CUE = r"(?:\d{1,3}:)?[0-5]?\d:[0-5]?\d[.,]\d{1,3}"
# Before a title: two figures of seconds, so that "3:1 for the sea" is no moment.
CHAPTER = r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?:[.,]\d{1,3})?"
# In a field of its own there is nothing to confuse it with: bare seconds will do.
TYPED = r"(?:(?:\d{1,2}:)?\d{1,3}:[0-5]?\d|\d{1,5})(?:[.,]\d{1,3})?"


def seconds(text: str, notation: str = TYPED) -> float:
    """A moment in seconds. Raises ValueError, in words for whoever typed it."""
    text = text.strip()
    if not re.fullmatch(notation, text):
        raise ValueError(f"{text[:20]!r}: a time like 1:05.2 is expected")
    whole, _, part = text.replace(",", ".").partition(".")
    total = 0
    for figures in whole.split(":"):
        total = total * 60 + int(figures)
    return total + int((part or "0").ljust(3, "0")) / 1000


def stamp(at: float) -> str:
    """As subtitles have it, to the thousandth: 65.25 → 00:01:05.250."""
    thousandths = round(at * 1000)
    hours, minutes = thousandths // 3_600_000, thousandths // 60_000 % 60
    return f"{hours:02d}:{minutes:02d}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def typed(at: float) -> str:
    """As a person would type it, to the thousandth: 65.25 → 1:05.250."""
    thousandths = round(at * 1000)
    return f"{thousandths // 60_000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"
