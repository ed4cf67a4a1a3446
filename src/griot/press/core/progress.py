"""Telling how far long work has come: a function (step, done, total), and bars on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import TaskID

Progress = Callable[[str, int, int], None]


def silent_progress(step: str, done: int, total: int) -> None:
    """The default for `progress`: says nothing."""


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each step on stderr, gone when the work is done."""
    with Bars(console=Console(stderr=True), transient=True) as bars:
        known: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in known:
                known[step] = bars.add_task(step, total=total)
            bars.update(known[step], completed=done, total=total)

        yield show
