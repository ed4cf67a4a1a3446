"""The fixed words that readers and tellers meet, per language, and how their language writes dates.

The words stand in TOML files, one for each language, in sections by where they are read. A section is for the
translator's eye: to the program a word goes by its key alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_interval, format_time

from griot.digest.core.types import RIGHT_TO_LEFT, Event

LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]
FROM_LEFT, ENDS = "\u2066", "\u2069"  # what stands between is read from the left, wherever it stands
_DATES = {"es": "d 'de' MMMM 'de' y"}
FOLDER = Path(__file__).parent


def front_of(language: str) -> str:
    """The path of a language's front."""
    return "/" if language == "en" else f"/{language}/"


def words(language: str) -> Mapping[str, str]:
    """The fixed words in a language; English where an edition's language has none of its own."""
    base = language.split("-")[0]
    return _read(base if base in dict(LANGUAGES) else "en")


@cache
def _read(language: str) -> Mapping[str, str]:
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {key: said for section in sections.values() for key, said in section.items()}


def is_right_to_left(language: str) -> bool:
    return language.split("-")[0] in RIGHT_TO_LEFT


def long_date(day: date, language: str) -> str:
    """A date as readers of `language` write it: 12 December 2018."""
    base, locale = language.split("-")[0], language.replace("-", "_")
    said = str(format_date(day, _DATES.get(base, "d MMMM y"), locale=locale))
    return said.replace("1 ", "1er ", 1) if base == "fr" and day.day == 1 else said


def when(event: Event, language: str) -> str:
    """When an event is, as readers of `language` write it; one day, several, or from time to time."""
    locale = "en_GB" if language == "en" else language.replace("-", "_")  # the day before the month
    first, last = event.begins, event.ends or event.begins
    if first.date() != last.date():
        return str(format_interval(first, last, "yMMMd", locale=locale))
    day = long_date(first.date(), language)
    if not event.has_time:
        return day
    hours = [format_time(first, "HH:mm", locale=locale)]
    if event.ends:
        hours.append(format_time(last, "HH:mm", locale=locale))
    time = f"{'–'.join(hours)} {first.tzname() or ''}".rstrip()
    return f"{day}, {FROM_LEFT}{time}{ENDS}" if is_right_to_left(language) else f"{day}, {time}"


def issue_title(day: date, language: str) -> str:
    """What an issue is called until an editor says it otherwise."""
    return words(language)["issue_title"].format(long_date(day, language))
