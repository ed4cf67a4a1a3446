"""From pages to values: what the renderers get."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.rich_text import expand_db_html

from griot.digest.core import types
from griot.digest.core.series import parse_series
from griot.digest.core.words import words
from griot.digest.models import Correction, DigestIndexPage, IssuePage
from griot.digest.models import Picture as PictureRow
from griot.digest.site.newsroom import absolute, newsroom, path_of, sign_address
from griot.digest.site.testimony_blocks import Place, testimony_block
from griot.digest.site.translations import states_of
from griot.press.core.lines.lines import attribution
from griot.press.core.types import BadInput, OutletLink
from griot.testimonies.core.types import Use

log = logging.getLogger(__name__)
WIDTHS = (640, 1280)
_JPEG = tuple(f"width-{w}|format-jpeg|jpegquality-78" for w in WIDTHS)
_AVIF = tuple(f"width-{w}|format-avif|avifquality-55" for w in WIDTHS)


def picture_of(row: PictureRow | None) -> types.Picture | None:
    """A picture with its renditions; None for one whose rights have ended, or that can't be made now (its
    file is gone, the disk is full): what stands beside it is read all the same.
    """
    if row is None or not row.may_be_shown:
        return None
    try:
        with transaction.atomic():
            made = row.get_renditions(*_JPEG, *_AVIF)
    except OSError:
        log.exception("the picture %s can't be made", row.pk)
        return None

    def sources(specs: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
        return tuple(dict.fromkeys((absolute(made[s].url), made[s].width) for s in specs))

    largest = made[_JPEG[-1]]
    return types.Picture(
        sources(_JPEG),
        largest.width,
        largest.height,
        row.description,
        row.credit,
        licence=row.licence,
        modern=sources(_AVIF),
    )


@dataclass(frozen=True)
class _Context:
    """What composing a block may need besides its value."""

    anchor: str
    page_url: str
    language: str
    say: Mapping[str, str]
    states: Mapping[str, types.State]  # by the path of a translated field
    use: Use


def _link(value: Any, default: str) -> types.Link | None:
    if not value or not (value.get("url") or value.get("words")):
        return None
    return types.Link(value["words"] or default, value["url"] or "")


def _picture(v: Any) -> types.Picture | None:
    """The block's picture, or the credit that a past issue printed for one that is not here."""
    if v.get("picture"):
        return picture_of(v["picture"])
    printed = v.get("credit") or ""
    return types.Picture((), 0, 0, "", printed, printed) if printed else None


def _feature(v: Any, c: _Context) -> types.Feature:
    html = expand_db_html(v["text"].source)
    return types.Feature(
        c.anchor,
        v["title"],
        v["dateline"],
        html,
        _picture(v),
        _link(v["link"], c.say["read"]),
        v.get("share") or "",
        bool(v.get("title_first")),
    )


def _gallery(v: Any, c: _Context) -> types.Gallery:
    shown = tuple(
        types.GalleryPicture(picture, p["source"], p["caption"], _link(p["link"], c.say["more_images"]))
        for p in v["pictures"]
        if (picture := _picture(p))
    )
    return types.Gallery(c.anchor, v["title"], shown, v.get("shown") or 2)


def _video(v: Any, c: _Context) -> types.Video:
    return types.Video(
        c.anchor,
        v["title"],
        v["text"],
        picture_of(v["picture"]),
        _link(v["link"], c.say["watch"]),
        v["minutes"],
    )


def _banner(v: Any, c: _Context) -> types.Banner | None:
    if v.get("picture"):
        picture = picture_of(v["picture"])
        return types.Banner(c.anchor, picture, v["url"] or "") if picture else None
    return types.Banner(c.anchor, _picture(v) or types.Picture((), 0, 0, "", ""), v["url"] or "")


def _quote(v: Any, c: _Context, title: str = "") -> types.Quote:
    return types.Quote(
        c.anchor,
        v["text"],
        v["name"] or "",
        v["journey"] or "",
        _picture(v),
        _link(v["link"], c.say["more"]),
        title,
        _as_it_was_printed(v),
        bool(v.get("picture_first")),
    )


def _as_it_was_printed(v: Any) -> str:
    """Who said it, as a past issue printed it: while an editor has changed nobody's name in it."""
    name, printed = v["name"] or "", v.get("printed_by") or ""
    is_whole = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", printed)
    return printed if name and is_whole and (v["journey"] or "") in printed else ""


def _quote_of_the_day(v: Any, c: _Context) -> types.Quote:
    return _quote(v, c, v["title"] or c.say["quote_of_day"])


def _portrait(v: Any, c: _Context) -> types.Portrait:
    link = _link(v["link"], c.say["more"])
    return types.Portrait(c.anchor, v["name"], v["text"], _picture(v), link, v.get("share") or "")


def _event(v: Any, c: _Context) -> types.Event:
    zone = ZoneInfo(settings.TIME_ZONE)
    ends = v["ends"].astimezone(zone) if v["ends"] else None
    html = expand_db_html(v["text"].source) if v["text"] else ""
    return types.Event(
        c.anchor,
        v["title"],
        v["begins"].astimezone(zone),
        ends,
        not v["all_day"],
        v["where"],
        html,
        _link(v["link"], c.say["more"]),
    )


def _figures(v: Any, c: _Context) -> types.Figures | None:
    try:
        series = parse_series(v["data"])
    except BadInput:  # a half-typed table in a preview
        return None
    return types.Figures(
        c.anchor,
        v["title"],
        series,
        v["unit"],
        v["threshold"],
        v["threshold_label"],
        _link(v["source"], c.say["source"]),
        f"{c.page_url}item/{c.anchor}/chart/",
    )


def press_line(v: Any, language: str = "en") -> types.PressLine:
    """A line of the press review; its attribution is the house's unless a past issue printed it otherwise."""
    outlets = [OutletLink(o["name"], o["url"] or "") for o in v["outlets"]]
    urls = tuple((o.name, o.url) for o in outlets)
    names = tuple(attribution(outlets, language))
    if printed := v.get("head"):
        names = _as_printed(printed, [o.name for o in outlets]) or names
    return types.PressLine(names, urls, v["body"], v["mention"] or "", piece=v.get("piece") or "news")


def _as_printed(head: str, outlets: list[str]) -> tuple[str, ...]:
    """The attribution as printed, cut at its outlets' names; empty where they don't stand in it
    in their order.
    """
    pieces: list[str] = []
    rest = head
    for name in outlets:
        before, found, rest = rest.partition(name)
        if not found:
            return ()
        if before and not pieces:
            pieces.append("")  # the first outlet is introduced: "Guyana's"
        pieces += [before, name] if before or pieces else [name]
    return tuple([*pieces, rest] if rest else pieces)


def _press_review(v: Any, c: _Context) -> types.PressReview:
    section = v.get("section") or "press_review"
    lines = []
    for child in v["lines"].bound_blocks if hasattr(v["lines"], "bound_blocks") else []:
        state = c.states.get(f"{child.id}.body", "")
        language = settings.LANGUAGE_CODE if state == "untranslated" else c.language
        lines.append(replace(press_line(child.value, language), anchor=line_anchor(child.id), state=state))
    bullet = "•" if v.get("bullet") is None else v["bullet"]
    return types.PressReview(c.anchor, v["title"] or "", tuple(lines), section, bullet)  # type: ignore[arg-type]


def _text(v: Any, c: _Context) -> types.Text:
    return types.Text(c.anchor, expand_db_html(v.source))


def _testimony(v: Any, c: _Context) -> types.Block | None:
    return testimony_block(v["testimony"], Place(c.anchor, c.language, c.say["more"], c.say["watch"]), c.use)


def _share(v: Any, c: _Context) -> types.Share:
    return types.Share(c.anchor, (v or {}).get("printed") or "")


_COMPOSE: dict[str, Callable[[Any, _Context], types.Block | None]] = {
    "feature": _feature,
    "gallery": _gallery,
    "video": _video,
    "banner": _banner,
    "quote": _quote,
    "quote_of_the_day": _quote_of_the_day,
    "portrait": _portrait,
    "press_review": _press_review,
    "event": _event,
    "figures": _figures,
    "text": _text,
    "testimony": _testimony,
    "share": _share,
}
# The field of a block that tells whether a person has translated it.
_TELLING = {
    "feature": "title",
    "gallery": "title",
    "video": "title",
    "event": "title",
    "figures": "title",
    "text": "",
}


def anchor_of(child_id: str | None) -> str:
    return f"item-{(child_id or '')[:8]}"


def line_anchor(child_id: str | None) -> str:
    return f"line-{(child_id or '')[:8]}"


def bound_lines(page: IssuePage) -> Iterator[Any]:
    """Every press line of the issue as a bound block: its `id`, and its `value`."""
    for child in page.body:
        if child.block_type == "press_review":
            yield from child.value["lines"].bound_blocks


def _blocks(page: IssuePage, url: str, use: Use) -> Iterator[types.Block]:
    say = words(page.language)
    states = states_of(page)
    for child in page.body:
        mine = {
            path.removeprefix(f"body.{child.id}.").removeprefix("lines."): state
            for path, state in states.items()
            if path.startswith(f"body.{child.id}")
        }
        context = _Context(anchor_of(child.id), url, page.language, say, mine, use)
        block = _COMPOSE[child.block_type](child.value, context)
        if block is not None:
            telling = _TELLING.get(child.block_type, "text")
            state = mine.get(telling) or mine.get(f"body.{child.id}") or ""
            if child.block_type == "text":
                state = next(iter(mine.values()), "")
            yield replace(block, state="" if block.kind == "press_review" else state)


def issue_of(page: IssuePage, use: Use = "web") -> types.Issue:
    """The issue that a page holds, unsaved edits of a preview included; testimonies in it as their consent
    lets `use` show them.
    """
    room = newsroom()
    index = (
        DigestIndexPage.objects.filter(locale_id=page.locale_id).first() or DigestIndexPage.objects.first()
    )
    front = path_of(index) if index else absolute("/")
    url = path_of(page)
    return types.Issue(
        newsroom=room.name,
        title=page.title,
        day=page.day,
        language=page.language,
        url=url,
        archive_url=f"{front}archive/",
        feed_url=f"{front}feed/",
        contact=room.contact or settings.CONTACT,
        summary=page.summary,
        blocks=tuple(_blocks(page, url, use)),
        printed_head=None if page.printed_head is None else tuple(page.printed_head),
        corrections=tuple(_corrections(page)) if page.pk else (),
        editions=tuple(_editions(page)),
        source_language=settings.LANGUAGE_CODE,
        published=page.first_published_at,
        modified=page.last_published_at,
        sign=sign_address(room),
    )


def _corrections(page: IssuePage) -> Iterator[types.Correction]:
    """What was wrong in an issue, and in an edition of what it was made of, since that was out."""
    of_original = Q(issue__translation_key=page.translation_key, issue__language=settings.LANGUAGE_CODE)
    since = page.first_published_at
    for row in Correction.objects.filter(Q(issue=page) | of_original):
        if row.issue_id == page.pk or (since and row.at >= since):
            said = row.said_in(page.language)
            foreign = row.issue_id != page.pk and said == row.text
            yield types.Correction(
                timezone.localtime(row.at), said, settings.LANGUAGE_CODE if foreign else page.language
            )


def _editions(page: IssuePage) -> Iterator[types.Edition]:
    if not page.pk:
        return
    for other in (
        IssuePage.objects.filter(translation_key=page.translation_key).live().public().order_by("language")
    ):
        if other.pk != page.pk:
            yield types.Edition(other.language, path_of(other))
