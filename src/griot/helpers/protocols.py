"""What a helper can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class HelperError(Exception):
    """A helper that could not help; the message says why. Drafting goes on without it."""


class Material(Protocol):
    """An article, for a drafter to read."""

    @property
    def outlet(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def summary(self) -> str: ...


class Translator(Protocol):
    def translate(self, text: str, source: str, target: str) -> str:
        """`text` in another language (ISO 639-1 codes). Raises HelperError."""
        ...


@runtime_checkable
class Drafter(Protocol):
    def propose(self, articles: Sequence[Material], language: str) -> str:
        """The body of a line, from the verb to the full stop. Raises HelperError."""
        ...
