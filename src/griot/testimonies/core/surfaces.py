"""Every place where a testimony can be met, each with the rule of consent that it keeps.

A surface is registered where it is made: `@surface(...)` on the view or function. `./griot
list_surfaces` prints them; a test walks every address of the site and fails for one that touches
testimonies and is not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from griot.testimonies.core.types import Use

Withdrawn = Literal["tombstone", "absent", "blank", "bare fact", "refused"]
Rule = Literal[Use, "public part", "assigned", "own", "receipt code", "none shown"]
_F = TypeVar("_F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a testimony is met.

    `rule` is the use that the current consent has to cover, or who else may look. `withdrawn` is what is
    there when the consent is over: a tombstone (410), nothing, a blank picture, only the bare fact, or a
    refusal (403, 404).
    """

    name: str
    rule: str
    withdrawn: Withdrawn
    what: str


SURFACES: dict[str, Surface] = {}


def surface(name: str, rule: Rule, withdrawn: Withdrawn, what: str) -> Callable[[_F], _F]:
    """Register the decorated view or function as a surface. Raises ValueError for a name that is taken."""
    if name in SURFACES:
        raise ValueError(f"two surfaces are called {name!r}")

    def mark(function: _F) -> _F:
        SURFACES[name] = Surface(name, rule, withdrawn, what)
        function.surface = name  # type: ignore[attr-defined]
        return function

    return mark
