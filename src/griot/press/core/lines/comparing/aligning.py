"""Which figure a deed belongs to in passages of another language, by the vectors of single words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from griot.press.core.language.text import stop_words
from griot.press.core.language.vectors import Vectors, default_encoder
from griot.press.core.lines.comparing.case import Doubt
from griot.press.core.lines.comparing.deeds import innermost
from griot.press.core.lines.comparing.matching import places_of
from griot.press.core.lines.passages import Text

ALIKE = 0.56  # from which a word says in one language what another says in the line's
_BETTER = 0.15  # by which another figure's words must be nearer
_MOST = 120  # words of a passage that are looked at: each takes a millisecond, once
_PLACES = 4  # of one figure
_PAUSE = re.compile(r"[.,;:!?،؛؟–—]+(?:\s|$)")
_INSTEAD = re.compile(r"\b(?:instead of|rather than|than|from|against)\b", re.I)
_EMPTY = {"be", "have", "do", "get", "make", "say", "report"}
Stretch = Sequence[str]


def alignment_doubts(said: Text, own: Sequence[Text]) -> Iterator[Doubt]:
    """What so many have done, and the passages tell of another figure."""
    figures = [fact for fact in said.facts if fact.kind == "number"]
    telling = [deed for deed in said.deeds if deed.verb not in _EMPTY] if figures else []
    for fact in figures:
        deed = innermost(telling, fact.start)
        if deed and _INSTEAD.search(said.text[deed.start : fact.start]):
            continue
        having = [(p, at) for p in own for at, _ in places_of(said, fact, p)][:_PLACES] if deed else []
        if not deed or not having:
            continue
        told = []
        for passage, at in having:
            mine, others = _by_figures(passage, at)
            if _cut([mine, *others]) <= len(others):
                return
            nearest = max((nearness(deed.verb, o) for o in others), default=0.0)
            told.append((nearness(deed.verb, mine), nearest, passage))
        if all(other >= ALIKE and its <= other - _BETTER for its, other, _ in told):
            yield Doubt(said.text[fact.start : fact.end], False, told[0][2])


def telling_words(text: Text) -> list[tuple[int, str]]:
    """Its words as it writes them, but for those of three letters, figures and the language's small words."""
    small = stop_words(text.language)
    return [
        (at, text.text[at : at + len(word)].lower())
        for at, word in text.words
        if word not in small and not word.isdigit() and len(word) > 2
    ]


def _by_figures(text: Text, place: int) -> tuple[Stretch, list[Stretch]]:
    """The words that go with the figure at `place`, and those that go with each other figure: up to the next
    figure or pause.
    """
    figures = sorted(f.start for f in text.facts if f.kind == "number")
    pauses = [m.start() for m in _PAUSE.finditer(text.text)]
    told: dict[int, list[str]] = {at: [] for at in figures}
    figure, pause, figure_at = 0, 0, -1
    waiting: list[str] = []
    for at, word in telling_words(text):
        while pause < len(pauses) and pauses[pause] < at:
            pause, figure_at, waiting = pause + 1, -1, []
        while figure < len(figures) and figures[figure] <= at:
            if figure_at < 0:  # what stands before the first of a stretch goes with it
                told[figures[figure]] += waiting
            figure_at, figure = figures[figure], figure + 1
        (told[figure_at] if figure_at >= 0 else waiting).append(word)
    return told.get(place, []), [words for at, words in told.items() if at != place]


def _cut(stretches: Sequence[Stretch]) -> int:
    """How many stretches, from the first, have no more than MOST words."""
    total = 0
    for i, words in enumerate(stretches):
        total += len(words)
        if total > _MOST:
            return i
    return len(stretches)


def nearness(word: str, stretch: Stretch) -> float:
    mine = _vector(word.partition("_")[0])
    return max((float(np.dot(mine, _vector(w))) for w in stretch), default=0.0)


@lru_cache(maxsize=20_000)
def _vector(word: str) -> Vectors:
    vector: Vectors = default_encoder().encode([word])[0]
    return vector
