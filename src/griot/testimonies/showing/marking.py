"""Whether anything has changed of what may be shown of a testimony since somebody looked: asked of the
database itself, which no writer can forget to tell.

PostgreSQL gives each version of a row its place (`ctid`) and the transaction that wrote it (`xmin`): together
they are another for whatever is changed, by whatever means (its documentation, "System Columns").
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from griot.testimonies.models.days import day_of

# Of all rows that `shown.told` reads. One that is read from elsewhere, too, has to be added here:
# tests/testimonies/showing/test_marking.py changes each of them.
_MARKS = """
    WITH told AS MATERIALIZED (
        SELECT id, campaign_id, concat(xmin, ctid) AS version
        FROM testimonies_testimony WHERE state = 'published' AND withdrawn IS NULL
    ), files AS MATERIALIZED (
        SELECT file.id, testimony_id, concat(file.xmin, file.ctid) AS version
        FROM testimonies_file file JOIN told ON told.id = testimony_id
    ), versions (id, version) AS (
        SELECT id, version FROM told
        UNION ALL SELECT testimony_id, version FROM files
        UNION ALL SELECT told.id, concat('a', row.xmin, row.ctid)
            FROM testimonies_campaign row JOIN told ON row.id = campaign_id
        UNION ALL SELECT told.id, concat('b', row.xmin, row.ctid)
            FROM testimonies_consent row JOIN told ON told.id = testimony_id
        UNION ALL SELECT told.id, concat('c', row.xmin, row.ctid)
            FROM testimonies_proposal row JOIN told ON told.id = testimony_id
        UNION ALL SELECT told.id, concat('d', row.xmin, row.ctid)
            FROM testimonies_writing row JOIN told ON told.id = testimony_id
        UNION ALL SELECT testimony_id, concat('e', row.xmin, row.ctid)
            FROM testimonies_cut row JOIN files ON files.id = file_id
        UNION ALL SELECT testimony_id, concat('f', row.xmin, row.ctid)
            FROM testimonies_rendition row JOIN files ON files.id = file_id
    )
    SELECT id, concat(%s::text, md5(string_agg(version, ' ' ORDER BY version))) FROM versions GROUP BY id
"""


def marks_of_public() -> dict[UUID, str]:
    """A mark of each testimony that is published and not withdrawn: the same for as long as none of its rows
    is changed, today. What is decided on after it was asked for is no older than it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [day_of().isoformat()])
        return dict(cursor.fetchall())
