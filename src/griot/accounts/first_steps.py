"""What a new newsroom does first. Each app tells its own steps by the hook `griot_first_steps`; each
ticks itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail import hooks


@dataclass(frozen=True, slots=True)
class Step:
    """One of them, by its `place` among all, for whoever has a `right`; `path` is where it is done, "" where
    that is not in the admin.
    """

    place: int
    words: str
    is_done: bool
    right: str
    path: str
    hint: str


def first_steps(user: Any) -> list[Step]:
    """The steps that this user may do, in their order: what is somebody else’s is not asked of them."""
    steps = [step for tell in hooks.get_hooks("griot_first_steps") for step in tell(user)]
    return sorted((step for step in steps if user.has_perm(step.right)), key=lambda step: step.place)
