"""Reading what a phone or a form sent, field by field. Everything raises Refused in words that
name the field.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from griot.characters import fit_text
from griot.testimonies.core.errors import Refused
from griot.testimonies.models.days import AHEAD, UNKNOWN, day_of

LATEST_YEAR = 2200


def uuid_in(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise Refused(f"{where}: a UUID is expected") from None


def object_in(value: Any, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"{where}: an object is expected")
    return value


def text_in(value: Any, where: str, limit: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"{where}: a text is expected")
    value = value.replace("\r\n", "\n")  # as browsers send what they count as one
    if len(value) > limit:
        raise Refused(f"{where}: at most {limit} characters")
    return fit_text(value).strip()


def one_of(value: Any, choices: tuple[str, ...], where: str) -> Any:
    if value not in choices:
        raise Refused(f"{where}: one of {', '.join(choices)} is expected")
    return value


def whole_in(value: Any, where: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{where}: a number from {least} to {most} is expected")
    return value


def year_in(value: Any) -> int | None:
    """A year, as a number or as somebody typed it, in whatever figures; None where nothing was."""
    if isinstance(value, str):
        value = value.strip()
        value = int(value) if value.isdecimal() and len(value) == 4 else value
    if value in (None, ""):
        return None
    if type(value) is not int or not 1900 <= value <= day_of().year:
        raise Refused("teller.birth_year: a year is expected")
    return value


def position_in(told: Mapping[str, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = told.get("latitude"), told.get("longitude")
    if latitude is None or longitude is None:
        return None, None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (latitude, longitude)):
        raise Refused("teller.latitude, teller.longitude: numbers are expected")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Refused("teller.latitude, teller.longitude: no place on earth")
    return float(latitude), float(longitude)


def moment_in(value: Any, where: str, unknown: datetime = UNKNOWN) -> datetime:
    """An aware moment. Phones' clocks are wrong now and then: what can’t be right was said at no
    moment we know, so it is `unknown`. A little ahead, it still orders what comes of the same clock.
    """
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(f"{where}: a moment with its offset is expected, such as 2026-11-24T07:00:00Z")
    return moment if UNKNOWN <= moment <= timezone.now() + AHEAD else unknown


def day_in(value: str) -> date:
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None or not UNKNOWN.year <= day.year <= LATEST_YEAR:
        raise Refused("consent.until: a date is expected, such as 2027-11-24")
    return day
