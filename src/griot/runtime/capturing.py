"""Building the messenger's phone app (`capture/`), once for each state of its sources."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from griot.bootstrap import install, stamp_of
from griot.runtime.state import ROOT

CAPTURE = ROOT / "capture"
DIST = CAPTURE / "dist"
LEAST_NODE = (20, 19)
_SOURCES = ("src/**/*", "public/**/*", "*.html", "*.json", "*.mjs", "*.ts")


def run(name: str, arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="./griot build_capture", description="Build the phone app.").parse_args(
        arguments
    )
    # 2: whoever started us need not start us again
    return 0 if build() else 2


def say(text: str) -> None:
    print(f"griot: {text}", file=sys.stderr, flush=True)


def is_built() -> bool:
    stamp = DIST / ".stamp"
    return stamp.is_file() and stamp.read_text() == _state()


def build() -> bool:
    """Bring `capture/dist` up to date. False, with the reason said, where that is not possible; the newsroom
    runs without it.
    """
    if is_built():
        return True
    with open(CAPTURE / ".build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built():
            return True
        node = _node()
        if node is None:
            say("the phone app can't be built: there is no Node.js, and it could not be installed")
            return False
        say("building the phone app …")
        path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
        environment = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}
        for command in (
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            ["npm", "run", "--silent", "check"],
            ["npm", "run", "--silent", "build"],
        ):
            done = subprocess.run(
                command, cwd=CAPTURE, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr
            )
            if done.returncode:
                say(
                    f"the phone app could not be built: `{' '.join(command[:3])}` failed; the newsroom runs"
                    " without it"
                )
                return False
        (DIST / ".stamp").write_text(_state())
    return True


def _state() -> str:
    digest = hashlib.sha256()
    for path in sorted({p for pattern in _SOURCES for p in CAPTURE.glob(pattern) if p.is_file()}):
        digest.update(f"{path.relative_to(CAPTURE)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _node() -> Path | None:
    """The machine's Node.js if it is new enough, with npm; else the one of a wheel in
    our virtual environment.
    """
    own = Path(sys.executable).parent / "node"
    machine = shutil.which("node")
    for found in [Path(machine)] if machine else []:
        if shutil.which("npm") and _version(found) >= LEAST_NODE:
            return found
    if not own.exists():
        lock = ROOT / "requirements" / "node.txt"
        say("installing Node.js for the phone app …")
        try:
            install(lock)
        except SystemExit:
            return None
        stamp, wanted = stamp_of(lock)
        stamp.write_text(wanted)
    return own if own.exists() else None


def _version(node: Path) -> tuple[int, int]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)
