"""What the check decides on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from griot.press.core.lines.comparing.matching import has, is_same_name
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
class Doubt:
    """Words of the line that its outlets' passages contradict, or that none of them bears out.

    `passage` is the one that says otherwise, where there is one.
    """

    words: str
    is_contradicted: bool
    passage: Text | None = None


@dataclass(frozen=True)
class Case:
    """A line's body, the passages of its story, and those of them that it retells."""

    said: Text
    passages: Sequence[Text]
    retellings: Sequence[Retelling]

    @cached_property
    def told(self) -> Sequence[tuple[Text, Set[Fact]]]:
        """Of each passage the figures, names and places of the line that it has."""
        facts = [f for f in self.said.facts if f.kind in {"number", "name", "place"}]
        return [(p, {f for f in facts if has(self.said, f, p)}) for p in self.passages]

    @cached_property
    def elsewhere(self) -> Set[Text]:
        """The passages in another language that have a place which the line has not."""
        return {
            p
            for p in self.passages
            if p.language != self.said.language
            and any(
                not any(is_same_name(o, f) for f in self.said.facts) for o in p.facts if o.kind == "place"
            )
        }
