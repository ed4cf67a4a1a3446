"""Sources of every kind: sitemaps, listings, pushes, hubs; finding them; politeness towards them."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.progress import silent_progress
from griot.press.core.sources.fetching import Fetcher, FetchError
from griot.press.core.sources.listings import Learned, articles_among, links_in, shape_of
from griot.press.core.sources.opml import parse_opml
from griot.press.core.sources.sitemaps import parse_sitemap
from griot.press.core.types import BadInput
from griot.press.listening.ledger import ledger
from griot.press.listening.listening import fetch_sources
from griot.press.listening.politeness import MORNING, NoTurn, each_host, fetch_politely
from griot.press.listening.reading import PATIENCE, read_entries
from griot.press.listening.sources import STARTER, add_opml, add_sources, new_push_token, run_discovery
from griot.press.models import Article, Discovery, Entry, Fetch, Host, Notice, Outlet, Source
from tests.signing_in import with_second_factor
from tests.support import words

pytestmark = pytest.mark.django_db(transaction=True)  # visits run in threads of their own

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{}</urlset>"""
ITEM = """<url><loc>{url}</loc><news:news><news:publication><news:name>A</news:name><news:language>fr</news:language></news:publication>
<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news></url>"""
STORY = (
    "<html lang=en><head><title>{t}</title></head><body><article><h1>{t}</h1>"
    + "<p>{t}. {b}</p>" * 4
    + "</article></body></html>"
)
BODY = (
    "The coast guard brought everybody to the harbour, where volunteers were waiting with blankets and tea. "
    * 2
)


def page(title: str) -> str:
    return STORY.format(t=title, b=BODY)


def rss(*items: tuple[str, str], head: str = "") -> str:
    rows = "".join(f"<item><title>{t}</title><link>{u}</link><guid>{u}</guid></item>" for t, u in items)
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>A'
        f" feed</title>{head}{rows}</channel></rss>"
    )


@pytest.fixture
def source(db, web):
    def make(kind="feed", path="/feed", **facts):
        outlet, _ = Outlet.objects.get_or_create(name="An Outlet")
        return Source.objects.create(
            outlet=outlet, kind=kind, url=facts.pop("url", web.url("a", path)), **facts
        )

    return make


def visit(source: Source) -> Fetch:
    source.refresh_from_db()
    fetch_sources([source])
    source.refresh_from_db()
    return source.fetches.latest("at")


# --- sitemaps ----------------------------------------------------------------------------


def test_a_news_sitemap_gives_titles_languages_and_dates_with_offset():
    when = "2026-11-22T23:10:00+01:00"
    sitemap = parse_sitemap(
        NEWS.format(ITEM.format(url="https://a.example/x", date=when, title="Un titre")).encode()
    )
    (entry,) = sitemap.entries
    assert (entry.title, entry.language, entry.utc_offset) == ("Un titre", "fr", 60)
    assert entry.published == datetime(2026, 11, 22, 22, 10, tzinfo=UTC)


def test_a_plain_sitemaps_lastmod_is_no_date_of_publication():
    xml = (
        "<urlset"
        ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/x</loc><lastmod>2026-11-22</lastmod></url></urlset>'
    )
    assert parse_sitemap(xml.encode()).entries[0].published is None


def test_an_index_is_followed_gzipped_or_not(web, source):
    rows = "".join(
        ITEM.format(url=web.url("a", f"/n/{n}"), date="2026-11-23T05:00:00Z", title=f"Title {n}")
        for n in range(3)
    )
    web.pages["a/sitemap.xml"] = (
        "<sitemapindex"
        f" xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{web.url('a', '/news.xml.gz')}</loc></sitemap>"
        "</sitemapindex>"
    )
    web.pages["a/news.xml.gz"] = gzip.compress(NEWS.format(rows).encode())
    assert visit(source("sitemap", "/sitemap.xml")).new_entries == 3
    assert set(Entry.objects.values_list("title", flat=True)) == {"Title 0", "Title 1", "Title 2"}


def index(*addresses: str) -> str:
    rows = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


@pytest.mark.parametrize(
    ("bad", "reason"), [(None, "not found"), ("not XML", "not a sitemap"), ("/closed", "robots.txt")]
)
def test_a_part_of_an_index_that_can_not_be_had_takes_no_other_with_it(web, source, bad, reason):
    date = "2026-11-23T05:00:00Z"
    items = [ITEM.format(url=web.url("a", f"/n/{n}"), date=date, title=f"Title {n}") for n in range(2)]
    web.pages["a/robots.txt"] = "User-agent: *\nDisallow: /z.xml\n" if bad == "/closed" else ""
    web.pages["a/sitemap.xml"] = index(web.url("a", "/z.xml"), web.url("a", "/b.xml"))
    web.pages["a/b.xml"] = NEWS.format(items[0])
    if bad:
        web.pages["a/z.xml"] = bad
    parts = source("sitemap", "/sitemap.xml")
    fetch = visit(parts)
    assert (fetch.outcome, fetch.new_entries) == ("new", 1)
    assert fetch.reason.startswith("1 of 2 parts set aside") and reason in fetch.reason
    assert not Notice.objects.exists() and parts.failures == 0

    web.pages["a/robots.txt"], web.pages["a/z.xml"] = "", NEWS.format(items[1])
    Host.objects.all().delete()
    assert visit(parts).new_entries == 1, "the index is the same, and its part is not"
    del web.pages["a/z.xml"], web.pages["a/b.xml"]
    assert visit(parts).reason == "not found (HTTP 404)" and parts.failures == 1


@given(st.binary(max_size=400))
def test_any_bytes_are_a_sitemap_or_bad_input(content):
    try:
        parse_sitemap(content)
    except BadInput:
        pass


def test_entities_are_not_expanded():
    bomb = (
        b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 1000 + b'"><!ENTITY y'
        b' "&x;&x;&x;&x;&x;&x;&x;&x;">]><urlset><url><loc>https://a.example/&y;</loc></url></urlset>'
    )
    assert all(len(e.url) < 500 for e in parse_sitemap(bomb).entries)


# --- listings ----------------------------------------------------------------------------


def front(*articles: tuple[str, str]) -> str:
    menu = "".join(f'<li><a href="/{s}">{s}</a></li>' for s in ("world", "sport", "about"))
    rows = "".join(f'<h3><a href="{u}">{t}</a></h3>' for u, t in articles)
    return (
        f"<html><head><title>A site</title></head><body><nav><ul>{menu}</ul></nav><main>{rows}<a"
        " href='/tag/sea'>More from the tag sea today</a></main></body></html>"
    )


def test_a_listing_learns_which_addresses_are_articles(web, source):
    old = [
        (f"/2026/11/2{n}/a-boat-arrives-{n}", f"A boat arrives at the island number {n}") for n in range(4)
    ]
    web.pages["a/"] = front(*old, ("/special-offers", "Buy our very best special offers now"))
    listing = source("listing", "/")
    assert visit(listing).new_entries == 4
    web.pages["a/"] = front(("/2026/11/24/new-story-of-a-day", "A wholly new story of this day"), *old)
    assert visit(listing).new_entries == 1
    assert listing.learned["fresh"] == {"/#/#/#/slug": 1}
    assert not Entry.objects.filter(url__contains="tag").exists()
    assert not Entry.objects.filter(url__contains="special").exists()


def test_shapes_stand_for_what_changes():
    assert shape_of("https://a.example/2026/11/23/coast-guard-rescues-57") == "/#/#/#/slug"
    assert shape_of("https://a.example/news/a12345.html") == "/news/id"
    assert shape_of("https://a.example/news") == "/news"


@given(st.binary(max_size=600))
def test_any_bytes_are_a_listing_or_bad_input(content):
    try:
        articles_among(links_in(content, "https://a.example/"), Learned())
    except BadInput:
        pass


# --- conditional requests, back-off, notices ------------------------------------------------


def test_an_unchanged_feed_is_asked_for_with_its_etag(web, source):
    web.pages["a/feed"] = lambda handler, _: (
        (304, {"ETag": '"1"'}, b"")
        if handler.headers.get("If-None-Match") == '"1"'
        else (200, {"ETag": '"1"'}, rss(("One", web.url("a", "/1"))))
    )
    feed = source()
    assert [visit(feed).outcome for _ in range(3)] == ["new", "silent", "silent"]


def test_an_etag_that_stays_while_the_feed_changes_is_found_out(web, source):
    count = [1]

    def lying(handler, _):
        if handler.headers.get("If-None-Match"):
            return 304, {"ETag": '"same"'}, b""
        return 200, {"ETag": '"same"'}, rss(*((f"Item {n}", web.url("a", f"/{n}")) for n in range(count[0])))

    web.pages["a/feed"] = lying
    feed = source()
    visit(feed)
    count[0] = 5
    for _ in range(8):
        visit(feed)
    assert Entry.objects.count() == 5
    assert feed.learned["etag_lies"] is True
    count[0] = 6
    assert visit(feed).new_entries == 1, "its ETag is not believed again"


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_to_be_left_alone_is_left_alone(web, source, status):
    web.pages["a/feed"] = (status, {"Retry-After": "7200"}, b"busy")
    feed = source()
    assert visit(feed).outcome == "failed"
    assert feed.next_fetch > timezone.now() + timedelta(minutes=115)
    host = Host.objects.get(name=f"a.localhost:{web.port}")
    assert host.next_request > timezone.now() + timedelta(minutes=115)


def test_who_is_asked_too_often_for_its_robots_txt_is_left_alone(web, source):
    web.pages["a/robots.txt"] = (429, {"Retry-After": "7200"}, b"busy")
    web.pages["a/feed"] = rss(("One", web.url("a", "/1")))
    assert visit(source()).outcome == "failed" and not web.asked("a/feed")
    host = Host.objects.get(name=f"a.localhost:{web.port}")
    assert host.robots_until > timezone.now() + timedelta(minutes=115)


def test_a_source_that_breaks_is_told_of_once_and_once_when_it_is_mended(web, source):
    feed = source()
    for _ in range(6):
        visit(feed)
    notice = Notice.objects.get()
    assert notice.text == "An Outlet has failed 3 times in a row: not found (HTTP 404)" and not notice.is_over
    web.pages["a/feed"] = rss(("One", web.url("a", "/1")))
    visit(feed)
    notice.refresh_from_db()
    assert notice.is_over


def test_after_thirty_failures_a_source_rests_for_a_month(source):
    feed = source(failures=29)
    visit(feed)
    assert feed.next_fetch > timezone.now() + timedelta(days=29)


def test_a_permanent_redirect_is_adopted(web, source):
    web.pages["a/feed"] = (301, {"Location": web.url("a", "/new")}, b"")
    web.pages["a/new"] = rss(("One", web.url("a", "/1")))
    feed = source()
    visit(feed)
    assert feed.url == web.url("a", "/new")


# --- push --------------------------------------------------------------------------------


@pytest.fixture
def pushed(source):
    push = source("push", url="push:partner")
    return push, new_push_token(push)


def post(token: str, body: object, name: str = "partner"):
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return Client().post(
        f"/press/push/{name}/",
        content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


ARTICLE = {
    "url": "https://partner.example/1",
    "title": "A partner's report",
    "text": BODY,
    "published": "2026-11-23T05:00:00+03:00",
}


def test_a_push_becomes_an_article_once(pushed):
    source, token = pushed
    fresh = {**ARTICLE, "published": timezone.now().isoformat()}
    assert post(token, {"entries": [fresh]}).json() == {"new": 1}
    assert post(token, fresh).json() == {"new": 0}
    read_entries()
    article = Article.objects.get()
    assert (article.read_from, article.outlet.name) == ("push", "An Outlet")
    assert article.text.startswith("The coast guard")
    assert source.secret not in token and len(source.secret) == 64, "only the hash is kept"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("not json", "the body is not JSON"),
        ({"entries": []}, '"entries" must be a list of 1 to 100 objects'),
        ([{**ARTICLE, "url": "javascript:alert(1)"}], 'entry 1: "url" must be an http(s) address'),
        ([{**ARTICLE, "title": ""}], 'entry 1: "title" is missing'),
        ([ARTICLE, {**ARTICLE, "published": "soon"}], "entry 2: \"published\" is no date: 'soon'"),
        ([{**ARTICLE, "title": 3}], 'entry 1: "title" must be a text'),
    ],
)
def test_a_push_that_is_wrong_says_where_and_stores_nothing(pushed, body, reason):
    answer = post(pushed[1], body)
    assert (answer.status_code, answer.json()["error"]) == (400, reason)
    assert not Entry.objects.exists()


def test_a_push_without_its_token_is_refused(pushed):
    assert post("guessed", ARTICLE).status_code == 401
    assert post(pushed[1], ARTICLE, "another").status_code == 401
    assert Client().post("/press/push/partner/", "{}", content_type="application/json").status_code == 401
    assert post(pushed[1], b" " * (1024 * 1024 + 1)).status_code == 413
    assert Client().get("/press/push/partner/").status_code == 405


def test_a_flood_of_pushes_is_slowed_down(pushed):
    source, token = pushed
    Entry.objects.bulk_create(Entry(source=source, identity=str(n), title="x") for n in range(600))
    answer = post(token, ARTICLE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


# --- WebSub ------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["url", "secret", "is_active", "nothing"])
def test_a_source_that_was_put_right_is_visited_at_once(source, client, django_user_model, change):
    """And knows nothing of another place: not its hub, nor what its visits taught."""
    feed = source()
    far = timezone.now() + timedelta(days=30)
    learned = {"etag": "x", "learned": {"visits": 9}, "hub": "https://hub.example", "hub_secret": "y"}
    facts = {"kind": "mailbox", "url": "imaps://desk@mail.example/INBOX", "secret": "old", **learned}
    Source.objects.update(failures=30, next_fetch=far, is_active=change != "is_active", **facts)
    with_second_factor(client, django_user_model.objects.create_superuser("root"))
    said = {"outlet": feed.outlet_id, "kind": "mailbox", "url": facts["url"], "is_active": "on", "secret": ""}
    new = {"url": "imaps://desk@mail.example/Press", "secret": "new"}
    address = reverse("sources:edit", args=[feed.pk])
    assert client.post(address, said | ({change: new[change]} if change in new else {})).status_code == 302
    row = Source.objects.get()
    is_visited = row.next_fetch <= timezone.now() and row.failures == 0
    assert is_visited == (change != "nothing")
    assert (row.etag, row.learned, row.hub_secret) == (
        ("", {}, "") if change == "url" else ("x", {"visits": 9}, "y")
    )


def test_a_visit_leaves_nothing_at_a_source_that_was_set_to_another_place_meanwhile(
    web, source, settings, client, django_user_model
):
    settings.PUBLIC_URL = "https://newsroom.example"
    asked = []
    web.pages["hub/"] = lambda handler, body: asked.append(body) or (202, {}, b"")
    feed = source()
    with_second_factor(client, django_user_model.objects.create_superuser("root"))

    def moved_meanwhile(handler, body):
        said = {"outlet": feed.outlet_id, "kind": "feed", "url": web.url("b", "/feed"), "is_active": "on"}
        assert client.post(reverse("sources:edit", args=[feed.pk]), said | {"secret": ""}).status_code == 302
        hub = f'<atom:link rel="hub" href="{web.url("hub")}"/>'
        return 200, {}, rss(("Of the old place", web.url("a", "/old")), head=hub)

    web.pages["a/feed"] = moved_meanwhile
    fetch_sources([feed])
    row = Source.objects.get()
    assert (row.url, row.hub, asked) == (web.url("b", "/feed"), "", [])
    assert not Entry.objects.exists() and not Fetch.objects.exists()


def test_a_hub_is_subscribed_to_verified_and_heard(web, source, live_server, settings):
    settings.PUBLIC_URL = live_server.url.replace("http://localhost", "http://here.localhost").replace(
        "http://127.0.0.1", "http://here.localhost"
    )
    settings.FETCH_ALLOWED |= {f"*.localhost:{live_server.url.rpartition(':')[2]}"}
    settings.ALLOWED_HOSTS = ["*"]
    asked: dict[str, list[str]] = {}

    def hub(handler, body):
        asked.update(parse_qs(body.decode()))
        callback = asked["hub.callback"][0].replace("here.localhost", "localhost")
        query = f"?hub.mode=subscribe&hub.topic={asked['hub.topic'][0]}&hub.challenge=1234&hub.lease_seconds=864000"
        assert urlopen(callback + query).read() == b"1234"
        return 202, {}, b""

    web.pages["hub/"] = hub
    web.pages["a/feed"] = rss(
        head=(
            f'<atom:link rel="hub" href="{web.url("hub")}"/><atom:link rel="self"'
            f' href="{web.url("a", "/feed")}"/>'
        )
    )
    feed = source()
    visit(feed)
    assert feed.hub_until > timezone.now() + timedelta(days=9)
    body = rss(("Pushed", web.url("a", "/pushed"))).encode()
    signature = hmac.new(asked["hub.secret"][0].encode(), body, hashlib.sha256).hexdigest()
    callback = f"/press/hub/{feed.pk}/{feed.hub_word}/"
    asks = f"?hub.mode=subscribe&hub.topic={feed.hub_topic}&hub.challenge=1&hub.lease_seconds=2000000"
    assert Client().get(f"/press/hub/{feed.pk}/{'0' * 32}/{asks}").status_code == 404, "a stranger's"
    assert Source.objects.get().hub_until == feed.hub_until
    for signed in ("0" * 64, "é", ""):
        headers = {"X-Hub-Signature": f"sha256={signed}"}
        forged = Client().post(callback, body, content_type="application/rss+xml", headers=headers)
        assert forged.status_code == 202 and not Entry.objects.exists()
    Client().post(
        callback, body, content_type="application/rss+xml", headers={"X-Hub-Signature": f"sha256={signature}"}
    )
    assert Entry.objects.get().title == "Pushed"
    Source.objects.update(is_active=False)
    more = Client().post(callback, body, content_type="application/rss+xml", headers=headers)
    assert more.status_code == 410, "nobody listens to it any more"
    Source.objects.update(is_active=True)
    assert (
        Client()
        .get(callback + "?hub.mode=subscribe&hub.topic=https://else.example/&hub.challenge=1")
        .status_code
        == 404
    )


def test_a_page_that_can_not_be_had_at_the_moment_is_waited_for(web, source):
    """A listing's page that was down would be told as an article, and an article by its feed's words only."""
    summary = "Sixty people were brought ashore at dawn by the coast guard, the ministry said."
    names = ("back", "down", "shut", "gone")
    items = "".join(
        f"<item><title>Story {n}</title><link>{web.url('a', f'/{n}')}</link>"
        f"<description>{summary}</description></item>"
        for n in names
    )
    web.pages["a/feed"] = f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>"
    web.pages |= {"a/back": (503, {}, b""), "a/down": (502, {}, b""), "a/shut": (403, {}, b"")}
    visit(source())
    read_entries()
    read = dict(Article.objects.values_list("title", "read_from"))
    assert read == {"Story shut": "feed"}
    assert set(Entry.objects.filter(state="new").values_list("title", flat=True)) == {
        "Story back",
        "Story down",
    }
    paragraphs = "".join(f"<p>{summary} {n}</p>" for n in range(8))
    web.pages["a/back"] = f"<html lang=en><title>Story back</title><article>{paragraphs}</article>"
    read_entries()
    assert Article.objects.get(title="Story back").read_from == "page"
    Entry.objects.update(first_seen=timezone.now() - PATIENCE)
    read_entries()
    down = Article.objects.get(title="Story down")
    assert (down.read_from, "502" in down.why_not_page) == ("feed", True)
    assert not Entry.objects.filter(state="new").exists()


def test_where_a_redirect_leads_is_asked_as_politely(web):
    """Its robots.txt, its turn, and its 429 is its own."""
    now = timezone.now()
    away, known = now + timedelta(minutes=10), now + timedelta(hours=20)
    Host.objects.create(name="away.example:443", next_request=away, robots_until=known)
    web.pages["b/robots.txt"] = "User-agent: *\nDisallow: /closed\n"
    web.pages["a/robots.txt"] = (302, {"Location": web.url("b", "/robots.txt")}, b"")
    web.pages["c/robots.txt"] = (302, {"Location": "https://away.example/robots.txt"}, b"")
    for path in ("a/closed", "b/closed", "b/open"):
        web.pages[path] = page("Never read")
    for path, there in {
        "/there": web.url("b", "/closed"),
        "/here": "/closed",
        "/later": "https://away.example/1",
        "/robots": web.url("c", "/"),
        "/busy": web.url("b", "/busy"),
        "/open": web.url("b", "/open"),
    }.items():
        web.pages[f"a{path}"] = (302, {"Location": there}, b"")
    web.pages["b/busy"] = (429, {"Retry-After": "3000"}, b"")

    def get(path: str) -> bytes:
        with Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
            return fetch_politely(fetcher, web.url("a", path)).content

    assert b"Never read" in get("/open")
    for path in ("/there", "/here"):
        with pytest.raises(FetchError, match="asks not to read it"):
            get(path)
    for path in ("/later", "/robots"):
        with pytest.raises(NoTurn, match=r"away\.example"):
            get(path)
    assert not web.asked("a/closed") and not web.asked("b/closed") and web.asked("b/robots.txt") == 2
    with pytest.raises(FetchError, match="HTTP 429"):
        get("/busy")
    put_off = Host.objects.filter(next_request__gt=now + timedelta(minutes=30))
    assert [host.name for host in put_off] == [f"b.localhost:{web.port}"]


# --- finding sources ------------------------------------------------------------------------


@pytest.fixture
def site_with_all(web):
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/feed" title="News"><link rel="alternate"'
        ' type="application/rss+xml" href="/comments" title="Comments"><meta property="og:site_name"'
        ' content="The Example Post">'
    )
    rows = [
        (f"/2026/11/2{n}/a-boat-arrives-{n}", f"A boat arrives at the island number {n}") for n in range(4)
    ]
    web.pages["b/"] = front(*rows).replace("<head>", f"<head>{head}").replace("<html>", '<html lang="fr">')
    web.pages["b/feed"] = rss(("One", web.url("b", "/1")), ("Two", web.url("b", "/2")))
    web.pages["b/robots.txt"] = f"Sitemap: {web.url('b', '/news-map.xml')}"
    web.pages["b/news-map.xml"] = NEWS.format(
        ITEM.format(url=web.url("b", "/n"), date="2026-11-23T05:00:00Z", title="In the map")
    )
    return web.url("b")


def test_a_home_page_offers_its_feed_its_sitemap_and_itself(db, web, site_with_all):
    search = Discovery.objects.create(url=site_with_all)
    run_discovery(search.pk)
    search.refresh_from_db()
    assert (search.name, search.language, search.reason) == ("The Example Post", "fr", "")
    assert [(o["kind"], o["count"]) for o in search.offers] == [("feed", 2), ("sitemap", 1), ("listing", 4)]
    assert [e["title"] for e in search.offers[0]["entries"]] == ["One", "Two"]
    assert web.asked("b/comments") == 0


def test_an_index_with_a_part_that_is_gone_is_offered_with_the_next(db, web, site_with_all):
    web.pages["b/robots.txt"] = f"Sitemap: {web.url('b', '/news-index.xml')}"
    web.pages["b/news-index.xml"] = index(web.url("b", "/news-z.xml"), web.url("b", "/news-map.xml"))
    search = Discovery.objects.create(url=site_with_all)
    run_discovery(search.pk)
    search.refresh_from_db()
    assert [o["count"] for o in search.offers if o["kind"] == "sitemap"] == [1]


def test_sources_are_added_from_the_command_line(db, site_with_all, capsys):
    call_command("add_source", site_with_all)
    assert "Nothing was added" in capsys.readouterr().out and not Source.objects.exists()
    call_command("add_source", site_with_all, "--add", "1", "--add", "2")
    assert set(Source.objects.values_list("kind", "outlet__name")) == {
        ("feed", "The Example Post"),
        ("sitemap", "The Example Post"),
    }
    with pytest.raises(CommandError, match="--add must be 1 to 3"):
        call_command("add_source", site_with_all, "--add", "9")
    with pytest.raises(CommandError, match="is no web address"):
        call_command("add_source", "file:///etc/passwd")


def test_a_site_without_anything_says_so(db, web):
    web.pages["c/"] = "<html><body><p>Hello.</p></body></html>"
    search = Discovery.objects.create(url=web.url("c"))
    run_discovery(search.pk)
    search.refresh_from_db()
    assert search.finished and search.reason == "no feed, no news sitemap and no headlines were found there"


def test_the_rooms_in_the_admin(admin_client, web, site_with_all, site):
    assert b"listens to nothing yet" in admin_client.get("/admin/press/ledger/").content
    answer = admin_client.post("/admin/press/find/", {"url": "nonsense here"})
    assert b"no web address" in answer.content
    answer = admin_client.post("/admin/press/find/", {"url": site_with_all})
    search = Discovery.objects.get()
    assert b"Looking at" in admin_client.get(answer["Location"]).content
    run_discovery(search.pk)
    assert b"The Example Post" in admin_client.get(answer["Location"]).content
    assert b"Choose at least one" in admin_client.post(answer["Location"], {"name": "X"}, follow=True).content
    admin_client.post(answer["Location"], {"name": "The Example Post", "offer": ["0"]})
    source = Source.objects.get()
    visit(source)
    found = admin_client.get("/admin/press/ledger/").content.decode()
    assert "The Example Post" in found and source.url in found
    assert "already a source" in words(admin_client.get(answer["Location"]).content)
    push = Source.objects.create(outlet=source.outlet, kind="push", url="push:p")
    assert b"only time the token is shown" in admin_client.post(f"/admin/press/token/{push.pk}/").content


def test_only_who_may_sees_the_rooms(client, django_user_model):
    user = django_user_model.objects.create_user("reader", password="x" * 20)
    client.force_login(user)
    for path in ("ledger/", "find/"):
        assert client.get(f"/admin/press/{path}").status_code in {302, 403}


def test_the_starter_pack_is_offered_to_an_empty_newsroom(admin_client, site):
    named = parse_opml(STARTER.read_bytes())
    assert len(named) >= 100 and {"en", "fr", "es", "ar", "pt", "de", "it"} == {s.language for s in named}
    assert b"Begin with the starter pack" in admin_client.get("/admin/press/ledger/").content
    found = admin_client.post("/admin/press/starter/", follow=True).content.decode()
    assert "120 sources were added" in found and found.count("not visited yet") == 120
    assert Source.objects.filter(kind="listing").count() >= 10
    call_command("import_opml", "starter")
    assert Source.objects.count() == len(named)


# --- the ledger --------------------------------------------------------------------------


def test_a_source_is_held_against_its_own_rhythm(source):
    now = timezone.now()
    busy, quiet = (
        source(path="/busy", added=now - timedelta(days=30)),
        source(path="/quiet", added=now - timedelta(days=30)),
    )
    for day in range(2, 15):
        Fetch.objects.create(
            source=busy, at=now - timedelta(days=day), outcome="new", new_entries=20, milliseconds=400
        )
    Fetch.objects.create(
        source=quiet, at=now - timedelta(days=9), outcome="new", new_entries=1, milliseconds=400
    )
    for s in (busy, quiet):
        Fetch.objects.create(source=s, at=now - timedelta(hours=1), outcome="silent", milliseconds=9000)
    nights = {n.url: n for n in ledger(now - timedelta(hours=36), now).sources}
    assert nights[busy.url].is_silent and nights[busy.url].is_slow
    assert (
        "nothing for 2 days; before, it was never still for longer than 24 hours" in nights[busy.url].in_words
    )
    assert nights[quiet.url].outcome == "quiet"


def test_the_words_of_the_ledger_agree_with_its_figures(source, admin_client, site):
    now = timezone.now()

    def listened(path: str, days: float, brought: dict[float, int]) -> Source:
        """A source added `days` ago, with how many pieces it brought how many days ago; visited an hour ago."""
        row = source(path=path, added=now - timedelta(days=days))
        for ago, new in {**brought, 1 / 24: 0}.items():
            outcome = "new" if new else "silent"
            Fetch.objects.create(source=row, at=now - timedelta(days=ago), outcome=outcome, new_entries=new)
        return row

    wanted = {
        listened("/grown", 30, {n + 0.3: 10 for n in range(20)}): ("brought pieces", 20),
        listened("/just-added", 5 / 1440, {4 / 1440: 11}): ("new", 11),
        listened("/yesterday", 30, {n + 1.1: 10 for n in range(20)}): ("brought pieces", 10),
        listened("/weekly", 30, {n * 7 + 5: 20 for n in range(4)}): ("quiet", 0),
        listened("/weekly-late", 35, {n * 7 + 11: 20 for n in range(4)}): ("silent", 0),
        listened("/broken", 30, {n / 8 + 3: 1 for n in range(90)}): ("silent", 0),
    }
    nights = {n.url: (n.outcome, n.new) for n in ledger(now - timedelta(hours=36), now).sources}
    assert nights == {row.url: state for row, state in wanted.items()}
    page = admin_client.get("/admin/press/ledger/").content.decode()
    assert page.count(">silent<") == 2 and "added lately" in page


def test_a_source_never_reached_says_so_plainly(source):
    feed, now = source(), timezone.now()
    (night,) = ledger(now - timedelta(hours=36), now).sources
    assert (night.outcome, night.in_words) == ("new", "added just now, not visited yet")
    assert not night.needs_a_look
    later = now + timedelta(hours=2)
    (night,) = ledger(later - timedelta(hours=36), later).sources
    assert (night.outcome, night.in_words, night.url) == ("never reached", "not reached yet", feed.url)
    assert night.needs_a_look


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "url", "kept"),
    [
        ("mailbox", "imaps://news@mail.ours.example/News", True),
        ("mailbox", "imaps://news@mail.other.example/INBOX", False),
        ("mailbox", "imaps://news@mail.ours.example:994/INBOX", False),
        ("mailbox", "imap://news@mail.ours.example/INBOX", False),
        ("mailbox", "imaps://chief@mail.ours.example/INBOX", False),
        ("mailbox", "imaps://[news@mail.ours.example/INBOX", False),
        ("feed", "https://mail.ours.example/feed", False),
        ("push", "push:ours", False),
    ],
)
def test_a_mailboxs_password_is_for_its_server_and_user_alone(client, django_user_model, kind, url, kept):
    """Who may write a source's address does not get to know its secret by it."""
    user = django_user_model.objects.create_user("ed", password="a password of length")
    may = Permission.objects.filter(codename__in=["access_admin", "change_source"])
    user.user_permissions.add(*may)
    outlet = Outlet.objects.create(name="The Harbour Times")
    at = "imaps://news@mail.ours.example/INBOX"
    source = Source.objects.create(outlet=outlet, kind="mailbox", url=at, secret="the password")
    client.force_login(user)
    said = {"outlet": outlet.pk, "kind": kind, "url": url, "secret": "", "is_active": "on"}
    page = client.post(f"/admin/sources/edit/{source.pk}/", said)
    source.refresh_from_db()
    assert (source.url == url and source.secret == "the password") == kept
    assert kept or source.secret == "" or (source.url == at and b"asked for anew" in page.content)
    client.post(f"/admin/sources/edit/{source.pk}/", {**said, "secret": "another"})
    source.refresh_from_db()
    assert (source.url, source.secret) == (url, "another")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before its turn", "in its visit"])
def test_a_source_that_somebody_deletes_ends_no_visit_of_others(web, source, monkeypatch, when):
    monkeypatch.setattr("griot.press.listening.politeness.random.random", lambda: 0.0)  # in this order
    rows = [source(path=f"/a{n}") for n in range(3)]
    gone = rows[when == "before its turn"]

    def deleting(handler, body):
        Source.objects.filter(pk=gone.pk).delete()
        connection.close()
        return rss(("one", web.url("a", "/x0"))).encode()

    for n in range(3):
        web.pages[f"a/a{n}"] = rss((f"story {n}", web.url("a", f"/x{n}")))
    web.pages["a/a0"] = deleting
    fetch_sources(rows)
    assert set(Fetch.objects.values_list("source", flat=True)) == {r.pk for r in rows} - {gone.pk}
    assert Entry.objects.filter(title="story 2").exists()


@pytest.mark.django_db(transaction=True)
def test_a_visit_that_fails_ends_none_of_those_behind_it(web, source):
    rows = [source(path=f"/a{n}") for n in range(3)]
    visited = []

    def work(_, row):
        visited.append(row.pk)
        raise LookupError("whatever")

    with pytest.raises(LookupError):
        each_host(rows, work, silent_progress, "visiting", MORNING)
    assert sorted(visited) == sorted(row.pk for row in rows)


@pytest.mark.parametrize("status", [200, 500])
def test_what_an_editor_sets_while_a_source_is_visited_holds(web, source, status):
    row, address = source(), web.url("b", "/feed")

    def answer(request, body):
        Source.objects.filter(pk=row.pk).update(url=address, secret="new")
        return status, {}, "<rss version='2.0'><channel><title>A</title></channel></rss>"

    web.pages["a/feed"] = answer
    fetch_sources([Source.objects.get()])
    now = Source.objects.get()
    assert (now.url, now.secret) == (address, "new") and now.next_fetch <= timezone.now(), "visited next"


@pytest.mark.django_db
def test_an_address_that_is_too_long_keeps_none_beside_it_out():
    rows = [
        f'<outline text="{n}" xmlUrl="https://{n}.example/{path}" htmlUrl="https://{n}.example/{home}"/>'
        for n, path, home in (("a", "feed", ""), ("b", "x" * 1500, ""), ("c", "feed", "x" * 600))
    ]
    content = f"<opml version='2.0'><body>{''.join(rows)}</body></opml>".encode()
    assert add_opml(content) == (2, 2)
    assert dict(Outlet.objects.values_list("name", "home_page")) == {"a": "https://a.example/", "c": ""}
    assert not add_sources("D", "", "", [{"kind": "feed", "url": f"https://d.example/{'x' * 1500}"}])
