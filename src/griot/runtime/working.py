"""A worker: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg

from griot.runtime.arguments import whole
from griot.runtime.postgres import database

SWEEPS = ("mailing.sweep", "testimonies.sweep", "press.listen", "troubles.begin_due")
GRACE = 2  # seconds that jobs have to come to an end
LOOK_EVERY = 1.0  # seconds between two looks at whether the database is there


def run(name: str, arguments: list[str]) -> int:
    """0 when it was told to stop, 1 when the database went from under it: what runs it starts it again."""
    parser = argparse.ArgumentParser(prog="./griot worker", description="Run a worker alone.")
    parser.add_argument(
        "--jobs", type=whole(1, 64), default=3, help="jobs of each kind at a time (default 3)"
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    with database():
        import django

        django.setup()
        from django.db import InterfaceError, OperationalError

        try:
            asyncio.run(_until_told(_prepared(), options.jobs))
        except (InterfaceError, OperationalError) as error:
            return _left(error)
    return 0


def _prepared() -> Any:
    """The application that works, with all jobs loaded, and asked for what a dead worker may have left."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    autodiscover_modules("tasks")
    if settings.DEMO:
        call_command("seed_demo")
    for sweep in SWEEPS:  # it goes on at once, not at the next minute
        with suppress(AlreadyEnqueued):
            app.tasks[sweep].configure().defer()
    return _connected(app)


def _queues() -> tuple[str, ...]:
    from django.conf import settings
    from procrastinate.jobs import DEFAULT_QUEUE

    return (DEFAULT_QUEUE, *settings.LONG_JOBS)


def _connected(app: Any) -> Any:
    """The application with connections of its own: each kind's worker keeps one to itself."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django.utils import connector_params

    most = len(_queues()) + 4
    return app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=2, max_size=most))


async def _until_told(app: Any, jobs: int) -> None:
    """Work. Where the database goes, the process ends at once, and when it is told to, after GRACE: jobs in
    threads can't be stopped, procrastinate would wait for them, and they may all be run again.
    """
    async with app.open_async():
        working = asyncio.ensure_future(_working(app, jobs))
        losing = asyncio.create_task(_until_lost())
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _end, working)
        await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
        if working.cancelled():
            os._exit(0)
        ended = losing if losing.done() else working
        os._exit(_left(ended.exception() or "a connection was closed"))


async def _working(app: Any, jobs: int) -> None:
    """A worker for each kind of job, with slots of its own."""
    threads = ThreadPoolExecutor(len(_queues()) * jobs + 4)  # some are for the loop itself
    asyncio.get_running_loop().set_default_executor(threads)
    await asyncio.gather(
        *(
            app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=jobs,
                shutdown_graceful_timeout=GRACE,
                install_signal_handlers=False,
            )
            for queue in _queues()
        )
    )


async def _until_lost() -> None:
    """Ends with an error when a connection of its own breaks, as all do when the database goes."""
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await own.execute("SELECT 1")


def _end(working: asyncio.Task[None]) -> None:
    working.cancel()
    asyncio.get_running_loop().call_later(GRACE + 1, os._exit, 0)


def _left(why: object) -> int:
    print(f"griot: the worker lost the database: {why}", file=sys.stderr, flush=True)
    return 1
