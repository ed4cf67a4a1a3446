"""No outlet takes another's article: by naming its address, by leading to it, or by moving in."""

from __future__ import annotations

import pytest
from django.utils import timezone

from griot.press.core.pages.urls import site_of
from griot.press.core.sources.fetching import host_of
from griot.press.listening.homes import is_at_home
from griot.press.listening.listening import fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Line, Outlet, Source, Story
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import group_articles
from tests.press.listening.test_patience import FEED, ITEM, WORDS, page

pytestmark = pytest.mark.django_db(transaction=True)


def feed_of(web, host: str, *addresses: str) -> Source:
    web.pages[f"{host}/feed"] = FEED.format("".join(ITEM.format(a, "Taken", WORDS) for a in addresses))
    outlet, _ = Outlet.objects.get_or_create(name=host)
    return Source.objects.create(outlet=outlet, url=web.url(host, "/feed"))


def listen(*sources: Source) -> None:
    fetch_sources(list(sources))
    read_entries()


def test_who_names_anothers_article_first_does_not_keep_it(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    taker = feed_of(web, "taker", web.url("post", "/1.html"))
    post = feed_of(web, "post", web.url("post", "/1.html"))
    web.pages["post/feed"] = web.pages["post/feed"].replace("Taken", "Boats met")
    listen(taker)
    assert Article.objects.get().outlet == taker.outlet  # nobody else has named it
    listen(post)
    article = Article.objects.get()
    assert (article.outlet, article.title) == (post.outlet, "Boats met")
    assert {e.article for e in Entry.objects.all()} == {article}


def test_what_comes_home_leaves_nothing_of_the_taker(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    taker = feed_of(web, "taker", web.url("post", "/1.html"))
    post = feed_of(web, "post", web.url("post", "/1.html"))
    listen(taker)
    group_articles(timezone.now())
    draft_story(Story.objects.get(), "en")
    web.pages["post/feed"] = web.pages["post/feed"].replace("Taken", "Boats met")
    listen(post)
    group_articles(timezone.now())
    story = Story.objects.get()
    assert story.headline == "Boats met" and story.outlets == [post.outlet_id]
    assert not Line.objects.exists() and "taker" not in str(draft_story(story, "en").outlets)


def test_who_names_anothers_article_later_does_not_get_it(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    post = feed_of(web, "post", web.url("post", "/1.html"))
    listen(post)
    listen(feed_of(web, "taker", web.url("post", "/1.html")))
    assert Article.objects.get().outlet == post.outlet


def test_an_address_that_leads_to_anothers_page_does_not_take_it(web):
    named = f'<link rel="canonical" href="{web.url("post", "/1.html")}"/><title>'
    status, headers, html = page("Boats met near Lampedusa")
    web.pages["post/1.html"] = (status, headers, html.replace("<title>", named))
    web.pages["taker/1.html"] = (302, {"Location": web.url("post", "/1.html")}, "")
    taker = feed_of(web, "taker", web.url("taker", "/1.html"))
    post = feed_of(web, "post", web.url("post", "/1.html"))
    listen(taker)
    listen(post)
    assert Article.objects.get(url=web.url("post", "/1.html")).outlet == post.outlet


def test_a_push_under_anothers_address_does_not_take_it(web):
    web.pages["post/1.html"] = page("Boats met near Lampedusa")
    post = feed_of(web, "post", web.url("post", "/1.html"))
    push = Source.objects.create(
        outlet=Outlet.objects.create(name="Pusher"), kind=Source.Kind.PUSH, url="push:pusher"
    )
    Entry.objects.create(source=push, identity="1", url=web.url("post", "/1.html"), title="T", text="Forged.")
    listen(push)
    listen(post)
    article = Article.objects.get()
    assert article.outlet == post.outlet and "Forged" not in article.text


def test_at_home_is_who_states_it_and_nobodys_news_is_kept_out(web):
    """One publisher's outlets share sites, and feeds lead where they like."""
    shared = "https://news.example.com/1"
    africa, mundo = (
        Outlet.objects.create(name=name, home_page=home)
        for name, home in (
            ("Africa", "https://news.example.co.uk/"),
            ("Mundo", "https://www.example.com/mundo"),
        )
    )
    assert is_at_home(mundo, shared) and not is_at_home(africa, shared)
    web.pages["lead/1.html"] = page("Boats met near Lampedusa")
    listen(feed_of(web, "post", web.url("lead", "/1.html")))
    assert Article.objects.get().outlet.name == "post"


@pytest.mark.parametrize(("home_page", "moves"), [("", False), ("http://taker.localhost/", True)])
def test_who_moves_in_with_another_is_not_at_home_there(web, home_page, moves):
    taker = feed_of(web, "taker")
    Outlet.objects.filter(pk=taker.outlet_id).update(home_page=home_page)
    web.pages["post/other"] = web.pages["taker/feed"]
    web.pages["taker/feed"] = (301, {"Location": web.url("post", "/other")}, "")
    listen(Source.objects.get(pk=taker.pk))
    taker.refresh_from_db()
    assert (taker.url == web.url("post", "/other")) == moves
    assert not is_at_home(taker.outlet, web.url("post", "/1.html"))


def test_a_mailbox_is_nobodys_home(db):
    mailed = Outlet.objects.create(name="Mailed")
    Source.objects.create(outlet=mailed, kind=Source.Kind.MAILBOX, url="imaps://desk@mail.house.org/INBOX")
    assert not is_at_home(mailed, "https://house.org/1") and not is_at_home(mailed, "mid:a@house.org")


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
