"""`./griot test`: sets up what tests need, and runs them."""

from __future__ import annotations

import os
from contextlib import nullcontext

import psycopg
from psycopg import sql

from griot.bootstrap import say
from griot.runtime.capturing import build as build_capture
from griot.runtime.postgres import PostgresError, database
from griot.runtime.programs import install_programs, install_tools, run_module
from griot.runtime.state import ROOT


def run(name: str, arguments: list[str]) -> int:
    """All tests on all cores; with --quick the cores alone, without a database. The rest goes to pytest, also
    "--long" (tests/conftest.py), with which random orders of events go on for longer.
    """
    if "--quick" in arguments:
        return _quick([a for a in arguments if a != "--quick"])
    install_programs()
    install_tools()
    build_capture()
    os.environ.setdefault("GRIOT_VAR", str(ROOT / "var" / "test"))
    try:
        is_ours = "DATABASE_URL" not in os.environ
        # The server is held here, for all tests; those that kill servers start their own.
        with database() if "--collect-only" not in arguments else nullcontext() as url:
            if is_ours and url:
                _without_fsync(url)
            return run_module("pytest", *_on_all_cores(arguments), *arguments)
    except PostgresError as error:
        say(str(error))
        return 2


def _without_fsync(url: str) -> None:
    """Nothing on the tests' own server has to survive a power cut, and databases come and go there."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _on_all_cores(arguments: list[str]) -> list[str]:
    """pytest-xdist's options, unless somebody looks at one test, or wants to talk to it."""
    alone = any(a.startswith(("-n", "-s", "--pdb", "--collect-only", "-x")) or "::" in a for a in arguments)
    return [] if alone else ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]


def _quick(arguments: list[str]) -> int:
    """The inner loop: what needs neither a database nor a browser, nor a minute."""
    cores = [str(p.relative_to(ROOT)) for p in sorted((ROOT / "tests").glob("*/core"))]
    never_connected_to = {"DATABASE_URL": "postgresql:///griot"}
    options = ["-q", "-m", "not django_db and not slow", *_on_all_cores(arguments)]
    return run_module("pytest", *options, *cores, *arguments, env=never_connected_to)
