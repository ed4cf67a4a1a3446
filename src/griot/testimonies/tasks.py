"""Jobs of testimonies. Each may be run twice or lost: the sweep puts back what is unfinished."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from griot.testimonies.intake import receiving
from griot.testimonies.making import rendering
from griot.testimonies.review import machines
from griot.testimonies.showing import withdrawing


@app.task(name="testimonies.examine")
def examine(pk: str) -> None:
    receiving.examine(uuid.UUID(pk))


@app.task(name="testimonies.render")
def render(pk: int) -> None:
    rendering.make(pk)


@app.task(name="testimonies.erase")
def erase(pk: str) -> None:
    withdrawing.erase(uuid.UUID(pk))


@app.task(name="testimonies.machine")
def machine(pk: int) -> None:
    machines.do(pk)


@app.periodic(cron="* * * * *")
@app.task(name="testimonies.sweep", queueing_lock="testimonies.sweep")
def sweep(timestamp: int | None = None) -> None:
    """End what is past its last day; put back what a lost queue or a dead worker left."""
    now = timezone.now()
    withdrawing.expire(now)
    for pk in withdrawing.unfinished():
        withdrawing.erase_soon(pk)
    for pk in receiving.sweep(now):
        receiving.examine_soon(pk)
    for pk in rendering.unfinished(now):
        rendering.render_soon(pk)
    for pk in machines.unfinished(now):
        machines.machine_soon(pk)


@app.periodic(cron="17 3 * * *")
@app.task(name="testimonies.tidy", queueing_lock="testimonies.tidy")
def tidy(timestamp: int | None = None) -> None:
    """Erase what killed processes left in the vault."""
    receiving.tidy(timezone.now())
