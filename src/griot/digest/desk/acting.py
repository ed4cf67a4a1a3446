"""What all acts at the desk stand on: how they refuse, what they give, and lines taken from the issue in the
making and put back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from griot.digest.desk.placing import Place, draft_of, issue_in_the_making, value_of
from griot.digest.models import IssuePage
from griot.press.models import Article, Line, Story
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import find_story

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


def story_in(data: dict[str, Any]) -> Story:
    try:
        return find_story(int(data.get("story") or 0))
    except (Story.DoesNotExist, ValueError):
        raise Refused("this story is no longer there; it may have been let go or split") from None


def line_of(story: Story) -> Line:
    line = Line.objects.filter(story=story, language=settings.LANGUAGE_CODE).first()
    return line or draft_story(story, settings.LANGUAGE_CODE)


def articles_of(story: int) -> list[int]:
    return list(Article.objects.filter(story=story).order_by("pk").values_list("pk", flat=True))


def has_lost(story: int, articles: list[int] | None) -> bool:
    """Whether a story no longer has all the articles that something was written of; of acts from before those
    were written down nobody knows. What came since takes nothing back.
    """
    return articles is None or not set(articles) <= set(articles_of(story))


def line_anew(story: int) -> Line:
    """The line of a story that has lost articles that it was written of. Raises Refused where it has none any
    more.
    """
    row = Story.objects.filter(pk=story, merged_into=None).first()
    if row is None or not row.articles.exists():
        raise Refused("its articles have been merged or split since")
    return draft_story(row, settings.LANGUAGE_CODE)


def short(story: Story) -> str:
    return story.headline[:90] or str(story)


def take_out(story: Story, user: Any) -> Undo | None:
    """Take a story's line out of the issue in the making, if it stands there."""
    issue = issue_in_the_making()
    if issue is None:
        return None
    with draft_of(issue.pk, user) as draft:
        found = draft.take(story.pk)
    return as_placed(issue, *found) if found else None


def as_placed(issue: IssuePage, value: Undo, place: Place) -> Undo:
    return {
        "issue": issue.pk,
        "is_planned": bool(issue.approved_schedule),
        "value": value,
        "place": asdict(place),
        "articles": articles_of(value["story"]),
    }


def put_back(user: Any, placed: Undo | None) -> None:
    """Where it stood, as what it was, or, where its story has lost articles, as it is told of the others.
    Raises Refused where that issue is planned or out meanwhile.
    """
    if placed is None:
        return
    issue = issue_in_the_making()
    if issue is None or issue.pk != placed["issue"] or (issue.approved_schedule and not placed["is_planned"]):
        raise Refused("the issue that the line stood in has been planned or has gone out since")
    value, story = placed["value"], placed["value"]["story"]
    if has_lost(story, placed.get("articles")):
        value = value_of(line_anew(story))
    with draft_of(issue.pk, user) as draft:
        draft.put(value, **placed["place"])
