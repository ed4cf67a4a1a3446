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
    # Each query is asked once: it looks at the words of a whole night.
    found = _stories(night.filter(condition(query, ARTICLE_FILTERS, MOST_OF_A_BEAT)))
    new, old = set(found), set[int | None]()
    if beat:
        old = new if beat.query == query else set(_stories(night.filter(_condition(beat.query))))
    stories = Story.objects.filter(merged_into=None, pk__in=[pk for pk in new | old if pk])
    ranked = list(stories.order_by("-reports", "-last_published", "pk").values_list("pk", flat=True))
    told = [[pk for pk in ranked if pk in of] for of in (new, new - old, old - new)]
    best = Story.objects.in_bulk([pk for some in told for pk in some[:MOST_SHOWN]])
    shown = (Shown(len(some), tuple(best[pk] for pk in some[:MOST_SHOWN] if pk in best)) for some in told)
    return Tried(night.count(), len(found), *shown)


def _condition(query: str) -> Q:
    try:
        return condition(query, ARTICLE_FILTERS, MOST_OF_A_BEAT)
    except QueryError:  # stored when the language was another one
        return Q(pk=None)


def _stories(articles: QuerySet[Article]) -> list[int | None]:
    """Of each article its story."""
    return list(articles.order_by().values_list("story", flat=True))
