"""What a hostile or broken publisher brings, through the whole path to the tables: it is set aside with its
reason, and what stands beside it goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.press.core.sources.feeds import parse_feed
from griot.press.core.types import BadInput, Entry
from griot.press.listening.listening import due_sources, fetch_sources, store_entries
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Fetch, Outlet, Source
from griot.press.models import Entry as Row
from griot.press.stories import pipeline
from griot.press.views import entries_of

LENGTHS = st.sampled_from([0, 1, 34, 35, 36, 199, 201, 253, 254, 499, 500, 501, 1001, 2000, 2001, 6000])
WORST = st.one_of(
    st.text(st.characters(categories=None), max_size=40),  # halves of surrogate pairs, NUL, all of it
    LENGTHS.map(lambda n: "a" * n),
    LENGTHS.map(lambda n: "é" * n),
    LENGTHS.map(lambda n: f"https://a.example/{'x' * n}"),
    LENGTHS.map(lambda n: f"https://{'a' * n}.example/"),
    st.sampled_from(
        ["\ud800", "https://a.example/\ud800", "https://a.example/\0", "²", "9" * 5000, "https://[::1"]
    ),
)
DATES = st.sampled_from(
    [
        None,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 24, tzinfo=UTC),
    ]
)
STATED = st.sampled_from(
    [
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1970-01-01T00:00:00Z",
        "2026-11-24T07:00:00Z",
    ]
)


@contextmanager
def example() -> Iterator[Source]:
    """A source of its own, of which nothing is left."""
    with transaction.atomic():
        outlet = Outlet.objects.create(name="The Worst Post")
        yield Source.objects.create(outlet=outlet, url="https://a.example/feed")
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(WORST, WORST, WORST, WORST, WORST, DATES, st.none() | st.integers(-99999, 99999))
def test_any_entry_is_stored_and_read_or_kept_out(name, url, title, text, language, moment, offset):
    with example() as source:
        entry = Entry(name or "id", url, title, text, moment, language, offset, text or "Words.")
        store_entries(source, [entry, Entry("good", "", "A good one", "", None, "en", None, "Its words.")])
        read_entries()
        assert not Row.objects.filter(state="new").exists()
        good = Row.objects.get(title="A good one")
        assert good.state in {"read", "kept out"} and Row.objects.count() <= 2


@pytest.mark.django_db
@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "url", "title", "summary", "language"]), WORST), max_size=4
    ),
    STATED,
)
def test_any_json_feed_is_stored(items, date):
    with example() as source:
        items = [{**item, "date_published": date} for item in items]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
        try:
            entries = parse_feed(json.dumps(feed).encode(), "https://a.example/feed").entries
        except BadInput:
            return
        store_entries(source, entries)
        Row.objects.filter(pk__in=[row.pk for row in Row.objects.all()]).delete()


@pytest.mark.django_db
@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "url", "title", "summary", "text", "language"]), WORST), STATED)
def test_any_push_is_stored_or_refused(row, date):
    with example() as source:
        try:
            entries = entries_of(json.dumps([{**row, "published": date}]).encode())
        except BadInput:
            return
        store_entries(source, entries)


REFUSES = """
CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.story_id IS NOT NULL THEN RAISE EXCEPTION 'this one'; END IF; RETURN NEW; END $$;
DO $do$ BEGIN EXECUTE format(
    'CREATE TRIGGER refuses BEFORE UPDATE ON press_article FOR EACH ROW WHEN (NEW.id = %%s) EXECUTE FUNCTION refuses()',
    %s
); END $do$;
"""


@pytest.mark.django_db
def test_an_article_that_cannot_be_grouped_is_set_aside_and_those_beside_it_are_grouped():
    outlet = Outlet.objects.create(name="The Post")
    source = Source.objects.create(outlet=outlet, url="https://a.example/feed")
    entries = [
        Entry(
            str(n),
            f"https://a.example/{n}",
            f"Boats met near Lampedusa {n}",
            "",
            timezone.now(),
            "en",
            0,
            "Words.",
        )
        for n in range(12)
    ]
    store_entries(source, entries)
    read_entries()
    bad = Article.objects.get(url="https://a.example/7")
    with connection.cursor() as cursor:
        cursor.execute(REFUSES, [bad.pk])
    pipeline.group_articles(timezone.now())
    assert Article.objects.filter(story=None).get().pk == bad.pk
    bad.refresh_from_db()
    assert not bad.in_window and "set aside" in bad.why_not_page


FEED = """<rss version="2.0"><channel><title>T</title>{}</channel></rss>"""
ITEM = "<item><guid>{0}</guid><title>{0}</title><link>{1}</link><description>{2}</description></item>"
WORDS = "Boats with 57 people on board were met near Lampedusa on Sunday, the coast guard said."


@pytest.mark.django_db(transaction=True)
def test_a_bad_item_or_source_ends_no_visit_of_those_beside_it(web):
    items = [
        ITEM.format("long", f"{web.url('post')}{'x' * 6000}", WORDS),
        ITEM.format("host", f"http://{'h' * 300}.example/", WORDS),
        ITEM.format("good", f"{web.url('post')}good.html", WORDS),
    ]
    web.pages["post/feed"] = FEED.format("".join(items))
    web.pages["post/surrogate"] = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "T",
            "items": [
                {"id": "1", "url": f"{web.url('post')}\ud800", "title": "half \udc00", "content_text": WORDS},
                {"id": "2", "url": f"{web.url('post')}other.html", "title": "whole", "content_text": WORDS},
            ],
        }
    )
    web.pages["post/hub"] = FEED.format(
        f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{web.url("post")}{"h" * 4000}"/>'
        + ITEM.format("hubbed", f"{web.url('post')}hubbed.html", WORDS)
    )
    web.pages["post/moved"] = (301, {"Location": f"/{'m' * 3000}"}, b"")
    web.pages[f"post/{'m' * 3000}"] = FEED.format(ITEM.format("moved", f"{web.url('post')}moved.html", WORDS))
    outlet = Outlet.objects.create(name="The Worst Post")
    for path in ("/feed", "/surrogate", "/hub", "/moved"):
        Source.objects.create(outlet=outlet, url=web.url("post", path))
    fetch_sources(due_sources(timezone.now() + timedelta(days=1)))
    assert {f.outcome for f in Fetch.objects.all()} == {"new"}, list(Fetch.objects.values_list("reason"))
    read_entries()
    assert not Row.objects.filter(state="new").exists()
    titles = set(Row.objects.values_list("title", flat=True))
    assert {"good", "whole", "hubbed", "moved", "long", "host", "half \ufffd"} <= titles
    kept_out = dict(Row.objects.filter(title__in=["long", "host"]).values_list("title", "reason"))
    assert all("no address" in reason for reason in kept_out.values()) and len(kept_out) == 2
