"""OPML: lists of feeds, in and out (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from griot.characters import fit_text
from griot.press.core.pages.markup import local_name
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.feed_text import mended, text_of
from griot.press.core.types import BadInput

KINDS = ("sitemap", "listing")  # beside feeds


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A source as an OPML outline names it. `kind` is feed, sitemap or listing; other readers
    know feeds only.
    """

    outlet: str
    url: str
    home_page: str = ""
    language: str = ""
    kind: str = "feed"


def parse_opml(content: bytes) -> list[Subscribed]:
    """The feeds of an OPML file, nested folders included, each address once. Raises BadInput."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(mended(text_of(content)).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = f": line {error.lineno} can’t be read" if isinstance(error, SyntaxError) else ""
        raise BadInput(f"not an OPML file, or a broken one{line}") from None
    if (name := local_name(root.tag)) != "opml":
        raise BadInput(f"not an OPML file: its root is <{name}>")
    return list({feed.url: feed for feed in _outlines(root)}.values())


def _outlines(root: etree._Element) -> Iterator[Subscribed]:
    for outline in root.iter("outline"):
        facts = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        url = canonical_url(facts.get("xmlurl", ""))
        if url:
            home = canonical_url(facts.get("htmlurl", ""))
            name = facts.get("title") or facts.get("text") or (home or url).split("/")[2]
            kind = facts.get("type", "").lower()
            yield Subscribed(
                name[:120], url, home, facts.get("language", "")[:12], kind if kind in KINDS else "feed"
            )


def write_opml(feeds: Iterable[Subscribed], title: str) -> bytes:
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = fit_text(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        facts = {
            "type": feed.kind if feed.kind in KINDS else "rss",
            "text": feed.outlet,
            "title": feed.outlet,
            "xmlUrl": feed.url,
        }
        if feed.home_page:
            facts["htmlUrl"] = feed.home_page
        if feed.language:
            facts["language"] = feed.language
        etree.SubElement(body, "outline", {name: fit_text(words) for name, words in facts.items()})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
