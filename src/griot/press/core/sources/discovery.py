"""Finding a site's sources from its home page: feeds, sitemaps, and at the last the page itself.

What can be subscribed to is offered with its latest entries, so that a person can see what they choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from griot.press.core.pages.pages import tree_of
from griot.press.core.pages.plain import plain_text
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.fetching import Fetched, FetchError
from griot.press.core.sources.listings import Learned, read_listing, tree_title
from griot.press.core.sources.sitemaps import parse_sitemap
from griot.press.core.types import BadInput, Entry, Run

PREVIEW = 5  # entries shown of each offer
MOST_FEEDS, MOST_REQUESTS, MOST_PARTS = 6, 14, 3
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/xml",
    "text/xml",
}
_FEED_LINK = re.compile(
    r"(?i)(?:/|\.)(?:rss|feed|atom|rdf)(?:[/.?]|$)|feeds?\.|[?&]feed=|\.(?:rss|rdf|atom)$|/feed\.json$"
)
_GUESSES = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_SITEMAP_GUESSES = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml")


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that could be added. `kind` is feed, sitemap or listing."""

    kind: str
    url: str
    title: str
    entries: tuple[Entry, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "url": self.url,
            "title": self.title,
            "count": len(self.entries),
            "entries": [
                {
                    "title": e.title,
                    "url": e.url,
                    "published": e.published.isoformat() if e.published else None,
                }
                for e in self.entries[:PREVIEW]
            ],
        }


@dataclass(frozen=True, slots=True)
class Site:
    """What a home page says of itself."""

    url: str
    name: str
    language: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """What a home page names: itself, feeds (its head's first), the articles that it links to."""

    name: str
    title: str
    language: str
    feeds: tuple[str, ...]
    entries: tuple[Entry, ...]


def read_front(content: bytes, url: str) -> Front:
    """Raises BadInput where the page can't be read."""
    tree = tree_of(content)
    if tree is None:
        raise BadInput("the page can't be read; is it a web page?")
    entries, _ = read_listing(content, url, Learned())
    return Front(
        plain_text(next(iter(tree.xpath("//meta[@property='og:site_name']/@content")), ""), 100),
        tree_title(tree),
        (tree.get("lang") or "").split("-")[0].lower()[:3],
        tuple(islice(dict.fromkeys(_named_feeds(tree, url)), MOST_REQUESTS)),
        tuple(entries),
    )


def discover(url: str, get: Callable[[str], Fetched], run: Run) -> Site:
    """The sources of a site. `get` fetches politely and raises FetchError; the home page must be had. `run`
    carries out what parses.

    An address of a feed itself is taken for what it is. Raises FetchError and BadInput.
    """
    address = canonical_url(url if "://" in url else f"https://{url}")
    if not address:
        raise BadInput(f"{url[:100]!r} is no web address")
    home = get(address)
    for parse in (_feed, _sitemap):
        try:
            offer = parse(home, run)
            return Site(address, offer.title or _host(address), _language(offer.entries), (offer,))
        except BadInput:
            continue
    front = run(read_front, home.content, home.url)
    offers: list[Offer] = []
    asked = 1

    def tried(
        candidates: Iterable[str], parse: Callable[[Fetched, Run], Offer], enough: int
    ) -> Iterator[Offer]:
        nonlocal asked
        found = 0
        for candidate in dict.fromkeys(candidates):
            if asked >= MOST_REQUESTS or found >= enough:
                return
            asked += 1
            try:
                offer = parse(get(candidate), run)
            except (FetchError, BadInput):
                continue
            if offer.entries and offer.url not in {o.url for o in offers}:
                found += 1
                yield offer

    for offer in tried(front.feeds, _feed, MOST_FEEDS):
        offers.append(offer)
    if not offers:
        for offer in tried((urljoin(home.url, guess) for guess in _GUESSES), _feed, 1):
            offers.append(offer)
    for offer in tried(_named_sitemaps(get, home.url), _sitemap_through(get), 1):
        offers.append(offer)
    if front.entries:
        offers.append(Offer("listing", home.url, front.title, front.entries))
    name = front.name or front.title[:100] or _host(home.url)
    return Site(home.url, name, front.language, tuple(offers))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _language(entries: tuple[Entry, ...]) -> str:
    return next(((e.language or "").split("-")[0].lower()[:3] for e in entries if e.language), "")


def _feed(fetched: Fetched, run: Run) -> Offer:
    feed = run(parse_feed, fetched.content, fetched.url)
    if not feed.entries:
        raise BadInput("a feed without entries")
    return Offer("feed", fetched.url, feed.title, feed.entries)


def _sitemap(fetched: Fetched, run: Run) -> Offer:
    sitemap = run(parse_sitemap, fetched.content, fetched.url)
    if not sitemap.entries and not sitemap.sitemaps:
        raise BadInput("an empty sitemap")
    return Offer("sitemap", fetched.url, "", sitemap.entries)


def _sitemap_through(get: Callable[[str], Fetched]) -> Callable[[Fetched, Run], Offer]:
    """A sitemap, or of an index the entries of its first part that can be had, under the index's address."""

    def parse(fetched: Fetched, run: Run) -> Offer:
        sitemap = run(parse_sitemap, fetched.content, fetched.url)
        entries = sitemap.entries
        for address in sitemap.sitemaps[:MOST_PARTS]:
            with suppress(FetchError, BadInput):
                part = get(address)
                entries = run(parse_sitemap, part.content, part.url).entries
                break
        if not any(e.title for e in entries):
            raise BadInput("no news sitemap: it gives no titles")  # all pages of a site, since ever
        return Offer("sitemap", fetched.url, "News sitemap", entries)

    return parse


def _named_feeds(tree: Any, base: str) -> Iterator[str]:
    """Feeds that a page names: in its head, then among its links."""
    for link in tree.xpath("//link[@href]"):
        kind = (link.get("type") or "").lower().split(";")[0].strip()
        is_feed = "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES
        address = canonical_url(link.get("href"), base)
        if is_feed and address and "comment" not in (link.get("title") or "").lower():
            yield address
    for anchor in tree.xpath("//a[@href]"):
        address = canonical_url(anchor.get("href"), base)
        if address and _FEED_LINK.search(address):
            yield address


def _named_sitemaps(get: Callable[[str], Fetched], base: str) -> Iterator[str]:
    """Sitemaps that robots.txt names, those of news first, then the usual places."""
    try:
        robots = get(urljoin(base, "/robots.txt")).content.decode("utf-8", "replace")
    except FetchError:
        robots = ""
    named = [canonical_url(a, base) for a in re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", robots)]
    yield from sorted((a for a in named if a), key=lambda a: "news" not in a.lower())
    yield from (urljoin(base, guess) for guess in _SITEMAP_GUESSES)


def as_json(site: Site) -> dict[str, Any]:
    return {
        "url": site.url,
        "name": site.name,
        "language": site.language,
        "offers": [o.as_json() for o in site.offers],
    }
