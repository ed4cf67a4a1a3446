"""What a query would find in last night's pieces, and how that differs from a beat's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from griot.press.core.beats.query import QueryError
from griot.press.models import Article, Beat, Story
from griot.press.stories.searching import ARTICLE_FILTERS, condition

NIGHT = timedelta(hours=36)
MOST_SHOWN = 25
MOST_OF_A_BEAT = 20_000  # what it may cost: that of migration costs some 1,000, on one night’s pieces


@dataclass(frozen=True, slots=True)
class Shown:
    """How many stories there are, and the best of them."""

    count: int
    best: tuple[Story, ...]

    @classmethod
    def of(cls, stories: QuerySet[Story]) -> Shown:
        ranked = stories.order_by("-reports", "-last_published", "pk")
        return cls(stories.count(), tuple(ranked[:MOST_SHOWN]))


@dataclass(frozen=True, slots=True)
class Tried:
    """Of a query: the pieces of the night and how many it finds; the stories that it finds, and those that it
    `wins` and `loses` against the beat as it stands.
    """

    pieces: int
    found: int
    finds: Shown
    wins: Shown
    loses: Shown


def tried(query: str, beat: Beat | None, now: datetime | None = None) -> Tried:
    """Try a query on the pieces of the last 36 hours. Raises QueryError, whose message shows the place."""
    night = Article.objects.filter(published__gt=(now or timezone.now()) - NIGHT)
    asked = condition(query, ARTICLE_FILTERS, MOST_OF_A_BEAT)
    as_it_is = _condition(beat.query) if beat else Q(pk=None)
    new, old = _stories(night.filter(asked)), _stories(night.filter(as_it_is))
    return Tried(
        night.count(),
        night.filter(asked).count(),
        Shown.of(new),
        Shown.of(new.exclude(pk__in=old.values("pk"))),
        Shown.of(old.exclude(pk__in=new.values("pk"))),
    )


def _condition(query: str) -> Q:
    try:
        return condition(query, ARTICLE_FILTERS, MOST_OF_A_BEAT)
    except QueryError:  # stored when the language was another one
        return Q(pk=None)


def _stories(articles: QuerySet[Article]) -> QuerySet[Story]:
    return Story.objects.filter(merged_into=None, pk__in=articles.order_by().values("story"))
