"""Nobody's news waits for a host that is slow."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from griot.press.core.progress import silent_progress
from griot.press.core.sources.fetching import Fetcher, host_of
from griot.press.listening import listening, politeness, reading
from griot.press.listening.listening import REST, due_sources, fetch_sources
from griot.press.listening.politeness import Patience, each_host, forget_hosts, robots_of, take_turn
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Fetch, Host, Outlet, Source
from griot.press.stories.pipeline import group_articles

pytestmark = pytest.mark.django_db(transaction=True)
FEED = """<rss version="2.0"><channel><title>T</title>{}</channel></rss>"""
ITEM = "<item><guid>{0}</guid><title>{1}</title><link>{0}</link><description>{2}</description></item>"
WORDS = "Boats with 57 people on board were met near Lampedusa on Sunday, the coast guard said."
PAGES = 30


def page(heading: str) -> tuple[int, dict[str, str], str]:
    text = "".join(f"<p>{WORDS} It was number {n} of the week for {heading}.</p>" for n in range(12))
    html = f"<html><title>{heading}</title><article><h1>{heading}</h1>{text}</article></html>"
    return 200, {"Content-Type": "text/html"}, html


def test_of_a_slow_host_some_are_left_and_the_next_run_goes_on(web):
    is_slow = True
    for n in range(PAGES):

        def slowly(handler, body, n=n):
            if is_slow:
                threading.Event().wait(0.2)
            return page(f"Title number {n}")

        web.pages[f"slow/{n}.html"] = slowly
    items = [ITEM.format(web.url("slow", f"/{n}.html"), f"Title number {n}", WORDS) for n in range(PAGES)]
    web.pages["slow/feed"] = FEED.format("".join(items))
    web.pages["good/a.html"] = page("Boats met near Lampedusa")
    web.pages["good/feed"] = FEED.format(ITEM.format(web.url("good", "/a.html"), "Boats met", WORDS))
    for host in ("slow", "good"):
        outlet = Outlet.objects.create(name=host)
        Source.objects.create(outlet=outlet, url=web.url(host, "/feed"))
    fetch_sources(due_sources(timezone.now()))
    read_entries(patience=Patience(at_host=0.5, in_all=600))
    group_articles(timezone.now())
    assert Article.objects.get(url__contains="good").story_id
    left = Entry.objects.filter(state=Entry.State.NEW).count()
    assert 0 < left < PAGES
    is_slow = False
    for _ in range(PAGES):
        read_entries(patience=Patience(at_host=0, in_all=600))
    assert not Entry.objects.filter(state=Entry.State.NEW).exists()
    assert Article.objects.count() == PAGES + 1


def test_who_is_turned_away_takes_no_turn_and_nothing_fails_for_it(db, settings):
    """A host asked us to stay away for ten minutes: what waits for it makes that no longer."""
    settings.FETCH_DELAY = 5.0
    now = timezone.now()
    until = now + timedelta(minutes=10)
    Host.objects.create(name="post.example:443", next_request=until, robots_until=now + timedelta(hours=20))
    Host.objects.create(name="anew.example:443", next_request=until)  # its robots.txt is not known
    outlet = Outlet.objects.create(name="The Post")
    for host in ("post", "anew"):
        source = Source.objects.create(outlet=outlet, url=f"https://{host}.example/feed")
        for n in range(20):
            url = f"https://{host}.example/{n}"
            Entry.objects.create(source=source, identity=f"{n}", url=url, title=f"Title {n}", summary=WORDS)
    for _ in range(2):
        fetch_sources(due_sources(timezone.now()))
        read_entries()
    assert {host.next_request for host in Host.objects.all()} == {until}
    assert not Fetch.objects.exists() and len(due_sources(timezone.now())) == 2
    assert Entry.objects.filter(state=Entry.State.NEW).count() == 40

    Entry.objects.filter(source=source).update(first_seen=now - reading.PATIENCE)
    Entry.objects.filter(source=source, identity="7").update(summary="")
    read_entries()
    assert Entry.objects.filter(state=Entry.State.NEW, source=source).count() == 1, "it has but its page"
    assert {a.read_from for a in Article.objects.all()} == {"feed"} and Article.objects.count() == 19


def test_a_run_ends_where_another_is_at_all_that_is_left(web):
    outlet = Outlet.objects.create(name="The Post")
    sources = [Source.objects.create(outlet=outlet, url=web.url("here", f"/{n}")) for n in range(3)]
    is_there, ends, visited = threading.Event(), threading.Event(), []

    def stays(fetcher, source):
        is_there.set()
        ends.wait()

    first = threading.Thread(
        target=each_host, args=(sources[:1], stays, silent_progress, "x", Patience(1, 1))
    )
    first.start()
    is_there.wait()
    each_host(sources, lambda _, source: visited.append(source), silent_progress, "x", Patience(1, 1))
    assert visited == []
    ends.set()
    first.join()


def test_who_names_very_many_pages_keeps_no_others_news_waiting(web):
    """At hosts of its own, each slow, and at another's."""
    outlets = [Outlet.objects.create(name=name) for name in ("Many", "Good")]
    many, good = (Source.objects.create(outlet=o, url=f"https://{o.name}.example/feed") for o in outlets)
    addresses = [f"https://x{n}.example/" for n in range(60)] + [
        f"https://good.example/no/{n}" for n in range(60)
    ]
    now, new = timezone.now(), []
    for n, (source, url) in enumerate([*((many, a) for a in addresses), (good, "https://good.example/news")]):
        new.append(Entry(source=source, identity=str(n), url=url, title="T", first_seen=now))
    entries = Entry.objects.bulk_create(new)
    seen = []
    each_host(entries, lambda _, entry: seen.append(entry.url), silent_progress, "x", Patience(600, 600))
    here = [url for url in seen if "good.example" in url]
    assert len(seen) == 121 and here[0].endswith("/news")


def test_of_a_source_that_brought_very_many_a_run_looks_at_some_and_the_next_goes_on(web, monkeypatch):
    """Memory does not grow with what waits, and what was not read while it was news is kept out in words."""
    monkeypatch.setattr(reading, "MOST_OF_A_SOURCE", 3)
    for host, count in (("many", 8), ("good", 1)):
        for n in range(count):
            web.pages[f"{host}/{n}.html"] = page(f"Title number {n} at {host}")
        items = [ITEM.format(web.url(host, f"/{n}.html"), f"Title {n}", WORDS) for n in range(count)]
        web.pages[f"{host}/feed"] = FEED.format("".join(items))
        Source.objects.create(outlet=Outlet.objects.create(name=host), url=web.url(host, "/feed"))
    fetch_sources(due_sources(timezone.now()))
    Entry.objects.filter(url__endswith="/7.html").update(first_seen=timezone.now() - timedelta(days=8))
    read = []
    for _ in range(3):
        read_entries()
        read.append(Article.objects.count())
    assert read == [4, 7, 8]
    assert "could not be read within 7 days" in Entry.objects.get(state=Entry.State.KEPT_OUT).reason


def test_what_is_known_of_a_host_goes_when_it_does_not_hold_any_more(db):
    now = timezone.now()
    for name, hours in (("old.example", -2), ("kept.example", 2)):
        until = now + timedelta(hours=hours)
        Host.objects.create(name=name, next_request=now - timedelta(hours=2), robots_until=until)
    Host.objects.create(name="never.asked.example", next_request=now - timedelta(hours=2))
    Host.objects.create(name="away.example", next_request=now + timedelta(days=2))
    forget_hosts(now)
    assert {host.name for host in Host.objects.all()} == {"kept.example", "away.example"}


def test_what_robots_say_is_kept_up_to_a_bound_of_all_hosts_together_the_latest(db, monkeypatch):
    monkeypatch.setattr(politeness, "MOST_ROBOTS", 2500)
    now = timezone.now()
    for n in range(5):
        until = now + timedelta(hours=n)
        Host.objects.create(name=f"{n}", next_request=now, robots="x" * 1000, robots_until=until)
    forget_hosts(now + timedelta(seconds=1))
    assert {host.name for host in Host.objects.all()} == {"3", "4"}


def test_a_host_that_another_worker_forgets_in_this_moment_costs_no_turn(db):
    long_ago = timezone.now() - timedelta(days=2)
    Host.objects.create(name="post.example", next_request=long_ago, robots_until=long_ago)
    ends = threading.Event()

    def forgets():
        while not ends.is_set():
            forget_hosts(timezone.now() + timedelta(days=1))
        connection.close()

    other = threading.Thread(target=forgets)
    other.start()
    for _ in range(200):
        take_turn("post.example", 0.0)
    ends.set()
    other.join()


def test_two_sources_that_move_to_one_address_are_both_visited(web, monkeypatch):
    together, store = threading.Barrier(2, timeout=30), listening.store_entries
    web.pages["new/feed"] = FEED.format(ITEM.format(web.url("new", "/a.html"), "Boats met", WORDS))
    for host in "ab":
        web.pages[f"{host}/feed"] = (301, {"Location": web.url("new", "/feed")}, "")
        outlet = Outlet.objects.create(name=host, home_page=web.url(host))
        Source.objects.create(outlet=outlet, url=web.url(host, "/feed"))

    def at_once(*delivered):
        together.wait()
        return store(*delivered)

    monkeypatch.setattr(listening, "store_entries", at_once)
    fetch_sources(due_sources(timezone.now()))
    assert Fetch.objects.count() == 2
    assert Source.objects.filter(url=web.url("new", "/feed")).count() == 1


def test_what_a_clock_has_put_off_for_a_year_is_visited(web, settings):
    """It was wrong for a minute: the morning comes, and hosts are asked, once it is right."""
    now, ahead = timezone.now(), timezone.now() + timedelta(days=400)
    source = Source.objects.create(
        outlet=Outlet.objects.create(name="The Post"), url="https://post.example/feed", next_fetch=ahead
    )
    assert due_sources(now) == [source]
    Source.objects.update(next_fetch=now + REST)
    assert due_sources(now) == []
    assert due_sources(now, with_new=True) == [source], "whoever makes an issue now waits for no first visit"
    Fetch.objects.create(source=source, at=now, outcome=Fetch.Outcome.FAILED)
    assert due_sources(now, with_new=True) == []
    Host.objects.create(name="post.example:443", next_request=ahead)
    take_turn("post.example:443", 5.0)
    left = Host.objects.get().next_request - now
    assert timedelta(seconds=4) < left < timedelta(minutes=5)
    web.pages["a/robots.txt"] = "User-agent: *\nDisallow: /closed\n"
    url = web.url("a", "/closed")
    Host.objects.create(name=host_of(url), robots_until=ahead)
    with Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
        assert "/closed" in robots_of(fetcher, url)
