"""Bringing a newsroom up to this code: once, before anything else uses its database."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from griot.runtime.serving import listener
from griot.runtime.state import ROOT, demo_facts, public_url, remember_demo, state_folder, write_whole

WIRE_PORTS = range(20000, 30000)


def _code_state() -> str:
    """A digest of what decides whether the database is up to date: the lock and our migrations."""
    files = [ROOT / "requirements" / "base.txt", *sorted((ROOT / "src").glob("griot/*/migrations/*.py"))]
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()


def prepare(with_demo: bool = False, quiet: bool = False) -> None:
    """Migrate, and on first use make an administrator; `with_demo` makes a fresh newsroom the demo's.

    Costs nothing when it was done for this code already. `quiet` keeps stdout clean.
    Raises subprocess.CalledProcessError when it fails; what was done is kept, and the next call goes on.
    """
    stamp = state_folder() / "prepared"
    wanted = f"{_code_state()} {os.environ['DATABASE_URL']} {public_url()}"
    is_first = not stamp.exists()
    if not is_first and stamp.read_text(errors="replace") == wanted:
        return
    if is_first and with_demo and not demo_facts():
        # Another newsroom's demo, not running now, would otherwise have chosen the same port.
        start = int.from_bytes(hashlib.sha256(str(state_folder()).encode()).digest()[:4]) % len(WIRE_PORTS)
        port = next(p for p in [*WIRE_PORTS[start:], *WIRE_PORTS[:start]] if _is_free(p))
        remember_demo({"port": port, "base": "1970-01-01T00:00:00+00:00"})
    command = [sys.executable, "-m", "griot", "prepare"]
    subprocess.run(command, check=True, stdout=sys.stderr if quiet else None)
    write_whole(stamp, wanted)


def _is_free(port: int) -> bool:
    try:
        listener("127.0.0.1", port).close()
    except OSError:
        return False
    return True
