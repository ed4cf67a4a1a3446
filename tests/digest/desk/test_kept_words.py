"""What a person wrote of a story is kept, whatever the machine does meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from griot.digest.desk.actions import act
from griot.digest.desk.placing import Draft, issue_in_the_making
from griot.press.models import Line
from griot.press.stories import lines
from griot.press.stories.lines import draft_lines
from griot.press.stories.pipeline import merge_into, stories_on_beat

pytestmark = pytest.mark.django_db
BY_HAND = "said what an editor has written by hand."


def drafted() -> list[int]:
    now = timezone.now()
    span = now - timedelta(hours=36), now + timedelta(minutes=1)
    draft_lines(*span)
    return list(stories_on_beat(*span).values_list("pk", flat=True))


def edit(story: int, editor, body: str = BY_HAND) -> None:
    line = Line.objects.get(story=story)
    act("edit", editor, {"story": story, "version": line.version, "body": body})


def test_what_is_written_while_the_morning_drafts_is_not_drafted_over(night, editor, monkeypatch):
    stories, draft, later = drafted(), lines.draft, iter([True])

    def slowly(*args):
        if next(later, False):
            edit(stories[1], editor)
        return draft(*args)

    monkeypatch.setattr(lines, "draft", slowly)
    drafted()
    line = Line.objects.get(story=stories[1])
    assert (line.body, line.edited_by) == (BY_HAND, editor)


@pytest.mark.parametrize("both", [False, True])
def test_what_was_written_of_a_story_goes_along_when_it_is_merged(night, editor, both):
    drafted()
    story, gone = night[:2]
    edit(gone.pk, editor)
    claims = Line.objects.get(story=gone)
    claims.overrides.create(claim="by hand", by=editor)
    if both:
        edit(story.pk, editor, "said something else by hand.")
    merge_into(story, [gone.pk])
    line = Line.objects.get(story__in=[story, gone])
    assert line.story == story and (line.body == BY_HAND) == (not both)
    assert line.overrides.exists() == (not both)


def test_what_was_written_of_a_story_stays_when_it_is_split(night, editor, colleague):
    drafted()
    story = night[0]
    act("accept", colleague, {"story": story.pk})
    edit(story.pk, colleague)
    leaving = list(story.articles.order_by("pk").values_list("pk", flat=True))[-1:]
    Line.objects.update(claims=[])
    act("split", editor, {"story": story.pk, "articles": leaving})
    line = Line.objects.get(story=story)
    assert (line.body, line.edited_by) == (BY_HAND, colleague) and line.claims, "checked again"
    draft = Draft(issue_in_the_making().get_latest_revision_as_object())
    place = draft.place_of(story.pk)
    assert draft.lines(place.section)[place.index]["value"]["body"] == BY_HAND


def test_words_of_who_has_left_are_kept(night, colleague):
    stories = drafted()
    edit(stories[0], colleague)
    colleague.delete()
    drafted()
    line = Line.objects.get(story=stories[0])
    assert (line.body, line.edited_by) == (BY_HAND, None)


def test_what_was_written_is_checked_against_what_the_morning_brought(night, colleague):
    stories = drafted()
    edit(stories[0], colleague)
    Line.objects.update(claims=[])
    drafted()
    line = Line.objects.get(story=stories[0])
    assert (line.body, line.edited_by) == (BY_HAND, colleague) and line.claims
