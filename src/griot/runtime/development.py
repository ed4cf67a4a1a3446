"""Commands for those who work on the code: lock, bench."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from griot.bootstrap import say
from griot.runtime.postgres import database
from griot.runtime.state import ROOT


def run(name: str, arguments: list[str]) -> int:
    return {"lock": _lock, "bench": _bench}[name](arguments)


def _lock(arguments: list[str]) -> int:
    """Lock anew; with arguments for uv, such as --upgrade."""
    uv = str(Path(sys.executable).parent / "uv")
    for name in ("base", "dev", "uv", "node"):
        done = subprocess.run(
            [
                uv,
                "pip",
                "compile",
                "-q",
                "--universal",
                "--python-version",
                "3.11",
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-index-url",
                "--overrides",
                "overrides.in",
                f"{name}.in",
                "-o",
                f"{name}.txt",
                *arguments,
            ],
            cwd=ROOT / "requirements",
        )
        if done.returncode:
            return done.returncode
    return 0


def _bench(arguments: list[str]) -> int:
    names = sorted(p.stem for p in (ROOT / "benchmarks").glob("*.py"))
    if not arguments or arguments[0] not in names:
        say(f"name a benchmark: {', '.join(names)}")
        return 2
    with database():
        return subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / f"{arguments[0]}.py"), *arguments[1:]]
        ).returncode
