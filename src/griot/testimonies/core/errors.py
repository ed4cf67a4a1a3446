"""What goes wrong with what people send us."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """Something was not taken; the text says what, where and what to do, for whoever sent it. `reasons` are
    those parts of it that readers' pages may have words for in other languages.
    """

    def __init__(self, text: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.reasons = tuple(reasons)


class TooMuch(Refused):
    """It would be taken another day."""

    retry_after = 3600  # seconds
