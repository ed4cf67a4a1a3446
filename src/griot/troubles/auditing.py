"""`./griot audit`: what is weak in this newsroom, in words.

Each app tells what is weak in it (`weaknesses.py`) in the shape of Django's system checks, which are no place
for it themselves: they run before there is a database. An `Error` is urgent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.core.checks import CheckMessage, Error, Warning

log = logging.getLogger(__name__)
Check = Callable[[], Iterable[CheckMessage]]
_checks: list[Check] = []


def audited(check: Check) -> Check:
    """Have `check` asked in each audit. Called where its app is loaded."""
    _checks.append(check)
    return check


def audit() -> list[CheckMessage]:
    """All that is weak, the urgent first. A check that fails is a weakness itself."""
    found: list[CheckMessage] = []
    for check in _checks:
        try:
            found += check()
        except Exception as error:
            log.exception("the audit's %s failed", check.__name__)
            found.append(
                Warning(f"“{check.__name__}” could not be looked at ({error})", hint="The log says more.")
            )
    return sorted(found, key=lambda message: (-message.level, message.msg))


def is_urgent(message: CheckMessage) -> bool:
    return message.is_serious(Error("").level)
