"""An issue as the renderers know it: plain values, no page, no database.

Addresses are absolute. Fields named `html` hold safe markup (paragraphs, links, emphasis);
all others are plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its rights. `sources` are (url, width in pixels), narrowest first."""

    sources: tuple[tuple[str, int], ...]
    width: int
    height: int
    alt: str
    credit: str

    @property
    def url(self) -> str:
        return self.sources[-1][0]


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Feature:
    """The lead story: our own or a partner's."""

    anchor: str
    title: str
    dateline: str
    html: str
    picture: Picture | None
    link: Link | None
    kind: Literal["feature"] = "feature"


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    picture: Picture
    source: str
    caption: str
    more: Link | None


@dataclass(frozen=True, slots=True)
class Gallery:
    anchor: str
    title: str
    pictures: tuple[GalleryPicture, ...]
    kind: Literal["gallery"] = "gallery"


@dataclass(frozen=True, slots=True)
class Banner:
    anchor: str
    picture: Picture
    url: str
    kind: Literal["banner"] = "banner"


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody took along and why (Holding On)."""

    anchor: str
    text: str
    name: str
    journey: str
    picture: Picture | None
    more: Link | None
    kind: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class Portrait:
    """One or several people and what they said."""

    anchor: str
    name: str
    text: str
    picture: Picture
    link: Link | None
    kind: Literal["portrait"] = "portrait"


@dataclass(frozen=True, slots=True)
class PressLine:
    """`names` alternate an outlet's name and what joins it to the next; `urls` give each name's article."""

    names: tuple[str, ...]
    urls: tuple[tuple[str, str], ...]
    body: str
    mention: str = ""

    @property
    def text(self) -> str:
        return " ".join(filter(None, ["".join(self.names), self.body, self.mention]))


@dataclass(frozen=True, slots=True)
class PressReview:
    anchor: str
    title: str
    lines: tuple[PressLine, ...]
    kind: Literal["press_review"] = "press_review"


@dataclass(frozen=True, slots=True)
class Text:
    anchor: str
    html: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Share:
    """Links to pass the issue on."""

    anchor: str
    kind: Literal["share"] = "share"


Block = Feature | Gallery | Banner | Quote | Portrait | PressReview | Text | Share


@dataclass(frozen=True, slots=True)
class Issue:
    """One dated digest in one language, ready to be rendered."""

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

    @property
    def is_right_to_left(self) -> bool:
        return self.language.split("-")[0] in {"ar", "fa", "he", "ur"}

    @property
    def first_picture(self) -> Picture | None:
        for block in self.blocks:
            if isinstance(block, Gallery) and block.pictures:
                return block.pictures[0].picture
            if isinstance(block, Feature | Banner | Quote | Portrait) and block.picture:
                return block.picture
        return None
