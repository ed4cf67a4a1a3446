"""Jobs of testimonies. Each may be run twice or lost: the sweep puts back what is unfinished."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.task(name="testimonies.examine")
def examine(pk: str) -> None:
    from griot.testimonies.intake.taking import examine as do

    do(uuid.UUID(pk))


@app.task(name="testimonies.render")
def render(pk: int) -> None:
    from griot.testimonies.making.rendering import make

    make(pk)


@app.task(name="testimonies.erase")
def erase(pk: str) -> None:
    from griot.testimonies.showing.withdrawing import erase as do

    do(uuid.UUID(pk))


@app.task(name="testimonies.machine")
def machine(pk: int) -> None:
    from griot.testimonies.review.machines import do

    do(pk)


def _once(task: Any, lock: str, **arguments: Any) -> None:
    try:
        with transaction.atomic():
            task.configure(queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        pass


def examine_soon(pk: Any) -> None:
    _once(examine, f"examine {pk}", pk=str(pk))


def render_soon(pk: int) -> None:
    _once(render, f"render {pk}", pk=pk)


def machine_soon(pk: int) -> None:
    _once(machine, f"machine {pk}", pk=pk)


def erase_soon(pk: Any) -> None:
    _once(erase, f"erase {pk}", pk=str(pk))


@app.periodic(cron="* * * * *")
@app.task(name="testimonies.sweep", queueing_lock="testimonies.sweep")
def sweep(timestamp: int | None = None) -> None:
    """End what is past its last day; put back what a lost queue or a dead worker left."""
    from griot.testimonies.intake import taking as intake
    from griot.testimonies.making import rendering
    from griot.testimonies.review import machines
    from griot.testimonies.showing import withdrawing

    now = timezone.now()
    withdrawing.expire(now)
    for pk in withdrawing.unfinished():
        erase_soon(pk)
    for pk in intake.sweep(now):
        examine_soon(pk)
    for pk in rendering.unfinished(now):
        render_soon(pk)
    for pk in machines.unfinished(now):
        machine_soon(pk)


@app.periodic(cron="17 3 * * *")
@app.task(name="testimonies.tidy", queueing_lock="testimonies.tidy")
def tidy(timestamp: int | None = None) -> None:
    """Erase what killed processes left in the vault."""
    from griot.testimonies.intake.taking import tidy as do

    do(timezone.now())
