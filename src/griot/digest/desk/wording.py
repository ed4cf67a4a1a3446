"""Editing a line's words and outlets, and vouching for what they claim."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from griot.digest.blocks import PIECES
from griot.digest.desk.acting import (
    Done,
    Refused,
    Undo,
    articles_of,
    has_lost,
    line_anew,
    line_of,
    short,
    story_in,
)
from griot.digest.desk.placing import draft_of, issue_in_the_making, value_of
from griot.digest.models import name_of
from griot.press.core.types import Piece
from griot.press.models import Article, Line, Override, Story
from griot.press.stories.lines import check_again, check_lines, told_as

LONGEST_BODY, LONGEST_MENTION, MOST_OUTLETS = 2000, 400, 60

_FIELDS = ("outlets", "body", "piece", "mention", "claims", "findings", "ok", "edited_by_id", "is_by_hand")


def edit(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """The line's words and outlets, checked again. Who edits names the version that they saw."""
    story = story_in(data)
    line_of(story)
    line = Line.objects.select_for_update().get(story=story, language=settings.LANGUAGE_CODE)
    if int(data.get("version", -1)) != line.version:
        by = name_of(line.edited_by)
        raise Refused(
            f"{by} has changed this line meanwhile; yours is kept in the box, compare and save again",
            conflict=True,
        )
    before = {name: getattr(line, name) for name in _FIELDS}
    line.body = " ".join(str(data.get("body", line.body)).split())
    line.mention = " ".join(str(data.get("mention", line.mention)).split())
    if not line.body:
        raise Refused("a line needs words; to be rid of the story, discard it")
    if len(line.body) > LONGEST_BODY or len(line.mention) > LONGEST_MENTION:
        raise Refused(f"a line has at most {LONGEST_BODY} characters, a mention {LONGEST_MENTION}")
    if "piece" in data:
        line.piece = _piece(data["piece"])
    if "outlets" in data:
        line.outlets = _outlets(data["outlets"], line)
    line.version += 1
    line.edited_by, line.is_by_hand = user, True
    check_again(line)
    line.save()
    printed = _show_in_issue(line, value_of(line), user)
    Story.objects.filter(pk=story.pk).update(changed=timezone.now())
    undo = {"story": story.pk, "line": before, "printed": printed, "articles": articles_of(story.pk)}
    return Done(f"Edited: {short(story)}", story.pk), undo


def tell_as(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """The line drafted anew as the kind of piece that its editor knows the story to be."""
    story, piece = story_in(data), _piece(data.get("piece"))
    told = told_as(line_of(story), piece)
    kind = dict(PIECES)[piece].lower()
    if told is None:
        raise Refused(f"no article in the line’s language bears out a sentence for: {kind}. Write it by hand")
    outlets = [outlet.url for outlet in told.outlets]
    done, undo = edit(user, {**data, "piece": piece, "body": told.body, "outlets": outlets})
    return Done(f"Told as {kind}: {short(story)}", done.story), undo


def _piece(given: Any) -> Piece:
    if given not in [value for value, _ in PIECES]:
        raise Refused("there is no such kind of piece")
    return cast(Piece, given)


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


def undo_edit(user: Any, undo: Undo) -> None:
    """The words from before; of a story that has lost articles, as they stand to the others."""
    printed = undo["printed"]
    line = Line.objects.select_for_update().get(story=undo["story"], language=settings.LANGUAGE_CODE)
    for name, value in undo["line"].items():
        setattr(line, name, value)
    line.version += 1  # what others saw is no longer there
    line.save()
    if has_lost(line.story_id, undo.get("articles")):
        line = line_anew(line.story_id)
        printed = printed and value_of(line)
    else:
        check_lines(line.story)
    if printed:
        _show_in_issue(line, printed, user)
    Story.objects.filter(pk=undo["story"]).update(changed=timezone.now())


def vouch(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """A named person answers for a claim that no article supports."""
    story, claim, why = story_in(data), str(data.get("claim", "")), " ".join(str(data.get("why", "")).split())
    line = line_of(story)
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


def undo_vouch(user: Any, undo: Undo) -> None:
    mine = Override.objects.filter(pk=undo["override"])
    if undo["before"]:
        mine.update(**undo["before"][0])
    else:
        mine.delete()
    Story.objects.filter(pk=undo["story"]).update(changed=timezone.now())
