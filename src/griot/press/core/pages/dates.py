"""When something was published, and how we know.

Each date keeps its provenance. What can't be true is not believed: a moment after the
page was first seen (an hour of clock skew allowed), or more than a year before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import cast

from babel import Locale
from dateparser.date import DateDataParser

from griot.press.core.types import Dated, Provenance

CLOCK_SKEW = timedelta(hours=1)
OLDEST = timedelta(days=366)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # of our calendar
LONGEST = 100  # characters of a date
# Texts of one document that dateparser is asked for: it takes 5 to 15 ms for one that it reads, 20 to 100 ms
# for one that it can't. The texts after them are no dates.
MOST_SLOW, MOST_UNREAD = 250, 25

# In the order in which a name that is a month of several is theirs.
_LANGUAGES = (
    "en fr es ar pt de it ru tr nl fi sv da nb pl el uk hu ro cs sk bg hr sr fa ur id ms vi sw so am".split()
)
_LANGUAGES += "hi bn ja ko zh he ca ka hy az et lv lt sl mk sq is".split()
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_STANDARD = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} (?:[12]\d)?\d\d \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT)"
)  # RFC 822
_NO_YEAR = re.compile(r"(?<![-+\d])00\d\d(?![\d:])")  # what software writes that knows no date
_WITH_MONTH = re.compile(r"\b(\d{1,2})\.? ([^\W\d_]{3})\b")
_SHORT_OFFSET = re.compile(r"(?<=[\d\s])([+-])(\d):?(\d\d)$")
_ZONE_IN_WORDS = re.compile(r"\s*\([^()]*\)$")


@dataclass(slots=True)
class Habit:
    """How one document writes its dates: in figures the month first, as in the United States, or the day; and
    what dateparser made of those that are written to no standard.
    """

    month_first: bool = False
    read: dict[str, datetime | None] = field(default_factory=dict)

    def slowly(self, text: str) -> datetime:
        """What dateparser reads in a text. Each text is read once, and no more of them than a document may
        have. Raises ValueError.
        """
        if text not in self.read:
            if len(self.read) >= MOST_SLOW or list(self.read.values()).count(None) >= MOST_UNREAD:
                raise ValueError("so many of its dates are written to no standard that no more are read")
            self.read[text] = _read_slowly(text, self.month_first)
        found = self.read[text]
        if found is None:
            raise ValueError(f"{text!r} is no date")
        return found

    @classmethod
    def of(cls, dates: Iterable[str]) -> Habit:
        """The habit that shows in the dates with slashes or dashes, of which one may give it away: a day has
        no month above 12. With points the day comes first everywhere.
        """
        firsts, seconds, has_noon = set(), set(), False
        for date in dates:
            if (found := _NUMERIC.search(_in_our_digits(date))) and found[2] != ".":
                firsts.add(int(found[1]))
                seconds.add(int(found[3]))
                has_noon |= date.strip().lower().endswith(("am", "pm"))
        is_told = max(firsts, default=0) <= 12 and (max(seconds, default=0) > 12 or has_noon)
        return cls(month_first=bool(is_told))


def to_utc(text: str | None) -> datetime | None:
    """The moment in a string, in UTC; None where it can't be read.

    Without an offset the time is taken as UTC, as feeds that leave it out mostly mean.
    """
    dated = stated(text, "feed", Habit())
    return dated.moment if dated else None


def stated(text: str | None, known_from: Provenance, habit: Habit) -> Dated | None:
    """The moment that a string states, with the offset it gives; None where it can't be read, or no calendar
    of ours reaches it: the years of other calendars are far from ours.

    `habit` is that of the document the string stands in, one for all of its dates.
    """
    if not text:
        return None
    try:
        moment = _parsed(_in_our_digits(text.strip()[:LONGEST]), habit)
        offset = moment.utcoffset()
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if not EARLIEST <= utc <= LATEST:
            return None
    except (ValueError, ArithmeticError, TypeError):
        return None
    return Dated(utc, known_from, round(offset.total_seconds() / 60) if offset is not None else None)


def _in_our_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text)


def _parsed(text: str, habit: Habit) -> datetime:
    """The standard library reads what is written to standard forty times faster; dateparser reads the
    rest, in the months and days of many languages. Raises ValueError.
    """
    try:
        if text[4:5] == "-":
            return datetime.fromisoformat(text)
        if _STANDARD.fullmatch(text):
            return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        pass
    if _NO_YEAR.search(text):
        raise ValueError(f"{text!r} has no year")
    return habit.slowly(_SHORT_OFFSET.sub(r" \g<1>0\2:\3", _ZONE_IN_WORDS.sub("", text)))


def _read_slowly(text: str, month_first: bool) -> datetime | None:
    numeric = _NUMERIC.search(text)
    reader = _reader(month_first and not (numeric and numeric[2] == "."))
    found = reader.get_date_data(text).date_obj
    if found is None and (cut := _WITH_MONTH.search(text)) and (month := _months().get(cut[2].casefold())):
        found = reader.get_date_data(f"{cut[1]} {month} {text[cut.end(2) :]}").date_obj
    return cast("datetime | None", found)


@cache
def _months() -> dict[str, str]:
    """The first three letters of each month's name in our languages: publishing software cuts it there, as
    RFC 822 does with English ones.
    """
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months["stand-alone"][width].items():
                found.setdefault(name.casefold()[:3], _ENGLISH[number - 1])
    return found


@cache
def _reader(month_first: bool) -> DateDataParser:
    """A reader of whole dates: never "yesterday", nor a day without a month and a year."""
    return DateDataParser(
        languages=_LANGUAGES,
        settings={
            "DATE_ORDER": "MDY" if month_first else "DMY",
            "PREFER_LOCALE_DATE_ORDER": False,
            "PARSERS": ["timestamp", "absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )


def is_believable(moment: datetime, first_seen: datetime) -> bool:
    """Whether something first seen at `first_seen` can have been published at `moment`."""
    return first_seen - OLDEST <= moment <= first_seen + CLOCK_SKEW


def choose(candidates: list[Dated | None], first_seen: datetime) -> Dated:
    """The first candidate that can be believed, else the moment of first sight."""
    for candidate in candidates:
        if candidate and is_believable(candidate.moment, first_seen):
            return candidate
    return Dated(first_seen, "first seen")
