"""The one command, as a person calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.support import ROOT, griot


@pytest.mark.django_db
def test_an_unknown_command_says_so():
    done = griot("fly_away")
    assert done.returncode == 2 and "fly_away" in done.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("secret-key", b""),
        ("secret-key", b"\xff\xfe"),
        ("demo.json", b'{"port": 20'),
        ("demo.json", b'{"port": "x", "base": "2026-01-01"}'),
        ("demo.json", b"[" * 100_000),
        ("public-url", b"\xff"),
    ],
)
def test_a_broken_file_of_the_newsroom_is_named_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    done = griot("check", env={"GRIOT_VAR": str(tmp_path)})
    assert done.returncode == 2 and str(tmp_path / name) in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / name).read_bytes() == content, "and left as it is"


def test_a_folder_that_can_not_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = griot("check", env={"GRIOT_VAR": str(tmp_path / "file" / "var")})
    assert done.returncode == 2 and "GRIOT_VAR" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_refused_in_one_line():
    done = griot("add_source", os.fsdecode(b"http://\xff.example/"))
    *_, last = done.stderr.strip().splitlines()  # before it, a fresh newsroom's password
    assert done.returncode == 2 and "no web address" in last and "Traceback" not in done.stderr


@pytest.mark.django_db
def test_a_file_s_name_beyond_all_bounds_is_refused_in_one_line():
    done = griot("backfill", "9" * 5000)
    *_, last = done.stderr.strip().splitlines()
    assert done.returncode == 2 and "name too long" in last and "Traceback" not in done.stderr


@pytest.mark.django_db
def test_who_is_asked_to_end_lets_go_of_what_they_hold(short_folder):
    """SIGTERM to a command that holds the embedded database: it stops the server, being its last user."""
    code = (
        "import os; os.environ.pop('DATABASE_URL', None); import signal, time; from griot import cli;"
        " from griot.runtime.postgres import embedded; signal.signal(signal.SIGTERM, cli._end)\n"
        "with embedded(): print('up', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "GRIOT_VAR": str(short_folder), "PYTHONPATH": str(ROOT / "src")},
    )
    assert holder.stdout.readline() == b"up\n"
    holder.send_signal(signal.SIGTERM)
    assert holder.wait(60) == 128 + signal.SIGTERM
    assert not (short_folder / "postgres" / "data" / "postmaster.pid").exists()
