"""What a stranger delivers, made fit for our tables: within their bounds, in characters that they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from griot.characters import fit_text
from griot.press.core.pages.dates import EARLIEST, LATEST
from griot.press.core.types import Entry

MOST_TITLE, MOST_WORDS, MOST_TEXT = 500, 20_000, 400_000  # characters


def fit_moment(moment: datetime | None) -> datetime | None:
    """The moment, unless no calendar of ours reaches it."""
    if moment is None:
        return None
    try:
        return moment if EARLIEST <= moment <= LATEST else None
    except OverflowError:  # the year 1 or 9999 with an offset
        return None


def fit_entry(entry: Entry) -> Entry:
    """The entry as it can be stored, whatever it was."""
    return replace(
        entry,
        id=fit_text(entry.id, MOST_TEXT),
        url=fit_text(entry.url, MOST_TEXT),
        title=fit_text(entry.title, MOST_TITLE),
        summary=fit_text(entry.summary, MOST_WORDS),
        text=fit_text(entry.text, MOST_TEXT),
        published=fit_moment(entry.published),
        utc_offset=entry.utc_offset if entry.utc_offset is None or abs(entry.utc_offset) < 24 * 60 else None,
        language=fit_text(entry.language or "", 35) or None,
    )
