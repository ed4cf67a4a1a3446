"""The embedded server, killed and started again."""

from __future__ import annotations

import os
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from griot.runtime import postgres
from griot.runtime.postgres import SOCKET_PATH_LIMIT, embedded, place_for


def kill_postmaster(folder: Path) -> None:
    process = postgres._postmaster(place_for(folder))
    children = process.children(recursive=True)
    for victim in [process, *children]:
        with suppress(psutil.NoSuchProcess):  # without the postmaster its children end by themselves
            victim.kill()
    psutil.wait_procs([process, *children], timeout=10)


def test_it_starts_has_pgvector_and_stops_with_its_last_user(short_folder):
    with embedded(short_folder) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            connection.execute("CREATE EXTENSION vector")
            assert connection.info.server_version >= 150000
        with embedded(short_folder) as again:
            assert again == url
        with psycopg.connect(url) as connection:  # still there: we are its user
            assert connection.execute("SELECT 1").fetchone() == (1,)
        place = place_for(short_folder)
        assert postgres._postmaster(place)
    assert postgres._postmaster(place) is None


def test_what_was_committed_survives_sigkill_every_time(short_folder):
    with embedded(short_folder) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for n in range(3):
        with embedded(short_folder) as url:
            with psycopg.connect(url) as connection:
                connection.execute("INSERT INTO kept VALUES (%s)", [n])
            kill_postmaster(short_folder)
        with embedded(short_folder) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (n + 1,)


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(short_folder):
    with embedded(short_folder):
        pid_file = place_for(short_folder).data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        kill_postmaster(short_folder)
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with embedded(short_folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n\xff\n", b"x" * 100_000, b"-1\n", b"\n" * 9])
def test_a_broken_pid_file_is_no_obstacle(short_folder, content):
    with embedded(short_folder):
        pid_file = place_for(short_folder).data / "postmaster.pid"
        kill_postmaster(short_folder)
        pid_file.write_bytes(content)
        assert not postgres._is_ending(place_for(short_folder))
    pid_file.write_bytes(content)
    with embedded(short_folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_half_a_cluster_does_not_count(short_folder):
    place = place_for(short_folder)
    (place.folder / "data.new").mkdir()
    (place.folder / "data.new" / "PG_VERSION").write_text("18")
    with embedded(short_folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_path_too_long_for_a_socket_works_all_the_same(short_folder):
    deep = short_folder / ("a-long-name-" * 5) / ("another-long-name-" * 4)
    deep.mkdir(parents=True)
    with embedded(deep) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(os.fsencode(place_for(deep).sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT


def test_two_newsrooms_side_by_side_do_not_meet(short_folder):
    one, two = short_folder / "one", short_folder / "two"
    one.mkdir()
    two.mkdir()
    with embedded(one) as first, embedded(two) as second:
        assert first != second
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE only_here (n int)")
        with psycopg.connect(second) as connection:
            assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_nobody_else_may_enter_the_data_or_the_socket(short_folder):
    with embedded(short_folder):
        place = place_for(short_folder)
        for folder in (place.data, place.sockets):
            assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_as_root_it_runs_as_a_user_of_its_own_and_opens_nobodys_folder(short_folder):
    private = short_folder / "private"
    private.mkdir(mode=0o700)
    home = private / "var"
    home.mkdir(mode=0o711)
    with embedded(home) as url:
        process = postgres._postmaster(place_for(home))
        assert process.uids().real in postgres.SERVICE_USER_IDS
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert str(place_for(home).folder).startswith("/var/lib/griot/")
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    import shutil

    shutil.rmtree(place_for(home).folder)


def test_a_holder_that_is_killed_lets_go(short_folder):
    """The kernel drops a dead holder's lock, so the next last one out stops the server."""
    import subprocess
    import sys

    from tests.support import ROOT

    code = (
        "import time; from griot.runtime.postgres import embedded\nwith embedded(): print('up', flush=True);"
        " time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "GRIOT_VAR": str(short_folder), "PYTHONPATH": str(ROOT / "src")},
    )
    assert holder.stdout.readline() == b"up\n"
    place = place_for(short_folder)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert postgres._postmaster(place), "the server outlives its holder"
    with embedded(short_folder):
        pass
    deadline = time.monotonic() + 300
    while postgres._postmaster(place) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert postgres._postmaster(place) is None


def test_one_that_is_asked_to_end_while_it_is_waited_for_is_not_waited_for_longer(short_folder):
    """It takes in nobody more, and waits itself for the session that is open."""
    place = place_for(short_folder)
    postgres._start(place)
    try:
        before = postgres._postmaster(place)
        with psycopg.connect(place.url()), psycopg.connect(place.url()):
            before.terminate()
            while not postgres._is_ending(place):
                time.sleep(0.01)
            assert not postgres._is_ready(place, None)
            postgres._start(place)
        assert postgres._postmaster(place).pid != before.pid
    finally:
        postgres._stop(place)


def test_it_is_started_again_while_somebody_holds_it_whatever_ended_it(short_folder):
    """Killed, also as a child of ours that nobody has reaped; asked to end; and a session that outlives it."""
    with embedded(short_folder) as url:
        for ending in (signal.SIGKILL, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
            session = psycopg.connect(url)
            before = postgres._postmaster(place_for(short_folder))
            before.send_signal(ending)
            deadline = time.monotonic() + 60
            while True:
                with suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
                    assert connection.execute("SELECT 1").fetchone() == (1,)
                    if postgres._postmaster(place_for(short_folder)).pid != before.pid:
                        break
                assert time.monotonic() < deadline, ending
            session.close()
    log = place_for(short_folder).log.read_text()
    assert "already exists" not in log, "it was not refused for what the one before left"
