"""A worker: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress

from griot.runtime.postgres import database

SWEEPS = ("mailing.sweep", "testimonies.sweep", "press.listen")


def run(name: str, arguments: list[str]) -> int:
    """0 when it was told to stop, 1 when the database went from under it: what runs it starts it again."""
    parser = argparse.ArgumentParser(prog="./griot worker", description="Run a worker alone.")
    parser.add_argument("--jobs", type=int, default=4, help="jobs at a time (default 4)")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    with database():
        import django

        django.setup()
        from django.db import InterfaceError, OperationalError
        from procrastinate.exceptions import ConnectorException

        try:
            _work(options.jobs)
        except (InterfaceError, OperationalError, ConnectorException) as error:
            print(f"griot: the worker lost the database: {error}", file=sys.stderr)
            return 1
    return 0


def _work(jobs: int) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    autodiscover_modules("tasks")
    if settings.DEMO:
        call_command("seed_demo")
    for sweep in SWEEPS:  # what a dead worker left goes on at once, not at the next minute
        with suppress(AlreadyEnqueued):
            app.tasks[sweep].configure().defer()
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    worker_app.run_worker(concurrency=jobs, shutdown_graceful_timeout=5)  # any job may be run again
