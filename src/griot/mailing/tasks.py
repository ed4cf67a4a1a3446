"""Jobs of the mailing. Losing the queue loses nothing: the sweep puts them back."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from griot.mailing.models import Send
from griot.mailing.scheduling import begin_due
from griot.mailing.sending import LANES
from griot.mailing.sending import deliver as deliver_lane


@app.task(name="mailing.deliver")
def deliver(send: int, lane: int) -> None:
    deliver_lane(Send.objects.select_related("audience", "issue").get(pk=send), lane)


def enqueue_lanes(send: Send) -> None:
    """Queue each lane of a send once, inside the caller's transaction."""
    for lane in range(1, LANES + 1):
        with suppress(AlreadyEnqueued), transaction.atomic():  # a savepoint: the refusal must not end the caller's
            deliver.configure(queueing_lock=f"deliver-{send.pk}-{lane}").defer(send=send.pk, lane=lane)


@app.periodic(cron="* * * * *")
@app.task(name="mailing.sweep", queueing_lock="mailing-sweep")
def sweep(timestamp: int | None = None) -> None:
    """Begin what is due; queue again what is unfinished and in no queue."""
    begin_due()
    for send in Send.objects.filter(finished=None):
        enqueue_lanes(send)
