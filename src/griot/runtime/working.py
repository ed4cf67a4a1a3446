"""A worker: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import argparse
import os

from griot.runtime.postgres import database


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./griot worker", description="Run a worker alone.")
    parser.add_argument("--jobs", type=int, default=4, help="jobs at a time (default 4)")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    with database():
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.utils.module_loading import autodiscover_modules
        from procrastinate.contrib.django import app

        autodiscover_modules("tasks")
        if settings.DEMO:
            call_command("seed_demo")
        app.tasks["mailing.sweep"]()  # what a dead worker left goes on at once, not at the next minute
        worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        worker_app.run_worker(
            concurrency=options.jobs, shutdown_graceful_timeout=5
        )  # any job may be run again
    return 0
