"""What several tests share: places, gold, and changing one fact of a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from griot.locking import only_one_at
from griot.press.core.pages.dates import to_utc
from griot.press.core.types import Article

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared (real feeds and pages) is not beside the project"
)


def wire_gold() -> list[dict]:
    return [json.loads(line) for line in (SHARED / "wire" / "gold.jsonl").read_text().splitlines()]


def as_article(row: dict) -> Article:
    return Article(
        url=row["url"],
        outlet=row["outlet"],
        title=row["title"],
        summary=row["summary"],
        published=to_utc(row["published"]),
        language=row["language"],
    )


def stories(rows: list[dict]) -> dict[str, list[Article]]:
    found = defaultdict(list)
    for row in rows:
        found[row["story"]].append(as_article(row))
    return found


def griot(*arguments: str, env: dict[str, str] | None = None, **options) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a process of its own."""

    return subprocess.run(
        [sys.executable, "-m", "griot", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **(env or {})},
        **options,
    )


@contextmanager
def held_elsewhere(place: str) -> Iterator[None]:
    """Somebody else, on a connection of their own, is at `place` (`locking.only_one_at`)."""
    begun, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one_at(place) as is_ours:
            assert is_ours
            begun.set()
            is_over.wait()
        connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(hold)
        try:
            begun.wait()
            yield
        finally:
            is_over.set()


def words(page: str | bytes) -> str:
    """A page's source with its white space as a browser sees it: templates break lines where they like."""
    return " ".join((page if isinstance(page, str) else page.decode()).split())


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python `call` runs: what it costs, on whatever machine."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def until_waiting(other: Future[Any]) -> None:
    """Wait until what another thread does is done, or somebody waits for a lock in this database."""
    while not other.done():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
