"""From articles to lines: copies, stories, drafts, on the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from griot.press.clustering import WINDOW, cluster
from griot.press.drafting import draft
from griot.press.listening import Progress, silent_progress
from griot.press.models import Article, Line, Story
from griot.press.relevance import ON_BEAT
from griot.press.syndication import find_copies

_STORIES_LOCK = 0x6772696F74  # "griot": one process groups at a time


def group_articles(now: datetime) -> None:
    """Find copies and stories among the articles of the window, keeping the ids of known stories."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STORIES_LOCK])
        rows = list(
            Article.objects.filter(published__gte=now - WINDOW)
            .select_related("outlet", "copy_of")
            .order_by("published", "url")
        )
        if not any(row.story_id is None for row in rows):
            return
        values = [row.as_value() for row in rows]
        by_url = {row.url: row for row in rows}
        for copy, origin in find_copies(values).items():
            by_url[copy].copy_of = by_url[origin]
        groups = cluster(
            values,
            known={row.url: str(row.story_id) for row in rows if row.story_id},
            vectors=np.array([row.vector for row in rows], dtype=np.float32),
        )
        for group in groups:
            _store_group([by_url[url] for url in group.urls], group.story, group.absorbed)
        Article.objects.bulk_update(rows, ["copy_of", "story"])


def _store_group(members: Sequence[Article], known: str | None, absorbed: Sequence[str]) -> None:
    originals = [m for m in members if m.copy_of is None] or members
    outlets = {m.outlet_id for m in originals}
    facts = {
        "first_published": min(m.published for m in members),
        "last_published": max(m.published for m in members),
        # What several outlets report independently counts for more, each further one for less.
        "score": max(m.score for m in members) * (1 + 0.25 * float(np.log2(len(outlets)))),
    }
    story = Story.objects.filter(pk=int(known)).first() if known else None
    if story is None:
        story = Story.objects.create(**facts)
    else:
        Story.objects.filter(pk=story.pk).update(**facts)
    if absorbed:
        gone = [int(i) for i in absorbed]
        Story.objects.filter(Q(pk__in=gone) | Q(merged_into__in=gone)).update(merged_into=story)
        Line.objects.filter(story__in=gone).delete()
    for member in members:
        member.story = story


# --- lines -------------------------------------------------------------------------------


def draft_lines(since: datetime, until: datetime, language: str = "en", progress: Progress = silent_progress) -> None:
    """Draft the line of each story on the beat with news between two moments, where it changed."""
    stories = list(stories_on_beat(since, until))
    for number, story in enumerate(stories, 1):
        members = [a.as_value() for a in story.articles.select_related("outlet", "copy_of")]
        line = draft(members, language)
        Line.objects.update_or_create(
            story=story,
            language=language,
            defaults={
                "outlets": [asdict(o) for o in line.outlets],
                "body": line.body,
                "claims": [asdict(c) for c in line.claims],
                "ok": line.ok,
            },
        )
        progress("drafting", number, len(stories))


def stories_on_beat(since: datetime, until: datetime) -> QuerySet[Story]:
    """Stories near enough to the beat, best first."""
    return Story.objects.filter(
        merged_into=None, score__gte=ON_BEAT, last_published__gt=since, last_published__lte=until
    ).order_by("-score", "-last_published", "pk")
