"""Real feeds and pages, cut short and with bytes flipped: nothing raises, nothing hangs, nothing
is half stored.
"""

from __future__ import annotations

import gzip
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import pytest
from django.utils import timezone

from griot.press.core.pages.pages import read_page
from griot.press.core.pages.plain import plain_text
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.listings import Learned, articles_among, links_in
from griot.press.core.sources.sitemaps import parse_sitemap
from griot.press.core.types import BadInput
from griot.press.listening.listening import fetch_sources
from griot.press.listening.reading import PATIENCE, read_entries
from griot.press.models import Article, Entry, Outlet, Source
from tests.support import SHARED, needs_shared

HANG = 60.0  # seconds: nothing hangs, also on a machine that is busy


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise AssertionError(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("opened", ["<div>", "<div/>", "<x><hr>", "<div title='<'>", "</p "])
def test_markup_that_is_opened_without_end_is_read_in_one_pass(opened):
    markup = f"<style>p {{ color: red }}</style>Some words. {opened * 200_000}"
    with no_longer_than(HANG):
        assert plain_text(markup, 500_000).startswith("Some words.")


def broken(content: bytes, seed: int) -> Iterator[bytes]:
    """Ten ways cut short, three ways with a hundredth of the bytes flipped, and doubled."""
    for tenth in range(10):
        yield content[: len(content) * tenth // 10 + tenth]
    for n in range(3):
        random = Random(seed * 10 + n)
        flipped = bytearray(content)
        for _ in range(max(1, len(content) // 100)):
            flipped[random.randrange(len(content))] ^= 1 << random.randrange(8)
        yield bytes(flipped)
    yield content + content


def survives(parse: Callable[[bytes], object], content: bytes) -> None:
    with no_longer_than(HANG):
        try:
            parse(content)
        except BadInput as error:
            assert str(error)


def feeds() -> list:
    return sorted(p for p in (SHARED / "feeds-raw").rglob("*") if p.is_file()) if SHARED.is_dir() else []


def pages() -> list:
    return sorted((SHARED / "pages").glob("*.html.gz")) if SHARED.is_dir() else []


@needs_shared
@pytest.mark.parametrize("path", feeds(), ids=lambda p: p.name)
def test_a_broken_feed_is_read_as_far_as_it_goes_or_refused(path):
    for content in broken(path.read_bytes(), 1):
        survives(parse_feed, content)
        survives(parse_sitemap, content)


@needs_shared
@pytest.mark.parametrize("path", pages(), ids=lambda p: p.name[:8])
def test_a_broken_page_is_read_as_far_as_it_goes(path):
    content = gzip.decompress(path.read_bytes())
    for part in broken(content, 2):
        survives(lambda c: read_page(c, "https://a.example/news/1"), part)
    survives(lambda c: articles_among(links_in(c, "https://a.example/"), Learned()), content)
    for part in list(broken(path.read_bytes(), 3))[:4]:
        survives(lambda c: read_page(c, "https://a.example/news/1"), part)


@pytest.mark.django_db(transaction=True)
def test_nothing_half_is_stored_of_what_is_broken(web):
    page = (
        "<html lang=en><head><title>A whole story</title></head><body><article><h1>A whole story</h1>"
        + "<p>The harbour took in everybody who had come that night, and nobody was sent away.</p>" * 6
    )
    web.pages["a/feed"] = (
        "<rss"
        f' version="2.0"><channel><item><title>Whole</title><link>{web.url("a", "/1")}</link></item><item><title>Half'.encode()
    )
    web.pages["a/1"] = lambda handler, _: (
        (
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + page.encode()),
            handler.connection.shutdown(2),
        )[0]
        and (200, {}, b"")
    )
    source = Source.objects.create(outlet=Outlet.objects.create(name="A"), url=web.url("a", "/feed"))
    fetch_sources([source])
    Entry.objects.update(first_seen=timezone.now() - PATIENCE)
    read_entries()
    assert not Article.objects.exists(), "the page broke off in the middle"
    for entry in Entry.objects.all():
        assert entry.state == "kept out" and entry.reason
