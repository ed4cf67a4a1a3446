"""Jobs of the press, and the sweep that puts back what fell out of the queue."""

from __future__ import annotations

from datetime import time

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import QUEUEING_LOCK_CONSTRAINT

from griot.press.listening import sources
from griot.press.listening.listening import due_sources, fetch_sources
from griot.press.listening.politeness import LISTENING, forget_hosts
from griot.press.listening.reading import read_entries
from griot.press.stories import retention
from griot.press.stories.pipeline import group_articles
from griot.queueing import queue_of
from griot.troubles.daily import each_day
from griot.troubles.sweeping import each, in_turn

DEAD_AFTER = 60  # seconds without a heartbeat
KEEP_FAILED = 7 * 24  # hours


@app.periodic(cron="*/5 * * * *")
@app.task(name="press.listen", queueing_lock="listen", queue=queue_of("press.listen"))
def listen(timestamp: int | None = None) -> None:
    """Visit what is due, read what is new, group it. Interrupted, the next run goes on; several at once
    share the work.
    """
    now = timezone.now()
    in_turn(
        "listening",
        visiting=lambda: fetch_sources(due_sources(now), patience=LISTENING),
        reading=lambda: read_entries(patience=LISTENING),
        grouping=lambda: group_articles(now),
        tidying=lambda: forget_hosts(now),
    )


@app.task(name="press.discover")
def discover(pk: int) -> None:
    sources.run_discovery(pk)


@each_day(time(2, 20))
@app.task(name="press.retain")
def retain() -> None:
    """Close the window behind what is no news any more, and let go of what the policy lets go."""
    retention.retain(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="press.retry_stalled", queueing_lock="retry_stalled")
def retry_stalled(timestamp: int | None = None) -> None:
    """Give jobs of workers that died to those that live. Every job may be run twice."""
    found = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=DEAD_AFTER)
    stalled = {job.id: job for job in found}
    each("giving on jobs of dead workers", stalled, lambda pk: _retry(stalled[pk]))


def _retry(job: Job) -> None:
    """Queue a job again; where another waits under its lock, that one does its work."""
    manager = app.job_manager
    try:
        with transaction.atomic():
            async_to_sync(manager.retry_job)(job)
    except UniqueViolation as taken:
        if taken.constraint_name != QUEUEING_LOCK_CONSTRAINT:
            raise
        async_to_sync(manager.finish_job)(job, status=Status.FAILED, delete_job=False)


@each_day(time(2, 40))
@app.task(name="press.forget_failed")
def forget_failed() -> None:
    """Let go of jobs that failed; what they were about stands in our own tables."""
    async_to_sync(app.job_manager.delete_old_jobs)(
        nb_hours=KEEP_FAILED, include_failed=True, include_aborted=True
    )
