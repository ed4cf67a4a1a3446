"""A "not" that was lost on the way: what the line states and a passage denies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from griot.press.core.language.text import stem
from griot.press.core.lines.claims import is_negation
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import SMALL, Text

_LEAD = 3  # words before a statement in which its negation may stand


def lost_negation(said: Text, passages: Sequence[Text]) -> str:
    """The words of the first passage that denies what the line states, from its negation on, or ""."""
    for passage in passages:
        if passage.language != said.language or not passage.has_negation:
            continue
        for negation in passage.facts:
            if negation.kind == "negation" and any(
                _says_in_order(said, run) and not _is_stated(run, passages)
                for run in _denied(said, passage, negation)
            ):
                return " ".join([negation.text, *passage.neighbours(negation.start, negation.end, 3).after])
    return ""


def _denied(said: Text, passage: Text, negation: Fact) -> Iterator[Sequence[str]]:
    """Runs of stems that a negation turns: those after it, and those around it."""
    near = passage.neighbours(negation.start, negation.end, 3)
    if len(near.after) > 2 and (not near.before or not said.stems.isdisjoint(near.before[:2])):
        yield near.after
    around = [*reversed(near.before[:2]), *near.after[:2]]
    if len(around) > 2:
        yield around


def _says_in_order(said: Text, run: Sequence[str]) -> bool:
    """Whether the line has these stems in a row, small words aside, without a negation before them."""
    words = [w for _, w in said.words if w not in SMALL]
    stems = [stem(w, said.language) for w in words]
    for i in range(len(stems) - len(run) + 1):
        if stems[i : i + len(run)] == list(run):
            return not any(is_negation(w, said.language) for w in words[max(0, i - _LEAD) : i])
    return False


def _is_stated(run: Sequence[str], passages: Sequence[Text]) -> bool:
    """Whether some passage says these words without any negation."""
    return any(set(run) <= p.stems and not p.has_negation for p in passages)
