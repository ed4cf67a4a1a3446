"""A database for each process that runs tests, cloned from templates: one that is migrated, one that is a newsroom."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import psycopg
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from psycopg.conninfo import make_conninfo

from griot.runtime.postgres import wheel_binaries
from tests.support import ROOT

# What a migrated database depends on: our migrations, and the versions of everybody else's.
_MADE_OF = ("src/griot/*/migrations/*.py", "src/griot/settings/base.py", "requirements/base.txt")
_LOCK = 0x7465737473  # "tests": one process at a time makes, drops or clones


@contextmanager
def database_of_our_own(furnish: Callable[[], None]) -> Iterator[None]:
    """Django's default connection leads to a fresh database until the end: migrated, and `furnish`ed once.

    Tests with transactions of their own get it anew after each, which is quicker than to empty two hundred tables.
    """
    ready, mine = f"griot_ready_{os.getpid()}", f"griot_test_{os.getpid()}"
    with _server() as keeper:
        _clone_of_migrated(keeper, ready)
        _lead_to(ready)
        furnish()
        _lead_to(mine)
        _clone(keeper, ready, mine)

        def anew(_: object) -> None:
            connections.close_all()
            _drop(keeper, mine)
            _clone(keeper, ready, mine)

        emptied = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = anew  # type: ignore[method-assign]
        try:
            yield
        finally:
            TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]
            connections.close_all()
            _drop(keeper, mine)
            _drop(keeper, ready)


@contextmanager
def migrated_database(name: str) -> Iterator[str]:
    """The address of a migrated database with nothing in it, for processes of their own, until the end."""
    with _server() as keeper:
        _clone_of_migrated(keeper, name)
        try:
            yield make_conninfo(keeper.info.dsn, dbname=name)
        finally:
            _drop(keeper, name)


def copy_newsroom(url: str) -> None:
    """Into an empty database of another server, what `database_of_our_own` begins with."""
    with _server() as keeper:
        ours = make_conninfo(keeper.info.dsn, dbname=f"griot_ready_{os.getpid()}")
    programs = wheel_binaries() / "bin"
    dump = subprocess.Popen(
        [programs / "pg_dump", "--no-owner", "--no-privileges", ours], stdout=subprocess.PIPE
    )
    options = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    subprocess.run(
        [programs / "psql", *options, url], stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True
    )
    assert dump.wait() == 0


def _clone_of_migrated(keeper: psycopg.Connection, name: str) -> None:
    digest = hashlib.sha256()
    for path in sorted(p for pattern in _MADE_OF for p in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    migrated = f"griot_template_{digest.hexdigest()[:12]}"
    keeper.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    there = {name for (name,) in keeper.execute("SELECT datname FROM pg_database")}
    for stale in filter(_is_stale(migrated), there):
        _drop(keeper, stale)
    if migrated not in there:
        _migrate(keeper, migrated)
    _clone(keeper, migrated, name)
    keeper.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _server() -> psycopg.Connection:
    """A connection beside Django's, for databases as wholes."""
    django = connections["default"].get_connection_params()
    only_django = {"context", "cursor_factory", "client_encoding"}
    ours = {name: value for name, value in django.items() if name not in only_django}
    return psycopg.connect(**{**ours, "dbname": "postgres"}, autocommit=True)


def _clone(keeper: psycopg.Connection, template: str, name: str) -> None:
    names = sql.Identifier(name), sql.Identifier(template)
    keeper.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def _drop(keeper: psycopg.Connection, name: str) -> None:
    keeper.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(keeper: psycopg.Connection, name: str) -> None:
    """The template, under a passing name until it is whole: a killed run leaves none that is half migrated."""
    draft, before = f"{name}_draft", connections["default"].settings_dict["NAME"]
    _clone(keeper, "template0", draft)
    _lead_to(draft)
    call_command("migrate", verbosity=0, interactive=False)
    _lead_to(before)
    renamed = sql.Identifier(draft), sql.Identifier(name)
    keeper.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*renamed))


def _is_stale(migrated: str) -> Callable[[str], bool]:
    """Templates of other migrations, drafts, and databases of processes that are gone."""

    def answer(name: str) -> bool:
        if name.startswith("griot_template_"):
            return name != migrated
        owner = re.fullmatch(r"griot_(?:test|ready)_(\d+)", name)
        return owner is not None and not psutil.pid_exists(int(owner[1]))

    return answer


def _lead_to(name: str) -> None:
    connections.close_all()
    for settings in (connections.databases["default"], connections["default"].settings_dict):
        settings["NAME"] = name
