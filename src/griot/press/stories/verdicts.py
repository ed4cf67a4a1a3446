"""What editors say of stories: merge, split off, "not this one". The machine never undoes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from griot.press.models import Article, Line, Override, Story, Verdict
from griot.press.stories.indexing import reindex
from griot.press.stories.lines import check_lines
from griot.press.stories.pipeline import merge_into, rate_stories, stories_held

MOST = 60  # articles of one side whose pairs are written down


def merge_stories(stories: Sequence[Story], by: Any = None) -> Story:
    """Put stories together for ever; the oldest keeps its id, the others redirect to it."""
    with stories_held():
        first, *others = sorted(stories, key=lambda s: (s.first_published, s.pk))
        articles = [a for s in (first, *others) for a in s.articles.order_by("published")[:MOST]]
        _say([(articles[0], a) for a in articles[1:]], together=True, by=by)
        # Between two articles the last word counts.
        ids = [a.pk for a in articles]
        Verdict.objects.filter(first__in=ids, second__in=ids, together=False).delete()
        merge_into(first, [s.pk for s in others])
        rate_stories({first.pk})
        check_lines(first)
    first.refresh_from_db()
    return first


def split_off(story: Story, articles: Sequence[Article], by: Any = None) -> Story:
    """Make a story of its own of some of a story's articles ("not this one"), for ever. Gives the new story.
    What a person has written of it stays with the old one, and is checked again.

    Raises ValueError when nothing would be left on one side.
    """
    with stories_held():
        leaving = {a.pk for a in articles}
        mine = story.articles.order_by("published")
        gone = list(mine.filter(pk__in=leaving))
        staying = list(mine.exclude(pk__in=leaving)[:MOST])
        if not gone or not staying:
            raise ValueError("a split leaves at least one article on either side")
        _say([(a, b) for a in gone[:MOST] for b in staying], together=False, by=by)
        _say([(gone[0], a) for a in gone[1:]], together=True, by=by)
        moments = [a.published for a in gone]
        new = Story.objects.create(first_published=min(moments), last_published=max(moments))
        Article.objects.filter(pk__in=[a.pk for a in gone]).update(story=new)
        reindex([story.pk, new.pk])
        story.lines.filter(is_by_hand=False).delete()
        rate_stories({story.pk, new.pk})
        check_lines(story)
    new.refresh_from_db()
    return new


def snapshot(stories: Iterable[Story]) -> dict[str, Any]:
    """All that merging and splitting these stories may change, as JSON, for `restore`."""
    ids = [s.pk for s in stories]
    articles = dict(Article.objects.filter(story__in=ids).values_list("pk", "story"))
    rows = [
        *Story.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)),
        *Line.objects.filter(story__in=ids),
        *Override.objects.filter(line__story__in=ids),
        *Verdict.objects.filter(first__in=articles, second__in=articles),
    ]
    return {
        "articles": {str(pk): story for pk, story in articles.items()},
        "rows": serializers.serialize("json", rows, cls=_Exact),
    }


class _Exact(DjangoJSONEncoder):
    """Moments to the microsecond: Django's own keeps milliseconds, and a decision is known by its moment."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def restore(before: dict[str, Any]) -> None:
    """Put stories back to how a snapshot has them. Articles that came since stay where they are."""
    with stories_held():
        articles = {int(pk): story for pk, story in before["articles"].items()}
        rows = [row.object for row in serializers.deserialize("json", before["rows"])]
        stories = {row.pk for row in rows if isinstance(row, Story)}
        touched = stories | set(Article.objects.filter(pk__in=articles).values_list("story", flat=True))
        Verdict.objects.filter(first__in=articles, second__in=articles).delete()
        Line.objects.filter(story__in=touched).delete()
        for row in rows:
            row.save()
        for story in stories:
            mine = [pk for pk, there in articles.items() if there == story]
            Article.objects.filter(pk__in=mine).update(story=story)
        reindex(pk for pk in touched if pk)
        rate_stories({pk for pk in touched if pk})
        for there in Story.objects.filter(pk__in=touched):
            check_lines(there)


def _say(pairs: Sequence[tuple[Article, Article]], together: bool, by: Any) -> None:
    rows = [
        Verdict(
            first_id=min(a.pk, b.pk), second_id=max(a.pk, b.pk), together=together, by=by, at=timezone.now()
        )
        for a, b in pairs
        if a.pk != b.pk
    ]
    Verdict.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["first", "second"], update_fields=["together", "by", "at"]
    )
