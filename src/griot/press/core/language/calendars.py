"""Dates in running text, in the months and days of seven languages (names from CLDR)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module

from babel import Locale

from griot.press.core.language.languages import KNOWN
from griot.press.core.language.text import fold

# What Arabic papers call the months from the Levant to Iraq; CLDR's "ar" has the Egyptian ones.
_LEVANTINE = (
    "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول".split(",")
)
_MORNINGS = {"morgen", "mañana"}  # tomorrow, or a morning
_MAY = {"may", "mai"}  # whole names of months that are as short as a word
_IN_TIME = set(
    "in until till since by from before after between early late mid last next this every of"
    " en depuis jusqu'en au fin debut im seit bis ab vor nach ende anfang mitte".split()
)
_CAPITALISED = {"en", "de"}  # there a month or day is written with a capital: "may" is none
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN = re.compile(r"(?:\s|,|\.|º|°|st|nd|rd|th|er|de|of|the|del|d'|-){0,6}", re.I)
_FILLERS = {"st", "nd", "rd", "th", "er", "de", "of", "the", "del", "d"}  # 23rd of November, 23 de noviembre
_IN_FIGURES = re.compile(
    r"(?<![\d./-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})([/.])(\d{1,2})\5(\d{4}))(?![\d/-])"
)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """What a text says of a date, and where: `text[start:end]`. 0 stands for what it does not say;
    Monday is 1.
    """

    start: int
    end: int
    weekday: int = 0
    month: int = 0
    day: int = 0
    year: int = 0
    is_either: bool = False  # 03/12: the third of December or the twelfth of March

    def is_borne_out_by(self, other: CalendarDate) -> bool:
        """Whether `other` says all that this says; a year may be left out."""
        if other.is_either or self.is_either:
            turned = replace(other, month=other.day, day=other.month, is_either=False)
            as_it_is, mine = replace(other, is_either=False), replace(self, is_either=False)
            return mine.is_borne_out_by(as_it_is) or mine.is_borne_out_by(turned)
        return all(
            (mine == 0 or mine == theirs)
            for mine, theirs in (
                (self.weekday, other.weekday),
                (self.month, other.month),
                (self.day, other.day),
            )
        ) and (not self.year or other.year in (0, self.year))


@cache
def _names(language: str) -> tuple[dict[tuple[str, ...], int], dict[str, int]]:
    """Months (by their words) and weekdays of a language, folded; abbreviations of months included."""
    locale = Locale(language if language in KNOWN else "en")
    months: dict[tuple[str, ...], int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                months.setdefault(tuple(fold(name).rstrip(".").split()), number)
    if language == "ar":
        for number, name in enumerate(_LEVANTINE, 1):
            months[tuple(fold(name).split())] = number
    days = {}
    for context in ("format", "stand-alone"):
        for number, name in locale.days[context]["wide"].items():
            folded = fold(name)
            days[folded] = number + 1
            days[folded.removesuffix("-feira")] = number + 1  # pt: segunda(-feira)
            if language == "ar":
                days[folded.removeprefix("ال")] = number + 1
    if language == "pt":  # "segunda" and "sexta" are also plain ordinals
        days = {d: n for d, n in days.items() if d.endswith("feira") or n > 5}
    return months, days


def dates_in(text: str, language: str) -> Iterator[CalendarDate]:
    """Weekdays and months in `text`, each month with the day and year beside it."""
    yield from _in_figures(text)
    months, days = _names(language)
    plain = text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text)
    tokens = list(_TOKEN.finditer(plain))
    folded = [fold(t.group()) for t in tokens]
    i = 0
    while i < len(tokens):
        raw, word = tokens[i].group(), folded[i]
        is_name = not (language in _CAPITALISED and not raw[:1].isupper())
        if (
            is_name
            and word in days
            and not (
                language == "pt"
                and word != "sabado"
                and word != "domingo"
                and not _feira(plain, tokens[i].end())
            )
        ):
            yield CalendarDate(tokens[i].start(), tokens[i].end(), weekday=days[word])
        elif is_name and (found := _month(months, folded, i)):
            month, length = found
            date = _around(plain, tokens, i, length, month)
            before = folded[i - 1] if i else ""
            if date.day or len(word) > 3 or (word in _MAY and before in _IN_TIME):  # "mar" alone is a word
                yield date
                while i + 1 < len(tokens) and tokens[i + 1].end() <= date.end:
                    i += 1
        i += 1


def days_told(text: str, language: str, on: date) -> Iterator[CalendarDate]:
    """The days that a text written `on` a day tells by it: today, yesterday, hier, gestern, أمس."""
    words = _days_by_word(language)
    for found in re.finditer(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text, re.I) if words else ():
        day = on + timedelta(days=words[found.group().lower()])
        yield CalendarDate(found.start(), found.end(), day.isoweekday(), day.month, day.day, day.year)


@cache
def _days_by_word(language: str) -> dict[str, int]:
    """A language's words for days by the day of writing, longest first, as dateparser knows them."""
    if language not in KNOWN:
        return {}
    told = import_module(f"dateparser.data.date_translation_data.{language}").info["relative-type"]
    days = {"0 day ago": 0, "1 day ago": -1, "2 day ago": -2, "in 1 day": 1}
    found = {word: by for key, by in days.items() for word in told.get(key, ()) if word not in _MORNINGS}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _in_figures(text: str) -> Iterator[CalendarDate]:
    """2026-12-03, 03/12/2026, 3.12.2026; between slashes the month may come first."""
    for found in _IN_FIGURES.finditer(text):
        year, month, day, first, mark, second, last = found.groups()
        if first:
            year, month, day = last, second, first
        y, m, d = int(year), int(month), int(day)
        if mark == "/" and m > 12:
            m, d = d, m
        if 1 <= m <= 12 and 1 <= d <= 31:
            is_either = mark == "/" and d <= 12
            yield CalendarDate(found.start(), found.end(), month=m, day=d, year=y, is_either=is_either)


def _feira(text: str, end: int) -> bool:
    return text[end : end + 6].casefold() == "-feira"


def _month(months: dict[tuple[str, ...], int], folded: list[str], i: int) -> tuple[int, int] | None:
    for length in (2, 1):
        if number := months.get(tuple(folded[i : i + length])):
            return number, len(tuple(folded[i : i + length]))
    return None


def _around(text: str, tokens: list[re.Match[str]], i: int, length: int, month: int) -> CalendarDate:
    """The month at token `i` with the day before or after it and the year after it."""
    start, end = tokens[i].start(), tokens[i + length - 1].end()
    day = year = 0
    before = next((t for t in reversed(tokens[max(0, i - 4) : i]) if fold(t.group()) not in _FILLERS), None)
    if (
        before
        and (n := _number(before))
        and 1 <= n <= 31
        and _BETWEEN.fullmatch(text[before.end() : start])
        and not _is_of_a_figure(text, before)
    ):
        day, start = n, before.start()
    following = [t for t in tokens[i + length : i + length + 4] if fold(t.group()) not in _FILLERS]
    for token in following[:2]:
        n = _number(token)
        if not n or _is_of_a_figure(text, token) or not _BETWEEN.fullmatch(text[end : token.start()]):
            break
        if not day and 1 <= n <= 31:
            day, end = n, token.end()
        elif not year and 1900 <= n <= 2100:
            year, end = n, token.end()
    return CalendarDate(start, end, month=month, day=day, year=year)


def _is_of_a_figure(text: str, token: re.Match[str]) -> bool:
    """Whether digits are only a part of a number, or count something: 4.1, 1,450, 4 percent."""
    return bool(
        re.match(r"[.,]\d|\s?(?:%|per\s?cent\b)", text[token.end() :])
        or re.search(r"\d[.,]$", text[max(0, token.start() - 2) : token.start()])
    )


def _number(token: re.Match[str]) -> int:
    return int(token.group()) if token.group().isdigit() and len(token.group()) <= 4 else 0
