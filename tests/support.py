"""What several tests share: places, gold, and changing one fact of a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

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


def words(page: str | bytes) -> str:
    """A page's source with its white space as a browser sees it: templates break lines where they like."""
    return " ".join((page if isinstance(page, str) else page.decode()).split())
