"""How far today's issue has come, told from what stands in the tables: a morning may run in any worker, end
anywhere, and go on in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from griot.digest.core.words import words
from griot.digest.models import DigestIndexPage
from griot.digest.site.newsroom import readers_language
from griot.press.core.stories.clustering import WINDOW
from griot.press.listening.listening import due
from griot.press.models import Article, Entry, Fetch, Line, Story
from griot.press.stories.pipeline import stories_on_beat

NIGHT = timedelta(hours=36)  # what a morning looks back on
JOBS = ("digest.morning", "demo.morning")
Step = Literal["waiting", "visiting", "reading", "grouping", "drafting"]
_SAID: Mapping[Step, str] = {
    "waiting": "making_waiting",
    "visiting": "making_visiting",
    "reading": "making_reading",
    "grouping": "making_grouping",
    "drafting": "making_drafting",
}
STEPS = tuple(_SAID)


@dataclass(frozen=True, slots=True)
class Making:
    """The step that a morning is at, how much of that is `done` of the `total`, and what there is by now."""

    step: Step
    done: int = 0
    total: int = 0
    articles: int = 0
    stories: int = 0
    lines: int = 0

    @property
    def share(self) -> float:
        """How much of the whole, from 0 to 1: the steps taken for equally long."""
        within = min(self.done / self.total, 1) if self.total else 0
        return round((STEPS.index(self.step) + within) / len(STEPS), 3)

    def in_words(self, say: Mapping[str, str]) -> str:
        return say[_SAID[self.step]].format(self.done, self.total)

    def found(self, say: Mapping[str, str]) -> str:
        return say["making_found"].format(self.articles, self.stories, self.lines)


def making() -> Making | None:
    """Where the morning is that runs or waits for a worker; None where there is none."""
    jobs = ProcrastinateJob.objects.filter(task_name__in=JOBS)
    if (job := jobs.filter(status="doing").order_by("-pk").first()) is None:
        return Making("waiting") if jobs.filter(status="todo").exists() else None
    events = ProcrastinateEvent.objects.filter(job=job.pk, type="started")
    began = events.aggregate(at=Max("at"))["at"] or timezone.now()
    step, done, total = _step(began)
    articles = Article.objects.filter(first_seen__gte=began)
    return Making(
        step,
        done,
        total,
        articles.count(),
        Story.objects.filter(articles__in=articles).distinct().count(),
        Line.objects.filter(story__articles__in=articles, ok=True).distinct().count(),
    )


def _step(began: datetime) -> tuple[Step, int, int]:
    now = timezone.now()
    if waiting := due(began, with_new=True).count():
        visited = Fetch.objects.filter(at__gte=began).values("source").distinct().count()
        return "visiting", visited, visited + waiting
    entries = Entry.objects.filter(first_seen__gte=began)
    if unread := entries.filter(state=Entry.State.NEW).count():
        total = entries.count()
        return "reading", total - unread, total
    fresh = Article.objects.filter(first_seen__gte=began, in_window=True, published__gte=now - WINDOW)
    if ungrouped := fresh.filter(story=None).count():
        total = fresh.count()
        return "grouping", total - ungrouped, total
    told = stories_on_beat(now - NIGHT, now)
    return "drafting", told.filter(lines__drafted__gte=began).distinct().count(), told.count()


def making_now(request: HttpRequest) -> HttpResponse:
    """For the front page of a demo that has no issue yet; a newsroom's own readers are told nothing of it."""
    index = DigestIndexPage.objects.live().filter(locale__language_code=readers_language()).first()
    if not settings.DEMO or index is None:
        raise Http404
    facts = as_json(making() or Making("waiting"), words(readers_language()))
    return JsonResponse({**facts, "is_over": index.issues().exists()}, headers={"Cache-Control": "no-store"})


def as_json(found: Making | None, say: Mapping[str, str]) -> dict[str, object]:
    """What a page that shows it asks for again and again."""
    if found is None:
        return {"is_over": True}
    said = {"words": found.in_words(say), "found": found.found(say), "share": found.share}
    return {**said, "is_over": False}
