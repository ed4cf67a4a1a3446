"""Jobs of the press, and the sweep that puts back what fell out of the queue."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DEAD_AFTER = 60  # seconds without a heartbeat


@app.periodic(cron="*/5 * * * *")
@app.task(name="press.listen", queueing_lock="listen")
def listen(timestamp: int | None = None) -> None:
    """Visit what is due, read what is new, group it. Interrupted, the next run goes on; several at once share the work."""
    from griot.press.listening.listening import due_sources, fetch_sources  # heavy; the web server never needs it
    from griot.press.listening.reading import read_entries
    from griot.press.stories.pipeline import group_articles

    now = timezone.now()
    fetch_sources(due_sources(now))
    read_entries()
    group_articles(now)


def listen_soon() -> None:
    """Something came by itself: read it now, not at the next five minutes."""
    try:
        with transaction.atomic():
            listen.defer()
    except AlreadyEnqueued:
        pass


@app.task(name="press.discover")
def discover(pk: int) -> None:
    from griot.press.listening.sources import run_discovery

    run_discovery(pk)


@app.periodic(cron="20 2 * * *")
@app.task(name="press.retain", queueing_lock="retain")
def retain(timestamp: int | None = None) -> None:
    """Close the window behind what is no news any more, and let go of what the policy lets go."""
    from griot.press.stories.retention import retain as let_go

    let_go(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="press.retry_stalled", queueing_lock="retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Give jobs of workers that died to those that live. Every job may be run twice."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await app.job_manager.retry_job(job)
