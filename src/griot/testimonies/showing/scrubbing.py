"""What was erased goes from the database's files, too.

A row that is changed or deleted lies on in its table's file, and in the log (WAL) as it was written, until
the server needs the room. So tables that hold tellers' words are written anew, and the log is thrown away.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection
from psycopg import sql

from griot.locking import is_database_away
from griot.testimonies.models import Testimony

log = logging.getLogger(__name__)
EACH = timedelta(days=1)
# Of other apps: where a story may have been told.
_ELSEWHERE = (
    "mailing_send",
    "digest_issuepage",
    "digest_tolditem",
    "wagtailcore_revision",
    "troubles_trouble",
)


def scrub_if_erased(now: datetime) -> bool:
    """Scrub where something was erased since yesterday's; gives whether it was done."""
    if not Testimony.objects.filter(erased__gt=now - EACH - timedelta(hours=1)).exists():
        return False
    scrub()
    return True


def scrub() -> None:
    """Write the tables anew (each is locked for as long: seconds), and end the log.

    The log goes with the checkpoint where the server keeps no old segments (the embedded one is started with
    `wal_recycle=off`), and where we may ask for one.
    """
    ours = [
        model._meta.db_table
        for model in apps.get_app_config("testimonies").get_models(include_auto_created=True)
    ]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in filter(there.__contains__, [*ours, *_ELSEWHERE]):
            cursor.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
        for ending in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            try:
                cursor.execute(ending)
            except Exception as error:  # a server of somebody else's does not let us
                if is_database_away(error):
                    raise
                log.warning("the database's log is not ended: %s", str(error).splitlines()[0])
