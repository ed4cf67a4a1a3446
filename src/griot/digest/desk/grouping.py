"""Merging stories, and splitting them: as they are once the machine, which groups them, too, is done."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from griot.digest.desk.acting import Done, Refused, Undo, line_of, put_back, short, story_in, take_out
from griot.digest.desk.placing import draft_of, issue_in_the_making, value_of
from griot.press.models import Article, Story
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import stories_held
from griot.press.stories.verdicts import merge_stories, restore, snapshot, split_off


@stories_held()
def merge(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    asked = {pk for pk in [data.get("story"), *data.get("with", [])] if pk}
    ids = {story_in({"story": pk}).pk for pk in asked}
    if len(ids) < 2:
        is_done = len(asked) > 1
        raise Refused("they are one story already" if is_done else "mark another story first (x), then merge")
    stories = list(Story.objects.filter(pk__in=ids))
    before = snapshot(stories)
    was = [placed for s in stories if (placed := take_out(s, user))]
    merged = merge_stories(stories, by=user)
    if was:  # what stood in the issue for one of them stands for the whole, and so does who accepted it
        first = next(s for s in stories if s.pk == was[0]["value"]["story"])
        facts = {name: getattr(first, name) for name in ("decision", "decided_by", "decided_at")}
        Story.objects.filter(pk=merged.pk).update(**facts)
        line = draft_story(merged, settings.LANGUAGE_CODE)
        with draft_of(was[0]["issue"], user) as draft:
            draft.put(value_of(line), was[0]["place"]["section"], was[0]["place"]["index"])
    gone = tuple(ids - {merged.pk})
    return Done(f"Merged {len(ids)} stories: {short(merged)}", merged.pk, gone), {
        "before": before,
        "was": was,
        "stories": [merged.pk, *gone],
    }


def undo_grouping(user: Any, undo: Undo) -> None:
    """Of a merge or a split, whose own story is the first of `stories`."""
    if issue := issue_in_the_making():
        with draft_of(issue.pk, user) as draft:
            draft.take(undo["stories"][0])
    restore(undo["before"])
    for placed in reversed(undo["was"]):
        put_back(user, placed)


@stories_held()
def split(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """Chosen articles become a story of their own."""
    story = story_in(data)
    chosen = list(Article.objects.filter(story=story, pk__in=[int(pk) for pk in data.get("articles", [])]))
    before, was = snapshot([story]), take_out(story, user)
    try:
        new = split_off(story, chosen, by=user)
    except ValueError as error:
        raise Refused(str(error)) from None
    if was:
        with draft_of(was["issue"], user) as draft:
            draft.put(value_of(line_of(story)), was["place"]["section"], was["place"]["index"])
    return Done(f"Split off: {short(new)}", story.pk), {
        "before": before,
        "was": [was] if was else [],
        "stories": [story.pk, new.pk],
    }
