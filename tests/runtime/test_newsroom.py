"""The whole newsroom as a person runs it, killed in the middle and started again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import IO

import psutil
import psycopg
import pytest
from aiosmtpd.controller import Controller

from griot.runtime import up
from griot.runtime.postgres import embedded, place_for
from griot.runtime.serving import listener
from tests.conftest import Inbox
from tests.support import ROOT, griot


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("GRIOT_", "DATABASE_", "DJANGO_", "EMAIL_"))
    }
    return {**kept, "GRIOT_VAR": str(folder), "PYTHONPATH": str(ROOT / "src"), **more}


def start(folder: Path, *arguments: str, output: IO | int = subprocess.PIPE, **more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "griot", *arguments],
        env=environment(folder, **more),
        cwd=ROOT,
        text=True,
        stdout=output,
        stderr=output,
    )


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "griot", *arguments],
        env=environment(folder, **more),
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=300,
    )


def kill_everything(process: subprocess.Popen, folder: Path) -> None:
    """SIGKILL to a process, all it started, and the database."""
    victims = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for other in psutil.process_iter():
        try:
            if str(folder) in " ".join(other.cmdline()) or other.environ().get("GRIOT_VAR") == str(folder):
                victims.append(other)
        except psutil.Error:
            continue
    for victim in victims:
        try:
            victim.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(victims, timeout=10)


def query(folder: Path, sql: str):
    with psycopg.connect(place_for(folder).url()) as connection:
        return connection.execute(sql).fetchone()


def wait_for(condition, seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (psycopg.Error, OSError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds")


def test_from_nothing_to_todays_issue_and_over_sigkill(short_folder):
    """`up --check` from nothing, killed in the middle of its first morning, then let finish."""
    first = start(short_folder, "up", "--check")
    wait_for(lambda: query(short_folder, "SELECT count(*) FROM press_article")[0] > 20)
    kill_everything(first, short_folder)

    done = run(short_folder, "up", "--check")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert len(done.stdout.strip().splitlines()) == 1
    assert set(facts) == {"url", "articles", "stories", "lines", "seconds"}
    assert facts["articles"] == 176 and facts["lines"] >= 20 and facts["stories"] > 80

    morning = run(short_folder, "morning")
    assert morning.returncode == 0, morning.stderr
    assert re.search(r"http://\S+/\d{4}-\d\d-\d\d/$", morning.stdout.strip())
    assert "The Harbour Times" in morning.stdout and "lines drafted" in morning.stdout

    text = run(short_folder, "render_issue", "latest", "--format", "text")
    assert "Unable to see images?" in text.stdout and "57 people" in text.stdout


def test_up_serves_and_stops_on_request(short_folder):
    process = start(short_folder, "up", "--empty")
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Griot is at" in line:
            break
    url = re.search(r"http://\S+", lines[-1]).group()
    assert any("password" in line for line in lines), "the administrator's password is printed at first start"
    with urllib.request.urlopen(url + "/") as answer:
        assert "No issue is out at the moment." in answer.read().decode()

    port = url.rpartition(":")[2]
    taken = run(short_folder / "other", "up", "--empty", "--port", port)
    assert taken.returncode == 2 and f"{port}" in taken.stderr and "--port" in taken.stderr

    second = run(short_folder, "up", "--empty")
    assert second.returncode == 2 and url in second.stderr and "GRIOT_VAR" in second.stderr

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=90)
    assert process.returncode == 0
    assert place_for(short_folder) and not [p for p in psutil.process_iter() if _belongs(p, short_folder)]

    again = start(short_folder, "up", "--empty")
    text = again.stdout.readline() + again.stdout.readline()
    assert "Griot is at" in text and "password" not in text
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=90)


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get("GRIOT_VAR") == str(folder) and process.pid != os.getpid()
    except psutil.Error:
        return False


RECIPIENTS = 2000


@pytest.mark.parametrize("kills", [3])
def test_a_send_killed_again_and_again_reaches_everybody_once(newsroom_folder, kills):
    """2,000 messages to a real SMTP server; SIGKILL of every process in the middle, several times."""
    inbox = Inbox()
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    relay = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    try:
        made = run(newsroom_folder, "shell", "-c", MAKE)
        assert made.returncode == 0, made.stderr
        sender = start(newsroom_folder, "send_issue", "latest", "--audience", "everybody", **relay)
        for n in range(1, kills + 1):
            wait_for(lambda mark=n * RECIPIENTS // (kills + 2): len(inbox.messages) > mark)
            kill_everything(sender, newsroom_folder)
            sender = start(newsroom_folder, "worker", **relay)
        finished = "SELECT count(*) FROM mailing_send WHERE finished IS NOT NULL"
        wait_for(lambda: query(newsroom_folder, finished)[0] == 1)
        states = dict(json.loads(run(newsroom_folder, "sends").stdout.splitlines()[0]).items())
        kill_everything(sender, newsroom_folder)
    finally:
        controller.stop()
    received = Counter(to for to, _ in inbox.messages)
    assert received.most_common(1)[0][1] == 1, "nobody got two"
    assert states["sent"] + states["in doubt"] == RECIPIENTS, states
    assert states["in doubt"] <= 2 * kills, "at most one per connection and kill"
    assert states["sent"] <= len(received) <= RECIPIENTS


MAKE = f"""
import datetime
from wagtail.models import Page
from griot.digest.models import DigestIndexPage, IssuePage
from griot.mailing.models import Audience, Subscriber, Subscription
issue = IssuePage(title="Big", slug="big", day=datetime.date(2026, 1, 1), body=[("text", "<p>Hello</p>")])
DigestIndexPage.objects.get(locale__language_code='en').add_child(instance=issue)
issue.save_revision().publish(skip_permission_checks=True)
audience = Audience.objects.create(name="Everybody", slug="everybody")
people = Subscriber.objects.bulk_create([Subscriber(email=f"r{{n}}@news.example") for n in range({RECIPIENTS})])
Subscription.objects.bulk_create([Subscription(audience=audience, subscriber=p) for p in people])
"""


def test_production_refuses_to_start_insecure(short_folder):
    unset = run(short_folder, "check", DJANGO_SETTINGS_MODULE="griot.settings.production")
    assert unset.returncode == 2
    for what in ("GRIOT_PUBLIC_URL", "EMAIL_URL", "GRIOT_CONTACT"):
        assert what in unset.stderr
    assert "Traceback" not in unset.stderr


def test_a_database_that_can_not_be_reached_is_named_in_one_line(short_folder):
    done = run(short_folder, "morning", DATABASE_URL="postgresql://griot@127.0.0.1:1/griot")
    assert done.returncode == 2 and "DATABASE_URL" in done.stderr and "Traceback" not in done.stderr


def test_a_server_of_ones_own_serves_as_well(newsroom_folder):
    """DATABASE_URL points at a server that another newsroom's folder holds."""
    ours = newsroom_folder / "newsroom"
    with embedded(newsroom_folder) as url:
        done = run(ours, "up", "--empty", "--check", DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        assert not (ours / "postgres").exists()


def test_nothing_is_needed_to_ask_for_help():
    assert griot("help", "morning").returncode == 0


def test_a_part_that_ended_with_words_is_tried_again(short_folder, monkeypatch):
    """A full disk, or a database that does not start, passes."""
    monkeypatch.setattr(up, "RESTART_AFTER", 0.0)
    monkeypatch.setattr(up, "AGAIN_AFTER", 0.0)
    monkeypatch.setenv("GRIOT_TIME_ZONE", "Mars")
    monkeypatch.setenv("GRIOT_VAR", str(short_folder))
    with up.Children() as children:
        children.start("worker")
        [(first, _)] = children._running.values()
        assert first.wait() == 2
        children.look_after()
        [(second, _)] = children._running.values()
        assert second.pid != first.pid
