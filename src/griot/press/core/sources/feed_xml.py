"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, and CDF, as their publishers really write them.

Of each fact the feed's own element comes first, and those of other vocabularies (Dublin Core, Media RSS,
iTunes) only where it is missing. An element of another namespace is never taken for one of its local name.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from griot.press.core.pages.markup import local_name, tame
from griot.press.core.pages.plain import in_a_line, plain_text, summary_text
from griot.press.core.pages.urls import MOST_ADDRESS
from griot.press.core.sources.feed_text import mended
from griot.press.core.sources.raw_feed import RawEntry, RawFeed
from griot.press.core.types import BadInput

ROOTS = {"rss", "rdf", "feed", "channel"}
# What namespaces are for, by a part of their address: whoever declares one spells it in many ways.
_PURPOSES = {
    "purl.org/dc/terms": "dcterms",
    "purl.org/dc/elements": "dc",
    "purl.org/rss/1.0/modules/content": "content",
    "search.yahoo.com/mrss": "media",
    "itunes.com/dtds": "itunes",
    "itunes.apple.com": "itunes",
    "rssnamespace.org/feedburner": "feedburner",
    "w3.org/1999/xhtml": "xhtml",
    "w3.org/1999/02/22-rdf-syntax": "rdf",
    "w3.org/2005/atom": "",
    "purl.org/atom/ns": "",
    "purl.org/net/rss1.1": "",
    "purl.org/rss/1.0/modules": "other",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "cyber.law.harvard.edu/rss": "",
}
_ATOM = ("w3.org/2005/atom", "purl.org/atom/ns")
_TITLES = ("title", "dc:title", "dcterms:title", "media:title")
_SUMMARIES = tuple(
    "summary content content:encoded xhtml:body body fullitem dc:description dcterms:abstract itunes:summary "
    "media:description".split()
)
_ALSO_CALLED = {"description": "summary", "abstract": "summary", "tagline": "summary"}
_PUBLISHED = tuple("published pubdate issued dcterms:issued dc:date dcterms:created created date".split())
_CHANGED = ("updated", "modified", "dcterms:modified", "dcterms:date", "lastmod")
_DATES = (*_PUBLISHED, *_CHANGED)
_IDS, _SPOKEN = ("guid", "id"), ("dc:language", "language")
_PAGES = {"text/html", "application/xhtml+xml"}
_CODED = re.compile(r"(?!text/)[^/]+/(?!.*[+/]xml$|xml$).+")  # Atom §4.1.3.3: what is neither text nor XML
_LANG, _BASE = (f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("lang", "base"))
_UNSPOKEN = [f"{{*}}{name}" for name in ("script", "style", "template", "noscript")]
MOST_DEPTH = 50  # elements above one that are asked for its base
MOST_OF_A_KIND = 50  # links, or dates, of one entry


def read_xml(text: str, url: str) -> RawFeed:
    """Read a feed. Raises BadInput where it is none."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    content = tame(mended(text).encode())
    try:
        root = etree.fromstring(content, parser) if content else None
    except etree.XMLSyntaxError as error:
        raise BadInput(f"not a feed that can be read ({str(error)[:200]})") from error
    if root is None or not len(root) or local_name(_bare(root)) not in ROOTS:
        raise BadInput(
            "not a feed: neither RSS nor Atom" + (f", but <{str(root.tag)[:60]}>" if root is not None else "")
        )
    own = {"", _namespace(root), *(_namespace(c) for c in root if local_name(_bare(c)) == "channel")}
    reader = _Reader(own - {"http://www.w3.org/1999/02/22-rdf-syntax-ns#"}, url)
    channel = next((c for c in root if reader.name(c) == "channel"), root)
    facts = reader.facts(channel)
    found = [e for e in root.iter() if reader.name(e) in {"item", "entry"}]
    links: dict[str, str] = {}
    for link in facts.get("link", []) + facts.get("atom:link", []):
        links.setdefault(str(link.get("rel", "")).lower(), reader.absolute(link, link.get("href") or ""))
    return RawFeed(reader.line(facts, _TITLES), [reader.entry(e) for e in found], links)


def _bare(element: Any) -> str:
    """An element's name, without the prefix of a namespace that nobody declared."""
    return str(element.tag).rpartition(":")[2] if "}" not in str(element.tag) else str(element.tag)


def _namespace(element: Any) -> str:
    return str(element.tag)[1:].partition("}")[0] if str(element.tag).startswith("{") else ""


class _Reader:
    """One feed's elements, by names that say what they are for: "title" its own, "dc:title" Dublin Core's."""

    def __init__(self, own: set[str], url: str) -> None:
        self.own, self.url = own, url
        self.names: dict[str, str] = {}

    def name(self, element: Any) -> str:
        tag = element.tag
        if not isinstance(tag, str):
            return ""
        if tag not in self.names:
            self.names[tag] = self._named(element)
        return self.names[tag]

    def _named(self, element: Any) -> str:
        namespace, local = _namespace(element).lower(), local_name(_bare(element))
        if not namespace and ":" in element.tag:
            prefix = element.tag.partition(":")[0].lower()
            return f"{prefix}:{local}"
        purpose = next((p for part, p in _PURPOSES.items() if part in namespace), None)
        if _namespace(element) in self.own:
            purpose = ""
        elif purpose == "" and _is_atom(element):
            purpose = "atom"
        elif purpose is None:
            purpose = "other"
        return f"{purpose}:{local}" if purpose else _ALSO_CALLED.get(local, local)

    def facts(self, parent: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for child in parent:
            found.setdefault(self.name(child), []).append(child)
        for group in found.get("media:group", []):
            for child in group:
                found.setdefault(self.name(child), []).append(child)
        return found

    def entry(self, element: Any) -> RawEntry:
        facts = self.facts(element)
        about, spoken = _attribute(element, "about"), (_text(e) for e in _all(facts, _SPOKEN))
        ids = (in_a_line(_text(e), MOST_ADDRESS) for e in _all(facts, _IDS))
        dates = (_text(e) or e.get("value") or "" for e in _all(facts, _DATES))
        return RawEntry(
            id=next(filter(None, ids), in_a_line(about, MOST_ADDRESS)),
            title=self.line(facts, _TITLES),
            summary=next((t for e in _all(facts, _SUMMARIES) if (t := summary_text(_markup(e)))), ""),
            links=list(islice(self.links(element, facts, about), MOST_OF_A_KIND)),
            dates=[
                in_a_line(d, 200) for d in islice((*dates, _attribute(element, "lastmod")), MOST_OF_A_KIND)
            ],
            language=in_a_line(element.get(_LANG) or next(spoken, ""), 35),
        )

    def line(self, facts: dict[str, list[Any]], names: Iterable[str]) -> str:
        return next((t for e in _all(facts, names) if (t := plain_text(_markup(e), 500))), "")

    def links(self, element: Any, facts: dict[str, list[Any]], about: str) -> Iterator[str]:
        """Where the entry can be read: what a counting service hides (FeedBurner), its own link, the page
        among its alternates, a guid that is an address, what it is about (RDF), an alternate that is no page.
        """
        pages: list[Any] = []
        others: list[Any] = []
        for link in _all(facts, ("link",)):
            if (link.get("rel") or "alternate").lower().rpartition("/")[2] == "alternate":
                kind = (link.get("type") or "text/html").lower().partition(";")[0].strip()
                (pages if kind in _PAGES else others).append(link)
        hrefs = [(link, _attribute(link, "href") or _text(link)) for link in pages]
        yield from (self.absolute(e, _text(e)) for e in facts.get("feedburner:origlink", []))
        yield from (self.absolute(link, href) for link, href in hrefs if not link.attrib)
        yield from (self.absolute(link, href) for link, href in hrefs if link.attrib)
        for guid in facts.get("guid", []):
            if _attribute(guid, "ispermalink").lower() != "false":
                yield _text(guid).strip()
        yield self.absolute(element, _attribute(element, "href"))  # CDF
        yield about
        yield from (self.absolute(link, _attribute(link, "href")) for link in others)

    def absolute(self, element: Any, href: str) -> str:
        """`href` against the bases that stand above it (XML Base), and the feed's address."""
        bases, at = [], element
        for _ in range(MOST_DEPTH):
            if at is None:
                break
            if base := at.get(_BASE):
                bases.append(base)
            at = at.getparent()
        found = self.url
        try:
            for base in [*reversed(bases), " ".join(href.split())]:
                found = urljoin(found, base.strip())
        except ValueError:
            return ""
        return found if href.strip() else ""


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if local_name(k) == name), "")


def _all(facts: dict[str, list[Any]], names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        yield from facts.get(name, [])
        yield from facts.get(f"atom:{name}", [])


def _text(element: Any) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


def _markup(element: Any) -> str:
    """What an element holds, as markup: escaped, in CDATA, in base64, or as elements of its own."""
    text = _inside(element) if len(element) else element.text or ""
    kind, mode = (element.get("type") or "").lower().strip(), (element.get("mode") or "").lower()
    if mode == "base64" or (not mode and _is_atom(element) and _CODED.fullmatch(kind)):
        with suppress(binascii.Error):
            return binascii.a2b_base64(text.encode("ascii", "ignore")).decode("utf-8", "replace")
    return text


def _is_atom(element: Any) -> bool:
    return any(part in _namespace(element).lower() for part in _ATOM)


def _inside(element: Any) -> str:
    """The markup inside an element that holds elements, without what nobody reads."""
    etree.strip_elements(element, *_UNSPOKEN, with_tail=False)
    return escape(element.text or "", quote=False) + "".join(
        etree.tostring(c, encoding="unicode") for c in element
    )
