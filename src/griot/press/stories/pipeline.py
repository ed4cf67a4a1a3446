"""From articles to rated stories: copies, stories, ratings, on the database.

New articles are grouped in batches. Each batch sees its own neighbourhood alone: the articles
nearest to it by sentence vector (pgvector, HNSW; equal vectors once) or by shared MinHash bands, and the
other members of their stories. So the cost of an article does not grow with the window. Within the
neighbourhood stories are decided anew, so that a story may be merged and split as long as it is news; ids
stay with what they named, and editors' verdicts are never undone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from griot.locking import is_database_away
from griot.press.core import types
from griot.press.core.beats import relevance
from griot.press.core.lines.drafting import ordered
from griot.press.core.lines.mentions import find_mentions
from griot.press.core.stories.clustering import WINDOW, Group, Verdicts, cluster
from griot.press.core.stories.syndication import find_copies
from griot.press.models import Article, Beat, Line, Organisation, Rating, Story, Verdict
from griot.press.stories.beats_store import beat_value
from griot.press.stories.indexing import choose_indexed, nearest
from griot.press.stories.ranking import by_news

log = logging.getLogger(__name__)
LANGUAGE = "en"  # that lines are drafted in
BATCH = 100  # new articles grouped at a time
MEMBERS = 40  # of a neighbouring story; of a larger one so many are enough to judge by
SHARING = 100  # of articles that say nearly the same; of more so many are enough
BACKGROUND = 1000  # articles that tell which words are rare
_STORIES_LOCK = 0x6772696F74  # "griot": one process groups at a time

# The newest, and the first that are nobody's copy.
_SHARING_BANDS = """
WITH sharing AS (SELECT id, copy_of_id FROM press_article WHERE in_window AND bands && %(bands)s::bigint[])
(SELECT id FROM sharing ORDER BY id DESC LIMIT %(most)s)
UNION (SELECT id FROM sharing WHERE copy_of_id IS NULL ORDER BY id LIMIT %(most)s)
"""


def group_articles(now: datetime) -> None:
    """Find copies and stories for the articles of the window
    that have none yet, keeping the ids of known stories.

    An article with which that fails is set aside, out of the window: those beside it are grouped.
    """
    while True:
        try:
            if not _group_batch(now):
                return
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("a batch of articles can't be grouped")
            if not _set_aside_what_fails_alone(now):
                raise


def _set_aside_what_fails_alone(now: datetime) -> int:
    """Of the next batch; gives how many those were."""
    failing = [pk for pk in _waiting(now).values_list("pk", flat=True)[:BATCH] if not _can_be_grouped(pk)]
    why = "set aside: it can't be grouped"
    return Article.objects.filter(pk__in=failing).update(in_window=False, why_not_page=why)


def _can_be_grouped(pk: int) -> bool:
    try:
        with stories_held():
            regroup({pk})
            transaction.set_rollback(True)
    except Exception as error:
        if is_database_away(error):
            raise
        return False
    return True


def _waiting(now: datetime) -> QuerySet[Article]:
    """What is to be grouped, in the order in which it is."""
    waiting = Article.objects.filter(story=None, in_window=True, published__gte=now - WINDOW)
    return waiting.order_by("published", "url")


@contextmanager
def stories_held() -> Iterator[CursorWrapper]:
    """A transaction in which nobody else changes stories: no worker groups, no editor merges."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STORIES_LOCK])
        yield cursor


def _group_batch(now: datetime) -> bool:
    """Group one batch; True when there may be more. One transaction: killed, it never was."""
    with stories_held() as cursor:
        new = list(_waiting(now).values_list("id", "bands")[:BATCH])
        if not new:
            return False
        near = nearest(cursor, [i for i, _ in new]) | {i for i, _ in new}
        if shared := sorted({band for _, found in new for band in found}):
            cursor.execute(_SHARING_BANDS, {"bands": shared, "most": SHARING})
            near |= {row[0] for row in cursor.fetchall()}
        regroup(near)
        return len(new) == BATCH


def regroup(near: set[int]) -> None:
    """Decide anew which stories the articles `near` (ids) and
    the members of their stories make. Within a transaction.
    """
    stories = set(Article.objects.filter(id__in=near).exclude(story=None).values_list("story", flat=True))
    members: dict[int, list[int]] = {}
    for article, story in (
        Article.objects.filter(story__in=stories, in_window=True)
        .order_by("-published")
        .values_list("id", "story")
    ):
        members.setdefault(story, []).append(article)
    large = {story: ids for story, ids in members.items() if len(ids) > MEMBERS}
    chosen = near | {i for story, ids in members.items() for i in (_spread(ids) if story in large else ids)}
    copies_chosen = Article.objects.filter(id__in=chosen, copy_of__isnull=False)
    chosen |= {origin for origin in copies_chosen.values_list("copy_of", flat=True) if origin}
    rows = list(
        Article.objects.filter(id__in=chosen, in_window=True)
        .select_related("outlet", "copy_of")
        .order_by("published", "url")
    )
    by_url = {row.url: row for row in rows}
    values = [row.as_value() for row in rows]
    before = {row.url: _placed(row) for row in rows}
    copies = find_copies(values)
    for row in rows:
        row.copy_of = by_url[copies[row.url]] if row.url in copies else None
    moved = {row.pk: row.copy_of for row in rows if row.copy_of and before[row.url][0] is None}
    followers = list(Article.objects.filter(copy_of__in=moved).exclude(id__in=chosen).only("copy_of"))
    for copy in followers:
        copy.copy_of = moved[copy.copy_of_id or 0]
    Article.objects.bulk_update(followers, ["copy_of"], batch_size=1000)
    background = (
        Article.objects.exclude(id__in=chosen)
        .select_related("outlet", "copy_of")
        .defer("text", "vector", "bands")
        .order_by("-id")
    )[:BACKGROUND]
    groups = cluster(
        values,
        known={row.url: str(row.story_id) for row in rows if row.story_id},
        vectors=np.array([row.vector for row in rows], dtype=np.float32),
        verdicts=_verdicts(rows, large),
        background=[
            types.Article(b.url, b.outlet.name, b.title, b.summary, language=b.language) for b in background
        ],
    )
    known = Story.objects.in_bulk([int(group.story) for group in groups if group.story])
    for group in groups:
        grouped = [by_url[u] for u in group.urls]
        _store_group(grouped, group, known)
        choose_indexed(grouped)
    changed = [row for row in rows if _placed(row) != before[row.url]]
    Article.objects.bulk_update(changed, ["copy_of", "story", "is_indexed"])
    rate_stories({pk for row in changed for pk in (row.story_id, before[row.url][1]) if pk})


def _placed(row: Article) -> tuple[int | None, int | None, bool]:
    return row.copy_of_id, row.story_id, row.is_indexed


def _spread(ids: Sequence[int]) -> list[int]:
    """So many of a large story's members, evenly over its time."""
    step = len(ids) / MEMBERS
    return [ids[int(n * step)] for n in range(MEMBERS)]


def _verdicts(rows: Sequence[Article], large: dict[int, list[int]]) -> Verdicts:
    """What editors have said of these articles. A story too large to be seen whole stays whole."""
    url = {row.pk: row.url for row in rows}
    said = Verdict.objects.filter(first__in=url, second__in=url).values_list("first", "second", "together")
    pairs = [(url[a], url[b], together) for a, b, together in said]
    whole: dict[int, str] = {}
    kept = []
    for row in rows:
        if row.story_id in large:
            kept.append((whole.setdefault(row.story_id, row.url), row.url))
    return Verdicts(
        frozenset([(a, b) for a, b, together in pairs if together] + [(a, b) for a, b in kept if a != b]),
        frozenset((a, b) for a, b, together in pairs if not together),
    )


def _store_group(members: Sequence[Article], group: Group, known: Mapping[int, Story]) -> None:
    story = known.get(int(group.story)) if group.story else None
    if story is None:
        moments = [m.published for m in members]
        story = Story.objects.create(first_published=min(moments), last_published=max(moments))
    if group.absorbed:
        merge_into(story, [int(i) for i in group.absorbed])
    for member in members:
        member.story = story


def merge_into(story: Story, gone: Sequence[int]) -> None:
    """Redirect merged stories, and what they redirected, to
    the one they went into. Their remaining articles follow.
    """
    Story.objects.filter(Q(pk__in=gone) | Q(merged_into__in=gone)).update(merged_into=story)
    Article.objects.filter(story__in=gone).update(story=story)
    _merge_lines(story, gone)
    if not story.decision:
        # What an editor decided of one of them holds for the whole; accepted outweighs the rest.
        decided = (
            Story.objects.filter(pk__in=gone).exclude(decision="").order_by("decision", "-decided_at").first()
        )
        if decided:
            facts = {
                "decision": decided.decision,
                "decided_by": decided.decided_by_id,
                "decided_at": decided.decided_at,
            }
            Story.objects.filter(pk=story.pk).update(**facts)
    told = Story.objects.filter(pk__in=[*gone, story.pk]).exclude(told=None).order_by("-told").first()
    if told and told.told and told.pk != story.pk and (story.told is None or told.told > story.told):
        Story.objects.filter(pk=story.pk).update(told=told.told, told_line=told.told_line)


def _merge_lines(story: Story, gone: Sequence[int]) -> None:
    """What a person has written, and who vouched for it, goes along where no other person has."""
    for line in Line.objects.select_for_update().filter(story__in=gone, is_by_hand=True).order_by("-drafted"):
        here = Line.objects.filter(story=story, language=line.language)
        if not here.filter(is_by_hand=True).exists():
            here.delete()
            Line.objects.filter(pk=line.pk).update(story=story)
    Line.objects.filter(story__in=gone).delete()


def find_story(pk: int) -> Story:
    """A story by its id, merged ones by what they went into. Raises Story.DoesNotExist."""
    story = Story.objects.select_related("merged_into").get(pk=pk)
    while story.merged_into:
        story = story.merged_into
    return story


# --- ratings -----------------------------------------------------------------------------


def rate_stories(ids: set[int]) -> None:
    """Date and rate stories for every active beat, by their newest articles, MEMBERS of each. Stories that
    have lost all their articles are removed.
    """
    organisations = [row.as_value() for row in Organisation.objects.all()]
    beats = [(row.pk, beat_value(row)) for row in Beat.objects.filter(is_active=True)]
    members: dict[int, list[Article]] = {}
    place = Window(RowNumber(), partition_by="story", order_by=["-published", "url"])
    newest = Article.objects.filter(story__in=ids).annotate(place=place).filter(place__lte=MEMBERS)
    for article in newest.select_related("outlet", "copy_of").order_by("-published", "url"):
        members.setdefault(article.story_id or 0, []).append(article)
    empty = [pk for pk in ids if pk not in members]
    Story.objects.filter(pk__in=empty, merged_into=None, told=None, absorbed=None).delete()
    ratings, stories = [], Story.objects.in_bulk(list(members))
    for pk, articles in members.items():
        values = [a.as_value() for a in articles]
        vectors = np.array([a.vector or [0.0] * types.DIMENSIONS for a in articles], dtype=np.float32)
        is_mentioned = any(find_mentions(value, ours) for ours in organisations for value in values)
        story = stories[pk]
        describe_story(story, articles, values)
        story.is_ours = is_mentioned
        story.score = 0.0
        for beat_pk, beat in beats:
            scored = relevance.score_story(values, beat, relevance.nearness_to(beat, vectors), is_mentioned)
            story.score = max(story.score, scored.score - beat.threshold + relevance.ON_BEAT)
            facts = {"score": scored.score, "features": scored.features, "reasons": list(scored.reasons)}
            ratings.append(Rating(story_id=pk, beat_id=beat_pk, **facts))
    Story.objects.bulk_update(stories.values(), ["score", "is_ours", *DESCRIBED])
    Rating.objects.bulk_create(
        ratings,
        update_conflicts=True,
        unique_fields=["story", "beat"],
        update_fields=["score", "features", "reasons"],
    )


DESCRIBED = (
    "first_published",
    "last_published",
    "headline",
    "languages",
    "countries",
    "outlets",
    "reports",
    "copies",
    "grown",
    "changed",
)


def describe_story(story: Story, articles: Sequence[Article], values: Sequence[types.Article]) -> None:
    """Bring up to date what the desk shows of a story and filters by."""
    first = ordered(values)
    own = [a for a in articles if a.copy_of_id is None]
    countries = Counter(code for a in own or articles for code in a.places[:3])
    story.first_published = min(a.published for a in articles)
    story.last_published = max(a.published for a in articles)
    story.headline = next((v.title for v in first if v.language == LANGUAGE), first[0].title)[:500]
    story.languages = sorted({a.language for a in articles if a.language})
    story.countries = [code for code, _ in countries.most_common(12)]
    story.outlets = list(dict.fromkeys(a.outlet_id for a in [*own, *articles]))
    story.reports, story.copies = len(own), len(articles) - len(own)
    story.grown = max(a.first_seen for a in own or articles)
    story.changed = timezone.now()


# --- what is told --------------------------------------------------------------------------


def stories_on_beat(since: datetime, until: datetime) -> QuerySet[Story]:
    """Stories near enough to a beat with something new between two moments, the greatest news first.

    A story that an issue has told comes again only when something new has been reported since.
    """
    return (
        Story.objects.filter(
            merged_into=None,
            score__gte=relevance.ON_BEAT,
            last_published__gt=since,
            last_published__lte=until,
        )
        .exclude(decision=Story.Decision.DISCARDED)
        .filter(Q(told=None) | Q(grown__gt=F("told")))
        .order_by(by_news(), "-last_published", "pk")
    )


def mark_told(lines: dict[int, str], at: datetime | None = None) -> None:
    """Remember that an issue has told stories, and how: what comes later is what is new."""
    for pk, text in lines.items():
        story = Story.objects.filter(pk=pk).select_related("merged_into").first()
        if story:
            Story.objects.filter(pk=(story.merged_into or story).pk).update(
                told=at or timezone.now(), told_line=text
            )
