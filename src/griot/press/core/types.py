"""What travels through the press pipeline: Entry → Article → Story → Line.

Every value is frozen; each step is a function from one of these to the next.
Moments are aware and in UTC unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, ParamSpec, Protocol, TypeVar

Taken = ParamSpec("Taken")
Made = TypeVar("Made")
Provenance = Literal["feed", "json-ld", "meta", "url", "text", "first seen"]
PageKind = Literal["article", "consent_wall", "paywall", "listing", "live_blog", "video", "empty"]
Piece = Literal["news", "statement", "feature", "photo essay", "opinion", "interview", "review", "data"]
DIMENSIONS = 512  # of a sentence vector
ClaimKind = Literal["number", "name", "place", "date", "quotation", "outlet", "negation", "verb", "deed"]


class Run(Protocol):
    """Carries out a function of a module with its arguments, wherever that is safe. Raises what it raises."""

    def __call__(
        self, parse: Callable[Taken, Made], /, *args: Taken.args, **options: Taken.kwargs
    ) -> Made: ...


class BadInput(ValueError):
    """Input that can't be used; the message says what was wrong and where."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and how we know it. `moment` is aware and in UTC.

    `utc_offset` is the offset that it was stated with, in minutes east; None where it had none.
    """

    moment: datetime
    known_from: Provenance
    utc_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source as delivered. `id` is never empty; `summary` and `text` are plain text.

    `text` is the whole piece where the source brings it (a mail, a push); `utc_offset` is that of
    `published` as it was stated, in minutes east.
    """

    id: str
    url: str
    title: str
    summary: str
    published: datetime | None
    language: str | None
    utc_offset: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed: its title and its entries in the feed's order, without repeated ids.

    `hub` and `topic` are the WebSub hub it names and the address to subscribe to, or "".
    """

    title: str
    entries: tuple[Entry, ...]
    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a web page turned out to be, and what could be read from it.

    `kind` other than "article" means `text` is not an article's and must not be used as one.
    """

    kind: PageKind
    title: str
    text: str
    published: Dated | None
    language: str | None
    image: str | None
    canonical_url: str | None = None
    updated: Dated | None = None
    author: str = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One piece, read and dated.

    `outlet` is the publisher's name as readers know it; `attribution` is how a line names it
    where the bare name would puzzle ("UAE's The National"). `copy_of` is the URL of the
    article whose text this one carries. `weight` ranks notable outlets (higher comes first).
    `piece` is a Piece; `places` are ISO 3166 codes, the most named country first.
    """

    url: str
    outlet: str
    title: str
    summary: str = ""
    text: str = ""
    published: datetime | None = None
    language: str = ""
    attribution: str = ""
    copy_of: str | None = None
    weight: int = 0
    author: str = ""
    piece: str = "news"
    is_agency: bool = False
    places: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The summary, or where there is none the beginning of the text (400 characters)."""
        return self.summary or self.text[:400]

    @property
    def credit(self) -> str:
        return self.attribution or self.outlet


@dataclass(frozen=True, slots=True)
class Nearest:
    """The passage of an article that is nearest to what a line states."""

    url: str
    passage: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact that a line states, or who did what in it.

    `passage` and `url` say where it was found. Where they are empty, `nearest` are the passages between
    which a person has to decide; where there are none either, the claim is refused. `against` is a passage
    that was looked at in vain.
    """

    text: str
    kind: ClaimKind
    url: str = ""
    passage: str = ""
    nearest: tuple[Nearest, ...] = ()
    against: Nearest | None = None

    @property
    def is_supported(self) -> bool:
        return bool(self.passage)

    @property
    def is_undecided(self) -> bool:
        return not self.passage and bool(self.nearest)

    @property
    def is_refused(self) -> bool:
        return not self.passage and not self.nearest


@dataclass(frozen=True, slots=True)
class OutletLink:
    """An outlet as named in a line, and its article."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the press review.

    `outlets` are those of the story's that carry it, in the order of attribution; `also` are the others,
    which an editor is shown and no reader. `body` is what follows the attribution, from the verb to the
    full stop. `piece` is what kind of piece it tells of.
    """

    outlets: tuple[OutletLink, ...]
    body: str
    language: str
    claims: tuple[Claim, ...] = field(default=())
    mention: str = ""
    also: tuple[OutletLink, ...] = ()
    piece: Piece = "news"

    @property
    def ok(self) -> bool:
        return not any(claim.is_refused for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Our own organisation: `names` in all languages (its own first), and who speaks for it."""

    name: str
    names: tuple[str, ...]
    spokespeople: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """How an article shows our organisation, and the passage that shows it.

    `who` is the person quoted, with kind "quoted".
    """

    kind: Literal["figures", "quoted", "work"]
    passage: str
    url: str
    who: str = ""
