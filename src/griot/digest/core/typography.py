"""Apostrophes, quotation marks and the spaces around them, as each language prints them.

What editors have stored stays as it is: this is for what readers see. No letter, no digit and no address is
changed, and what was set once is set for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html import escape, unescape
from typing import Any

from griot.digest.core.archive import Archive
from griot.digest.core.types import Issue

NARROW, WIDE = "\u202f", "\u00a0"  # no line is broken at these spaces
_MARKS = {"fr": ("«", "»"), "es": ("«", "»"), "ar": ("«", "»")}
_INNER = ("“", "”")
_CLOSES = {"«": "»", "“": "”"}
_LOOKED_AT = re.compile(r"[\"'«»“”;!?:\n]")
_WORD = re.compile(r"\S+")
_TAG = re.compile(r"(<[^<>]*>)")
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|em|i|small|span|strong|sub|sup|u)\b")
_CODE = re.compile(r"<(/?)(?:code|pre)\b")
# Of an issue's or the archive's values, what nobody reads as words, or what is a name or a word of ours.
_NO_WORDS = frozenset(
    "anchor url archive_url feed_url contact image_url language source_language kind state section piece"
    " bullet newsroom sources modern printed_head editions query why value newer older making sign".split()
)


def marks_of(language: str) -> tuple[str, str]:
    """What a quotation begins and ends with, with the spaces that the language wants inside."""
    base = language.split("-")[0]
    opening, closing = _MARKS.get(base, _INNER)
    return (opening + NARROW, NARROW + closing) if base == "fr" else (opening, closing)


def fine(text: str, language: str) -> str:
    """Plain text as a language prints it."""
    return _applied(text, _edits(text, language, _addresses(text)), 0, len(text))


def fine_html(html: str, language: str) -> str:
    """Safe markup, its text as a language prints it; nothing in tags and code is touched."""
    pieces = _TAG.split(html)
    text, kept, depth, starts = "", set[int](), 0, []
    for n, piece in enumerate(pieces):
        starts.append(len(text))
        if n % 2:
            code = _CODE.match(piece)
            depth = max(0, depth + (0 if code is None else -1 if code[1] else 1))
            text += "" if _INLINE.match(piece) else "\n"
        else:
            said = unescape(piece)
            kept |= set(range(len(text), len(text) + len(said))) if depth else set()
            text += said
    edits = _edits(text, language, kept | _addresses(text))
    starts.append(len(text))
    for n in range(0, len(pieces), 2):
        first, end = starts[n], starts[n + 1]
        if any(at in edits for at in range(first, end)):
            pieces[n] = escape(_applied(text, edits, first, end), quote=False)
    return "".join(pieces)


def finely_set(issue: Issue) -> Issue:
    """An issue with all that is read in it as its language prints it; but one that came as text in its own
    words.
    """
    if issue.printed_head is not None:
        return issue
    found: Issue = _set(issue, issue.language, issue.source_language)
    return found


def archive_finely_set(archive: Archive) -> Archive:
    """A page of the archive with all that is read in it as its language prints it."""
    found: Archive = _set(archive, archive.language, archive.language)
    return found


def _set(found: Any, language: str, source: str) -> Any:
    """A value of an issue, whatever is in it; what nobody has translated, as its source prints it."""
    if isinstance(found, str):
        found = fine(found, language)
    elif isinstance(found, tuple):
        found = tuple(_set(one, language, source) for one in found)
    elif is_dataclass(found) and not isinstance(found, type):
        if getattr(found, "state", "") == "untranslated":
            language = source or language
        changed: dict[str, Any] = {}
        for field in fields(found):
            old = getattr(found, field.name)
            if field.name == "urls":
                changed[field.name] = tuple((fine(name, language), url) for name, url in old)
            elif field.name == "html":
                changed[field.name] = fine_html(old, language)
            elif field.name not in _NO_WORDS:
                changed[field.name] = _set(old, language, source)
        found = replace(found, **changed)
    return found


def _addresses(text: str) -> set[int]:
    """The places of all characters of addresses."""
    kept = set[int]()
    for word in _WORD.finditer(text):
        said = word[0]
        if "://" in said or "@" in said or said.startswith("www.") or ("/" in said and "." in said):
            first = word.start() + len(said) - len(said.lstrip("\"'(«“"))
            kept |= set(range(first, word.start() + len(said.rstrip("\"').,»”"))))
    return kept


def _applied(text: str, edits: dict[int, str], first: int, end: int) -> str:
    return "".join(edits.get(at, text[at]) for at in range(first, end)) if edits else text[first:end]


def _edits(text: str, language: str, kept: set[int]) -> dict[int, str]:
    """What stands in the place of single characters, by their places."""
    is_french = language.split("-")[0] == "fr"
    outer = _MARKS.get(language.split("-")[0], _INNER)
    edits: dict[int, str] = {}
    opened: list[str] = []
    last_closing = max(_closing_singles(text), default=-1)
    for found in _LOOKED_AT.finditer(text):
        at, c = found.start(), found[0]
        if at in kept:
            continue
        before = edits.get(at - 1, text[at - 1 : at])[-1:]
        after = text[at + 1 : at + 2]
        may_open = not before or before.isspace() or before in "([{«“‘–—-/" or (is_french and before == "’")
        if c == "\n":
            opened.clear()
        elif c == '"':
            if may_open and after and not after.isspace():
                c = outer[0] if not opened or outer == _INNER else _INNER[0]
            elif opened and not may_open:
                c = _CLOSES[opened[-1]]
        elif c == "'":
            if not may_open:
                c = "’"
            elif after and not after.isspace():
                c = "‘" if after.isalpha() and at < last_closing else "’"
        if c in _CLOSES:
            opened.append(c)
        elif opened and c == _CLOSES[opened[-1]]:
            opened.pop()
        said = _spaced(c, before, after, edits, at, text) if is_french else c
        if said != found[0]:
            edits[at] = said
    return edits


def _closing_singles(text: str) -> Iterator[int]:
    """Where a single mark may end a quotation: it follows a word, and none follows it."""
    for at, c in enumerate(text):
        if c == "'" and at and not text[at - 1].isspace() and not text[at + 1 : at + 2].isalnum():
            yield at


def _spaced(c: str, before: str, after: str, edits: dict[int, str], at: int, text: str) -> str:
    """A mark with the spaces that French wants before or behind it. A space that stands there is made one at
    which no line breaks.
    """
    if c == "«":
        if after == " ":
            edits[at + 1] = NARROW
        return c if not after or after.isspace() else c + NARROW
    if c not in "»;!?:" or c == "\n":
        return c
    if before == " " and at > 1 and not text[at - 2].isspace():
        edits[at - 1] = WIDE if c == ":" else NARROW
        return c
    if not before or before.isspace() or c == ":" or (c != "»" and before in ";!?:([{«“‘"):
        return c
    is_end = not after or after.isspace() or after in '"»”)]!?…'
    return NARROW + c if c == "»" or is_end else c
