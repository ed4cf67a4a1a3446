"""Locks that all processes of a newsroom see, on however many machines: PostgreSQL keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one_at(place: str) -> Iterator[bool]:
    """Whether nobody else is at `place`: a host, or whatever is named so. The lock goes even on SIGKILL."""
    key = int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
