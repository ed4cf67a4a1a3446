"""The one command, as a person calls it."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from pyrage import x25519

from griot.cli import SUBJECTS
from griot.runtime.linting import CAREFUL
from griot.settings import base
from tests.forking import Called, forked_griot
from tests.support import ROOT, griot, held_elsewhere, until_waiting


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
        ("demo.json", b'{"port": 70000, "base": "2026-01-01T00:00:00+00:00"}'),
        ("public-url", b"\xff"),
        ("public-url", b"http://[::1"),
        ("public-url", b"javascript:1"),
    ],
)
def test_a_broken_file_of_the_newsroom_is_named_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    done = griot("check", env={"GRIOT_VAR": str(tmp_path)})
    assert done.returncode == 2 and str(tmp_path / name) in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / name).read_bytes() == content, "and left as it is"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("GRIOT_PUBLIC_URL", ["x", "http://", "http://a:99999", "ftp://a", "http://a b/", "https://u:p@a/"]),
        ("GRIOT_CONTACT", ["nobody", "@", "a b@c"]),
        ("GRIOT_TIME_ZONE", ["Mars", "Africa", "../etc/passwd", "é" * 300]),
        ("GRIOT_FETCH_DELAY", ["soon", "-1", "nan", "inf"]),
        ("GRIOT_KEEP_DAYS", ["1.5", "-1", "9" * 5000]),
        ("GRIOT_PHONE_GB_A_DAY", ["0", "-1", "nan", "much"]),
        ("GRIOT_LOG", ["loud"]),
        ("GRIOT_IN_DOUBT", ["maybe"]),
        ("EMAIL_URL", ["relay", "http://a", "smtp://", "smtp://a:99999"]),
        ("GRIOT_TRANSLATOR", ["deepl", "whisper+file:///m", "deepl+https://", "openai+https://a:x/"]),
        ("GRIOT_DRAFTER", ["deepl+https://a", "openai+https://a/v1"]),
        ("GRIOT_TRANSCRIBER", ["whisper+https://a", "whisper+file://", "openai+file:///m"]),
        ("GRIOT_OIDC_SERVER", ["sso"]),
        ("GRIOT_PROXIES", ["999.1.1.1", "*", "proxy", "127.0.0.1,10.0.0.1/8", "1.1.1.1 2.2.2.2"]),
        (
            "GRIOT_FETCH_ALLOWED",
            [":::", "::::", "host", "host:x", "a:1,:2", "a:99999", "http://a:1", "u@a:1"],
        ),
        ("DATABASE_URL", ["what", "postgresql://[", "host=a =b"]),
    ],
)
def test_a_setting_that_can_not_be_is_named_in_one_line(tmp_path, monkeypatch, name, values):
    for value in values[:: len(values) - 1 or 1]:
        done = griot("check", env={"GRIOT_VAR": str(tmp_path), name: value})
        assert done.returncode == 2 and name in done.stderr, (value, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1
    for value in values:
        monkeypatch.setenv(name, value)
        with pytest.raises(ImproperlyConfigured, match=name):
            importlib.reload(base)
    monkeypatch.undo()
    importlib.reload(base)


@pytest.mark.parametrize(
    "command",
    [
        ("up", "--port", "70000"),
        ("up", "--port", "-1"),
        ("serve", "--port", "9" * 5000),
        ("serve", "--fd", "0"),
        ("serve", "--fd", "999"),
        ("serve", "--host", "no.such.host.example"),
        ("serve", "--host", "a" * 70),
        ("worker", "--jobs", "-3"),
        ("worker", "--jobs", "²"),
    ],
)
def test_an_argument_that_can_not_be_is_refused_in_words(tmp_path, command):
    done = griot(*command, env={"GRIOT_VAR": str(tmp_path)})
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert command[2][:40] in done.stderr or command[1] in done.stderr
    assert not (tmp_path / "postgres").exists(), "nothing is begun"


@pytest.mark.parametrize("command", ["serve", "worker", "up"])
def test_who_serves_and_works_names_a_setting_that_can_not_be(tmp_path, command):
    """The settings are read by another process than the one that was called."""
    done = griot(command, env={"GRIOT_VAR": str(tmp_path), "GRIOT_TIME_ZONE": "Mars"})
    assert done.returncode == 2 and "GRIOT_TIME_ZONE must be" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_who_serves_names_a_public_key_that_is_not_ours(tmp_path):
    keys = tmp_path / "keys" / "vault"
    keys.parent.mkdir()
    keys.write_text(str(x25519.Identity.generate()))
    keys.with_suffix(".pub").write_text(str(x25519.Identity.generate().to_public()))
    environment = {
        "GRIOT_VAR": str(tmp_path),
        "GRIOT_PUBLIC_URL": "http://localhost:8000",
        "DATABASE_URL": "postgresql:///griot",  # not asked so far
    }
    done = griot("serve", "--port", "0", env=environment)
    assert done.returncode == 2 and "is not the public half of a key" in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("name", "key"), [("GRIOT_SECRET_KEY", "x" * 64), ("GRIOT_OLD_SECRET_KEYS", "x")])
def test_production_refuses_a_secret_key_that_can_be_guessed(tmp_path, name, key):
    done = griot("check", env={**CAREFUL, "GRIOT_VAR": str(tmp_path), name: key})
    assert done.returncode == 2 and name in done.stderr, done.stderr


@pytest.mark.parametrize("how", ["a file", "a loop"])
def test_what_stands_where_a_folder_has_to_be_is_named_in_one_line(short_folder, how):
    place = short_folder / "postgres"
    place.touch() if how == "a file" else place.symlink_to(place)
    environment = {**os.environ, "GRIOT_VAR": str(short_folder), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "griot", "sends"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 2 and str(place) in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_can_not_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = griot("check", env={"GRIOT_VAR": str(tmp_path / "file" / "var")})
    assert done.returncode == 2 and "GRIOT_VAR" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def quick_griot(django_db_setup: None) -> Iterator[Called]:
    with forked_griot() as found:
        yield found


HAND_ON = {"test", "lock"}  # their arguments, to pytest and uv
COMMANDS = [name for commands in SUBJECTS.values() for name in commands if name not in HAND_ON]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_one_line_what_is_wrong_with_its_arguments(name, quick_griot):
    _is_refused_in_one_line(quick_griot(name, "--no-such-option", os.fsdecode(b"\xff"), *"1234567"))


HALF = '{"url": "https://a.example/1", "outlet": "A", "title": "T", "story": "s", "text": "half \\ud800"}'


@pytest.mark.parametrize(
    "command",
    [
        *(
            [name, "HALF"]
            for name in ("cluster_articles", "evaluate_clusters", "rank_articles", "draft_line")
        ),
        ("check_line", "--line", "57 people came", "HALF"),
        ("check_line", "--line", os.fsdecode(b'said "57 \xff people" came'), "WHOLE"),
        ("check_line", "--line", "57 people. " * 1000, "WHOLE"),
        ("parse_feed", "FOLDER"),
        ("extract_page", "FOLDER", "--url", "https://a.example"),
        ("train_stories", "--dry-run", "--wire", "nofile"),
        ("train_stories", "--dry-run", "--wire", "HALF"),
        ("evaluate_press", "--wire", "nofile"),
        ("morning", "--date", "0001-01-01"),
        ("morning", "--date", "9999-12-31"),
        ("morning", "--date", "12-31"),
        ("morning", "--date", os.fsdecode(b"\xff")),
        ("import_issue", "--date", "12-31", "FOLDER"),
        ("serve", "--host", os.fsdecode(b"\xff")),
        ("up", "--host", os.fsdecode(b"\xff")),
        ("export_opml", "extra"),
        ("export_issue", "latest", "--format", "xx"),
        ("export_issue", "9" * 5000, "--format", "json"),
        ("render_issue", os.fsdecode(b"\xff")),
        ("send_issue", "latest", "--audience", os.fsdecode(b"\xff")),
        ("resolve_in_doubt", "1", "--resend", "--skip"),
        ("resolve_in_doubt", "9" * 30, "--skip"),
        ("invite_messenger", os.fsdecode(b"\xff")),
        ("forget_factors", os.fsdecode(b"\xff")),
        ("import_opml", "FOLDER"),
        ("retain", "--days"),
        ("retain", "--no-such-option"),
    ],
    ids=lambda command: " ".join(command)[:40].encode("ascii", "replace").decode(),
)
def test_a_value_that_can_not_be_is_refused_in_one_line(command, tmp_path, quick_griot):
    places = {"HALF": tmp_path / "half", "WHOLE": tmp_path / "whole", "FOLDER": tmp_path}
    places["HALF"].write_text(HALF)
    places["WHOLE"].write_text(HALF.replace("\\ud800", ""))
    _is_refused_in_one_line(quick_griot(*(str(places.get(said, said)) for said in command)))


def _is_refused_in_one_line(done):
    said = done.stderr.strip().splitlines()
    told = [line for line in said if "griot" in line or "error" in line.lower()]
    assert done.returncode == 2 and "Traceback" not in done.stderr and "usage:" not in done.stderr, (
        done.stderr
    )
    assert len(told) == 1 and told[0] == said[-1], done.stderr


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


@pytest.mark.django_db(transaction=True)
def test_two_commands_that_are_a_newsroom_s_first_take_turns():
    def first():
        call_command("prepare")
        connection.close()

    administrators = get_user_model().objects.filter(is_superuser=True)
    administrators.delete()
    with ThreadPoolExecutor(1) as pool:
        with held_elsewhere("preparing"):
            other = pool.submit(first)
            until_waiting(other)
            assert not other.done() and not administrators.exists()
            get_user_model().objects.create_superuser("admin")
        other.result()
    assert administrators.count() == 1


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
