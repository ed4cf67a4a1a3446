"""`./griot walk`: from an empty house to an issue that is sent and corrected, each step by whoever's role it
is.

    ./griot walk [--folder docs/walk]

Starts an empty newsroom of its own beside the demo's wire, drives it in Chromium, takes the pictures in
docs/walk, and prints how many keys and clicks each role took, as one JSON line. It ends with 1 where an issue
of eight lines takes more than it may, or was not sent.

Two things are not as in a newcomer's house: GRIOT_FETCH_ALLOWED lets the newsroom fetch the wire, which is on
this machine, and GRIOT_FETCH_DELAY is 0, since nobody else is asked. Mails lie in the newsroom's outbox, a
folder, where the walk reads the invitations that were sent.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from griot.bootstrap import say
from griot.demo.core.wire import Wire, load
from griot.demo.hands import Album
from griot.demo.serving import serve
from griot.demo.steps import House, walk
from griot.runtime.programs import chromium
from griot.runtime.state import ROOT

PORT, WIRE_PORT = 8931, 8932
MOST = {"keys": 14, "clicks": 8}  # from the opened desk to an issue of eight lines that is submitted


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot walk", description="From an empty house to a corrected issue, by roles, with pictures."
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "walk", help="where the pictures go")
    folder = parser.parse_args(arguments).folder
    browser = chromium()
    if browser is None:
        say("no Chromium here; ./griot test installs one where it may")
        return 2
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    started = time.monotonic()
    with _newsroom() as house, sync_playwright() as playwright:
        ready = time.monotonic()
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        facts = walk(chrome, house, Album(folder))
        chrome.close()
    facts |= {
        "seconds_until_ready": round(ready - started, 1),
        "seconds_of_the_way": round(time.monotonic() - ready, 1),
    }
    print(json.dumps(facts))
    is_quick = all(facts["issue"][what] <= most for what, most in MOST.items())
    return 0 if is_quick and facts["sent"] else 1


@contextmanager
def _newsroom() -> Iterator[House]:
    """An empty newsroom of its own, started as a newcomer does, and the demo's wire for it to listen to."""
    wire = load(WIRE_PORT, datetime.now(UTC))
    with tempfile.TemporaryDirectory(prefix="griot-walk-") as folder, _served(wire):
        Path(folder).chmod(0o755)
        var = Path(folder) / "var"
        newsroom = subprocess.Popen(
            [sys.executable, "-m", "griot", "up", "--empty", "--port", str(PORT)],
            env={
                **os.environ,
                "GRIOT_VAR": str(var),
                "GRIOT_FETCH_ALLOWED": f"*.localhost:{WIRE_PORT}",
                "GRIOT_FETCH_DELAY": "0",
                "PYTHONUNBUFFERED": "1",
            },
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            heard = ""
            for line in newsroom.stdout or ():
                heard += line
                if "it listens to nothing yet" in line:
                    break
            password = re.search(r"with the password\s+(\S+)", heard)
            if password is None:
                raise SystemExit(f"the newsroom did not start:\n{heard}")
            threading.Thread(target=lambda: list(newsroom.stdout or ()), daemon=True).start()
            yield House(f"http://localhost:{PORT}", password.group(1), var / "mail", wire)
        finally:
            newsroom.terminate()
            newsroom.wait(30)


@contextmanager
def _served(wire: Wire) -> Iterator[None]:
    server = serve(lambda: wire, wire.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
