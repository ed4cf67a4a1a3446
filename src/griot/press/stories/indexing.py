"""The index of meaning: which articles of the window are in it, and which are nearest to others by vector.

pgvector's HNSW graph loses what lies beside a crowd of equal vectors (a wire's text that a hundred outlets
carry). So equal vectors of a story are in it once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from django.db.backends.utils import CursorWrapper

from griot.press.models import Article

NEIGHBOURS = 16  # looked at for each
NEAR_ENOUGH = 0.75  # cosine distance beyond which nothing is one story

_NEIGHBOURS = """
SELECT DISTINCT near.id FROM press_article new CROSS JOIN LATERAL (
    SELECT id, vector <=> new.vector AS distance FROM press_article
    WHERE in_window AND is_indexed ORDER BY vector <=> new.vector LIMIT %s
) near WHERE new.id = ANY(%s) AND near.distance <= %s
"""


def nearest(cursor: CursorWrapper, articles: Sequence[int]) -> set[int]:
    """Ids of the articles of the window nearest to these by vector. Within a transaction."""
    cursor.execute("SET LOCAL hnsw.ef_search = 64")
    # Deleted rows stay in the graph until they are vacuumed: the scan goes on until enough that live are
    # found.
    cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
    cursor.execute(_NEIGHBOURS, [NEIGHBOURS + 1, list(articles), NEAR_ENOUGH])
    return {row[0] for row in cursor.fetchall()}


def choose_indexed(members: Iterable[Article]) -> None:
    """Of those members of a story whose vectors are equal, the index holds one a day (UTC; by whole days they
    leave the window, too). Sets `is_indexed`, saves nothing. One that is there already stays there.
    """
    chosen: dict[tuple[date, bytes], Article] = {}
    for row in sorted(members, key=lambda row: (not row.is_indexed, row.published, row.url)):
        said = np.asarray(row.vector, dtype=np.float16).tobytes()
        row.is_indexed = chosen.setdefault((row.published.date(), said), row) is row


def reindex(stories: Iterable[int]) -> None:
    """Choose anew what the index holds of stories that articles have left or come to, but not by grouping."""
    facts = Article.objects.filter(story__in=list(stories), in_window=True)
    members: dict[int, list[Article]] = {}
    for row in facts.only("story", "published", "url", "vector", "is_indexed"):
        members.setdefault(row.story_id or 0, []).append(row)
    for rows in members.values():
        before = {row.pk: row.is_indexed for row in rows}
        choose_indexed(rows)
        changed = [row for row in rows if row.is_indexed != before[row.pk]]
        Article.objects.bulk_update(changed, ["is_indexed"], batch_size=1000)
