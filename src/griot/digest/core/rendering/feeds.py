"""The feeds of issues and of their sections: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from griot.digest.core.rendering.environment import render_template
from griot.digest.core.types import Issue

_ATOM = "http://www.w3.org/2005/Atom"
Published = tuple[Issue, datetime]


def _content(issue: Issue) -> str:
    return render_template("web/blocks.html", issue)


def render_feed(issues: Sequence[Published], front: str, url: str, title: str) -> bytes:
    """An Atom feed of issues with the moment each was last published, newest first. `url` is its own
    address.
    """
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})

    def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, f"{{{_ATOM}}}{tag}", **attributes)
        element.text = text
        return element

    add(feed, "id", url.removesuffix("feed/") if url.endswith("/feed/") else url)
    add(feed, "title", title)
    add(feed, "link", href=front, rel="alternate", type="text/html")
    add(feed, "link", href=url, rel="self", type="application/atom+xml")
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
        add(entry, "content", _content(issue), type="html")
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def render_stories_feed(
    stories: Sequence[tuple[str, str, str, datetime]], url: str, title: str, language: str
) -> bytes:
    """An Atom feed of (address, title, words, published)."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", language)

    def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> None:
        etree.SubElement(parent, f"{{{_ATOM}}}{tag}", **attributes).text = text

    add(feed, "id", url)
    add(feed, "title", title)
    add(feed, "link", href=url, rel="self", type="application/atom+xml")
    add(
        feed, "updated", max((at for *_, at in stories), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat()
    )
    author = etree.SubElement(feed, f"{{{_ATOM}}}author")
    add(author, "name", title)
    for address, heading, text, at in stories:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        add(entry, "id", address)
        add(entry, "title", heading)
        add(entry, "updated", at.isoformat())
        add(entry, "link", href=address, rel="alternate", type="text/html")
        add(entry, "summary", text)
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def render_json_feed(issues: Sequence[Published], front: str, url: str, title: str, language: str) -> str:
    """The same as JSON Feed 1.1."""
    items = []
    for issue, published in issues:
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
    for address, title, language, at, is_news, editions in pages:
        url = etree.SubElement(urls, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = address
        etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = at.isoformat()
        for code, other in editions:
            etree.SubElement(url, f"{{{_XHTML}}}link", rel="alternate", hreflang=code, href=other)
        if is_news:
            news = etree.SubElement(url, f"{{{_NEWS}}}news")
            publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
            etree.SubElement(publication, f"{{{_NEWS}}}name").text = newsroom
            etree.SubElement(publication, f"{{{_NEWS}}}language").text = language
            etree.SubElement(news, f"{{{_NEWS}}}publication_date").text = at.isoformat()
            etree.SubElement(news, f"{{{_NEWS}}}title").text = title
    return bytes(etree.tostring(urls, encoding="utf-8", xml_declaration=True))
