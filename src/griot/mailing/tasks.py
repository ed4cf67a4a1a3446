"""Jobs of the mailing. Losing the queue loses nothing: the sweep puts them back."""

from __future__ import annotations

from procrastinate.contrib.django import app

from griot.mailing import beginning, saying, sending
from griot.mailing.models import Send
from griot.mailing.scheduling import begin_due
from griot.troubles.sweeping import each, in_turn


@app.task(name="mailing.deliver")
def deliver(send: int, lane: int) -> None:
    sending.deliver(Send.objects.select_related("audience", "issue").get(pk=send), lane)


@app.periodic(cron="* * * * *")
@app.task(name="mailing.sweep", queueing_lock="mailing-sweep")
def sweep(timestamp: int | None = None) -> None:
    """Begin what is due; queue again what is unfinished and in no queue."""
    in_turn(
        "mailing",
        making_anew=saying.make_all_anew,
        beginning=begin_due,
        going_on=lambda: each(
            "going on with sends",
            Send.objects.filter(finished=None).values_list("pk", flat=True),
            lambda pk: beginning.enqueue_lanes(Send.objects.get(pk=pk)),
        ),
    )
