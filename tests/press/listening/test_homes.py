"""No outlet takes another's article: by naming its address, by leading to it, or by moving in."""

from __future__ import annotations

import pytest

from griot.press.core.pages.urls import site_of
from griot.press.core.sources.fetching import host_of
from griot.press.listening.homes import Homes
from griot.press.listening.listening import fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Outlet, Source
from tests.press.listening.test_patience import FEED, ITEM, WORDS, page

pytestmark = pytest.mark.django_db(transaction=True)


def feed_of(web, host: str, *addresses: str) -> Source:
    web.pages[f"{host}/feed"] = FEED.format("".join(ITEM.format(a, "Taken", WORDS) for a in addresses))
    outlet = Outlet.objects.create(name=host)
    return Source.objects.create(outlet=outlet, url=web.url(host, "/feed"))


def listen(*sources: Source) -> None:
    fetch_sources(list(sources))
    read_entries()


def test_who_names_anothers_article_first_does_not_get_it(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    taker = feed_of(web, "taker", web.url("post", "/1.html"))
    post = feed_of(web, "post", web.url("post", "/1.html"))
    listen(taker)
    kept = taker.entries.get()
    assert kept.state == Entry.State.KEPT_OUT and "the site of post" in kept.reason
    listen(post)
    assert Article.objects.get().outlet == post.outlet


def test_an_address_that_leads_to_anothers_page_brings_no_article(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    web.pages["taker/1.html"] = (302, {"Location": web.url("post", "/1.html")}, "")
    taker = feed_of(web, "taker", web.url("taker", "/1.html"))
    post = feed_of(web, "post", web.url("post", "/1.html"))
    listen(taker, post)
    assert [a.outlet for a in Article.objects.all()] == [post.outlet]
    assert "the site of post" in taker.entries.get().reason


def test_a_push_brings_nothing_under_anothers_address(web):
    post = feed_of(web, "post")
    outlet = Outlet.objects.create(name="Pusher")
    push = Source.objects.create(outlet=outlet, kind=Source.Kind.PUSH, url="push:pusher")
    for url in (web.url("post", "/1.html"), web.url("own", "/1.html")):
        Entry.objects.create(source=push, identity=url, url=url, title="T", text=WORDS)
    listen(post)
    assert [a.url for a in Article.objects.all()] == [web.url("own", "/1.html")]


def test_a_source_that_moves_does_not_move_in_with_another(web):
    taker, post = feed_of(web, "taker"), feed_of(web, "post")
    web.pages["post/other"] = web.pages["post/feed"]
    web.pages["taker/feed"] = (301, {"Location": web.url("post", "/other")}, "")
    listen(taker)
    taker.refresh_from_db()
    assert taker.url == web.url("taker", "/feed")
    assert Homes().owner(web.url("post", "/1.html"), taker.outlet_id) == post.outlet.name


def test_at_a_site_of_several_each_is_at_home_and_at_nobodys_anyone_is(web):
    first, second = feed_of(web, "shared"), Outlet.objects.create(name="Second")
    Source.objects.create(outlet=second, url=web.url("shared", "/second"))
    gone = Outlet.objects.create(name="Gone", home_page="https://gone.example/")
    Source.objects.create(outlet=gone, url="https://gone.example/feed", is_active=False)
    mailed = Outlet.objects.create(name="Mailed")
    Source.objects.create(outlet=mailed, kind=Source.Kind.MAILBOX, url="imaps://desk@mail.house.org/INBOX")
    homes = Homes()
    address = web.url("shared", "/1.html")
    assert homes.owner(address, first.outlet_id) == "" == homes.owner(address, second.pk)
    assert homes.owner(address, gone.pk) in {"shared", "Second"}
    for nobodys in ("https://gone.example/1", "https://house.org/1", "mid:a@house.org", "", "https://[::1"):
        assert homes.owner(nobodys, first.outlet_id) == ""


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://feeds.news.co.uk/rss?x=1", "news.co.uk"),
        ("https://WWW.News.co.uk./a", "news.co.uk"),
        ("http://post.example:8001/a", "post.example"),
        ("http://127.0.0.1:90/", "127.0.0.1"),
        ("https://news.example@evil.org/", "evil.org"),
        ("mid:someone@news.org", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_site_is_what_was_registered(url, site):
    assert site_of(url) == site


@pytest.mark.parametrize("url", ["0", "", "https://", "http:///a", "//", "https://[::1"])
def test_what_names_no_host_has_none(url):
    assert host_of(url) == ""
