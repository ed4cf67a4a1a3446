"""Markup from strangers, before a parser meets it."""

from __future__ import annotations

import re
from typing import Any

MOST_ATTRIBUTES = 128  # of one tag; libxml2 compares each with all before it
MOST_PIECES = 40  # of a short text
_LONG_TAG = re.compile(rb"<([A-Za-z][\w:.-]*)([^<>]{512,})(?=[<>])")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_SEPARATED = re.compile(rb"[\s/]+")


def local_name(tag: object) -> str:
    """An element's name without its namespace, in small letters; "" for a comment and the like.

    lxml's own QName refuses names that its lenient parser lets through.
    """
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def short_text(element: Any, most: int) -> str:
    """What an element says; "" of one that says more than `most` characters, or in many pieces."""
    found = ""
    for n, piece in enumerate(element.itertext()):
        found += piece
        if len(found) > most or n > MOST_PIECES:
            return ""
    return " ".join(found.split())


def tame(content: bytes) -> bytes:
    """The markup with the attributes of tags left out that have more than anybody means.

    Takes time and memory in proportion to the length of `content`.
    """
    return _LONG_TAG.sub(_without_crowd, content)


def _without_crowd(tag: re.Match[bytes]) -> bytes:
    bare = _QUOTED.sub(b"", tag[2])
    is_crowd = len(_SEPARATED.findall(bare)) > MOST_ATTRIBUTES or bare.count(b"=") > MOST_ATTRIBUTES
    return b"<" + tag[1] + (b"/" if tag[2].endswith(b"/") else b"") if is_crowd else tag[0]
