"""What was erased goes from the database's files, too.

A row that is changed or deleted lies on in its table's file, and in the log (WAL) as it was written, until
the server needs the room. So tables that hold tellers' words are written anew, and the log is thrown away.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection
from django.db.models import Q
from psycopg import sql

from griot.locking import is_database_away
from griot.testimonies.models import Testimony

log = logging.getLogger(__name__)
AGAIN = timedelta(days=3)  # a night may fail
WAITED = "2s"  # for a table that is in use; whoever asks for it after us waits as long
TRIES, PAUSE = 100, 6.0  # seconds between two of them
_IN_USE = "55P03"  # PostgreSQL's lock_not_available
# Of other apps: where a story may have been told.
_ELSEWHERE = (
    "mailing_send",
    "digest_issuepage",
    "digest_tolditem",
    "wagtailcore_revision",
    "troubles_trouble",
)


def scrub_if_erased(now: datetime) -> bool:
    """Scrub where something was erased in the last days, or is being erased; gives whether it was done."""
    going = Q(erased__gt=now - AGAIN) | Q(withdrawn__isnull=False, erased=None)
    if not Testimony.objects.filter(going).exists():
        return False
    scrub()
    return True


def scrub() -> None:
    """Write the tables anew (each is locked for as long: seconds), and end the log. Raises TimeoutError where
    a table was in use all the time.

    The log goes with the checkpoint where the server keeps no old segments (the embedded one is started with
    `wal_recycle=off`), and where we may ask for one.
    """
    ours = [
        model._meta.db_table
        for model in apps.get_app_config("testimonies").get_models(include_auto_created=True)
    ]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        in_use = [*filter(there.__contains__, [*ours, *_ELSEWHERE])]
        for number in range(TRIES):
            time.sleep(PAUSE if number else 0)
            in_use = [table for table in in_use if not _is_written_anew(cursor, table)]
            if not in_use:
                break
        for ending in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            try:
                cursor.execute(ending)
            except Exception as error:  # a server of somebody else's does not let us
                if is_database_away(error):
                    raise
                log.warning("the database's log is not ended: %s", str(error).splitlines()[0])
    if in_use:
        raise TimeoutError(f"in use all the time, and not written anew: {', '.join(in_use)}")


def _is_written_anew(cursor: Any, table: str) -> bool:
    """False for a table that is in use. Who waits for it would have everybody after it wait, too."""
    cursor.execute(sql.SQL("SET lock_timeout = {}").format(WAITED))
    try:
        cursor.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _IN_USE:
            raise
        return False
    finally:
        cursor.execute("RESET lock_timeout")
    return True
