"""Jobs of testimonies. Each may be run twice or lost: the sweep puts back what is unfinished."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from griot.testimonies import withdrawing
from griot.testimonies.intake import contacts, receiving
from griot.testimonies.making import rendering
from griot.testimonies.review import machines
from griot.testimonies.showing import scrubbing
from griot.troubles.daily import each_day
from griot.troubles.sweeping import attempt, due, each, in_turn

EXAMINING, RENDERING, ERASING, WRITING = (
    "examining files",
    "making renditions",
    "erasing what was withdrawn",
    "machines’ words",
)


@app.task(name="testimonies.examine")
def examine(pk: str) -> None:
    attempt(EXAMINING, pk, lambda: receiving.examine(uuid.UUID(pk)))


@app.task(name="testimonies.render")
def render(pk: int) -> None:
    attempt(RENDERING, pk, lambda: rendering.make(pk))


@app.task(name="testimonies.erase")
def erase(pk: str) -> None:
    attempt(ERASING, pk, lambda: withdrawing.erase(uuid.UUID(pk)))


@app.task(name="testimonies.machine")
def machine(pk: int) -> None:
    attempt(WRITING, pk, lambda: machines.do(pk))


@app.periodic(cron="* * * * *")
@app.task(name="testimonies.sweep", queueing_lock="testimonies.sweep")
def sweep(timestamp: int | None = None) -> None:
    """End what is past its last day; put back what a lost queue or a dead worker left."""
    now = timezone.now()
    in_turn(
        "testimonies",
        expiry=lambda: withdrawing.expire(now),
        contacts=lambda: contacts.forget_due(now),
        erasing=lambda: _ask(ERASING, withdrawing.unfinished(), withdrawing.erase_soon),
        uploads=lambda: receiving.sweep(now),
        examining=lambda: _ask(EXAMINING, receiving.unfinished(), receiving.examine_soon),
        making=lambda: _ask(RENDERING, rendering.unfinished(), rendering.render_soon),
        machines=lambda: _ask(WRITING, machines.unfinished(), machines.machine_soon),
    )


def _ask(what: str, unfinished: list[Any], soon: Callable[[Any], None]) -> None:
    each(f"asking for {what}", due(what, unfinished), soon)


@app.periodic(cron="43 * * * *")
@app.task(name="testimonies.tidy_vault", queueing_lock="testimonies.tidy_vault")
def tidy_vault(timestamp: int | None = None) -> None:
    """Erase what killed processes left in the vault, and what tells which testimony somebody has opened with
    a receipt.
    """
    in_turn(
        "tidying each hour",
        vault=lambda: receiving.tidy(timezone.now()),
        sessions=SessionStore.clear_expired,
    )


@each_day(time(3, 17))
@app.task(name="testimonies.tidy")
def tidy() -> None:
    """Erase the erased from the database's files."""
    in_turn("tidying", database=lambda: scrubbing.scrub_if_erased(timezone.now()))
