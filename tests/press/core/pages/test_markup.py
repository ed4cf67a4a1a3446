"""Markup is tamed before a parser meets it, and only where nobody means it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.pages.markup import MOST_ATTRIBUTES, tame
from griot.press.core.pages.pages import read_page
from griot.press.core.sources.feeds import parse_feed

CROWD = " ".join(f'a{n}="1"' for n in range(MOST_ATTRIBUTES + 500))
WORDS = "Boats with 57 people on board were met near Lampedusa on Sunday, the coast guard said. " * 4


def test_a_crowd_of_attributes_goes_and_the_words_stay():
    page = f"<html><body><article {CROWD}><h1>Title</h1><p {CROWD}>{WORDS}</p></article></body></html>"
    tamed = tame(page.encode())
    assert b"a7=" not in tamed and b"<article><h1>Title</h1>" in tamed
    assert "57 people" in read_page(page.encode(), "https://a.example/1").text
    feed = (
        f'<rss version="2.0"><channel {CROWD}><title>T</title><item {CROWD}><title>One</title>'
        f"<link>https://a.example/1</link><media {CROWD}/></item></channel></rss>"
    )
    [entry] = parse_feed(feed.encode(), "https://a.example/feed").entries
    assert entry.title == "One" and entry.url == "https://a.example/1"


def test_long_values_are_no_crowd():
    for tag in (
        f'<meta name="description" content="{WORDS * 4}">',
        f"<img alt='{WORDS}' src='data:image/png;base64,{'AB/+' * 400}=='>",
        "<p " + " ".join(f'data-a{n}="{"x" * 20}"' for n in range(40)) + ">",
    ):
        assert tame(tag.encode()) == tag.encode()


@given(st.binary(max_size=400), st.integers(0, 40))
def test_any_bytes_are_tamed_to_no_more_than_they_were(content, times):
    whole = content * times
    assert len(tame(whole)) <= len(whole)
