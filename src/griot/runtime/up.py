"""`./griot up`: the whole newsroom under one parent."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from io import TextIOWrapper
from types import FrameType
from typing import Any

import psycopg
from rich.console import Console

from griot.runtime.arguments import port as port_number
from griot.runtime.capturing import is_built
from griot.runtime.postgres import database
from griot.runtime.preparing import prepare
from griot.runtime.serving import listener
from griot.runtime.state import demo_facts, is_address, public_url, remember_public_url, state_folder
from griot.runtime.watching import Watch

CHECK_WITHIN = 600.0  # seconds
STOP_WITHIN = 10.0
RESTART_AFTER, AGAIN_AFTER = 2.0, 15.0
FIRST_PORT = 8000


class Stopped(Exception):
    """Somebody asked us to stop."""


def run(name: str, arguments: list[str]) -> int:
    options = _options(arguments)
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)  # a shell's background jobs ignore SIGINT unless told
    if (ours := _alone()) is None:
        say(
            f"this newsroom ({state_folder()}) runs already, at {public_url()}; stop that one first, or give"
            " another its own folder: GRIOT_VAR=/some/folder ./griot up"
        )
        return 2
    try:
        door = _free_port(options.host, options.port)
        door.listen(128)  # from now on readers wait a moment at most, also while the server restarts
    except OSError as error:
        where = f"{options.host}:{options.port}"
        say(f"can't listen on {where}: {error.strerror}. Choose another: ./griot up --port N")
        return 2
    port = door.getsockname()[1]
    host = "localhost" if options.host in ("0.0.0.0", "::", "127.0.0.1") else options.host
    url = os.environ.get("GRIOT_PUBLIC_URL") or f"http://{host}:{port}"
    if not is_address(url):
        say("GRIOT_PUBLIC_URL must be an address such as https://news.example.org")
        return 2
    os.environ["GRIOT_PUBLIC_URL"] = url
    remember_public_url(url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    try:
        with ours, ExitStack() as stack:
            database_url = stack.enter_context(database())
            prepare(with_demo=not options.empty, quiet=options.check)
            children = stack.enter_context(Children())
            _start(children, options.host, door)
            local = f"http://{'[::1]' if ':' in options.host else '127.0.0.1'}:{port}"
            _wait_until_listening(local, children)
            if options.check:
                return _check(url, local, database_url, children, started)
            print(
                f"\n  Griot is at {url}\n  The desk:   {url}/admin/   (Ctrl-C stops everything)\n", flush=True
            )
            _tell_what_is_next(database_url, children)
            while True:
                children.look_after()
                time.sleep(0.5)
    except (KeyboardInterrupt, Stopped):
        say("stopped")
        return 0
    except subprocess.CalledProcessError as error:
        if error.returncode == 2:  # it has said in one line what is to be set otherwise
            return 2
        say(f"{error.cmd[3]} failed; the reason stands above")
        return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./griot up", description="Run the newsroom: database, web, worker."
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    add("--port", type=port_number, help=f"port to listen on (default: the first free from {FIRST_PORT})")
    add("--empty", action="store_true", help="a newsroom of your own, without the demo")
    add("--check", action="store_true", help="start, wait for today's issue, print JSON, stop")
    return parser.parse_args(arguments)


def _alone() -> TextIOWrapper | None:
    """What to hold while this folder's newsroom runs; None where another holds it. SIGKILL lets it go."""
    file = open(state_folder() / "up.running", "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _start(children: Children, host: str, door: socket.socket) -> None:
    """The web server, the demo's wire, the worker, and the phone app's builder, as far as they are needed."""
    port = str(door.getsockname()[1])
    children.start("serve", "--host", host, "--port", port, "--fd", str(door.fileno()), door=door)
    if demo_facts():
        children.start("wire")
    children.start("worker")
    if not is_built():
        children.start("build_capture")


def _tell_what_is_next(database_url: str, children: Children) -> None:
    if demo_facts():
        _show_morning(database_url, children)
    elif _ask(database_url, "SELECT 1 FROM press_source LIMIT 1") is None:
        say(
            "it listens to nothing yet: ./griot import_opml starter adds 120 well-known sources, the desk"
            " finds others"
        )


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def say(text: str) -> None:
    print(f"griot: {text}", file=sys.stderr, flush=True)


def _free_port(host: str, wanted: int | None) -> socket.socket:
    """A socket on `wanted`, or on the first free port from FIRST_PORT. Raises OSError when there is none."""
    candidates = [wanted] if wanted is not None else [*range(FIRST_PORT, FIRST_PORT + 100), 0]
    for port in candidates:
        try:
            return listener(host, port)
        except OSError:
            if port == candidates[-1]:
                raise
    raise AssertionError("unreachable")


class Children:
    """Processes that live and die with us: they hold the other end of a pipe of ours."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, ...], tuple[subprocess.Popen[bytes], float]] = {}
        self._doors: dict[tuple[str, ...], socket.socket] = {}
        self._watches: dict[tuple[str, ...], Watch] = {}
        self._theirs, self._ours = os.pipe()

    def __enter__(self) -> Children:
        return self

    def start(self, *arguments: str, door: socket.socket | None = None) -> None:
        """Run a command of ours; a child that dies later gets the same `door` again, and so does another in
        the place of one that answers nothing there.
        """
        if door is not None:
            self._doors[arguments], self._watches[arguments] = door, Watch(door)
        inherited = [d.fileno() for d in [self._doors.get(arguments)] if d]
        process = subprocess.Popen(
            [sys.executable, "-m", "griot", *arguments],
            env={**os.environ, "GRIOT_PARENT_PIPE": str(self._theirs)},
            pass_fds=[self._theirs, *inherited],
            start_new_session=True,  # Ctrl-C reaches us alone; we end them in order
        )
        self._running[arguments] = (process, time.monotonic())

    def look_after(self) -> None:
        """Start again whoever has died, at most once in RESTART_AFTER seconds; who said why (exit code 2), as
        for a full disk, in AGAIN_AFTER. What is built once stays as it is.
        """
        for arguments, watch in self._watches.items():
            if watch.is_silent:
                say(f"{arguments[0]} has answered nothing for minutes")
                watch.misses = 0
                self._running[arguments][0].kill()
                self._running[arguments][0].wait()
        for arguments, (process, started) in list(self._running.items()):
            code, is_once = process.poll(), arguments[0] == "build_capture"
            if code is None or (is_once and code in {0, 2}):
                continue
            if time.monotonic() - started > (AGAIN_AFTER if code == 2 else RESTART_AFTER):
                say(f"{arguments[0]} ended with {process.returncode}; starting it again")
                self.start(*arguments)

    def __exit__(self, *_: object) -> None:
        for watch in self._watches.values():
            watch.end()
        for process, _started in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for process, _started in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        os.close(self._ours)
        os.close(self._theirs)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


def _wait_until_listening(local: str, children: Children) -> None:
    while not _status(f"{local}/robots.txt"):
        children.look_after()
        time.sleep(0.05)


_ISSUE_OF_TODAY = """
SELECT p.url_path, p.live FROM digest_issuepage i JOIN wagtailcore_page p ON p.id = i.page_ptr_id
WHERE i.day = (now() AT TIME ZONE %s)::date AND i.language = 'en'
"""
_COUNTS = """
SELECT (SELECT count(*) FROM press_article),
       (SELECT count(*) FROM press_story WHERE merged_into_id IS NULL),
       (SELECT count(*) FROM press_line WHERE ok)
"""


def _ask(database_url: str, query: str, *values: str) -> tuple[Any, ...] | None:
    """A query's first row; None also while the database is being started again."""
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            found: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
            return found
    except psycopg.OperationalError:
        return None


def _is_today_out(database_url: str) -> bool:
    issue = _ask(database_url, _ISSUE_OF_TODAY, os.environ.get("GRIOT_TIME_ZONE", "UTC"))
    return bool(issue and issue[1])


def _show_morning(database_url: str, children: Children) -> None:
    """Tell on the terminal how the demo's issue of today comes along, until it is there."""
    started = time.monotonic()
    if _is_today_out(database_url):
        return
    with Console(stderr=True).status("listening to the night's wire …") as status:
        while time.monotonic() - started < CHECK_WITHIN:
            children.look_after()
            if counts := _ask(database_url, _COUNTS):
                made = "{} articles, {} stories, {} lines".format(*counts)
                status.update(f"making today's issue: {made}")
                if _is_today_out(database_url):
                    say(f"today's issue is there: {made}")
                    return
            time.sleep(0.3)


def _check(url: str, local: str, database_url: str, children: Children, started: float) -> int:
    """Wait until today's issue is drafted and the pages
    answer; print one JSON line. 1 when it takes too long.
    """
    is_demo = bool(demo_facts())
    pages = ["/", "/archive/", "/feed/", "/admin/login/"]
    while time.monotonic() - started < CHECK_WITHIN:
        children.look_after()
        if (_is_today_out(database_url) or not is_demo) and all(_status(local + p) == 200 for p in pages):
            counts = _ask(database_url, _COUNTS)
            if counts:
                facts = {"url": url, **dict(zip(("articles", "stories", "lines"), counts, strict=True))}
                print(json.dumps({**facts, "seconds": round(time.monotonic() - started, 1)}), flush=True)
                return 0
        time.sleep(0.3)
    say("today's issue was not drafted in time; ./griot morning tells why")
    return 1
