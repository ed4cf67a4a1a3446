"""Jobs are asked for by their names, so that what asks need not import what does them.

The names stand in each app's `tasks.py`, which a worker alone imports. A job may be lost or run twice: its
truth lies in our own tables, and the sweeps of `tasks.py` ask again for what is unfinished.

What takes long waits in a queue of its kind (`settings.LONG_JOBS`), which a worker works at with slots of its
own: a night's films keep no morning and no mail waiting, nor the other way round.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import DEFAULT_QUEUE

_FIRST = frozenset(
    {"testimonies.examine"}
)  # of their kind: a phone keeps its recording until it was examined


def queue_of(job: str) -> str:
    """The queue that a job waits in."""
    return next((kind for kind, jobs in settings.LONG_JOBS.items() if job in jobs), DEFAULT_QUEUE)


def soon(job: str, lock: str, **arguments: Any) -> None:
    """Queue a job inside the caller's transaction, unless one with the same `lock` waits already.

    `arguments` are what the job takes, as JSON can hold them.
    """
    # A savepoint: that one waits already must not end the caller's transaction.
    with suppress(AlreadyEnqueued), transaction.atomic():
        waiting = app.configure_task(
            job, queueing_lock=lock, queue=queue_of(job), priority=1 if job in _FIRST else 0
        )
        waiting.defer(**arguments)
