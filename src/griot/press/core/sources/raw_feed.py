"""What a feed tells of itself and of its entries, before we make anything of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class RawEntry:
    """One entry: `title` and `summary` as plain text, `links` absolute, the best first, `dates` as they are
    written, the moment of publication before those of changes.
    """

    id: str = ""
    title: str = ""
    summary: str = ""
    links: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    language: str = ""


@dataclass(slots=True)
class RawFeed:
    """A feed: its title, its entries in its order, and its links by their relation ("hub", "self")."""

    title: str
    entries: list[RawEntry]
    links: dict[str, str]
