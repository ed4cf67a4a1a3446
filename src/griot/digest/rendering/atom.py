"""The Atom feed of issues (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from griot.digest.rendering.environment import render_template
from griot.digest.types import Issue

_ATOM = "http://www.w3.org/2005/Atom"


def render_feed(issues: Sequence[tuple[Issue, datetime]], url: str, title: str) -> bytes:
    """A feed of issues with the moment each was last published, newest first. `url` is the front's address."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})

    def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, f"{{{_ATOM}}}{tag}", **attributes)
        element.text = text
        return element

    add(feed, "id", url)
    add(feed, "title", title)
    add(feed, "link", href=url, rel="alternate", type="text/html")
    add(feed, "link", href=f"{url}feed/", rel="self", type="application/atom+xml")
    add(feed, "updated", max((at for _, at in issues), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat())
    for issue, published in issues:
        entry = add(feed, "entry")
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", issue.language)
        add(entry, "id", issue.url)
        add(entry, "title", issue.title)
        add(entry, "updated", published.isoformat())
        add(entry, "link", href=issue.url, rel="alternate", type="text/html")
        add(add(entry, "author"), "name", issue.newsroom)
        if issue.summary:
            add(entry, "summary", issue.summary)
        add(entry, "content", render_template("web/blocks.html", issue), type="html")
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))
