"""Passages that the line gives almost word for word: what differs there was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from griot.press.core.lines.comparing.case import Retelling
from griot.press.core.lines.comparing.matching import is_same_name, matches
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

# Share of the line's words that a passage has in the same order: it is that passage, cut or touched up
RETOLD = 0.75
_RETOLD_CONTENT = 0.7  # share of its content words in any order: with fewer, comparing the order is vain
_MIN_RETOLD = 6  # words; fewer are alike by chance


def retellings(said: Text, passages: Sequence[Text]) -> Iterator[Retelling]:
    if len(said.words) < _MIN_RETOLD:
        return
    for passage in passages:
        shared = len(said.content & passage.stems)
        if passage.language == said.language and shared >= _RETOLD_CONTENT * len(said.content):
            unsaid = _unsaid(said, passage)
            if len(said.words) - len(unsaid) >= RETOLD * len(said.words):
                yield Retelling(passage, unsaid)


def _unsaid(said: Text, passage: Text) -> dict[int, tuple[int, int]]:
    mine, theirs = [w for _, w in said.words], [w for _, w in passage.words]
    unsaid: dict[int, tuple[int, int]] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            stretch = (passage.words[j1][0], passage.words[j2 - 1][0] + 1) if j2 > j1 else (0, 0)
            unsaid.update({said.words[i][0]: stretch for i in range(i1, i2)})
    return unsaid


def is_exchanged(said: Text, fact: Fact, retelling: Retelling) -> bool:
    """Whether a passage that the line retells has another fact of this sort in its place."""
    stretches = {s for place, s in retelling.unsaid.items() if fact.start <= place < fact.end}
    return any(
        other.is_of_a_sort_with(fact)
        and start < end
        and (start <= other.start < end or other.start <= start < other.end)
        and not is_same_name(fact, other)
        and not matches(said, fact, other)
        for start, end in stretches
        for other in retelling.passage.facts
    )
