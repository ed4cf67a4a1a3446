"""The feeds of issues and of their sections: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from lxml import etree

from griot.digest.core.rendering import elements
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.types import Issue
from griot.digest.core.typography import finely_set

_ATOM = "http://www.w3.org/2005/Atom"
Published = tuple[Issue, datetime]


def _content(issue: Issue) -> str:
    return render_template("web/blocks.html", issue)


def render_feed(issues: Sequence[Published], front: str, url: str, title: str) -> bytes:
    """An Atom feed of issues with the moment each was last published, newest first. `url` is its own
    address.
    """
    feed, add = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM}), partial(elements.add, _ATOM)
    add(feed, "id", url.removesuffix("feed/") if url.endswith("/feed/") else url)
    add(feed, "title", title)
    add(feed, "link", href=front, rel="alternate", type="text/html")
    add(feed, "link", href=url, rel="self", type="application/atom+xml")
    add(feed, "updated", max((at for _, at in issues), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat())
    for issue, published in ((finely_set(issue), at) for issue, at in issues):
        entry = add(feed, "entry")
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", issue.language)
        add(entry, "id", issue.url)
        add(entry, "title", issue.title)
        add(entry, "updated", published.isoformat())
        add(entry, "link", href=issue.url, rel="alternate", type="text/html")
        add(add(entry, "author"), "name", issue.newsroom)
        if issue.summary:
            add(entry, "summary", issue.summary)
        add(entry, "content", _content(issue), type="html")
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def render_stories_feed(
    stories: Sequence[tuple[str, str, str, datetime]], url: str, title: str, language: str
) -> bytes:
    """An Atom feed of (address, title, words, published)."""
    feed, add = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM}), partial(elements.add, _ATOM)
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    add(feed, "id", url)
    add(feed, "title", title)
    add(feed, "link", href=url, rel="self", type="application/atom+xml")
    add(
        feed, "updated", max((at for *_, at in stories), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat()
    )
    add(add(feed, "author"), "name", title)
    for address, heading, text, at in stories:
        entry = add(feed, "entry")
        add(entry, "id", address)
        add(entry, "title", heading)
        add(entry, "updated", at.isoformat())
        add(entry, "link", href=address, rel="alternate", type="text/html")
        add(entry, "summary", text)
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def render_json_feed(issues: Sequence[Published], front: str, url: str, title: str, language: str) -> str:
    """The same as JSON Feed 1.1."""
    items = []
    for issue, published in ((finely_set(issue), at) for issue, at in issues):
        item = {
            "id": issue.url,
            "url": issue.url,
            "title": issue.title,
            "content_html": _content(issue),
            "language": issue.language,
            "date_published": (issue.published or published).isoformat(),
            "date_modified": published.isoformat(),
            "authors": [{"name": issue.newsroom}],
        }
        if issue.summary:
            item["summary"] = issue.summary
        if issue.first_picture:
            item["image"] = issue.first_picture.url
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": front,
        "feed_url": url,
        "language": language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False)


_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
Page = tuple[str, str, str, datetime, bool, Sequence[tuple[str, str]]]


def render_sitemap(pages: Sequence[Page], newsroom: str) -> bytes:
    """A sitemap of (address, title, language, when, is it news, editions); news carry what news search
    engines ask for.
    """
    urls = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "news": _NEWS, "xhtml": _XHTML})
    add, add_news = partial(elements.add, _SITEMAP), partial(elements.add, _NEWS)
    for address, title, language, at, is_news, editions in pages:
        url = add(urls, "url")
        add(url, "loc", address)
        add(url, "lastmod", at.isoformat())
        for code, other in editions:
            elements.add(_XHTML, url, "link", rel="alternate", hreflang=code, href=other)
        if is_news:
            news = add_news(url, "news")
            publication = add_news(news, "publication")
            add_news(publication, "name", newsroom)
            add_news(publication, "language", language)
            add_news(news, "publication_date", at.isoformat())
            add_news(news, "title", title)
    return bytes(etree.tostring(urls, encoding="utf-8", xml_declaration=True))
