"""When something was published, and how we know.

Each date keeps its provenance. What can't be true is not believed: a moment after the
page was first seen (an hour of clock skew allowed), or more than a year before it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser

from griot.press.core.types import Dated, Provenance

CLOCK_SKEW = timedelta(hours=1)
OLDEST = timedelta(days=366)

# RFC 822's zones, which feeds still use; dateutil knows UTC and the local one only.
_ZONES = {
    name: int(3600 * hours)
    for name, hours in {
        "EST": -5,
        "EDT": -4,
        "CST": -6,
        "CDT": -5,
        "MST": -7,
        "MDT": -6,
        "PST": -8,
        "PDT": -7,
        "BST": 1,
        "CET": 1,
        "CEST": 2,
        "EET": 2,
        "EEST": 3,
        "WET": 0,
        "WEST": 1,
        "MSK": 3,
        "EAT": 3,
        "CAT": 2,
        "WAT": 1,
        "SAST": 2,
        "IST": 5.5,
        "PKT": 5,
        "GST": 4,
        "HKT": 8,
        "SGT": 8,
        "JST": 9,
        "AEST": 10,
        "AEDT": 11,
    }.items()
}


def to_utc(text: str | None) -> datetime | None:
    """The moment in an ISO 8601 or RFC 822 string, in UTC; None where it can't be read.

    Without an offset the time is taken as UTC, as feeds that leave it out mostly mean.
    """
    if not text:
        return None
    dated = stated(text, "feed")
    return dated.moment if dated else None


def stated(text: str | None, known_from: Provenance) -> Dated | None:
    """The moment that a string states, with the offset it gives; None where it can't be read."""
    if not text:
        return None
    try:
        moment = _parsed(text.strip()[:64])
        offset = moment.utcoffset()
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, ArithmeticError, TypeError, AttributeError):  # dateutil reckons in decimals
        return None
    return Dated(utc, known_from, round(offset.total_seconds() / 60) if offset is not None else None)


def _parsed(text: str) -> datetime:
    """The standard library reads what is written to standard forty times faster; dateutil reads the
    rest. Raises ValueError.
    """
    try:
        if text[4:5] == "-":
            return datetime.fromisoformat(text)
        if text[-5:-4] in {"+", "-"} or text.endswith("GMT"):
            return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        pass
    return dateutil_parser.parse(text, tzinfos=_ZONES)


def is_believable(moment: datetime, first_seen: datetime) -> bool:
    """Whether something first seen at `first_seen` can have been published at `moment`."""
    return first_seen - OLDEST <= moment <= first_seen + CLOCK_SKEW


def choose(candidates: list[Dated | None], first_seen: datetime) -> Dated:
    """The first candidate that can be believed, else the moment of first sight."""
    for candidate in candidates:
        if candidate and is_believable(candidate.moment, first_seen):
            return candidate
    return Dated(first_seen, "first seen")
