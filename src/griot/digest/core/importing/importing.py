"""Past issues in their text form, into blocks.

The text is cut into paragraphs, each is recognised by its shape, and a small grammar puts them
together into blocks. Nothing is trusted: a block stands only if rendering it gives back exactly the
words that it was read from; what does not is kept verbatim as text, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

from babel.dates import get_month_names

from griot.digest.core.importing.attributing import Attributed, attribute
from griot.digest.core.rendering.text import block_text
from griot.digest.core.types import (
    Banner,
    Block,
    Feature,
    Gallery,
    GalleryPicture,
    Issue,
    Link,
    Picture,
    Portrait,
    PressLine,
    PressReview,
    Quote,
    Share,
    Text,
)
from griot.press.core.types import BadInput

_BULLET = re.compile(r"^\s*([•·●▪◦∙*‣⁃–-])\s+(?=\S)")
_HEAD = re.compile(
    r"(?i)^(?:unable to (?:see|view)|can[’']t see|comments?\s*/|questions?\s*/|comments? and questions|"
    r"to (?:un)?subscribe|view (?:this|in|online))"
)
_PHOTO = re.compile(
    r"(?i)^(?:(?:main |lead )?(?:photos?|pictures?|images?|fotos?|pics?)(?: credits?| by| courtesy(?: of)?)?|"
    r"credits?|©)\s*[:©]|^©|^(?:photo|image) (?:by|courtesy)\b"
)
_AGENCY = re.compile(r"[\w.’'&()-]+(?: [\w.’'&()-]+){0,3}(?: ?/ ?[\w.’'&()-]+(?: [\w.’'&()-]+){0,3})+")
_LINK = re.compile(
    r"(?i)^(?:(?:read|watch|listen|see|view|learn|find out|click|discover|explore|download|register|"
    r"more)\b(?: (?:here|on|more|the|full|in|to|it|for|about|out|all|now|at)\b.{0,80})?|read)$"
)
_SHARE = re.compile(
    r"(?i)^\|? ?share(?: this)?(?: on| via|:)? .{0,20}(?:twitter|facebook|\bx\b|linkedin|whatsapp|"
    r"telegram).*$"
)
_BANNER = re.compile(r"(?i)^(?:main )?banner$")
_OPEN, _CLOSE = '“"«„', '”"»“'
_QUOTE = re.compile(rf"^[{_OPEN}].+[{_CLOSE}][.!?]?$", re.S)
_PORTRAIT = re.compile(rf"^(?P<name>[^:{_OPEN}]{{2,80}}):\s+(?P<text>[{_OPEN}].+[{_CLOSE}][.!?]?)$", re.S)
_CAPTION = re.compile(r"^(?P<source>[^:“”\".!?]{2,40}):\s+(?P<caption>\S.+)$", re.S)
_DATELINE = re.compile(r"^(?P<place>[A-ZÀ-Ý][^–—\n]{1,60}?)\s[–—-]\s")
_SECTIONS = (
    (
        "press_review",
        re.compile(
            r"(?i)^(?:media monitoring|media highlights|press review|in the (?:press|news|media|headlines)|"
            r"news highlights|highlights|top (?:stories|news)|(?:iom )?in the news)\b.{0,40}$"
        ),
    ),
    ("trending", re.compile(r"(?i)^(?:trending|on the (?:internet|web)|social media)\b.{0,40}$")),
    ("opinion", re.compile(r"(?i)^(?:opinions?|op-?eds?|editorials?|analysis|comment(?:ary)?)\b.{0,30}$")),
)
_QUOTE_OF = re.compile(r"(?i)^quotes? of the (?:day|week)\b.{0,20}$")
_MONTHS = {
    name.lower().rstrip("."): number
    for locale in ("en", "fr", "es", "ar")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=locale).items()
}


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What was kept verbatim: from which line of the file (from 1), and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A past issue: its date, its head as printed, its blocks, and what was kept verbatim."""

    day: date
    head: tuple[str, ...]
    contact: str
    title: str
    blocks: tuple[Block, ...]
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str  # in one line
    line: int
    bullet: str = ""

    @property
    def words(self) -> list[str]:
        return [self.bullet, *self.text.split()] if self.bullet else self.text.split()


def read_issue(text: str, day: date | None = None) -> Imported:
    """Read a past issue. `day` is its date where the text has none. Raises BadInput for one without a date or
    words.
    """
    paragraphs = list(_paragraphs(text))
    if not paragraphs:
        raise BadInput("there is nothing in it")
    head, rest = _head(paragraphs)
    stated = next((d for p in head if (d := stated_date(p.text))), None)
    if stated is None and day is None:
        raise BadInput("no date stands in its head (like 12 December 2018); give it with --date")
    contact = next((m.group() for p in head if (m := re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", p.text))), "")
    blocks, unplaced = _Reader(rest).read()
    title = next((b.title for b in blocks if isinstance(b, Feature) and b.title), "")
    return Imported(stated or day or date.min, tuple(p.text for p in head), contact, title, blocks, unplaced)


def stated_date(text: str) -> date | None:
    """The date that a short paragraph states: 12 December 2018, December 12, 2018, le 12 décembre 2018."""
    folded = text.lower().replace(",", " ").replace(".", " ")
    if len(folded.split()) > 8:
        return None
    year = re.search(r"\b(?:19|20)\d\d\b", folded)
    month = next((n for word in folded.split() if (n := _MONTHS.get(word))), None)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th|er)?\b", folded)
    try:
        return date(int(year.group()), month, int(day.group(1))) if year and month and day else None
    except ValueError:
        return None


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """Paragraphs stand apart by an empty line; a bullet or a line that ends short of the margin ends one,
    too.
    """
    lines = text.lstrip("\ufeff").replace("\xa0", " ").splitlines()
    margin = max((len(line) for line in lines), default=0)
    is_wrapped = 40 <= margin <= 100  # text set to a measure; otherwise each line is a paragraph of its own
    gathered: list[str] = []
    start, bullet = 0, ""

    def flush() -> Iterator[_Paragraph]:
        if gathered:
            yield _Paragraph(" ".join(" ".join(gathered).split()), start, bullet)
            gathered.clear()

    for number, line in enumerate(lines, 1):
        found = _BULLET.match(line)
        starts_anew = found or not is_wrapped or (gathered and len(gathered[-1]) < margin * 0.6)
        if not line.strip() or starts_anew:
            yield from flush()
        if line.strip():
            if not gathered:
                start, bullet = number, found.group(1) if found else ""
                line = line[found.end() :] if found else line
            gathered.append(line.strip())
    yield from flush()


def _head(paragraphs: Sequence[_Paragraph]) -> tuple[list[_Paragraph], list[_Paragraph]]:
    """The issue's head: whatever of the first paragraphs says how to see it, its date, and whom to
    write to.
    """
    last = -1
    for n, p in enumerate(paragraphs[:8]):
        if p.bullet:
            break
        if _HEAD.match(p.text) or stated_date(p.text) or re.fullmatch(r"\S+@\S+", p.text):
            last = n
        elif last >= 0 and _PHOTO.match(p.text):
            break
    return list(paragraphs[: last + 1]), list(paragraphs[last + 1 :])


def is_faithful(block: Block, words: Sequence[str]) -> bool:
    """Whether the block, rendered as text, has just these words."""
    return block_text(block, NO_ISSUE).split() == list(words)


NO_ISSUE = Issue("", "", date.min, "en", "", "", "", "", "", (), printed_head=())


class _Reader:
    """Puts paragraphs together into blocks, from the first to the last; each step takes some and gives a
    block.
    """

    def __init__(self, paragraphs: Sequence[_Paragraph]) -> None:
        self.all = list(paragraphs)
        self.at = 0
        self.blocks: list[Block] = []
        self.unplaced: list[Unplaced] = []

    def read(self) -> tuple[tuple[Block, ...], tuple[Unplaced, ...]]:
        steps = (
            self._section,
            self._banner,
            self._quote,
            self._portrait,
            self._gallery,
            self._feature,
            self._review,
            self._share,
        )
        while self.at < len(self.all):
            if not any(self._placed(step()) for step in steps):
                self._verbatim()
        blocks = tuple(replace(b, anchor=f"item-{n}") for n, b in enumerate(self.blocks, 1))
        return blocks, tuple(self.unplaced)

    def _placed(self, found: tuple[Block, int] | None) -> bool:
        """Take a block if it says just what its paragraphs say."""
        if found is None:
            return False
        block, end = found
        if end <= self.at or not is_faithful(block, [w for p in self.all[self.at : end] for w in p.words]):
            return False
        self.blocks.append(block)
        self.at = end
        return True

    def _verbatim(self) -> None:
        p = self.all[self.at]
        printed = f"{p.bullet} {p.text}" if p.bullet else p.text
        html = f"<p>{escape(printed, quote=False)}</p>"
        if self.blocks and isinstance(self.blocks[-1], Text):
            self.blocks[-1] = Text("", self.blocks[-1].html + html)
        else:
            self.blocks.append(Text("", html))
        why = (
            "no outlet and verb were recognised" if p.bullet else "its place in the issue was not recognised"
        )
        self.unplaced.append(Unplaced(p.line, printed, why))
        self.at += 1

    # --- looking ahead ---------------------------------------------------------------------

    def _text(self, at: int) -> str:
        return self.all[at].text if at < len(self.all) and not self.all[at].bullet else ""

    def _is_photo(self, at: int) -> bool:
        text = self._text(at)
        return bool(_PHOTO.match(text) or (len(text) < 70 and _AGENCY.fullmatch(text)))

    def _picture(self, at: int) -> tuple[Picture | None, int]:
        if not self._is_photo(at):
            return None, at
        return _credited(self._text(at)), at + 1

    def _link(self, at: int) -> tuple[Link | None, int]:
        text = self._text(at)
        words, bar, _ = text.partition(" | ")
        if bar and _LINK.match(words) and _SHARE.match(text[len(words) + 1 :]):
            return Link(words), at  # the rest of the paragraph is the share line
        return (Link(text), at + 1) if len(text) < 90 and _LINK.match(text) else (None, at)

    def _shared(self, at: int, link: Link | None) -> tuple[str, int]:
        text = self._text(at)
        if link and text.startswith(f"{link.words} | "):
            return text[len(link.words) + 1 :], at + 1
        return (text, at + 1) if _SHARE.match(text) else ("", at)

    def _is_line(self, at: int) -> bool:
        p = self.all[at] if at < len(self.all) else None
        return p is not None and (attribute(p.text) is not None if not p.bullet else True)

    def _is_heading(self, at: int) -> bool:
        text = self._text(at)
        return (
            0 < len(text.split()) <= 20
            and len(text) < 160
            and text[-1] not in ".;,:"
            and not (
                _LINK.match(text)
                or _SHARE.match(text)
                or self._is_photo(at)
                or _QUOTE.match(text)
                or _PORTRAIT.match(text)
            )
        )

    # --- the blocks ------------------------------------------------------------------------

    def _section(self) -> tuple[Block, int] | None:
        """A heading that names a section, with the lines after it."""
        text = self._text(self.at)
        section = next((name for name, pattern in _SECTIONS if pattern.match(text)), None)
        if section is None or not self._is_line(self.at + 1):
            return None
        return self._lines(self.at + 1, text, section)

    def _review(self) -> tuple[Block, int] | None:
        return self._lines(self.at, "", "press_review")

    def _lines(self, at: int, title: str, section: str) -> tuple[Block, int] | None:
        lines: list[PressLine] = []
        bullet = self.all[at].bullet if at < len(self.all) else ""
        while at < len(self.all) and self.all[at].bullet == bullet:
            text = self.all[at].text
            # Below a section's title a sentence is a line as much as behind a bullet; what has no full stop
            # may be a title.
            found = attribute(
                text, is_marked=bool(bullet or (title and text.endswith((".", "”", '"', "!", "?"))))
            )
            if found is None:
                break
            lines.append(_press_line(found))
            at += 1
        if not lines:
            return None
        return PressReview("", title, tuple(lines), section, bullet), at  # type: ignore[arg-type]

    def _banner(self) -> tuple[Block, int] | None:
        if not _BANNER.match(self._text(self.at)):
            return None
        # A picture after it that has a caption belongs to the caption, not to the banner.
        picture, end = self._picture(self.at + 1)
        if picture and _CAPTION.match(self._text(end)):
            picture, end = None, self.at + 1
        return Banner("", picture or _credited(""), ""), end

    def _quote(self) -> tuple[Block, int] | None:
        at, title = self.at, ""
        if _QUOTE_OF.match(self._text(at)) or (_QUOTE.match(self._text(at + 1)) and self._is_heading(at)):
            title, at = self._text(at), at + 1
        if not _QUOTE.match(self._text(at)):
            return None
        text, at = self._text(at), at + 1
        name = journey = ""
        said_by = self._text(at)
        if 0 < len(said_by.split()) <= 30 and not (
            _LINK.match(said_by) or _SHARE.match(said_by) or self._is_photo(at)
        ):
            name, _, journey = said_by.partition(" – ")
            at += 1
        picture, at = self._picture(at)
        link, at = self._link(at)
        return Quote("", text, name, journey, picture, link, title), at

    def _portrait(self) -> tuple[Block, int] | None:
        picture, at = self._picture(self.at)
        link, at = self._link(at)
        found = _PORTRAIT.match(self._text(at))
        if not found:
            return None
        if link is None:
            link, after = self._link(at + 1)
            if link and not self._text(after).startswith(f"{link.words} | "):
                link = None  # it stands after the words: it is not this shape
        share, at = self._shared(at + 1, link)
        return Portrait("", found["name"], found["text"], picture, link, share), at

    def _gallery(self) -> tuple[Block, int] | None:
        at, title = self.at, ""
        if self._is_heading(at) and self._is_photo(at + 1) and _CAPTION.match(self._text(at + 2)):
            title, at = self._text(at), at + 1
        shown: list[GalleryPicture] = []
        while True:
            picture, after = self._picture(at)
            caption = _CAPTION.match(self._text(after))
            if picture is None or not caption or _PORTRAIT.match(self._text(after)):
                break
            more, end = self._link(after + 1)
            if not shown and not title and more is None:
                return None  # a photo, then a title with a colon: that is a feature
            shown.append(GalleryPicture(picture, caption["source"], caption["caption"], more))
            at = end
        if not shown:
            return None
        return Gallery("", title, tuple(shown), shown=max(2, len(shown))), at

    def _feature(self) -> tuple[Block, int] | None:
        """[photo] title [photo], prose …, [link], [share]."""
        picture, at = self._picture(self.at)
        if not self._is_heading(at) or self._is_line(at):
            return None
        title, at = self._text(at), at + 1
        title_first = picture is None and self._is_photo(at)
        if title_first:
            picture, at = self._picture(at)
        prose: list[str] = []
        while self._is_prose(at):
            prose.append(self._text(at))
            at += 1
        link, at = self._link(at)
        share, at = self._shared(at, link)
        if not (prose or link):
            return None
        dateline = ""
        if prose and (found := _DATELINE.match(prose[0])) and "–" in found.group():
            dateline, prose[0] = found["place"], prose[0][found.end() :]
        html = "".join(f"<p>{escape(p, quote=False)}</p>" for p in prose)
        return Feature("", title, dateline, html, picture, link, share, title_first), at

    def _is_prose(self, at: int) -> bool:
        text = self._text(at)
        is_special = _LINK.match(text) or _SHARE.match(text) or self._is_photo(at) or _BANNER.match(text)
        return bool(text) and not is_special and not self._is_heading(at) and not attribute(text)

    def _share(self) -> tuple[Block, int] | None:
        text = self._text(self.at)
        return (Share("", text), self.at + 1) if _SHARE.match(text) else None


def _credited(printed: str) -> Picture:
    credit = re.sub(r"(?i)^[^:©]{0,20}[:©]\s*", "", printed) if printed else ""
    return Picture((), 0, 0, "", credit or printed, printed)


def _press_line(found: Attributed) -> PressLine:
    urls = tuple((name, "") for name in found.names[::2] if name)
    return PressLine(found.names, urls, found.body, found.mention)
