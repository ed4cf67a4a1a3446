"""International bodies under their names in the languages of the press: IOM is the OIM elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from griot.press.core.language.text import fold


@cache
def _bodies() -> dict[str, tuple[str, ...]]:
    """A body a line; short names that are words or given names elsewhere (PAM, UA) are left out."""
    rows = Path(__file__).with_name("bodies.txt").read_text(encoding="utf-8").splitlines()
    return {fold(name): tuple(row.split("|")) for row in rows for name in row.split("|")}


def body_names(name: str) -> tuple[str, ...]:
    """All the names of the international body that goes by this one; none where we know no such body."""
    return _bodies().get(fold(name), ())
