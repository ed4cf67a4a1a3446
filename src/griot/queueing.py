"""Jobs are asked for by their names, so that what asks need not import what does them.

The names stand in each app's `tasks.py`, which a worker alone imports. A job may be lost or run twice: its
truth lies in our own tables, and the sweeps of `tasks.py` ask again for what is unfinished.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def soon(job: str, lock: str, **arguments: Any) -> None:
    """Queue a job inside the caller's transaction, unless one with the same `lock` waits already.

    `arguments` are what the job takes, as JSON can hold them.
    """
    # A savepoint: that one waits already must not end the caller's transaction.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(job, queueing_lock=lock).defer(**arguments)
