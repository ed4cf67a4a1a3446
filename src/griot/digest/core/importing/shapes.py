"""What a paragraph is, by its shape alone."""

from __future__ import annotations

import re

from griot.digest.core.importing.attributing import attribute
from griot.digest.core.importing.paragraphs import Paragraph

_PHOTO = re.compile(
    r"(?i)^(?:(?:main |lead )?(?:photos?|pictures?|images?|fotos?|pics?)(?: credits?| by| courtesy(?: of)?)?|"
    r"credits?|©)\s*[:©]|^©|^(?:photo|image) (?:by|courtesy)\b"
)
_AGENCY = re.compile(r"[\w.’'&()-]+(?: [\w.’'&()-]+){0,3}(?: ?/ ?[\w.’'&()-]+(?: [\w.’'&()-]+){0,3})+")
LINK = re.compile(
    r"(?i)^(?:(?:read|watch|listen|see|view|learn|find out|click|discover|explore|download|register|"
    r"more)\b(?: (?:here|on|more|the|full|in|to|it|for|about|out|all|now|at)\b.{0,80})?|read)$"
)
SHARE = re.compile(
    r"(?i)^\|? ?share(?: this)?(?: on| via|:)? .{0,20}(?:twitter|facebook|\bx\b|linkedin|whatsapp|"
    r"telegram).*$"
)
BANNER = re.compile(r"(?i)^(?:main )?banner$")
_OPEN, _CLOSE = '“"«„', '”"»“'
QUOTE = re.compile(rf"^[{_OPEN}].+[{_CLOSE}][.!?]?$", re.S)
QUOTE_OF = re.compile(r"(?i)^quotes? of the (?:day|week)\b.{0,20}$")
PORTRAIT = re.compile(rf"^(?P<name>[^:{_OPEN}]{{2,80}}):\s+(?P<text>[{_OPEN}].+[{_CLOSE}][.!?]?)$", re.S)
CAPTION = re.compile(r"^(?P<source>[^:“”\".!?]{2,40}):\s+(?P<caption>\S.+)$", re.S)
DATELINE = re.compile(r"^(?P<place>[A-ZÀ-Ý][^–—\n]{1,60}?)\s[–—-]\s")
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


def names_photo(text: str) -> bool:
    """Whether it says that it credits a photo; `is_photo` knows bare agencies, too."""
    return bool(_PHOTO.match(text))


def is_photo(text: str) -> bool:
    return names_photo(text) or bool(len(text) < 70 and _AGENCY.fullmatch(text))


def is_press_line(paragraph: Paragraph | None) -> bool:
    """Whether it is of a list, or attributes what it tells to an outlet."""
    return paragraph is not None and (bool(paragraph.bullet) or attribute(paragraph.text) is not None)


def is_heading(text: str) -> bool:
    return (
        0 < len(text.split()) <= 20
        and len(text) < 160
        and text[-1] not in ".;,:"
        and not (LINK.match(text) or SHARE.match(text) or is_photo(text))
        and not (QUOTE.match(text) or PORTRAIT.match(text))
    )


def is_prose(text: str) -> bool:
    is_special = LINK.match(text) or SHARE.match(text) or is_photo(text) or BANNER.match(text)
    return bool(text) and not is_special and not is_heading(text) and not attribute(text)


def section_of(heading: str) -> str | None:
    """The section that a heading names: press_review, trending or opinion."""
    return next((section for section, pattern in _SECTIONS if pattern.match(heading)), None)
