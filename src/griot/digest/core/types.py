"""An issue as the renderers know it: plain values, no page, no database.

Addresses are absolute. Fields named `html` hold safe markup (paragraphs, links, emphasis);
all others are plain text. Every block has an `anchor`, its address within the issue, and a
`state`, which says whether an edition has translated it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from griot.press.core.types import Piece

RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur"))
State = Literal["", "untranslated", "machine"]  # "machine": no person has read the translation yet


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its rights. `sources` are (url, width in pixels), narrowest first.

    Where the picture itself is not here (a past issue that came as text), `sources` is empty and
    `printed` is its credit line as it stood. `modern` are the same widths as AVIF.
    """

    sources: tuple[tuple[str, int], ...]
    width: int
    height: int
    alt: str
    credit: str
    printed: str = ""
    licence: str = ""
    modern: tuple[tuple[str, int], ...] = ()

    @property
    def url(self) -> str:
        return self.sources[-1][0] if self.sources else ""


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead; a past issue's words may lead nowhere."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """The lead story: our own or a partner's. Its title stands under its picture, or above it."""

    anchor: str
    title: str
    dateline: str
    html: str
    picture: Picture | None
    link: Link | None
    share: str = ""
    title_first: bool = False
    state: State = ""
    kind: Literal["feature"] = "feature"


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    picture: Picture
    source: str
    caption: str
    more: Link | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures with captions. The issue shows the first `shown`; the gallery's own page shows all."""

    anchor: str
    title: str
    pictures: tuple[GalleryPicture, ...]
    shown: int = 2
    state: State = ""
    kind: Literal["gallery"] = "gallery"

    @property
    def has_more(self) -> bool:
        return len(self.pictures) > self.shown


@dataclass(frozen=True, slots=True)
class Video:
    """A film elsewhere, shown by its poster: nothing of anybody else's is embedded."""

    anchor: str
    title: str
    text: str
    picture: Picture | None
    link: Link | None
    minutes: int | None = None
    state: State = ""
    kind: Literal["video"] = "video"


@dataclass(frozen=True, slots=True)
class Banner:
    anchor: str
    picture: Picture
    url: str
    state: State = ""
    kind: Literal["banner"] = "banner"


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody took along and why (Holding On); with a `title`, the quote of the day.

    `printed_by` is how a past issue gave who said it, where it did otherwise than we do.
    """

    anchor: str
    text: str
    name: str
    journey: str
    picture: Picture | None
    more: Link | None
    title: str = ""
    printed_by: str = ""
    picture_first: bool = False
    state: State = ""
    kind: Literal["quote"] = "quote"

    @property
    def by(self) -> str:
        return self.printed_by or " – ".join(filter(None, [self.name, self.journey]))


@dataclass(frozen=True, slots=True)
class Portrait:
    """One or several people and what they said."""

    anchor: str
    name: str
    text: str
    picture: Picture | None
    link: Link | None
    share: str = ""
    state: State = ""
    kind: Literal["portrait"] = "portrait"


@dataclass(frozen=True, slots=True)
class Event:
    """Something to go to. `begins` and `ends` are aware; without `has_time`, they are days."""

    anchor: str
    title: str
    begins: datetime
    ends: datetime | None
    has_time: bool
    where: str
    html: str
    link: Link | None
    state: State = ""
    kind: Literal["event"] = "event"


@dataclass(frozen=True, slots=True)
class Series:
    """Labels along the axis, and columns of as many values; None where there is no figure (yet)."""

    labels: tuple[str, ...]
    columns: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """A data series drawn as a chart: the last column is the one that counts, `threshold` a line across."""

    anchor: str
    title: str
    series: Series
    unit: str = ""
    threshold: float | None = None
    threshold_label: str = ""
    source: Link | None = None
    image_url: str = ""
    state: State = ""
    kind: Literal["figures"] = "figures"


@dataclass(frozen=True, slots=True)
class PressLine:
    """`names` alternate an outlet's name and what joins it to the next, and begin with "" where the first is
    introduced ("Guyana's"); `urls` give each name's article. What a past issue found on the web may name
    none. `piece` is the kind of piece that they brought.
    """

    names: tuple[str, ...]
    urls: tuple[tuple[str, str], ...]
    body: str
    mention: str = ""
    anchor: str = ""
    piece: Piece = "news"
    state: State = ""

    @property
    def text(self) -> str:
        return " ".join(filter(None, ["".join(self.names), self.body, self.mention]))


Section = Literal["press_review", "trending", "opinion"]


@dataclass(frozen=True, slots=True)
class PressReview:
    """A section of press lines. `bullet` is what stands before each in plain text."""

    anchor: str
    title: str
    lines: tuple[PressLine, ...]
    section: Section = "press_review"
    bullet: str = "•"
    state: State = ""
    kind: Literal["press_review"] = "press_review"


@dataclass(frozen=True, slots=True)
class Text:
    anchor: str
    html: str
    state: State = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Share:
    """Links to pass the issue on; `printed` is how a past issue had them."""

    anchor: str
    printed: str = ""
    state: State = ""
    kind: Literal["share"] = "share"


Block = Feature | Gallery | Video | Banner | Quote | Portrait | Event | Figures | PressReview | Text | Share


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong, said after the issue had gone out. `at` is aware; `language` is its text's."""

    at: datetime
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The same issue in another language."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One dated digest in one language, ready to be rendered.

    `sign` is where the newsroom's own picture is, "" where it has none. `printed_head` is the head of a past
    issue that came as text, and None for one of our own.
    """

    newsroom: str
    title: str
    day: date
    language: str
    url: str
    archive_url: str
    feed_url: str
    contact: str
    summary: str
    blocks: tuple[Block, ...]
    printed_head: tuple[str, ...] | None = None
    corrections: tuple[Correction, ...] = ()
    editions: tuple[Edition, ...] = ()
    source_language: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    sign: str = ""

    @property
    def is_right_to_left(self) -> bool:
        return self.language.split("-")[0] in RIGHT_TO_LEFT

    @property
    def first_picture(self) -> Picture | None:
        return next((p for p in map(picture_of, self.blocks) if p and p.sources), None)


def picture_of(block: Block) -> Picture | None:
    """The picture that stands for a block, where it has one."""
    if isinstance(block, Gallery):
        return block.pictures[0].picture if block.pictures else None
    return getattr(block, "picture", None)


def title_of(block: Block) -> str:
    """What a block is called where it stands alone: on its own page, on a share card."""
    if isinstance(block, Quote | Portrait):
        return getattr(block, "title", "") or block.name
    return getattr(block, "title", "")
