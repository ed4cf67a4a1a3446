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


class Withdrawn(Refused):
    """It is of a testimony that was taken back: nothing of it is kept, and nobody should keep it."""

    def __init__(self) -> None:
        super().__init__("this testimony was withdrawn; nothing more is taken of it")


class TooMuch(Refused):
    """It would be taken another day."""

    retry_after = 3600  # seconds
