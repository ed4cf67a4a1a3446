"""Copies, stories and the beat, on the demo's gold and on the real wire."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from griot.demo.evaluating import demo_articles
from griot.press.core.beats.relevance import MIGRATION, ON_BEAT, score_articles
from griot.press.core.stories.clustering import cluster
from griot.press.core.stories.evaluation import b_cubed, pairwise
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article
from tests.support import as_article, needs_shared, wire_gold


def grouping(articles):
    return {url: str(n) for n, group in enumerate(cluster(articles)) for url in group.urls}


@pytest.fixture(scope="module")
def articles(wire):
    return demo_articles(wire)


@pytest.fixture(scope="module")
def gold(wire, articles):
    labels = {row["url"]: row for row in wire.gold()}
    return {a.url: labels[a.url] for a in articles}


def test_the_demo_is_large_and_broad_enough(wire, gold):
    assert len(wire.outlets) >= 24
    assert len(wire.articles) >= 160
    assert {"en", "fr", "es", "ar", "pt", "de", "it"} <= {o.language for o in wire.outlets.values()}
    on_beat = {a.story for a in wire.articles if a.beat == "yes"}
    assert len(on_beat) >= 20
    languages = {s: {wire.outlets[a.outlet].language for a in wire.articles if a.story == s} for s in on_beat}
    assert sum(len(found) >= 2 for found in languages.values()) >= 8
    assert len({o.format for o in wire.outlets.values()}) == 5


def test_stories_of_the_demo_are_found_across_languages(articles, gold):
    found = grouping(articles)
    labels = {url: row["story"] for url, row in gold.items()}
    assert pairwise(labels, found)["f1"] >= 0.95
    assert b_cubed(labels, found)["f1"] >= 0.97
    language = {a.url: a.language for a in articles}
    urls = list(labels)
    across = [(u, v) for i, u in enumerate(urls) for v in urls[:i] if language[u] != language[v]]
    together = [(u, v) for u, v in across if found[u] == found[v]]
    right = sum(labels[u] == labels[v] for u, v in together)
    wanted = sum(labels[u] == labels[v] for u, v in across)
    assert 2 * right / (len(together) + wanted) >= 0.85


def test_two_shipwrecks_at_one_place_stay_two_stories(articles, gold):
    found = grouping(articles)
    rescue = {found[u] for u, row in gold.items() if row["story"] == "lampedusa-rescue"}
    wreck = {found[u] for u, row in gold.items() if row["story"] == "lampedusa-wreck"}
    assert not rescue & wreck


def test_the_same_articles_give_the_same_stories_in_any_order(articles):
    shuffled = random.Random(1).sample(articles, len(articles))
    assert {frozenset(g.urls) for g in cluster(articles)} == {frozenset(g.urls) for g in cluster(shuffled)}


def test_a_known_story_keeps_its_id_and_takes_in_what_is_new(articles, gold):
    rescue = [a for a in articles if gold[a.url]["story"] == "lampedusa-rescue"]
    groups = cluster(rescue, known={rescue[0].url: "17", rescue[1].url: "17"})
    assert [g.story for g in groups] == ["17"]
    assert {u for g in groups for u in g.urls} == {a.url for a in rescue}


def test_known_stories_that_turn_out_to_be_one_are_merged_into_the_older(articles, gold):
    english = sorted(
        (a for a in articles if gold[a.url]["story"] == "lampedusa-rescue"), key=lambda a: a.published
    )
    groups = cluster(english, known={english[0].url: "1", english[1].url: "2"})
    assert groups[0].story == "1" and groups[0].absorbed == ("2",)


def test_articles_days_apart_are_no_story():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    same = {
        "title": "Boat with 40 people reaches Lanzarote",
        "summary": "A boat with 40 people reached Lanzarote.",
        "language": "en",
    }
    old, new = (
        Article(url=u, outlet=u, published=t, **same) for u, t in (("a", now - timedelta(days=9)), ("b", now))
    )
    assert len(cluster([old, new])) == 2


def test_nothing_gives_no_stories():
    assert cluster([]) == []


def test_copies_of_the_demo_are_found_and_lead_to_their_origin(articles, gold):
    labels = {u: row["copy_of"] for u, row in gold.items() if row["copy_of"]}
    assert find_copies(articles) == labels


def test_own_reports_of_one_event_are_no_copies(articles, gold):
    rescue = [a for a in articles if gold[a.url]["story"] == "eu-relocation"]
    assert find_copies(rescue) == {}


def test_the_agency_is_the_origin_even_when_its_copy_came_first():
    text = "LAMPEDUSA, (Wirepoint) - " + " ".join(f"word{i} and thing{i}" for i in range(60))
    early = Article("c", "Carrier", "Other headline", text=text, published=datetime(2026, 1, 1, tzinfo=UTC))
    late = Article("w", "Wirepoint", "Headline", text=text, published=datetime(2026, 1, 2, tzinfo=UTC))
    assert find_copies([early, late]) == {"c": "w"}


def test_the_beat_finds_its_stories_in_every_language(articles, gold):
    scores = dict(zip((a.url for a in articles), score_articles(articles, MIGRATION), strict=True))
    yes = [u for u, row in gold.items() if row["beat"] == "yes"]
    no = [u for u, row in gold.items() if row["beat"] == "no"]
    assert sum(scores[u] >= ON_BEAT for u in yes) >= 0.85 * len(yes)
    assert sum(scores[u] >= ON_BEAT for u in no) <= 0.03 * len(no)


@needs_shared
def test_stories_of_the_real_wire():
    rows = wire_gold()
    labels = {r["url"]: r["story"] for r in rows}
    found = grouping([as_article(r) for r in rows])
    assert pairwise(labels, found)["f1"] >= 0.92
    assert b_cubed(labels, found)["f1"] >= 0.95


@needs_shared
def test_the_beat_on_the_real_wire_comes_first():
    rows = wire_gold()
    scores = score_articles([as_article(r) for r in rows], MIGRATION)
    best = sorted(zip(scores, rows, strict=True), key=lambda pair: -pair[0])[:12]
    assert sum(row["beat"] is True for _, row in best) == sum(row["beat"] is True for row in rows)
