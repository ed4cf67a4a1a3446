"""Retention: what the newsroom lets go of, and when.

The policy: an article that is no news any more leaves the window (its place in the vector and band indexes)
with all of its day; after GRIOT_KEEP_DAYS it goes, with its entries, unless somebody has used it: an issue
told its story, an editor spoke of it. What no article came of goes with it, and the visits and glosses of two
months ago; what is known of a host, when it does not hold any more. All of it in batches along an index on
time, each its own transaction: the cost is that of what goes, however much stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from griot.press.core.stories.clustering import WINDOW
from griot.troubles.sweeping import in_turn, together

BATCH = 5000
KEEP_VISITS = timedelta(days=60)  # the ledger looks back two weeks
KEEP_GLOSSES = timedelta(days=60)  # what is read again later is translated again


@dataclass(slots=True)
class LetGo:
    """How many rows left the window, and how many were removed."""

    left_window: int = 0
    articles: int = 0
    stories: int = 0
    entries: int = 0
    visits: int = 0
    glosses: int = 0


# The oldest rows of a table before a moment, a batch at a time, behind the last row of the batch before: what
# is kept is passed over, so that neither a long kept past nor a row that can't go is read again.
_OLDEST = """
SELECT id, {moment} FROM {table} WHERE {moment} < %(before)s AND {moment} >= %(reached)s
AND ({moment}, id) > (%(reached)s, %(last)s){where} ORDER BY {moment}, id LIMIT %(batch)s
"""
_IN_WINDOW = _OLDEST.format(table="press_article", moment="published", where=" AND in_window")
_ARTICLES = _OLDEST.format(table="press_article", moment="published", where="")
_ENTRIES = _OLDEST.format(table="press_entry", moment="first_seen", where=" AND article_id IS NULL")
_VISITS = _OLDEST.format(table="press_fetch", moment="at", where="")
_GLOSSES = _OLDEST.format(table="press_gloss", moment="made", where="")
_LEAVE_WINDOW = "UPDATE press_article SET in_window = false WHERE id = ANY(%s)"
_FORGET_ENTRIES = "DELETE FROM press_entry WHERE id = ANY(%s)"
_FORGET_VISITS = "DELETE FROM press_fetch WHERE id = ANY(%s)"
_FORGET_GLOSSES = "DELETE FROM press_gloss WHERE id = ANY(%s)"
# What was used stays: a story that an issue told, an article that an editor spoke of.
_USED = """
SELECT a.id FROM press_article a WHERE a.id = ANY(%s) AND (
    EXISTS (SELECT 1 FROM press_story s WHERE s.id = a.story_id
            AND (s.told IS NOT NULL OR s.decision = 'accepted'))
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


def retain(now: datetime) -> LetGo:
    """Carry out the policy. Stopped anywhere, the next run goes on. A row that can't go is set aside; those
    beside it go.
    """
    gone = LetGo()

    def leave_window(ids: Sequence[int]) -> None:
        gone.left_window += _run(_LEAVE_WINDOW, ids)

    def let_articles_go(ids: Sequence[int]) -> None:
        articles, stories = _let_articles_go(ids)
        gone.articles, gone.stories = gone.articles + articles, gone.stories + stories

    def forget_entries(ids: Sequence[int]) -> None:
        gone.entries += _run(_FORGET_ENTRIES, ids)

    def forget_visits(ids: Sequence[int]) -> None:
        gone.visits += _run(_FORGET_VISITS, ids)

    def forget_glosses(ids: Sequence[int]) -> None:
        gone.glosses += _run(_FORGET_GLOSSES, ids)

    closing = (now - WINDOW).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    steps = {"window": partial(_go_through, "closing the window", _IN_WINDOW, closing, leave_window)}
    if settings.KEEP_DAYS:
        before = now - timedelta(days=settings.KEEP_DAYS)
        steps["articles"] = partial(_go_through, "articles let go", _ARTICLES, before, let_articles_go)
        steps["entries"] = partial(_go_through, "entries let go", _ENTRIES, before, forget_entries)
    steps["visits"] = partial(_go_through, "visits let go", _VISITS, now - KEEP_VISITS, forget_visits)
    steps["glosses"] = partial(_go_through, "glosses let go", _GLOSSES, now - KEEP_GLOSSES, forget_glosses)
    in_turn("retention", **steps)
    return gone


def _go_through(what: str, oldest: str, before: datetime, act: Callable[[Sequence[int]], None]) -> None:
    reached, last = datetime.min.replace(tzinfo=before.tzinfo), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(oldest, {"before": before, "reached": reached, "last": last, "batch": BATCH})
            found = cursor.fetchall()
        if not found:
            return
        together(what, [pk for pk, _ in found], act)
        last, reached = found[-1]


def _run(statement: str, ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        return cursor.rowcount


def _let_articles_go(ids: Sequence[int]) -> tuple[int, int]:
    """How many articles, and how many stories that had no others. Within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [list(ids)])
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
        return cursor.rowcount, _drop_empty_stories(cursor, touched)


def _drop_empty_stories(cursor: CursorWrapper, touched: list[int]) -> int:
    cursor.execute(_EMPTY_STORIES, [touched])
    empty = [row[0] for row in cursor.fetchall()]
    for statement in _FORGET_STORIES if empty else ():
        cursor.execute(statement, [empty])
    return len(empty)
