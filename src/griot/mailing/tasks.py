"""Jobs of the mailing. Losing the queue loses nothing: the sweep puts them back."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from griot.mailing import beginning, proofs, saying, sending
from griot.mailing.models import Send
from griot.mailing.scheduling import begin_due
from griot.troubles.sweeping import attempt, due, each, in_turn

DELIVERING = "delivering"


@app.task(name="mailing.deliver")
def deliver(send: int, lane: int) -> None:
    rows = Send.objects.select_related("audience", "issue")
    attempt(DELIVERING, _named(send, lane), lambda: sending.deliver(rows.get(pk=send), lane))


@app.task(name="mailing.proof", retry=RetryStrategy(max_attempts=5, wait=10, exponential_wait=2))
def proof(proof: int) -> None:
    proofs.send_proof(proof)


@app.periodic(cron="* * * * *")
@app.task(name="mailing.sweep", queueing_lock="mailing-sweep")
def sweep(timestamp: int | None = None) -> None:
    """Begin what is due; queue again what is unfinished and in no queue."""
    in_turn(
        "mailing",
        proofs=proofs.see_to_proofs,
        making_anew=saying.make_all_anew,
        beginning=begin_due,
        going_on=_go_on,
    )


def _go_on() -> None:
    unfinished = Send.objects.filter(finished=None).values_list("pk", flat=True)
    lanes = {_named(pk, n): (pk, n) for pk in unfinished for n in range(1, beginning.LANES + 1)}
    each("going on with sends", due(DELIVERING, lanes), lambda name: beginning.enqueue_lane(*lanes[name]))


def _named(send: int, lane: int) -> str:
    return f"send {send}, lane {lane}"
