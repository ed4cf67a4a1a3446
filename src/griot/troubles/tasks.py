"""The job that asks for the jobs of each day."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from griot.troubles.daily import begin_due


@app.periodic(cron="*/5 * * * *")
@app.task(name="troubles.begin_due", queueing_lock="troubles.begin_due")
def begin_due_now(timestamp: int | None = None) -> None:
    with connection.cursor() as cursor:  # by the one clock that all workers share
        cursor.execute("SELECT now()")
        begin_due(cursor.fetchone()[0])
