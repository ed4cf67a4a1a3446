"""What goes wrong with what people send us."""

from __future__ import annotations


class Refused(Exception):
    """Something was not taken; the text says what, where and what to do, for whoever sent it."""


class TooMuch(Refused):
    """It would be taken another day."""

    retry_after = 3600  # seconds
