"""The grammar of a past issue: from a place in it, the block that begins there and the place after it.

A rule gives None where its block does not begin; RULES are tried in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from griot.digest.core.importing import shapes
from griot.digest.core.importing.attributing import attribute, is_attribution, separate
from griot.digest.core.importing.kinds import piece_told
from griot.digest.core.importing.paragraphs import Paragraph, Place
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
    Text,
)

Found = tuple[Block, Place] | None
_MOST_OF_CLOSING = 12  # paragraphs

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
    following = here.next.paragraph
    if name is None and following and following.bullet and shapes.is_heading(here.text):
        name = "press_review"  # a region, a theme: what stands over a list is its title
    return None if name is None else _press_lines(here.next, here.text, name)


def press_review(here: Place) -> Found:
    return _press_lines(here, "", "press_review")


def _press_lines(here: Place, title: str, section: str) -> Found:
    lines: list[PressLine] = []
    bullet = here.paragraph.bullet if here.paragraph else ""
    while here.paragraph and here.paragraph.bullet == bullet:
        found = _item(here.paragraph, title, section, follows=bool(lines))
        if found is None:
            break
        lines.append(found)
        here = here.next
    if not lines:
        return None
    return PressReview("", title, tuple(lines), section, bullet), here  # type: ignore[arg-type]


def _item(paragraph: Paragraph, title: str, section: str, follows: bool) -> PressLine | None:
    """A line of a section: an outlet and what it does, "outlet: what it shows", or on the web what is
    nobody's.
    """
    text = paragraph.text
    # Below a section's title a sentence is a line as much as behind a bullet; what has no full stop
    # may be a title.
    is_marked = bool(paragraph.bullet or (title and shapes.is_sentence(text)))
    if is_marked and shapes.is_closing(text):
        return None
    if found := attribute(text, is_marked=is_marked, follows=follows):
        return _press_line(found.names, found.body, found.mention)
    if not (title or paragraph.bullet):
        return None
    caption = shapes.CAPTION.match(text)
    if caption and not shapes.PORTRAIT.match(text) and is_attribution(caption["source"]):
        names = separate(caption["source"])
        joint = (":",) if len(names) % 2 else ()
        names = (*names, *joint) if joint else (*names[:-1], f"{names[-1]}:")
        return _press_line(names, caption["caption"])
    return _press_line((), text) if section == "trending" and shapes.is_work(text) else None


def _press_line(names: tuple[str, ...], body: str, mention: str = "") -> PressLine:
    return PressLine(
        names, tuple((name, "") for name in names[::2] if name), body, mention, piece=piece_told(body)
    )


def banner(here: Place) -> Found:
    if not shapes.BANNER.match(here.text):
        return None
    picture, end = _picture(here.next)
    # A picture after it that has a caption belongs to the caption, not to the banner.
    if picture and shapes.CAPTION.match(end.text):
        picture, end = None, here.next
    return Banner("", picture or _credited(""), ""), end


def quote(here: Place) -> Found:
    """[title] [photo] quote, [name [– journey]], [photo], [link]; title, quote and name may share a
    paragraph.
    """
    title, text = shapes.quote_in_line(here.text)
    picture: Picture | None = None
    if not title and (
        shapes.QUOTE_OF.match(here.text) or (_is_quotation(here.next.text) and shapes.is_heading(here.text))
    ):
        title, here = here.text, here.next
        picture, here = _picture(here)
    text = text or here.text
    is_picture_first, here = picture is not None, here.next
    said = shapes.said_in(text) if title else None
    by, name = (said.by, said.name) if said else ("", "")
    if said:
        text = said.text
    elif not shapes.QUOTE.match(text):
        return None
    elif _is_speaker(here.text):
        name, here = here.text, here.next
    elif (
        here.paragraph and here.paragraph.bullet in {"–", "-"} and not shapes.is_sentence(here.paragraph.text)
    ):
        by, name, here = here.paragraph.printed, here.paragraph.text, here.next
    name, _, journey = name.partition(" – ")
    if picture is None:
        picture, here = _picture(here)
    link, here = _link(here)
    return Quote("", text, name, journey, picture, link, title, by, is_picture_first), here


def _is_quotation(text: str) -> bool:
    return bool(shapes.QUOTE.match(text) or shapes.said_in(text))


def _is_speaker(text: str) -> bool:
    is_special = shapes.LINK.match(text) or shapes.SHARE.match(text) or shapes.is_photo(text)
    return 0 < len(text.split()) <= 30 and not is_special and not shapes.section_of(text)


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
    """[title] (photo, [source:] caption, [link]) …"""
    title = ""
    if (
        shapes.is_heading(here.text)
        and shapes.is_photo(here.next.text)
        and shapes.CAPTION.match(here.next.next.text)
    ):
        title, here = here.text, here.next
    shown: list[GalleryPicture] = []
    while found := _captioned(here):
        pictured, after = found
        if not shown and not title and pictured.more is None and shapes.is_heading(here.next.text):
            return None  # a photo, then a title with a colon: that is a feature
        shown.append(pictured)
        here = after
    return (Gallery("", title, tuple(shown), shown=max(2, len(shown))), here) if shown else None


def _captioned(here: Place) -> tuple[GalleryPicture, Place] | None:
    picture, here = _picture(here)
    text = here.text
    if picture is None or shapes.PORTRAIT.match(text):
        return None
    caption = shapes.CAPTION.match(text)
    source, words = (caption["source"], caption["caption"]) if caption else ("", text)
    if not caption and not (shapes.is_prose(text) and shapes.is_sentence(text)):
        return None
    link, end = _link(here.next)
    return GalleryPicture(picture, source, words, link), end


def captioned(here: Place) -> Found:
    """[photo] caption, which is no sentence, and nothing after it that would make it a title."""
    picture, here = _picture(here)
    if picture is None or not shapes.is_heading(here.text) or shapes.section_of(here.text):
        return None
    shown = GalleryPicture(picture, "", here.text, None)
    return Gallery("", "", (shown,), shown=2), here.next


def events(here: Place) -> Found:
    """A heading that announces events, and what is told of them, as they stand."""
    if not shapes.names_events(here.text):
        return None
    told, end = [here.text], here.next
    while end.paragraph and not _begins_another(end):
        told.append(end.paragraph.printed)
        end = end.next
    return (Text("", _as_html(told)), end) if len(told) > 1 else None


def _begins_another(here: Place) -> bool:
    text = here.text
    begins = shapes.section_of(text) or shapes.is_photo(text) or shapes.BANNER.match(text)
    return bool(begins or shapes.QUOTE_OF.match(text) or shapes.is_closing(text) or shapes.SHARE.match(text))


def closing(here: Place) -> Found:
    """What an issue says of itself at its end, as it stands."""
    rest = here.issue[here.at :]
    if not shapes.is_closing(here.text) or len(rest) > _MOST_OF_CLOSING or any(p.bullet for p in rest):
        return None
    if any(shapes.is_photo(p.text) or shapes.section_of(p.text) for p in rest):
        return None
    return Text("", _as_html([p.text for p in rest])), Place(here.issue, len(here.issue))


def _as_html(told: Iterable[str]) -> str:
    return "".join(f"<p>{escape(p, quote=False)}</p>" for p in told)


def feature(here: Place) -> Found:
    """[photo] title [photo], prose …, [link], [share]."""
    picture, here = _picture(here)
    if not shapes.is_heading(here.text) or shapes.is_press_line(here.paragraph):
        return None
    if shapes.QUOTE_OF.match(here.text) or shapes.section_of(here.text):
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
    return Feature("", title, dateline, _as_html(prose), picture, link, share, title_first), here


def share(here: Place) -> Found:
    return (Share("", here.text), here.next) if shapes.SHARE.match(here.text) else None


RULES: tuple[Callable[[Place], Found], ...] = (
    section,
    banner,
    quote,
    portrait,
    events,
    gallery,
    closing,
    feature,
    captioned,
    press_review,
    share,
)
