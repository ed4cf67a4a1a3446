"""The web server ends when it is told to, and one that answers nothing is ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from griot.runtime import up, watching
from griot.runtime.serving import listener
from griot.runtime.watching import Watch
from tests.runtime.test_newsroom import environment, wait_for
from tests.support import ROOT

SERVER = """
import asyncio, re, sys, time
from uvicorn import Config
from griot.runtime import ending
ending.END_WITHIN, ending.HELD = 1.0, 1.0

def busy():
    print("busy", flush=True)
    while True:
        time.sleep(0.01)

def holds():
    print("busy", flush=True)
    re.match("(a+)+$", "a" * 60 + "b")

async def app(scope, receive, send):
    await asyncio.to_thread({"/busy": busy, "/holds": holds}[scope["path"]])

ending.Ending(Config(app, fd=int(sys.argv[1]), lifespan="off", log_level="error")).run()
"""


@contextmanager
def asked(path: str) -> Iterator[subprocess.Popen[bytes]]:
    """A web server with a thread that is about what `path` asks."""
    with listener("127.0.0.1", 0) as door:
        door.listen()
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(door.fileno())],
            pass_fds=[door.fileno()],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        try:
            with socket.create_connection(door.getsockname()) as reader:
                reader.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                assert server.stdout and server.stdout.readline() == b"busy\n"
                yield server
        finally:
            server.kill()
            server.wait()


def test_a_web_server_ends_when_it_is_told_to_whatever_its_threads_are_about():
    with asked("/busy") as server:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 128 + signal.SIGTERM


def test_one_that_is_held_is_ended_by_the_kernel():
    with asked("/holds") as server:
        assert server.wait(60) == -signal.SIGPROF


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(watching, "ASK_EVERY", 0.0)
    monkeypatch.setattr(watching, "ANSWER_WITHIN", 0.2)


def test_who_answers_nothing_is_silent(impatient):
    with listener("127.0.0.1", 0) as door:
        door.listen(128)
        watch = Watch(door)
        wait_for(lambda: watch.is_silent, 60)
        watch.end()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", b"", b"what?\r\n\r\n"])
def test_who_refuses_or_breaks_off_is_not(impatient, monkeypatch, answer):
    monkeypatch.setattr(watching, "ANSWER_WITHIN", 60.0)
    asked = 0

    def serve() -> None:
        nonlocal asked
        for asked in range(1, watching.MOST_MISSES * 2):  # noqa: B007 (it is looked at below)
            with door.accept()[0] as reader:
                reader.recv(1000)
                reader.sendall(answer)

    with listener("127.0.0.1", 0) as door:
        door.listen(128)
        thread = Thread(target=serve)
        thread.start()
        watch = Watch(door)
        thread.join()
        watch.end()
    assert asked == watching.MOST_MISSES * 2 - 1 and watch.misses <= 1


def test_a_part_that_answers_nothing_is_started_again(short_folder, monkeypatch, impatient):
    """Stopped (SIGSTOP), it lives, and answers nobody."""
    for name, value in environment(short_folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(up, "RESTART_AFTER", 0.0)
    with listener("127.0.0.1", 0) as door, up.Children() as children:
        door.listen(128)
        children.start("serve", "--fd", str(door.fileno()), door=door)
        [(first, _)] = children._running.values()
        first.send_signal(signal.SIGSTOP)

        def is_another() -> bool:
            children.look_after()
            [(process, _)] = children._running.values()
            return process.pid != first.pid

        wait_for(is_another, 60)
        assert first.wait() == -signal.SIGKILL
