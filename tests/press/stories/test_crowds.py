"""Many articles with the very same words, and others near them, in the index of vectors."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from griot.press.core.language.vectors import default_encoder
from griot.press.core.stories.clustering import WINDOW
from griot.press.listening.reading import _bring_home
from griot.press.models import Article, Outlet
from griot.press.stories.indexing import nearest
from griot.press.stories.pipeline import group_articles, stories_held
from griot.press.stories.retention import retain
from griot.press.stories.searching import like_in_meaning
from griot.press.stories.verdicts import split_off

pytestmark = pytest.mark.django_db
WIRE = "Ministers of nine countries agree on how to share out those rescued at sea"
random = np.random.default_rng(7)


def beside(v: np.ndarray, distance: float) -> np.ndarray:
    """A unit vector at a cosine distance from another."""
    other = random.standard_normal(512)
    other -= (other @ v) * v
    other /= np.linalg.norm(other)
    return (1 - distance) * v + np.sqrt(1 - (1 - distance) ** 2) * other


@pytest.fixture
def add(db):
    now = timezone.now().replace(hour=12) - timedelta(days=1)  # so that hours before it are of the same day

    def add(title: str, vector: np.ndarray, hours: float = 2) -> Article:
        count = Article.objects.count()
        return Article.objects.create(
            outlet=Outlet.objects.create(name=f"Outlet {count}"),
            url=f"https://o{count}.example/",
            title=title,
            summary=title,
            language="en",
            published=now - timedelta(hours=hours),
            published_from="feed",
            read_from="feed",
            vector=list(vector),
        )

    return add


def test_a_crowd_hides_nothing_near_it(add):
    """A graph of neighbours is full of what is equal: beside a wire's story that 120 outlets carried word for
    word, most articles could not be found.
    """
    wire = beside(np.eye(512)[0], 0.5)
    for _ in range(120):
        add(WIRE, wire)
    group_articles(timezone.now())
    events = [beside(wire, distance) for distance in (0.05, 0.2, 0.4) for _ in range(15)]
    early = [add(f"Event {n}", v) for n, v in enumerate(events)]
    group_articles(timezone.now())
    late = [add(f"Event {n}, later", beside(v, 0.01)) for n, v in enumerate(events)]
    with stories_held() as cursor:
        unseen = [n for n, a in enumerate(late) if early[n].pk not in nearest(cursor, [a.pk])]
    assert unseen == []


def test_the_index_holds_equal_ones_once_a_day_and_each_of_a_split(add):
    wire = beside(np.eye(512)[1], 0.5)
    today, before = (
        [add(WIRE, wire, n / 100) for n in range(4)],
        [add(WIRE, wire, 48 + n / 100) for n in range(4)],
    )
    group_articles(timezone.now())
    days = {a.published.date() for a in [*today, *before]}
    held = Article.objects.filter(is_indexed=True)
    assert {a.published.date() for a in held} == days and held.count() == len(days)
    for article in [*today, *before]:
        article.refresh_from_db()
    new = split_off(today[0].story, today)
    assert {a.published.date() for a in held.filter(story=new)} == {a.published.date() for a in today}
    assert {a.published.date() for a in held.exclude(story=new)} == {a.published.date() for a in before}
    retain(timezone.now() + timedelta(days=30))
    assert not Article.objects.filter(in_window=True) and held.count() == len(days)


def test_at_the_windows_edge_those_that_are_in_it_are_found(add):
    wire = beside(np.eye(512)[2], 0.5)
    first = timezone.now().replace(hour=0, minute=5) - timedelta(days=1)
    both = [add(WIRE, wire), add(WIRE, wire)]
    for article, hours in zip(both, (0, 23), strict=True):
        Article.objects.filter(pk=article.pk).update(published=first + timedelta(hours=hours))
    group_articles(timezone.now())
    retain(first + WINDOW + timedelta(hours=2))
    inside = Article.objects.filter(in_window=True)
    later = add("Ministers agreed late at night", beside(wire, 0.01))
    with stories_held() as cursor:
        assert nearest(cursor, [later.pk]) & {a.pk for a in inside if a.pk != later.pk}


def test_one_takes_the_place_of_who_comes_home_with_other_words(add):
    wire = beside(np.eye(512)[3], 0.5)
    for hours in (3, 2):
        add(WIRE, wire, hours)
    group_articles(timezone.now())
    [held], [other] = [[a for a in Article.objects.all() if a.is_indexed is there] for there in (True, False)]
    said = Article.objects.get(pk=held.pk)
    said.title = said.summary = "Quite another thing"
    said.vector = list(beside(np.eye(512)[4], 0.5))
    _bring_home(held, said)
    later = add("Ministers agreed late at night", beside(wire, 0.01), 1)
    with stories_held() as cursor:
        assert other.pk in nearest(cursor, [later.pk])


def test_what_is_like_in_meaning_is_told_once_a_day(add):
    vector = default_encoder().encode([WIRE])[0]
    for _ in range(60):
        add(WIRE, vector)
    other = add("A boat reached the harbour", beside(vector, 0.3))
    group_articles(timezone.now())
    found = like_in_meaning(WIRE, 5)
    assert other in found and len(found) <= 3
