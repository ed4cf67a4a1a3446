"""The house's order of lines: culture is last, and what is grave is never culture."""

from __future__ import annotations

import pytest

from griot.digest.morning.ordering import in_house_order
from griot.press.models import Article, Story
from tests.digest.desk.nights import tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("headline", "is_last"),
    [
        ("Mombasa hosts a festival of films on migration", True),
        ("Un festival de musique ouvre à Agadez", True),
        ("Museum shows 11,000 photographs of corner shops", True),
        ("Film crew rescued off Lampedusa", False),
        ("Eleven dead as a football team’s bus crashes near Agadez", False),
        ("Artists and musicians expelled from Libya", False),
        ("State of the art: Germany eases its rules for care workers", False),
    ],
)
def test_culture_comes_last_however_many_report_it(headline, is_last):
    one, other = tell(headline), tell("Ministers meet over the border")
    Story.objects.filter(pk=one.pk).update(reports=5)
    assert in_house_order([one.pk, other.pk]) == ([other.pk, one.pk] if is_last else [one.pk, other.pk])


def test_a_story_is_culture_by_most_of_those_who_report_it():
    one, other = tell("Mombasa hosts a festival of films"), tell("Ministers meet over the border")
    row = one.articles.get()
    for n, title in enumerate(["Curfew in Mombasa", "Curfew from nine in Mombasa"]):
        Article.objects.create(
            url=f"{row.url}-{n}", title=title, outlet=row.outlet, published=row.published, story=one
        )
    Story.objects.filter(pk=one.pk).update(reports=3)
    assert in_house_order([one.pk, other.pk]) == [one.pk, other.pk]
