"""Listing pages: finding the articles on a front page or section page of a site without a feed.

What an article's address looks like on a site is learned: addresses are cut into shapes (numbers,
dates, slugs stand for themselves), and the shape under which most headlines hang, and which keeps
bringing new addresses from visit to visit, is the article's. What never changes is the menu.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import html as lxml_html

from griot.press.core.pages.pages import tree_of
from griot.press.core.pages.urls import canonical_url
from griot.press.core.types import BadInput, Entry

MIN_HEADLINE = 4  # words
MOST = 200  # links taken from one visit
MEMORY = 400  # addresses remembered
_NOT_NEWS = re.compile(
    r"(?i)/(?:tag|tags|category|categories|author|authors|about|contact|login|signin|subscribe|newsletter|"
    r"privacy|terms|search|page|archive|jobs|shop|help|faq|cookie\w*|advertise|rss|feed)s?(?:/|$)|\.(?:pdf|"
    r"jpg|png|mp3|mp4|zip)$"
)
_HEADING = {"h1", "h2", "h3", "h4", "h5"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page with its headline. `is_heading` when it stands in or around a heading."""

    url: str
    text: str
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What visits to a page taught: how often each shape brought something new, and what was seen."""

    fresh: Mapping[str, int] = field(default_factory=dict)
    seen: tuple[str, ...] = ()


def shape_of(url: str) -> str:
    """The shape of an address: /2026/11/23/coast-guard-rescues-57 → /#/#/#/slug; /news → /news."""
    parts = urlsplit(url)
    pieces = []
    for piece in parts.path.split("/")[1:]:
        name, dot, ending = piece.rpartition(".")
        stem = name if dot and len(ending) <= 5 else piece
        if stem.isdigit():
            pieces.append("#")
        elif stem.count("-") + stem.count("_") >= 2 or len(stem) > 25:
            pieces.append("slug")
        elif re.search(r"\d{3,}", stem):
            pieces.append("id")
        else:
            pieces.append(piece)
    query = "?" + "&".join(sorted(p.partition("=")[0] for p in parts.query.split("&"))) if parts.query else ""
    return "/" + "/".join(pieces) + query


def links_in(content: bytes, url: str) -> list[Link]:
    """The links of a page to its own site that could be articles, in its order, each address once.

    Raises BadInput where the page can't be read.
    """
    tree = tree_of(content)
    if tree is None:
        raise BadInput("the page can't be read")
    host = _site(url)
    found: dict[str, Link] = {}
    for anchor in tree.iter("a"):
        address = canonical_url(anchor.get("href") or "", url)
        if (
            not address
            or _site(address) != host
            or address.rstrip("/") == url.rstrip("/")
            or _NOT_NEWS.search(address)
        ):
            continue
        text = " ".join(anchor.text_content().split())[:300] or (anchor.get("title") or "")[:300]
        heading = any(a.tag in _HEADING for a in anchor.iterancestors()) or any(
            h.tag in _HEADING for h in anchor.iter()
        )
        in_menu = any(a.tag in {"nav", "footer", "header"} for a in anchor.iterancestors()) and not heading
        if in_menu:
            continue
        known = found.get(address)
        if known is None or len(text) > len(known.text):
            found[address] = Link(address, text, heading or bool(known and known.is_heading))
    return list(found.values())


def read_listing(content: bytes, url: str, learned: Learned) -> tuple[list[Entry], Learned]:
    """The articles that a page links to, and what is known after this visit. Raises BadInput."""
    return articles_among(links_in(content, url), learned)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")


def articles_among(links: Sequence[Link], learned: Learned) -> tuple[list[Entry], Learned]:
    """The links that lead to articles, as entries, and what is known after this visit."""
    shapes = {link.url: shape_of(link.url) for link in links}
    seen = set(learned.seen)
    fresh = Counter(dict(learned.fresh))
    if seen:
        fresh.update(shapes[link.url] for link in links if link.url not in seen)
    weight: Counter[str] = Counter()
    for link in links:
        words = len(link.text.split())
        weight[shapes[link.url]] += (2 if link.is_heading else 1) * (words >= MIN_HEADLINE) + (
            0.5 if words >= 8 else 0
        )  # type: ignore[assignment]
    likely = {
        shape
        for shape, value in weight.items()
        if _could_be_article(shape)
        and (value >= 2 or fresh[shape] >= 2)
        and (value + fresh[shape] >= 0.08 * max(weight.values()))
    }
    chosen = [
        link for link in links if shapes[link.url] in likely and len(link.text.split()) >= MIN_HEADLINE
    ][:MOST]
    entries = [Entry(link.url, link.url, link.text[:300], "", None, None) for link in chosen]
    memory = tuple(dict.fromkeys([*(link.url for link in links), *learned.seen]))[:MEMORY]
    return entries, Learned({s: min(n, 1000) for s, n in fresh.most_common(40)}, memory)


def _could_be_article(shape: str) -> bool:
    """An article's address has a part of its own: a slug, a number, or an id."""
    return any(part in shape for part in ("slug", "#", "id")) or "?" in shape


def tree_title(tree: lxml_html.HtmlElement) -> str:
    """The title of a page, for naming what was found on it."""
    title = " ".join((tree.findtext(".//title") or "").split())[:200]
    return " | ".join(dict.fromkeys(re.split(r"\s+[|–—·-]\s+", title)))  # "The Post | The Post" says it once
