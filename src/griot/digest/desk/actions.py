"""What an editor does at the desk. Each act says what it takes to undo it, and refuses in words.

Acts follow each other, whoever does them. Of one editor they are undone from the newest back, and only what
is still as the act left it: nobody's later work is written over. What can't be undone is told once and set
behind; the next undo goes on with what is older.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from griot.digest.desk.lines import check_again
from griot.digest.desk.placing import (
    SECTIONS,
    Place,
    day_in_the_making,
    draft_of,
    issue_in_the_making,
    value_of,
)
from griot.digest.desk.traces import PAST, changed_since, left_by
from griot.digest.models import DeskAction, IssuePage, name_of
from griot.digest.morning.assembling import start_issue
from griot.locking import one_after_another
from griot.press.models import Article, Line, Override, Rating, Story
from griot.press.stories.beats_store import judge, unlearn
from griot.press.stories.pipeline import draft_story, find_story
from griot.press.stories.verdicts import merge_stories, restore, snapshot, split_off

UNDO_STEPS = 50
LONGEST_BODY, LONGEST_MENTION, MOST_OUTLETS = 2000, 400, 60
Undo = dict[str, Any]


class Refused(Exception):
    """The act can't be done; the message says why and what to do. `conflict`: somebody else was first.
    `story`, of what could not be undone, is to be shown anew.
    """

    def __init__(self, message: str, conflict: bool = False, story: int | None = None) -> None:
        super().__init__(message)
        self.conflict, self.story = conflict, story


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words, and the story that is to be shown anew."""

    label: str
    story: int | None
    gone: tuple[int, ...] = ()


def act(kind: str, user: Any, data: dict[str, Any]) -> Done:
    """Do one thing and remember how to undo it, both or neither. Raises Refused."""
    do = _ACTS.get(kind)
    if do is None:
        raise Refused(f"the desk knows no act called {kind!r}")
    with transaction.atomic():
        one_after_another("the desk")
        done, undo = do(user, data)
        undo["left"] = left_by(kind, undo.get("stories", [done.story]), user)
        DeskAction.objects.create(user=user, kind=kind, label=done.label[:200], story=done.story, undo=undo)
        old = DeskAction.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[UNDO_STEPS:]
        DeskAction.objects.filter(pk__in=list(old)).delete()
    return done


def undo_last(user: Any) -> Done:
    """Undo the last thing that this editor did and that is not behind them. Raises Refused where there is
    none, or where what it left has been changed since: then it is behind them, too.
    """
    with transaction.atomic():
        one_after_another("the desk")
        last = DeskAction.objects.filter(user=user, is_behind=False).order_by("-pk").first()
        if last is None:
            raise Refused("there is nothing to undo")
        last.is_behind = True
        last.save(update_fields=["is_behind"])
        why = changed_since(last.undo["left"], user) or _undone(last, user)
    if why:
        message = f"not undone: “{last.label}”, for {why}; the next undo takes what you did before it"
        raise Refused(message, conflict=True, story=last.story)
    return Done(f"Undone: {last.label}", last.story)


def _undone(last: DeskAction, user: Any) -> str:
    """Undo an act, whole or not at all; gives why not."""
    try:
        with transaction.atomic():
            _UNDO[last.kind](user, last.undo)
    except Refused as refusal:
        return str(refusal)
    return ""


# --- parts -------------------------------------------------------------------------------


def _story(data: dict[str, Any]) -> Story:
    try:
        return find_story(int(data.get("story") or 0))
    except (Story.DoesNotExist, ValueError):
        raise Refused("this story is no longer there; it may have been let go or split") from None


def _line(story: Story) -> Line:
    line = Line.objects.filter(story=story, language=settings.LANGUAGE_CODE).first()
    return line or draft_story(story, settings.LANGUAGE_CODE)


def _short(story: Story) -> str:
    return story.headline[:90] or str(story)


def _issue() -> IssuePage:
    return issue_in_the_making() or start_issue(day_in_the_making(), settings.LANGUAGE_CODE)


def _decide(story: Story, decision: str, user: Any, seen: str | None) -> Undo:
    """Write down a decision, if nobody else has decided meanwhile; the beats learn from it."""
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


def _taken(story: Story, user: Any) -> Undo | None:
    """Take a story's line out of the issue in the making, if it stands there."""
    issue = issue_in_the_making()
    if issue is None:
        return None
    with draft_of(issue.pk, user) as draft:
        found = draft.take(story.pk)
    return _placed(issue, *found) if found else None


def _placed(issue: IssuePage, value: Undo, place: Place) -> Undo:
    return {
        "issue": issue.pk,
        "is_planned": bool(issue.approved_schedule),
        "value": value,
        "place": asdict(place),
    }


def _put_back(user: Any, placed: Undo | None) -> None:
    """Where it stood, as what it was. Raises Refused where that issue is planned or out meanwhile."""
    if placed is None:
        return
    issue = issue_in_the_making()
    if issue is None or issue.pk != placed["issue"] or (issue.approved_schedule and not placed["is_planned"]):
        raise Refused("the issue that the line stood in has been planned or has gone out since")
    with draft_of(issue.pk, user) as draft:
        draft.put(placed["value"], **placed["place"])


# --- acts --------------------------------------------------------------------------------


def _accept(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """The story's line goes into the issue in the making, where the house's order has it."""
    story, section = _story(data), str(data.get("section") or "press_review")
    if section not in SECTIONS:
        raise Refused(f"there is no section {section!r}")
    line = _line(story)
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
    undo |= {"issue": issue.pk, "was": _placed(issue, *before) if before else None}
    return Done(f"Accepted: {_short(story)}", story.pk), undo


def _undo_accept(user: Any, undo: Undo) -> None:
    with draft_of(undo["issue"], user) as draft:
        draft.take(undo["story"])
    _undo_aside(user, undo)


def _set_aside(decision: str, word: str) -> Callable[[Any, dict[str, Any]], tuple[Done, Undo]]:
    def do(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
        story = _story(data)
        undo = _decide(story, decision, user, data.get("seen"))
        undo["was"] = _taken(story, user)
        return Done(f"{word}: {_short(story)}", story.pk), undo

    return do


def _undo_aside(user: Any, undo: Undo) -> None:
    _put_back(user, undo["was"])
    _undecide(undo)


_LINE_FIELDS = ("outlets", "body", "mention", "claims", "findings", "ok", "edited_by_id")


def _edit(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """The line's words and outlets, checked again. Who edits names the version that they saw."""
    story = _story(data)
    _line(story)
    line = Line.objects.select_for_update().get(story=story, language=settings.LANGUAGE_CODE)
    if int(data.get("version", -1)) != line.version:
        by = name_of(line.edited_by)
        raise Refused(
            f"{by} has changed this line meanwhile; yours is kept in the box, compare and save again",
            conflict=True,
        )
    before = {name: getattr(line, name) for name in _LINE_FIELDS}
    line.body = " ".join(str(data.get("body", line.body)).split())
    line.mention = " ".join(str(data.get("mention", line.mention)).split())
    if not line.body:
        raise Refused("a line needs words; to be rid of the story, discard it")
    if len(line.body) > LONGEST_BODY or len(line.mention) > LONGEST_MENTION:
        raise Refused(f"a line has at most {LONGEST_BODY} characters, a mention {LONGEST_MENTION}")
    if "outlets" in data:
        line.outlets = _outlets(data["outlets"], line)
    line.version += 1
    line.edited_by = user
    check_again(line)
    line.save()
    printed = _show_in_issue(line, value_of(line), user)
    Story.objects.filter(pk=story.pk).update(changed=timezone.now())
    undo = {"story": story.pk, "line": before, "printed": printed}
    return Done(f"Edited: {_short(story)}", story.pk), undo


def _outlets(given: Any, line: Line) -> list[dict[str, str]]:
    """The chips in the order given. Only outlets that report or carry the story can be named."""
    carried = {
        a.url: {
            "name": a.outlet.credit,
            "url": a.url if a.url.startswith("http") else "",
        }
        for a in Article.objects.filter(story=line.story_id).select_related("outlet")
    }
    there = {o["url"]: o for o in line.outlets}
    found = []
    for url in given if isinstance(given, list) else []:
        outlet = there.get(url) or carried.get(url)
        if outlet and outlet not in found:
            found.append(outlet)
    if not found:
        raise Refused("a line names at least one outlet of its story")
    return found[:MOST_OUTLETS]


def _show_in_issue(line: Line, value: Undo, user: Any) -> Undo | None:
    """Where the line stands in the issue in the making, it says `value` now; gives what it said before."""
    issue = issue_in_the_making()
    if issue is None:
        return None
    with draft_of(issue.pk, user) as draft:
        return draft.update(line.story_id, value)


def _undo_edit(user: Any, undo: Undo) -> None:
    line = Line.objects.select_for_update().get(story=undo["story"], language=settings.LANGUAGE_CODE)
    for name, value in undo["line"].items():
        setattr(line, name, value)
    line.version += 1  # what others saw is no longer there
    line.save()
    if undo["printed"]:
        _show_in_issue(line, undo["printed"], user)
    Story.objects.filter(pk=undo["story"]).update(changed=timezone.now())


def _vouch(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """A named person answers for a claim that no article supports."""
    story, claim, why = _story(data), str(data.get("claim", "")), " ".join(str(data.get("why", "")).split())
    line = _line(story)
    if claim not in {c.text for c in line.as_value().claims if c.is_refused}:
        raise Refused("the line makes no such claim, or an article supports it")
    if len(why) < 5:
        raise Refused("say where you have it from, in a few words")
    mine = Override.objects.filter(line=line, claim=claim, by=user)
    before = [{"why": o.why, "at": o.at.isoformat()} for o in mine]
    row, _ = Override.objects.update_or_create(
        line=line, claim=claim, by=user, defaults={"why": why[:300], "at": timezone.now()}
    )
    Story.objects.filter(pk=story.pk).update(changed=timezone.now())
    undo = {"story": story.pk, "override": row.pk, "before": before}
    return Done(f"Vouched for “{claim[:60]}”", story.pk), undo


def _undo_vouch(user: Any, undo: Undo) -> None:
    mine = Override.objects.filter(pk=undo["override"])
    if undo["before"]:
        mine.update(**undo["before"][0])
    else:
        mine.delete()
    Story.objects.filter(pk=undo["story"]).update(changed=timezone.now())


def _merge(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    ids = {_story({"story": pk}).pk for pk in [data.get("story"), *data.get("with", [])] if pk}
    if len(ids) < 2:
        raise Refused("mark another story first (x), then merge")
    stories = list(Story.objects.filter(pk__in=ids))
    before = snapshot(stories)
    was = [placed for s in stories if (placed := _taken(s, user))]
    merged = merge_stories(stories, by=user)
    if was:  # what stood in the issue for one of them stands for the whole, and so does who accepted it
        taken = next(s for s in stories if s.pk == was[0]["value"]["story"])
        facts = {name: getattr(taken, name) for name in ("decision", "decided_by", "decided_at")}
        Story.objects.filter(pk=merged.pk).update(**facts)
        line = draft_story(merged, settings.LANGUAGE_CODE)
        with draft_of(was[0]["issue"], user) as draft:
            draft.put(value_of(line), was[0]["place"]["section"], was[0]["place"]["index"])
    gone = tuple(ids - {merged.pk})
    return Done(f"Merged {len(ids)} stories: {_short(merged)}", merged.pk, gone), {
        "before": before,
        "was": was,
        "stories": [merged.pk, *gone],
    }


def _undo_grouping(user: Any, undo: Undo) -> None:
    """Of a merge or a split, whose own story is the first of `stories`."""
    if issue := issue_in_the_making():
        with draft_of(issue.pk, user) as draft:
            draft.take(undo["stories"][0])
    restore(undo["before"])
    for placed in reversed(undo["was"]):
        _put_back(user, placed)


def _split(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """Chosen articles become a story of their own."""
    story = _story(data)
    chosen = list(Article.objects.filter(story=story, pk__in=[int(pk) for pk in data.get("articles", [])]))
    before, was = snapshot([story]), _taken(story, user)
    try:
        new = split_off(story, chosen, by=user)
    except ValueError as error:
        raise Refused(str(error)) from None
    if was:
        with draft_of(was["issue"], user) as draft:
            draft.put(value_of(_line(story)), was["place"]["section"], was["place"]["index"])
    return Done(f"Split off: {_short(new)}", story.pk), {
        "before": before,
        "was": [was] if was else [],
        "stories": [story.pk, new.pk],
    }


def _move(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """An accepted line to another section or place of the issue."""
    story = _story(data)
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
    label = f"Moved to {words[now.section]}, place {now.index + 1}: {_short(story)}"
    return Done(label, story.pk), {
        "story": story.pk,
        "issue": issue.pk if issue else 0,
        "place": asdict(place),
    }


def _nowhere() -> Any:
    raise Refused("there is no issue in the making yet; accept a line first")


def _undo_move(user: Any, undo: Undo) -> None:
    with draft_of(undo["issue"], user) as draft:
        found = draft.take(undo["story"])
        if found:
            draft.put(found[0], **undo["place"])


_ACTS: dict[str, Callable[[Any, dict[str, Any]], tuple[Done, Undo]]] = {
    "accept": _accept,
    "discard": _set_aside(Story.Decision.DISCARDED, "Discarded"),
    "later": _set_aside(Story.Decision.LATER, "Later"),
    "reopen": _set_aside("", "Reopened"),
    "edit": _edit,
    "vouch": _vouch,
    "merge": _merge,
    "split": _split,
    "move": _move,
}
_UNDO: dict[str, Callable[[Any, Undo], None]] = {
    "accept": _undo_accept,
    "discard": _undo_aside,
    "later": _undo_aside,
    "reopen": _undo_aside,
    "edit": _undo_edit,
    "vouch": _undo_vouch,
    "merge": _undo_grouping,
    "split": _undo_grouping,
    "move": _undo_move,
}
