"""A worker ends when it has to, whatever its jobs are about: they may all be run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from griot.runtime.postgres import embedded
from tests.runtime.test_postgres import kill_postmaster
from tests.support import ROOT

pytestmark = pytest.mark.slow
JOB = 45  # seconds

WORK = f"""
import asyncio, sys, time, django
django.setup()
from django.core.management import call_command
from procrastinate.contrib.django import app
from griot.runtime import working
call_command("migrate", verbosity=0)

@app.task(name="sleep")
def sleep():
    print("asleep", flush=True)
    time.sleep({JOB})
    print("awake", flush=True)

sleep.defer()
try:
    asyncio.run(working._until_told(app.with_connector(app.connector.get_worker_connector()), 1))
except Exception:
    sys.exit(1)
"""


@pytest.mark.parametrize("why", ["the database is killed", "told"])
def test_a_worker_ends_before_its_jobs_do(short_folder, why):
    with embedded(short_folder) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "GRIOT_VAR": str(short_folder),
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "griot.settings.test",
        }
        command = [sys.executable, "-c", WORK]
        with subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE
        ) as worker:
            assert worker.stdout.readline() == "asleep\n"
            if why == "told":
                worker.send_signal(signal.SIGTERM)
            else:
                kill_postmaster(short_folder)
            assert "awake" not in worker.stdout.read()
        assert worker.returncode == (0 if why == "told" else 1)
