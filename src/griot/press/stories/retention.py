"""Retention: what the newsroom lets go of, and when.

The policy: an article that is no news any more leaves the window (its place in the vector and band indexes);
after GRIOT_KEEP_DAYS it goes, with its entries, unless somebody has used it: an issue told its story, an
editor spoke of it. What no article came of goes with it, and the visits of two months ago. All of it in
batches along an index on time, each its own transaction: the cost is that of what goes, however much stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from griot.press.core.stories.clustering import WINDOW

BATCH = 5000
KEEP_VISITS = timedelta(days=60)  # the ledger looks back two weeks


@dataclass(frozen=True, slots=True)
class LetGo:
    """How many rows left the window, and how many were removed."""

    left_window: int
    articles: int
    stories: int
    entries: int
    visits: int


_LEAVE_WINDOW = """
UPDATE press_article SET in_window = false WHERE id IN (
    SELECT id FROM press_article WHERE in_window AND published < %s ORDER BY published LIMIT %s)
"""
# What was used stays: a story that an issue told, an article that an editor spoke of. What is kept is passed
# over once a batch by the time that the batch before ended at, so that a long kept past is not read again.
_OLDEST = (
    "SELECT id, published FROM press_article WHERE published < %s AND published > %s ORDER BY published"
    " LIMIT %s"
)
_USED = """
SELECT a.id FROM press_article a WHERE a.id = ANY(%s) AND (
    EXISTS (SELECT 1 FROM press_story s WHERE s.id = a.story_id AND s.told IS NOT NULL)
    OR EXISTS (SELECT 1 FROM press_rating r WHERE r.story_id = a.story_id AND r.judgement = 'accepted')
    OR EXISTS (SELECT 1 FROM press_verdict v WHERE v.first_id = a.id OR v.second_id = a.id))
"""
_FORGET = (
    "UPDATE press_article SET copy_of_id = NULL WHERE copy_of_id = ANY(%s)",
    "DELETE FROM press_entry WHERE article_id = ANY(%s)",
)
_EMPTY_STORIES = """
SELECT s.id FROM press_story s WHERE s.id = ANY(%s) AND s.told IS NULL
AND NOT EXISTS (SELECT 1 FROM press_article a WHERE a.story_id = s.id)
"""
_FORGET_STORIES = (
    "DELETE FROM press_override WHERE line_id IN (SELECT id FROM press_line WHERE story_id = ANY(%s))",
    "DELETE FROM press_line WHERE story_id = ANY(%s)",
    "DELETE FROM press_rating WHERE story_id = ANY(%s)",
    "UPDATE press_story SET merged_into_id = NULL WHERE merged_into_id = ANY(%s)",
    "DELETE FROM press_story WHERE id = ANY(%s)",
)
_OLD_ENTRIES = """
DELETE FROM press_entry WHERE id IN (
    SELECT id FROM press_entry WHERE first_seen < %s AND article_id IS NULL ORDER BY first_seen LIMIT %s)
"""
_OLD_VISITS = (
    "DELETE FROM press_fetch WHERE id IN (SELECT id FROM press_fetch WHERE at < %s ORDER BY at LIMIT %s)"
)


def retain(now: datetime) -> LetGo:
    """Carry out the policy. Stopped anywhere, the next run goes on."""
    left = _repeat(_LEAVE_WINDOW, now - WINDOW)
    articles = stories = entries = 0
    if settings.KEEP_DAYS:
        before = now - timedelta(days=settings.KEEP_DAYS)
        articles, stories = _let_articles_go(before)
        entries = _repeat(_OLD_ENTRIES, before)
    return LetGo(left, articles, stories, entries, _repeat(_OLD_VISITS, now - KEEP_VISITS))


def _repeat(statement: str, moment: datetime) -> int:
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [moment, BATCH])
            total += cursor.rowcount
            if cursor.rowcount < BATCH:
                return total


def _let_articles_go(before: datetime) -> tuple[int, int]:
    articles = stories = 0
    reached = datetime.min.replace(tzinfo=before.tzinfo)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_OLDEST, [before, reached, BATCH])
            found = cursor.fetchall()
            if not found:
                return articles, stories
            ids = [row[0] for row in found]
            cursor.execute(_USED, [ids])
            used = {row[0] for row in cursor.fetchall()}
            going = [i for i in ids if i not in used]
            cursor.execute(
                "SELECT DISTINCT story_id FROM press_article WHERE id = ANY(%s) AND story_id IS NOT NULL",
                [going],
            )
            touched = [row[0] for row in cursor.fetchall()]
            for statement in _FORGET:
                cursor.execute(statement, [going])
            cursor.execute("DELETE FROM press_article WHERE id = ANY(%s)", [going])
            articles += cursor.rowcount
            stories += _drop_empty_stories(cursor, touched)
            reached = found[-1][1]


def _drop_empty_stories(cursor: CursorWrapper, touched: list[int]) -> int:
    cursor.execute(_EMPTY_STORIES, [touched])
    empty = [row[0] for row in cursor.fetchall()]
    for statement in _FORGET_STORIES if empty else ():
        cursor.execute(statement, [empty])
    return len(empty)
