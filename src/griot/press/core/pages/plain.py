"""Markup of feeds, mails and pushes as plain text."""

from __future__ import annotations

import re
from html import unescape

import nh3

from griot.characters import TURNS_ROUND

MOST_SUMMARY = 4000  # characters
_BLOCKS = (
    "address|article|aside|blockquote|caption|d[dlt]|details|div|fig(?:caption|ure)|footer|h[1-6]|header"
)
_BLOCKS += "|li|main|nav|[ou]l|p|pre|section|summary|t(?:able|body|[dhr])"
_BREAKS = re.compile(rf"(?i)<(?:(?:\w+:)?br|/(?:\w+:)?(?:{_BLOCKS}))\b[^<>]*>")
_TAG = re.compile(r"<[A-Za-z/!?]")
# An HTML parser looks through all that is open at each tag. Of more tags than this each is let go by itself,
# but for those whose content goes with them.
MOST_TAGS = 1000
_ANY_TAG = re.compile(r"(?i)<(?!/?(?:script|style)\b)/?[a-z][^<>]*>?")
# C0 controls, which XML forbids and feeds carry all the same; soft hyphens, zero-width spaces and
# byte order marks; signs of direction; zero-width joiners too, but only outside the scripts that need them.
_INVISIBLE = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff{TURNS_ROUND}]|(?<=[ A-Za-z])[\u200c\u200d]"
)
# "The post … appeared first on …" is WordPress's own footer, "Continue reading" Medium's.
_FOOTER = re.compile(r"\s*(?:The post .{0,300} appeared first on .{0,120}|Continue reading\.*)\s*$", re.S)


def in_a_line(text: str, limit: int = MOST_SUMMARY) -> str:
    """`text`, which is no markup, without control characters and runs of white space."""
    return " ".join(_INVISIBLE.sub("", text).split())[:limit].strip()


def plain_text(markup: object, limit: int = MOST_SUMMARY) -> str:
    """`markup` without tags, entities, control characters and runs of white space."""
    if not isinstance(markup, str):
        return ""
    text = _BREAKS.sub(" ", markup[: limit * 8])
    if text.count("<") > MOST_TAGS:
        text = _ANY_TAG.sub("", text)
    if _TAG.search(text):
        text = nh3.clean(text, tags=set())
    text = unescape(unescape(text)) if "&" in text else text
    return in_a_line(text, limit)


def summary_text(markup: object) -> str:
    """`markup` as plain text without the footers that publishing software adds."""
    return _FOOTER.sub("", plain_text(markup))
