"""Locks that all processes of a newsroom see, on however many machines: PostgreSQL keeps them. And how to
tell that it is away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import InterfaceError, OperationalError, connection
from procrastinate.exceptions import ConnectorException

_AWAY = (
    InterfaceError,
    OperationalError,
    psycopg.InterfaceError,
    psycopg.OperationalError,
    ConnectorException,
)


def is_database_away(error: BaseException) -> bool:
    """Whether `error` says that the database ends, starts, is full or was waited for in vain, and so nothing
    about the row in hand: what was begun is to be tried again, and nothing to be set aside for it.

    psycopg counts a value beyond the server's own limits (class 54) among these, and two who wait for each
    other (class 40): those are the row's.
    """
    code = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, _AWAY) and not code.startswith(("40", "54"))


def one_after_another(place: str) -> None:
    """Wait until nobody else is at `place`, and have it to the end of the transaction that we are in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(place)])


@contextmanager
def in_turn(place: str) -> Iterator[None]:
    """Wait until nobody else is at `place`, and have it until the end, in however many transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_key(place)])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(place)])


@contextmanager
def only_one_at(place: str) -> Iterator[bool]:
    """Whether nobody else is at `place`: a host, or whatever is named so. The lock goes even on SIGKILL."""
    key = _key(place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _key(place: str) -> int:
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], signed=True)
