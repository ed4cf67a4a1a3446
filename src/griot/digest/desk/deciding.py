"""Accepting, discarding, putting off and moving: what becomes of a story, and where its line stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from griot.digest.desk.acting import (
    Done,
    Refused,
    Undo,
    as_placed,
    line_of,
    put_back,
    short,
    story_in,
    take_out,
)
from griot.digest.desk.placing import SECTIONS, day_in_the_making, draft_of, issue_in_the_making, value_of
from griot.digest.desk.traces import PAST
from griot.digest.models import IssuePage, name_of
from griot.digest.morning.assembling import start_issue
from griot.press.models import Rating, Story
from griot.press.stories.beats_store import judge, unlearn


def accept(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """The story's line goes into the issue in the making, where the house's order has it."""
    story, section = story_in(data), str(data.get("section") or "press_review")
    if section not in SECTIONS:
        raise Refused(f"there is no section {section!r}")
    line = line_of(story)
    if not line.outlets:
        raise Refused("the line names no outlet; add one, then accept it")
    if not line.may_be_approved:
        bad = [c.text for c in line.as_value().claims if c.is_refused]
        raise Refused(f"no article supports “{bad[0]}”: mend the line, or vouch for it with your name")
    issue = _issue()
    undo = _decide(story, Story.Decision.ACCEPTED, user, data.get("seen"))
    with draft_of(issue.pk, user) as draft:
        before = draft.take(story.pk)
        draft.put(
            value_of(line), section, before[1].index if before and before[1].section == section else None
        )
    undo |= {"issue": issue.pk, "was": as_placed(issue, *before) if before else None}
    made_room = f". The machine’s proposal of {draft.made_room} made room" if draft.made_room else ""
    return Done(f"Accepted: {short(story)}{made_room}", story.pk), undo


def undo_accept(user: Any, undo: Undo) -> None:
    with draft_of(undo["issue"], user) as draft:
        draft.take(undo["story"])
    undo_aside(user, undo)


def set_aside(decision: str, word: str) -> Callable[[Any, dict[str, Any]], tuple[Done, Undo]]:
    def do(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
        story = story_in(data)
        undo = _decide(story, decision, user, data.get("seen"))
        undo["was"] = take_out(story, user)
        return Done(f"{word}: {short(story)}", story.pk), undo

    return do


def undo_aside(user: Any, undo: Undo) -> None:
    put_back(user, undo["was"])
    _undecide(undo)


def move(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """An accepted line to another section or place of the issue."""
    story = story_in(data)
    issue = issue_in_the_making()
    section = str(data.get("section") or "")
    with draft_of(issue.pk, user) if issue else _nowhere() as draft:
        place = draft.place_of(story.pk)
        if place is None:
            raise Refused("this line does not stand in the issue; accept it first")
        to = section or place.section
        if to not in SECTIONS:
            raise Refused(f"there is no section {to!r}")
        value, _ = draft.take(story.pk) or ({}, place)
        if data.get("index") is not None:
            index: int | None = int(data["index"])
        elif data.get("by") is not None:
            index = max(0, place.index + int(data["by"]))
        else:
            index = None if to != place.section else place.index
        now = draft.put(value, to, index)
    words = {"press_review": "the press review", "trending": "Trending", "opinion": "Opinion"}
    label = f"Moved to {words[now.section]}, place {now.index + 1}: {short(story)}"
    return Done(label, story.pk), {
        "story": story.pk,
        "issue": issue.pk if issue else 0,
        "place": asdict(place),
    }


def _nowhere() -> Any:
    raise Refused("there is no issue in the making yet; accept a line first")


def undo_move(user: Any, undo: Undo) -> None:
    with draft_of(undo["issue"], user) as draft:
        found = draft.take(undo["story"])
        if found:
            draft.put(found[0], **undo["place"])


def _issue() -> IssuePage:
    return issue_in_the_making() or start_issue(day_in_the_making(), settings.LANGUAGE_CODE)


def _decide(story: Story, decision: str, user: Any, seen: str | None) -> Undo:
    """Write down a decision, if nobody else has decided meanwhile; the beats learn from it."""
    held = Story.objects.select_for_update(no_key=True).filter(pk=story.pk).first()
    if held is None or held.merged_into_id:
        raise Refused("this story was put together with another meanwhile; look again", conflict=True)
    story = held
    if seen is not None and seen != story.decision and story.decided_by_id not in (None, user.pk):
        raise Refused(
            f"{name_of(story.decided_by)} has {PAST[story.decision]} this story meanwhile; look again",
            conflict=True,
        )
    before = {
        "decision": story.decision,
        "by": story.decided_by_id,
        "at": story.decided_at.isoformat() if story.decided_at else None,
    }
    now = timezone.now()
    facts = {
        "decision": decision,
        "decided_by": user,
        "decided_at": now,
    }
    Story.objects.filter(pk=story.pk).update(changed=now, **facts)
    moved = []
    if decision in (Story.Decision.ACCEPTED, Story.Decision.DISCARDED):
        # The beat that the story is nearest to learns from it.
        rating = Rating.objects.filter(story=story).order_by("-score").first()
        if rating:
            moved.append(
                [
                    rating.pk,
                    rating.beat_id,
                    _judged(rating),
                    judge(rating, decision == Story.Decision.ACCEPTED, user),
                ]
            )
    return {"story": story.pk, "before": before, "moved": moved}


def _judged(rating: Rating) -> Undo:
    return {
        "judgement": rating.judgement,
        "by": rating.by_id,
        "at": rating.at.isoformat() if rating.at else None,
    }


def _undecide(undo: Undo) -> None:
    before = undo["before"]
    Story.objects.filter(pk=undo["story"]).update(
        decision=before["decision"], decided_by=before["by"], decided_at=before["at"], changed=timezone.now()
    )
    for rating, beat, judged, moved in undo["moved"]:
        Rating.objects.filter(pk=rating).update(**judged)
        unlearn(beat, moved)
