"""Today's issue from today's lines."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.digest.core.subjects import COUNTED
from griot.digest.core.words import issue_title
from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.morning.frames import first_body
from griot.digest.morning.ordering import in_house_order
from griot.digest.site.making import NIGHT
from griot.press.core.progress import Progress, silent_progress
from griot.press.listening.ledger import Ledger, ledger
from griot.press.listening.listening import due_sources, fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Line
from griot.press.stories.lines import draft_lines
from griot.press.stories.pipeline import group_articles, stories_on_beat
from griot.troubles.sweeping import each, in_turn

MOST_LINES = 24


def night_of(day: date, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of time that the issue of `day` looks back on; it ends now, or with the day."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    until = min(now, end)
    return until - NIGHT, until


def morning(day: date, now: datetime, progress: Progress = silent_progress) -> tuple[Ledger, IssuePage]:
    """Run the whole pipeline once and lay out the issue. Can be stopped and run again anywhere; a step that
    fails is set aside, and the issue is laid out with what there is.
    """
    in_turn(
        "the morning",
        visiting=lambda: fetch_sources(due_sources(now, with_new=True), progress),
        reading=lambda: read_entries(progress),
        grouping=lambda: group_articles(now),
        drafting=lambda: draft_lines(*night_of(day, timezone.now()), progress=progress),
    )
    since, until = night_of(day, timezone.now())
    return ledger(since, until), lay_out(day, since, until)


def lay_out(day: date, since: datetime, until: datetime, language: str = "en") -> IssuePage:
    """The day's issue as a draft with the lines in its press review.

    An issue that a person has touched, or that is published, is left as it is.
    """
    with transaction.atomic():
        index = DigestIndexPage.objects.select_for_update().get(locale__language_code=language)
        issue = IssuePage.objects.filter(day=day, language=language).first()
        if issue and (issue.live or issue.revisions.exclude(user=None).exists()):
            return issue
        issue = issue.get_latest_revision_as_object() if issue else None
        lines: list[dict[str, Any]] = []
        best = stories_on_beat(since, until)[: MOST_LINES * 2].values_list("pk", flat=True)
        each("choosing lines", best, lambda pk: lines.extend(_lines_of(pk, language)))
        issue = issue or _begin(index, day)
        if lines:
            _place(issue, _in_house_order(lines[:MOST_LINES]))
        told = len(lines[:MOST_LINES])
        issue.summary = counted(told) if told else ""
        issue.save_revision()
    return issue


def counted(told: int) -> str:
    """What an issue is said to hold until somebody says it in their own words."""
    return f"{told} {'story' if told == 1 else 'stories'} from the night’s press"


def recounted(summary: str, told: int) -> str:
    """A summary that still counts as the machine wrote it, with what the issue holds now."""
    return COUNTED.sub(counted(told), summary) if told else summary


def _in_house_order(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_story = {line["story"]: line for line in lines}
    return [by_story[story] for story in in_house_order(list(by_story))]


def _lines_of(story: int, language: str) -> list[dict[str, object]]:
    return [
        {"outlets": line.outlets, "body": line.body, "mention": line.mention, "story": line.story_id}
        for line in Line.objects.filter(story=story, language=language)
        if line.ok or (line.overrides.exists() and line.may_be_approved)  # vouched for by a named person
    ]


def _place(issue: IssuePage, lines: list[dict[str, Any]]) -> None:
    """Put lines into the issue's press review. The other blocks stay as stored: one may not be readable."""
    stream = issue.body.stream_block
    body = list(issue.body.get_prep_value())
    review = next((b for b in body if b["type"] == "press_review" and _is_whole_press(b["value"])), None)
    if review is None:
        review = {"type": "press_review", "value": {"section": "press_review", "title": ""}}
        body.append(review)
    block = stream.child_blocks["press_review"]
    value = block.normalize({**block.to_python(review["value"]), "lines": lines})
    review["value"] = block.get_prep_value(value)
    issue.body = stream.to_python(body)


def _is_whole_press(value: Any) -> bool:
    """Whether a review is that of the press, and no section of it."""
    return isinstance(value, dict) and (value.get("section") or "press_review") == "press_review"


def start_issue(day: date, language: str) -> IssuePage:
    """The day's issue, begun from its frame where there is none yet."""
    with transaction.atomic():
        index = DigestIndexPage.objects.select_for_update().get(locale__language_code=language)
        return IssuePage.objects.filter(day=day, language=language).first() or _begin(index, day)


def _begin(index: DigestIndexPage, day: date) -> IssuePage:
    language = index.locale.language_code
    issue = IssuePage(
        title=issue_title(day, language), slug=day.isoformat(), day=day, locale=index.locale, live=False
    )
    issue.body = issue.body.stream_block.to_python(first_body(day, language))
    index.add_child(instance=issue)
    issue.save_revision()
    return issue
