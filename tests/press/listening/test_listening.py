"""From sources to lines on the database, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from griot.demo.core.wire import NOT_ARTICLES
from griot.demo.newsroom import seed_sources
from griot.digest.morning.assembling import night_of
from griot.press.core.sources.fetching import FetchError
from griot.press.core.stories.evaluation import b_cubed, pairwise
from griot.press.listening.ledger import ledger
from griot.press.listening.listening import fetch_sources
from griot.press.listening.politeness import take_turn
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Fetch, Host, Line, Outlet, Source, Story
from griot.press.stories.beats_store import first_beat
from griot.press.stories.lines import draft_lines
from griot.press.stories.pipeline import group_articles

pytestmark = pytest.mark.django_db(transaction=True)


def listen():
    first_beat()
    fetch_sources(list(Source.objects.select_related("outlet")))
    read_entries()
    group_articles(timezone.now())


def test_a_night_becomes_stories_and_lines(listening_to_wire):
    wire = listening_to_wire
    seed_sources(wire)
    listen()
    since, until = night_of(timezone.localdate(), timezone.now())
    draft_lines(since, until)

    gold = {row["url"]: row for row in wire.gold()}
    articles = {a.url: a for a in Article.objects.select_related("copy_of")}
    kept_out = {u for u, row in gold.items() if row["trap"] in NOT_ARTICLES}
    assert set(articles) == set(gold) - kept_out
    assert {e.url for e in Entry.objects.filter(state=Entry.State.KEPT_OUT)} == kept_out

    labels = {u: gold[u]["story"] for u in articles}
    found = {u: str(a.story_id) for u, a in articles.items()}
    assert pairwise(labels, found)["f1"] >= 0.92
    assert b_cubed(labels, found)["f1"] >= 0.95
    assert {u: a.copy_of.url for u, a in articles.items() if a.copy_of} == {
        u: r["copy_of"] for u, r in gold.items() if r["copy_of"]
    }

    from_feed = {u for u, a in articles.items() if a.read_from == "feed"}
    assert from_feed == {
        u for u, r in gold.items() if r["trap"] in {"consent_wall", "paywall", "robots", "forbidden"}
    }
    assert all(articles[u].why_not_page for u in from_feed)

    published = {wire.url(a): wire.published(a) for a in wire.articles}
    for url, article in articles.items():
        assert abs(article.published - published[url]) < timedelta(minutes=1), url
    provenance = {gold[u]["trap"]: a.published_from for u, a in articles.items()}
    assert (provenance["future_date"], provenance["no_date"], provenance[""]) == ("meta", "json-ld", "feed")

    assert Line.objects.count() >= 20
    assert all(line.ok for line in Line.objects.all())
    figures = ledger(since, until)
    assert {n.outcome for n in figures.sources} == {"new"}
    assert (figures.articles, figures.kept_out, figures.copies) == (
        len(articles) - 1,
        4,
        10,
    )  # one is older than a night

    # Once more: nothing is fetched twice, read twice, or told twice.
    before = set(Article.objects.values_list("pk", "story"))
    listen()
    assert set(Article.objects.values_list("pk", "story")) == before
    assert {f.outcome for f in Fetch.objects.order_by("-at")[: len(wire.outlets)]} == {"silent"}


def test_two_workers_at_once_visit_each_source_once(listening_to_wire):
    seed_sources(listening_to_wire)
    due = [list(Source.objects.select_related("outlet")) for _ in range(2)]
    with ThreadPoolExecutor(2) as workers:
        for finished in [workers.submit(fetch_sources, sources) for sources in due]:
            finished.result()
    assert Fetch.objects.count() == len(listening_to_wire.outlets)
    assert (
        sum(Fetch.objects.values_list("new_entries", flat=True))
        == Entry.objects.count()
        == len(listening_to_wire.articles)
    )


def test_a_source_that_fails_says_why_and_is_asked_less_often(db, settings):
    settings.FETCH_ALLOWED = frozenset()
    outlet = Outlet.objects.create(name="Nowhere")
    source = Source.objects.create(
        outlet=outlet, url="http://127.0.0.1:9/feed.xml", interval=timedelta(hours=1)
    )
    fetch_sources([source])
    fetch = Fetch.objects.get()
    assert fetch.outcome == "failed"
    assert fetch.reason == "127.0.0.1 is not a public address (127.0.0.1); it is not fetched"
    source.refresh_from_db()
    assert source.failures == 1 and source.interval == timedelta(hours=2)
    assert source.next_fetch > timezone.now()


def test_a_new_sources_archive_is_not_taken_for_news(db):
    source = Source.objects.create(outlet=Outlet.objects.create(name="A"), url="https://a.example/feed")
    now = timezone.now()
    Entry.objects.create(
        source=source,
        identity="1",
        url="https://a.example/1",
        title="Old",
        published=now - timedelta(days=900),
    )
    read_entries()
    entry = Entry.objects.get()
    assert (entry.state, entry.reason) == ("kept out", "older than 7 days when first seen")
    assert not Host.objects.exists(), "nobody was asked for it"


def test_turns_at_a_host_are_given_out_one_after_another(db):
    take_turn("slow.example:443", 0.2)
    Host.objects.filter(name="slow.example:443").update(next_request=timezone.now() + timedelta(minutes=5))
    with pytest.raises(FetchError, match="asked by others"):
        take_turn("slow.example:443", 5)


def test_a_merged_story_leaves_a_redirect(db):
    now = timezone.now()
    outlet = Outlet.objects.create(name="A")
    first, second = (Story.objects.create(first_published=now, last_published=now) for _ in range(2))
    text = "Coast guard rescues 57 people from a wooden boat adrift south of Lampedusa"
    for story, at in ((first, now - timedelta(hours=2)), (second, now - timedelta(hours=1)), (None, now)):
        Article.objects.create(
            outlet=outlet,
            url=f"https://a.example/{at.timestamp()}",
            title=text,
            summary=text,
            language="en",
            published=at,
            published_from="feed",
            read_from="feed",
            vector=[1.0] + [0.0] * 511,
            story=story,
            is_indexed=story is not None,
        )
    group_articles(now)
    second.refresh_from_db()
    assert second.merged_into == first
    assert set(Article.objects.values_list("story", flat=True)) == {first.pk}


def test_opml_adds_sources_once(db, tmp_path, capsys):
    path = tmp_path / "feeds.opml"
    path.write_text('<opml><body><outline text="A" xmlUrl="https://a.example/feed"/></body></opml>')
    call_command("import_opml", str(path))
    call_command("import_opml", str(path))
    assert Source.objects.count() == 1
    call_command("export_opml")
    assert "https://a.example/feed" in capsys.readouterr().out
    path.write_text("not xml")
    with pytest.raises(CommandError, match="not an OPML file"):
        call_command("import_opml", str(path))


def teardown_module():
    connections.close_all()
