"""A worker ends when it has to, whatever its jobs are about: they may all be run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from griot.runtime.postgres import embedded
from tests.runtime.test_postgres import kill_postmaster
from tests.support import ROOT

pytestmark = pytest.mark.slow
JOB = 45  # seconds

WORK = f"""
import asyncio, sys, time, django
django.setup()
from procrastinate.contrib.django import app
from griot.runtime import working

@app.task(name="sleep")
def sleep():
    print("asleep", flush=True)
    time.sleep({JOB})
    print("awake", flush=True)

sleep.defer()
try:
    asyncio.run(working._until_told(working._connected(app), 1))
except Exception:
    sys.exit(1)
"""


BUSY = f"""
import asyncio, os, time, django
django.setup()
from django.conf import settings
from procrastinate.contrib.django import app
from griot import queueing
from griot.runtime import working

def long():
    os.write(1, b"long\\n")
    time.sleep({JOB})

for jobs in settings.LONG_JOBS.values():
    app.task(name=jobs[-1])(long)
    for n in range(6):
        queueing.soon(jobs[-1], f"{{jobs[-1]}} {{n}}")

@app.task(name="digest.morning")
def morning():
    os.write(1, b"morning\\n")

queueing.soon("digest.morning", "morning")
asyncio.run(working._until_told(working._connected(app), 2))
"""


def test_work_of_one_kind_keeps_none_of_another_waiting(newsroom_folder):
    """More films, mails and pages wait than there are slots: two of each are begun, and the morning is held."""
    with embedded(newsroom_folder) as url:
        with _running(BUSY, url, newsroom_folder) as worker:
            begun = sorted(worker.stdout.readline() for _ in range(2 * len(settings.LONG_JOBS) + 1))
            worker.send_signal(signal.SIGTERM)
            assert begun == ["long\n"] * (2 * len(settings.LONG_JOBS)) + ["morning\n"]
            assert worker.stdout.read() == ""
        assert worker.returncode == 0


def _running(code, url, folder):
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "GRIOT_VAR": str(folder),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "griot.settings.test",
    }
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE
    )


@pytest.mark.parametrize("why", ["the database is killed", "told"])
def test_a_worker_ends_before_its_jobs_do(newsroom_folder, why):
    with embedded(newsroom_folder) as url:
        with _running(WORK, url, newsroom_folder) as worker:
            assert worker.stdout.readline() == "asleep\n"
            if why == "told":
                worker.send_signal(signal.SIGTERM)
            else:
                kill_postmaster(newsroom_folder)
            assert "awake" not in worker.stdout.read()
        assert worker.returncode == (0 if why == "told" else 1)
