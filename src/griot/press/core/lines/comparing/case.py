"""What the check decides on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text


@dataclass(frozen=True, slots=True)
class Retelling:
    """A passage that the line gives almost word for word.

    `unsaid` are the line's words that the passage has not: where they stand in the line → the stretch of
    the passage in whose place they stand, (0, 0) for none.
    """

    passage: Text
    unsaid: Mapping[int, tuple[int, int]]

    def has_word_for_word(self, fact: Fact, said: Text) -> bool:
        """Whether the passage has the fact's own words, of a number with what it counts."""
        end = fact.end
        if fact.kind == "number":
            end = next((place + 1 for place, _ in said.words if place >= fact.end), fact.end)
        return not any(fact.start <= place < end for place in self.unsaid)


@dataclass(frozen=True, slots=True)
class Case:
    """A line's body, the passages of its story, and those of them that it retells."""

    said: Text
    passages: Sequence[Text]
    retellings: Sequence[Retelling]
