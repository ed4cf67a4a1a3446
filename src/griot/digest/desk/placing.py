"""The press lines of an issue's draft: put in, in the house's order, moved, taken out.

The draft is the page's newest revision, which Wagtail's editor shows, too: there is one truth. Each change
locks the front of its language, so two editors' changes follow each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.morning.assembling import recounted
from griot.digest.morning.ordering import house_place
from griot.press.models import Line, Story
from griot.press.stories.ranking import by_news

SECTIONS = ("press_review", "trending", "opinion")
RECENT = timedelta(minutes=30)  # within which one person's changes are one revision


def issue_in_the_making() -> IssuePage | None:
    """The issue that the desk works on: the earliest of today or later that is not out yet; None where
    there is none.
    """
    issues = IssuePage.objects.filter(
        language=settings.LANGUAGE_CODE, day__gte=timezone.localdate(), live=False
    )
    found: IssuePage | None = issues.order_by("day").first()
    return found


def unfinished(placed: Iterable[int] | None = None) -> QuerySet[Story]:
    """What was put off, or accepted and never told, and does not stand in the issue in the
    making; best first. `placed` are the stories that do; looked up where not given.
    """
    if placed is None:
        page = issue_in_the_making()
        placed = Draft(page.get_latest_revision_as_object()).stories() if page else []
    waiting = Story.objects.filter(
        merged_into=None, decision__in=[Story.Decision.LATER, Story.Decision.ACCEPTED], told=None
    )
    return waiting.exclude(pk__in=placed).order_by(by_news())


def day_in_the_making() -> date:
    """The day of the issue in the making: today, or the day after the last that is out."""
    today = timezone.localdate()
    out = (
        IssuePage.objects.filter(language=settings.LANGUAGE_CODE, day__gte=today, live=True)
        .order_by("-day")
        .first()
    )
    return out.day + timedelta(days=1) if out else today


@contextmanager
def draft_of(pk: int, user: Any = None) -> Iterator[Draft]:
    """The draft of an issue, to be changed; saved at the end where it was."""
    with transaction.atomic():
        DigestIndexPage.objects.select_for_update().get(locale__language_code=settings.LANGUAGE_CODE)
        draft = Draft(IssuePage.objects.get(pk=pk).get_latest_revision_as_object())
        if user is not None:
            draft.take_over()
        yield draft
        if draft.is_changed:
            draft.save(user)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: section and index in it. Each putting has an id of its own."""

    section: str
    index: int
    id: str = ""


class Draft:
    """The press sections of an issue's draft. `raw` is the body as stored."""

    def __init__(self, page: IssuePage) -> None:
        self.page = page
        self.raw: list[dict[str, Any]] = [dict(child) for child in page.body.get_prep_value()]
        self.is_changed = False
        self.made_room = 0  # lines of the machine's proposal that gave way to a person's choice

    def take_over(self) -> None:
        """What the machine laid out is a proposal: with the first person at work, only what
        somebody accepted stays.
        """
        latest = self.page.get_latest_revision()
        if latest is None or latest.user_id is not None:
            return
        accepted = set(Story.objects.filter(decision=Story.Decision.ACCEPTED).values_list("pk", flat=True))
        for section in SECTIONS:
            lines = self.lines(section)
            stay = [item for item in lines if item["value"].get("story") in accepted]
            self.made_room += len(lines) - len(stay)
            lines[:] = stay
        self.is_changed = True

    def block(self, section: str) -> dict[str, Any] | None:
        found = (
            b
            for b in self.raw
            if b["type"] == "press_review" and (b["value"].get("section") or "press_review") == section
        )
        return next(found, None)

    def lines(self, section: str) -> list[dict[str, Any]]:
        """The section's lines as stored, to be changed in place; empty where it has none."""
        block = self.block(section)
        return block["value"]["lines"] if block else []

    def stories(self) -> list[int]:
        return [
            item["value"]["story"]
            for name in SECTIONS
            for item in self.lines(name)
            if item["value"].get("story")
        ]

    def place_of(self, story: int) -> Place | None:
        for section in SECTIONS:
            for index, item in enumerate(self.lines(section)):
                if item["value"].get("story") == story:
                    return Place(section, index, str(item.get("id") or ""))
        return None

    def put(self, value: dict[str, Any], section: str, index: int | None = None, id: str = "") -> Place:
        """Put a line in; without an index where the house's order has it. With the `id` of an earlier
        putting it stands there as it did.
        """
        if self.block(section) is None:
            self._add_section(section)
        lines = self.lines(section)
        if index is None:
            index = house_place(value["story"], [item["value"].get("story") for item in lines])
        index = max(0, min(index, len(lines)))
        id = id or str(uuid.uuid4())
        lines.insert(index, {"type": "item", "id": id, "value": value})
        self.is_changed = True
        return Place(section, index, id)

    def take(self, story: int) -> tuple[dict[str, Any], Place] | None:
        """Take a story's line out; gives it and where it stood."""
        place = self.place_of(story)
        if place is None:
            return None
        item = self.lines(place.section).pop(place.index)
        self.is_changed = True
        return item["value"], place

    def update(self, story: int, value: dict[str, Any]) -> dict[str, Any] | None:
        """Change what a story's line says; gives what it said, or None where it does not stand there."""
        place = self.place_of(story)
        if place is None:
            return None
        item = self.lines(place.section)[place.index]
        before: dict[str, Any] = item["value"]
        item["value"] = {**before, **value}
        self.is_changed = True
        return before

    def _add_section(self, section: str) -> None:
        """A new section stands after the sections before it, or where the press review would."""
        block = {
            "type": "press_review",
            "id": str(uuid.uuid4()),
            "value": {"section": section, "title": "", "bullet": "•", "lines": []},
        }
        at = max((n for n, b in enumerate(self.raw) if b["type"] == "press_review"), default=-1) + 1
        if at == 0:
            at = next((n for n, b in enumerate(self.raw) if b["type"] in {"event", "share"}), len(self.raw))
        self.raw.insert(at, block)

    def save(self, user: Any) -> None:
        self.page.body = self.page.body.stream_block.to_python(self.raw)
        self.page.summary = recounted(self.page.summary, len(self.stories()))
        latest = self.page.get_latest_revision()
        is_same = (
            latest
            and user
            and latest.user_id == user.pk
            and latest.created_at > timezone.now() - RECENT
            and not self.page.live
        )
        is_free = not self.page.current_workflow_state  # what is being approved keeps its revision
        self.page.save_revision(
            user=user, clean=False, overwrite_revision=latest if is_same and is_free else None
        )


def value_of(line: Line) -> dict[str, Any]:
    return {
        "outlets": [{"type": "item", "id": str(uuid.uuid4()), "value": o} for o in line.outlets],
        "body": line.body,
        "piece": line.piece,
        "mention": line.mention,
        "story": line.story_id,
        "head": "",
    }
