"""A testimony's block in an issue, by what may be shown of it now; nothing here keeps a copy."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from babel import Locale
from django.urls import reverse

from griot.digest.core import types
from griot.digest.site.newsroom import absolute
from griot.testimonies.core.surfaces import surface
from griot.testimonies.core.types import Use
from griot.testimonies.showing import shown
from griot.testimonies.showing.shown import Told


def place_words(value: Told, language: str) -> str:
    country = Locale(language).territories.get(value.place.country, value.place.country)
    return ", ".join(filter(None, [value.place.words, country]))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an issue a testimony stands: the block's anchor, the issue's language and its words
    for "Read more".
    """

    anchor: str
    language: str
    more: str
    watch: str


@surface(
    "issue block",
    "public part",
    "absent",
    "a testimony's block in an issue: web, e-mail, text, PDF, card, feed, archive search, export",
)
def testimony_block(slug: str, at: Place, use: Use) -> types.Block | None:
    """The block that fits the testimony's kind: Holding On for an object, a portrait, a film, a
    gallery, a feature.
    """
    testimony = shown.find(slug)
    value = shown.told(testimony, use, at.language, in_full=False) if testimony else None
    if value is None:
        return None
    title = value.title or value.name
    pictures = [
        types.Picture(((absolute(i.url), i.width),), i.width, i.height, title, value.campaign)
        for i in value.images
        if i.url
    ]
    picture = pictures[0] if pictures else None
    on_web = use == "web" or bool(testimony and shown.told(testimony, "web", at.language, in_full=False))
    url = absolute(reverse("story", args=[value.slug])) if on_web else ""
    more = types.Link(at.more, url) if url else None
    place = place_words(value, at.language)
    journey = " → ".join(filter(None, value.journey)) or place
    match value.kind:
        case "object":
            return types.Quote(at.anchor, value.quote or title, value.name, journey, picture, more)
        case "portrait":
            return types.Portrait(at.anchor, value.name or title, value.quote or title, picture, more)
        case "photo_essay" if pictures:
            return types.Gallery(
                at.anchor,
                title,
                tuple(
                    types.GalleryPicture(p, value.name or place, i.caption or value.quote, more)
                    for p, i in zip(pictures, value.images, strict=True)
                ),
            )
        case "interview" if value.film or value.sound:
            link = types.Link(at.watch, url) if url else None
            return types.Video(at.anchor, title, value.quote, picture, link)
        case _:
            html = "".join(f"<p>{escape(p, quote=False)}</p>" for p in value.paragraphs[:3])
            return types.Feature(at.anchor, title, place, html, picture, more)
