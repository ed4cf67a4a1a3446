"""Sitemaps: news sitemaps, plain ones and their indexes, gzipped or not (sitemaps.org,
Google's news extension).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.markup import local_name
from griot.press.core.pages.pages import unpack
from griot.press.core.pages.plain import plain_text
from griot.press.core.pages.urls import canonical_url
from griot.press.core.types import BadInput, Dated, Entry

MAX_URLS = 2000  # of the newest; the protocol allows 50,000
NEWSY = re.compile(r"(?i)news|latest|recent|today|actual|notic|article|post|story")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's own entries, newest first, or of an index the sitemaps it names: the most promising
    first.
    """

    entries: tuple[Entry, ...]
    sitemaps: tuple[str, ...] = ()


def parse_sitemap(content: bytes, url: str = "") -> Sitemap:
    """Parse a sitemap or a sitemap index. Raises BadInput when the bytes are neither."""
    content = unpack(content)
    if not content.strip():
        raise BadInput("the sitemap is empty")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"not a sitemap ({str(error)[:120]})") from None
    kind = local_name(root.tag) if root is not None else ""
    if kind == "sitemapindex":
        return Sitemap((), tuple(_indexed(root, url)))
    if kind != "urlset":
        raise BadInput("not a sitemap: its root is neither <urlset> nor <sitemapindex>")
    entries: dict[str, tuple[datetime, Entry]] = {}
    habit = Habit()
    for node in root:
        found = _entry(node, url, habit) if isinstance(node.tag, str) else None
        if found and found[1].url not in entries:
            entries[found[1].url] = found
    newest = sorted(entries.values(), key=lambda pair: pair[0], reverse=True)[:MAX_URLS]
    return Sitemap(tuple(entry for _, entry in newest))


def _texts(node: etree._Element) -> dict[str, str]:
    """The texts of a node's descendants by local name; the first of each."""
    found: dict[str, str] = {}
    for child in node.iter():
        if (name := local_name(child.tag)) and child.text and child.text.strip():
            found.setdefault(name, child.text.strip())
    return found


def _indexed(root: etree._Element, base: str) -> list[str]:
    """The sitemaps of an index: those that speak of news first, then by when they changed."""
    rows = []
    habit = Habit()
    for node in root:
        if isinstance(node.tag, str):
            facts = _texts(node)
            if address := canonical_url(facts.get("loc", ""), base):
                changed = stated(facts.get("lastmod"), "feed", habit)
                rows.append((bool(NEWSY.search(address)), changed.moment if changed else _NEVER, address))
    return [address for _, _, address in sorted(rows, reverse=True)][:50]


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _entry(node: etree._Element, base: str, habit: Habit) -> tuple[datetime, Entry] | None:
    """One address as an entry with the moment that sorts it.

    Only the news extension says when a piece was published; <lastmod> is when the page changed,
    and only sorts.
    """
    facts = _texts(node)
    address = canonical_url(facts.get("loc", ""), base)
    if not address:
        return None
    published: Dated | None = stated(facts.get("publication_date"), "feed", habit)
    changed = stated(facts.get("lastmod"), "feed", habit)
    title = plain_text(facts.get("title"), 500)
    entry = Entry(
        id=address,
        url=address,
        title=title,
        summary="",
        published=published.moment if published else None,
        language=(facts.get("language") or "")[:12] or None,
        utc_offset=published.utc_offset if published else None,
    )
    moment = published or changed
    return (moment.moment if moment else _NEVER), entry
