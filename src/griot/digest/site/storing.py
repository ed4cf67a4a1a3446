"""Blocks of an imported issue as a page's body holds them: the way back from composing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from griot.digest.core import types
from griot.press.core.lines.lines import attribution
from griot.press.core.types import OutletLink


def stored(block: types.Block) -> tuple[str, Any]:
    """A block as an issue's body holds it: what `composing` turns back into the same block."""
    return _STORE[block.kind](block)


def _stored_link(link: types.Link | None) -> dict[str, str]:
    return {"words": link.words, "url": link.url} if link else {"words": "", "url": ""}


def _printed(picture: types.Picture | None) -> str:
    return picture.printed if picture else ""


def _store_quote(b: types.Quote) -> tuple[str, Any]:
    value = {
        "text": b.text,
        "name": b.name,
        "journey": b.journey,
        "picture": None,
        "link": _stored_link(b.more),
        "credit": _printed(b.picture),
        "printed_by": b.printed_by,
        "picture_first": b.picture_first,
    }
    return ("quote_of_the_day", {**value, "title": b.title}) if b.title else ("quote", value)


def _store_line(line: types.PressLine) -> dict[str, Any]:
    outlets = [{"name": name, "url": url} for name, url in line.urls]
    usual = tuple(attribution([OutletLink(n, u) for n, u in line.urls]))
    head = "" if usual == line.names else "".join(line.names)
    return {
        "outlets": outlets,
        "body": line.body,
        "piece": line.piece,
        "mention": line.mention,
        "story": None,
        "head": head,
    }


_STORE: dict[str, Callable[[Any], tuple[str, Any]]] = {
    "feature": lambda b: (
        "feature",
        {
            "title": b.title,
            "picture": None,
            "dateline": b.dateline,
            "text": b.html,
            "link": _stored_link(b.link),
            "credit": _printed(b.picture),
            "share": b.share,
            "title_first": b.title_first,
        },
    ),
    "gallery": lambda b: (
        "gallery",
        {
            "title": b.title,
            "shown": b.shown,
            "pictures": [
                {
                    "picture": None,
                    "source": p.source,
                    "caption": p.caption,
                    "link": _stored_link(p.more),
                    "credit": _printed(p.picture),
                }
                for p in b.pictures
            ],
        },
    ),
    "banner": lambda b: ("banner", {"picture": None, "url": b.url, "credit": _printed(b.picture)}),
    "quote": _store_quote,
    "portrait": lambda b: (
        "portrait",
        {
            "picture": None,
            "name": b.name,
            "text": b.text,
            "link": _stored_link(b.link),
            "credit": _printed(b.picture),
            "share": b.share,
        },
    ),
    "press_review": lambda b: (
        "press_review",
        {
            "section": b.section,
            "title": b.title,
            "bullet": b.bullet,
            "lines": [_store_line(line) for line in b.lines],
        },
    ),
    "text": lambda b: ("text", b.html),
    "share": lambda b: ("share", {"printed": b.printed}),
}
