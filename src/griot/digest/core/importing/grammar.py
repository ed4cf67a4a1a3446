"""The grammar of a past issue: from a place in it, the block that begins there and the place after it.

A rule gives None where its block does not begin; RULES are tried in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from griot.digest.core.importing import shapes
from griot.digest.core.importing.attributing import Attributed, attribute
from griot.digest.core.importing.paragraphs import Place
from griot.digest.core.types import (
    Banner,
    Block,
    Feature,
    Gallery,
    GalleryPicture,
    Link,
    Picture,
    Portrait,
    PressLine,
    PressReview,
    Quote,
    Share,
)

Found = tuple[Block, Place] | None

# --- what blocks are made of: each gives what stands here, if anything, and the place after it ---------


def _picture(here: Place) -> tuple[Picture | None, Place]:
    return (_credited(here.text), here.next) if shapes.is_photo(here.text) else (None, here)


def _credited(printed: str) -> Picture:
    credit = re.sub(r"(?i)^[^:©]{0,20}[:©]\s*", "", printed) if printed else ""
    return Picture((), 0, 0, "", credit or printed, printed)


def _link(here: Place) -> tuple[Link | None, Place]:
    text = here.text
    words, bar, _ = text.partition(" | ")
    if bar and shapes.LINK.match(words) and shapes.SHARE.match(text[len(words) + 1 :]):
        return Link(words), here  # the rest of the paragraph is the share line
    return (Link(text), here.next) if len(text) < 90 and shapes.LINK.match(text) else (None, here)


def _shared(here: Place, link: Link | None) -> tuple[str, Place]:
    """The share line, which may stand behind a link in one paragraph."""
    if _stands_before_share(link, here):
        assert link is not None
        return here.text[len(link.words) + 1 :], here.next
    return (here.text, here.next) if shapes.SHARE.match(here.text) else ("", here)


def _stands_before_share(link: Link | None, here: Place) -> bool:
    return link is not None and here.text.startswith(f"{link.words} | ")


# --- blocks ----------------------------------------------------------------------------------------


def section(here: Place) -> Found:
    """A heading that names a section, with the lines after it."""
    name = shapes.section_of(here.text)
    if name is None or not shapes.is_press_line(here.next.paragraph):
        return None
    return _press_lines(here.next, here.text, name)


def press_review(here: Place) -> Found:
    return _press_lines(here, "", "press_review")


def _press_lines(here: Place, title: str, section: str) -> Found:
    lines: list[PressLine] = []
    bullet = here.paragraph.bullet if here.paragraph else ""
    while here.paragraph and here.paragraph.bullet == bullet:
        text = here.paragraph.text
        # Below a section's title a sentence is a line as much as behind a bullet; what has no full stop
        # may be a title.
        is_marked = bool(bullet or (title and text.endswith((".", "”", '"', "!", "?"))))
        found = attribute(text, is_marked=is_marked)
        if found is None:
            break
        lines.append(_press_line(found))
        here = here.next
    if not lines:
        return None
    return PressReview("", title, tuple(lines), section, bullet), here  # type: ignore[arg-type]


def _press_line(found: Attributed) -> PressLine:
    urls = tuple((name, "") for name in found.names[::2] if name)
    return PressLine(found.names, urls, found.body, found.mention)


def banner(here: Place) -> Found:
    if not shapes.BANNER.match(here.text):
        return None
    picture, end = _picture(here.next)
    # A picture after it that has a caption belongs to the caption, not to the banner.
    if picture and shapes.CAPTION.match(end.text):
        picture, end = None, here.next
    return Banner("", picture or _credited(""), ""), end


def quote(here: Place) -> Found:
    """[title] quote, [name [– journey]], [photo], [link]."""
    title = ""
    if shapes.QUOTE_OF.match(here.text) or (
        shapes.QUOTE.match(here.next.text) and shapes.is_heading(here.text)
    ):
        title, here = here.text, here.next
    if not shapes.QUOTE.match(here.text):
        return None
    text, here = here.text, here.next
    name = journey = ""
    if _is_speaker(here.text):
        name, _, journey = here.text.partition(" – ")
        here = here.next
    picture, here = _picture(here)
    link, here = _link(here)
    return Quote("", text, name, journey, picture, link, title), here


def _is_speaker(text: str) -> bool:
    is_special = shapes.LINK.match(text) or shapes.SHARE.match(text) or shapes.is_photo(text)
    return 0 < len(text.split()) <= 30 and not is_special


def portrait(here: Place) -> Found:
    """[photo] [link] name: quote [link] [share]."""
    picture, here = _picture(here)
    link, here = _link(here)
    found = shapes.PORTRAIT.match(here.text)
    if not found:
        return None
    here = here.next
    if link is None:
        link, after = _link(here)
        if not _stands_before_share(link, after):
            link = None  # it stands after the words: it is not this shape
    share, end = _shared(here, link)
    return Portrait("", found["name"], found["text"], picture, link, share), end


def gallery(here: Place) -> Found:
    """[title] (photo, source: caption, [link]) …"""
    title = ""
    if (
        shapes.is_heading(here.text)
        and shapes.is_photo(here.next.text)
        and shapes.CAPTION.match(here.next.next.text)
    ):
        title, here = here.text, here.next
    shown: list[GalleryPicture] = []
    while found := _captioned(here):
        pictured, here = found
        if not shown and not title and pictured.more is None:
            return None  # a photo, then a title with a colon: that is a feature
        shown.append(pictured)
    return (Gallery("", title, tuple(shown), shown=max(2, len(shown))), here) if shown else None


def _captioned(here: Place) -> tuple[GalleryPicture, Place] | None:
    picture, here = _picture(here)
    caption = shapes.CAPTION.match(here.text)
    if picture is None or not caption or shapes.PORTRAIT.match(here.text):
        return None
    link, end = _link(here.next)
    return GalleryPicture(picture, caption["source"], caption["caption"], link), end


def feature(here: Place) -> Found:
    """[photo] title [photo], prose …, [link], [share]."""
    picture, here = _picture(here)
    if not shapes.is_heading(here.text) or shapes.is_press_line(here.paragraph):
        return None
    title, here = here.text, here.next
    title_first = picture is None and shapes.is_photo(here.text)
    if title_first:
        picture, here = _picture(here)
    prose: list[str] = []
    while shapes.is_prose(here.text):
        prose.append(here.text)
        here = here.next
    link, here = _link(here)
    share, here = _shared(here, link)
    if not (prose or link):
        return None
    dateline = ""
    if prose and (found := shapes.DATELINE.match(prose[0])) and "–" in found.group():
        dateline, prose[0] = found["place"], prose[0][found.end() :]
    html = "".join(f"<p>{escape(p, quote=False)}</p>" for p in prose)
    return Feature("", title, dateline, html, picture, link, share, title_first), here


def share(here: Place) -> Found:
    return (Share("", here.text), here.next) if shapes.SHARE.match(here.text) else None


RULES: tuple[Callable[[Place], Found], ...] = (
    section,
    banner,
    quote,
    portrait,
    gallery,
    feature,
    press_review,
    share,
)
