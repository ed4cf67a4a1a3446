"""Which story comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from griot.press.models import Story
from griot.press.stories.ranking import by_news

NOW = timezone.now()


def story(name: str, score: float, reports: int = 1, is_ours: bool = False, hours: float = 1) -> Story:
    at = NOW - timedelta(hours=hours)
    return Story.objects.create(
        headline=name, score=score, reports=reports, is_ours=is_ours, first_published=at, last_published=at
    )


def first() -> str:
    return Story.objects.order_by(by_news(), "pk")[0].headline


@pytest.mark.django_db
def test_one_outlets_headline_full_of_the_beats_words_stands_below_a_rescue_that_six_tell_of():
    story("headline", 7.4)
    story("rescue", 2.2, reports=6)
    assert first() == "rescue"


@pytest.mark.django_db
def test_what_many_tell_of_off_the_beat_stands_below_what_is_on_it():
    story("match", 0.2, reports=12, hours=0)
    story("arrivals", 1.2, reports=1, hours=3)
    assert first() == "arrivals"


@pytest.mark.django_db
def test_of_two_alike_the_newer_comes_first_and_ours_before_it():
    story("older", 2, hours=20)
    story("newer", 2)
    assert first() == "newer"
    story("ours", 2, is_ours=True, hours=20)
    assert first() == "ours"


class TestWorth(TestCase):
    @given(st.floats(0, 9), st.integers(0, 40), st.booleans(), st.integers(0, 36), st.sampled_from("nroh"))
    def test_more_of_anything_never_puts_a_story_lower(self, score, reports, is_ours, hours, more):
        story("less", score, reports, is_ours, hours + 1)
        better = {
            "n": (score + 1, reports, is_ours, hours + 1),
            "r": (score, reports + 1, is_ours, hours + 1),
            "o": (score, reports, True, hours + 1),
            "h": (score, reports, is_ours, hours),
        }[more]
        story("more", *better)
        places = [s.headline for s in Story.objects.order_by(by_news(), "-pk")]
        assert places == ["more", "less"]
