"""Commands for those who work on the code: lock, bench."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from griot.runtime.postgres import database
from griot.runtime.state import ROOT


def run(name: str, arguments: list[str]) -> int:
    return {"lock": _lock, "bench": _bench}[name](arguments)


def _lock(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot lock",
        description="Lock requirements/*.in anew, with hashes.",
        epilog="Other options go to uv pip compile, such as --upgrade or --upgrade-package NAME.",
    )
    _, for_uv = parser.parse_known_args(arguments)
    uv = str(Path(sys.executable).parent / "uv")
    how = ["--universal", "--python-version", "3.11"]
    looks = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    for name in ("base", "dev", "translator", "uv", "node"):
        without = ["--overrides", "overrides.in"] if name == "base" else []  # what tests use needs the rest
        done = subprocess.run(
            [
                *(uv, "pip", "compile", "-q", f"{name}.in", "-o", f"{name}.txt", *how, *without, *looks),
                *for_uv,
            ],
            cwd=ROOT / "requirements",
        )
        if done.returncode:
            return done.returncode
    return 0


def _bench(arguments: list[str]) -> int:
    names = sorted(p.stem for p in (ROOT / "benchmarks").glob("[!_]*.py"))
    parser = argparse.ArgumentParser(
        prog="./griot bench", description="Measure speed, as a ratio to a reference in the same run."
    )
    parser.add_argument("name", choices=names)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="its own; see NAME --help")
    asked = parser.parse_args(arguments)
    with database():
        return subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / f"{asked.name}.py"), *asked.options]
        ).returncode
