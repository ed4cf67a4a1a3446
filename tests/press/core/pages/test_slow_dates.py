"""What dateparser is asked for: of one document only so many texts, and each once."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from dateparser.date import DateDataParser

from griot.press.core.pages.dates import MOST_SLOW, MOST_UNREAD, Habit, stated
from griot.press.core.pages.page_dates import MOST_FIGURES
from griot.press.core.pages.pages import read_page
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.sitemaps import parse_sitemap

URL = "https://a.example/x"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def feed(dates):
    items = (
        f"<item><guid>{n}</guid><title>T</title><pubDate>{d}</pubDate></item>" for n, d in enumerate(dates)
    )
    parse_feed(f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode(), URL)


def json_feed(dates):
    items = [{"id": str(n), "title": "T", "date_published": d} for n, d in enumerate(dates)]
    parse_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(), URL)


def sitemap(dates):
    urls = (f"<url><loc>{URL}{n}</loc><lastmod>{d}</lastmod></url>" for n, d in enumerate(dates))
    parse_sitemap(f"<urlset>{''.join(urls)}</urlset>".encode())


def news_sitemap(dates):
    urls = (
        f"<url><loc>{URL}{n}</loc><n:publication_date>{d}</n:publication_date></url>"
        for n, d in enumerate(dates)
    )
    parse_sitemap(f"<urlset xmlns:n='{NEWS}'>{''.join(urls)}</urlset>".encode())


def sitemap_index(dates):
    maps = (f"<sitemap><loc>{URL}{n}</loc><lastmod>{d}</lastmod></sitemap>" for n, d in enumerate(dates))
    parse_sitemap(f"<sitemapindex>{''.join(maps)}</sitemapindex>".encode())


def linked_data(dates):
    nodes = [{"@type": "NewsArticle", "datePublished": d, "dateModified": f"am {d}"} for d in dates]
    page([f"<script type='application/ld+json'>{json.dumps(nodes)}</script>"])


def page(parts):
    read_page(f"<html><body><article><p>A text.</p>{''.join(parts)}</article></body></html>".encode(), URL)


SHAPES = {
    "feed": feed,
    "JSON feed": json_feed,
    "sitemap": sitemap,
    "news sitemap": news_sitemap,
    "sitemap index": sitemap_index,
    "linked data": linked_data,
    "metas": lambda dates: page(f"<meta name='lastmod' content='{d}'>" for d in dates),
    "metas of a date": lambda dates: page(f"<meta name='date' content='{d}'>" for d in dates),
    "times": lambda dates: page(f"<time datetime='{d}'>{d}</time>" for d in dates),
    "paragraphs": lambda dates: page(f"<p>{d}</p>" for d in dates),
    "elements of a date": lambda dates: page(f"<div class='date' title='am {d}'>{d}</div>" for d in dates),
}
ODD = [f"vendredi {n % 28 + 1} brumaire {1996 + n % 30} {n}" for n in range(700)]
FRENCH = [f"{n % 28 + 1} {m} {1996 + n % 30}" for n in range(100) for m in "janvier mars mai".split()]


@pytest.fixture
def asked(monkeypatch):
    """The texts that dateparser is asked for, by us or by htmldate."""
    asked = Counter()
    ask = DateDataParser.get_date_data

    def counted(self, text, *arguments):
        asked[text] += 1
        return ask(self, text, *arguments)

    monkeypatch.setattr(DateDataParser, "get_date_data", counted)
    return asked


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_document_full_of_odd_dates_costs_no_more_than_one_with_some(asked, shape):
    shape(ODD)
    assert asked.total() <= 2 * MOST_UNREAD + MOST_FIGURES


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_date_that_stands_everywhere_is_read_once(asked, shape):
    shape(["12 mai 2026 nope"] * 700)
    assert asked.total() <= 4, asked


def test_dates_that_are_read_have_an_end_too(asked):
    habit = Habit()
    read = [stated(date, "feed", habit) for date in FRENCH]
    assert all(read[:MOST_SLOW]) and not any(read[MOST_SLOW:]) and asked.total() == MOST_SLOW
    assert stated("2026-05-12", "feed", habit), "what is written to a standard is read without end"


def test_the_dates_of_an_ordinary_document_are_all_read(asked):
    items = "".join(f"<url><loc>{URL}{n}</loc><lastmod>2026-05-12</lastmod></url>" for n in range(3000))
    assert len(parse_sitemap(f"<urlset>{items}</urlset>".encode()).entries) == 2000
    assert not asked
