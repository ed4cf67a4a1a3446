"""From pages to values: what the renderers get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from wagtail.models import Site
from wagtail.rich_text import expand_db_html

from griot.digest import types
from griot.digest.models import DigestIndexPage, IssuePage, Newsroom
from griot.digest.models import Picture as PictureRow
from griot.digest.words import words
from griot.press.lines import attribution
from griot.press.types import OutletLink

WIDTHS = (640, 1280)


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    title: str
    day: Any
    language: str
    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class Archive:
    """One page of the archive. `newer` and `older` are addresses, or empty at the ends."""

    newsroom: str
    introduction: str
    url: str
    feed_url: str
    issues: tuple[ArchiveEntry, ...]
    newer: str
    older: str


def absolute(url: str | None) -> str:
    """A site address with the newsroom's public address in front."""
    if not url or url.startswith(("http://", "https://", "data:")):
        return url or ""
    return f"{settings.PUBLIC_URL}{url}"


def path_of(page: Any) -> str:
    """A page's address under the public one, whatever host the site record names."""
    parts = page.get_url_parts()
    return absolute(parts[2] if parts else f"/{page.slug}/")


def picture_of(row: PictureRow | None) -> types.Picture | None:
    if row is None:
        return None
    renditions = [row.get_rendition(f"width-{w}|format-jpeg|jpegquality-78") for w in WIDTHS]
    sources = tuple(dict.fromkeys((absolute(r.url), r.width) for r in renditions))
    largest = renditions[-1]
    return types.Picture(sources, largest.width, largest.height, row.description, row.credit)


def _link(value: Any, default: str) -> types.Link | None:
    return types.Link(value["words"] or default, value["url"]) if value and value.get("url") else None


def _feature(anchor: str, v: Any, say: Any) -> types.Feature:
    html = expand_db_html(v["text"].source)
    return types.Feature(
        anchor, v["title"], v["dateline"], html, picture_of(v["picture"]), _link(v["link"], say["read"])
    )


def _gallery(anchor: str, v: Any, say: Any) -> types.Gallery:
    shown = tuple(
        types.GalleryPicture(picture, p["source"], p["caption"], _link(p["link"], say["more_images"]))
        for p in v["pictures"]
        if (picture := picture_of(p["picture"]))
    )
    return types.Gallery(anchor, v["title"], shown)


def _banner(anchor: str, v: Any, say: Any) -> types.Banner | None:
    picture = picture_of(v["picture"])
    return types.Banner(anchor, picture, v["url"] or "") if picture else None


def _quote(anchor: str, v: Any, say: Any) -> types.Quote:
    return types.Quote(
        anchor, v["text"], v["name"], v["journey"], picture_of(v["picture"]), _link(v["link"], say["more"])
    )


def _portrait(anchor: str, v: Any, say: Any) -> types.Portrait | None:
    picture = picture_of(v["picture"])
    return types.Portrait(anchor, v["name"], v["text"], picture, _link(v["link"], say["more"])) if picture else None


def press_line(v: Any) -> types.PressLine:
    outlets = [OutletLink(o["name"], o["url"]) for o in v["outlets"]]
    return types.PressLine(
        tuple(attribution(outlets)), tuple((o.name, o.url) for o in outlets), v["body"], v["mention"] or ""
    )


def _press_review(anchor: str, v: Any, say: Any) -> types.PressReview:
    return types.PressReview(anchor, v["title"] or say["press_review"], tuple(map(press_line, v["lines"])))


def _text(anchor: str, v: Any, say: Any) -> types.Text:
    return types.Text(anchor, expand_db_html(v.source))


def _share(anchor: str, v: Any, say: Any) -> types.Share:
    return types.Share(anchor)


_COMPOSE: dict[str, Callable[[str, Any, Any], types.Block | None]] = {
    "feature": _feature, "gallery": _gallery, "banner": _banner, "quote": _quote, "portrait": _portrait,
    "press_review": _press_review, "text": _text, "share": _share,
}  # fmt: skip


def _blocks(page: IssuePage) -> Iterator[types.Block]:
    say = words(page.language)
    for child in page.body:
        block = _COMPOSE[child.block_type](f"item-{(child.id or '')[:8]}", child.value, say)
        if block is not None:
            yield block


def newsroom() -> Newsroom:
    return Newsroom.for_site(Site.objects.get(is_default_site=True))


def issue_of(page: IssuePage) -> types.Issue:
    """The issue that a page holds, unsaved edits of a preview included."""
    room = newsroom()
    index = DigestIndexPage.objects.first()
    front = path_of(index) if index else absolute("/")
    return types.Issue(
        newsroom=room.name,
        title=page.title,
        day=page.day,
        language=page.language,
        url=path_of(page),
        archive_url=f"{front}archive/",
        feed_url=f"{front}feed/",
        contact=room.contact or settings.CONTACT,
        summary=page.summary,
        blocks=tuple(_blocks(page)),
    )


def archive_of(index: DigestIndexPage, page: PaginatorPage[IssuePage]) -> Archive:
    front = path_of(index)
    url = f"{front}archive/"
    return Archive(
        newsroom=newsroom().name,
        introduction=index.introduction,
        url=url,
        feed_url=f"{front}feed/",
        issues=tuple(ArchiveEntry(i.title, i.day, i.language, path_of(i), i.summary) for i in page),
        newer=f"{url}?page={page.previous_page_number()}" if page.has_previous() else "",
        older=f"{url}?page={page.next_page_number()}" if page.has_next() else "",
    )
