"""The head of a past issue: how to see it, its date, and whom to write to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from babel.dates import get_month_names

from griot.digest.core.importing.paragraphs import Paragraph
from griot.digest.core.importing.shapes import names_photo

_MOST = 8  # paragraphs that a head has
_SERVICE = re.compile(
    r"(?i)^(?:unable to (?:see|view)|can[’']t see|comments?\s*[/:]|questions?\s*[/:]|contacts?\s*:|"
    r"comments? and questions|"
    r"to (?:un)?subscribe|view (?:this|in|online))"
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONTHS = {
    name.lower().rstrip("."): number
    for locale in ("en", "fr", "es", "ar")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=locale).items()
}


def head_of(issue: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """The first paragraphs, up to the last of them that belongs to a head."""
    last = -1
    for n, p in enumerate(issue[:_MOST]):
        if p.bullet:
            break
        if _SERVICE.match(p.text) or stated_date(p.text) or re.fullmatch(r"\S+@\S+", p.text):
            last = n
        elif last >= 0 and names_photo(p.text):
            break
    return issue[: last + 1]


def date_in(head: Sequence[Paragraph]) -> date | None:
    return next((day for p in head if (day := stated_date(p.text))), None)


def contact_in(head: Sequence[Paragraph]) -> str:
    """The first mail address, or ""."""
    return next((found.group() for p in head if (found := _ADDRESS.search(p.text))), "")


def stated_date(text: str) -> date | None:
    """The date that a short paragraph states: 12 December 2018, December 12, 2018, le 12 décembre 2018."""
    folded = text.lower().replace(",", " ").replace(".", " ")
    if len(folded.split()) > 8:
        return None
    year = re.search(r"\b(?:19|20)\d\d\b", folded)
    month = next((n for word in folded.split() if (n := _MONTHS.get(word))), None)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th|er)?\b", folded)
    try:
        return date(int(year.group()), month, int(day.group(1))) if year and month and day else None
    except ValueError:
        return None
