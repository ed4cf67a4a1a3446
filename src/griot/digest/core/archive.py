"""The archive as values: what a reader is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from griot.digest.core.words import is_right_to_left


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    title: str
    day: date
    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a search found: where it stands, and its text."""

    day: date
    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that the search can be narrowed to, and how many items that would leave."""

    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: weeks of (day, the issue's address or ""), None outside of the month."""

    name: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[tuple[int, str] | None, ...], ...]
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Archive:
    """One page of the archive. `newer` and `older` are addresses, or empty at the ends; `making` is
    where to ask how far the first issue has come, while it is being made. `why` is the key of what is
    said of a search that was read as words, or not ended.
    """

    newsroom: str
    language: str
    introduction: str
    url: str
    feed_url: str
    issues: tuple[ArchiveEntry, ...]
    month: Month | None
    query: str
    why: str
    found: tuple[Found, ...] | None
    total: int
    facets: tuple[tuple[str, tuple[Facet, ...]], ...]
    newer: str
    older: str
    editions: tuple[tuple[str, str], ...]
    making: str = ""

    @property
    def is_right_to_left(self) -> bool:
        return is_right_to_left(self.language)
