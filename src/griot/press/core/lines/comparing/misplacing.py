"""Facts that the story has, but tells of something else."""

from __future__ import annotations

import re

from griot.press.core.language.text import stem
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.comparing.company import MIN_COMPANY
from griot.press.core.lines.comparing.matching import has, matches, places_of_name
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text, counted

_MORE = 2  # words by which one passage must tell more of the line than those that have the fact
_SPEECH = {
    stem(w, "en")
    for w in (
        "said says told tells added stated announced explained called warned quoted denied confirmed".split()
    )
}
_PAUSE = re.compile(r"[,;:–—]\s")


def is_repeated(case: Case, fact: Fact) -> bool:
    """Whether the line gives a figure or a name a second time and no passage does: one of them
    stands for another.
    """
    if fact.kind not in {"number", "name"}:
        return False
    first = next(
        f
        for f in case.said.facts
        if f.kind == fact.kind and (f.value == fact.value or matches(case.said, fact, f))
    )
    return first.start != fact.start and all(_times(case.said, fact, p) < 2 for p in case.passages)


def _times(said: Text, fact: Fact, passage: Text) -> int:
    if fact.name:
        return len(list(places_of_name(fact.name, passage)))
    return sum(matches(said, fact, other) for other in passage.facts if other.kind == "number")


def is_told_of_another(case: Case, fact: Fact) -> bool:
    """Whether the passage that tells most of this part of the line has another figure, speaker or direction,
    and not this one.
    """
    if fact.kind == "number":
        return _is_figure_of_another(case, fact)
    if fact.kind == "place":
        return _is_place_of_another(case, fact)
    if fact.kind == "name":
        return _is_speech_of_another(case, fact)
    return fact.kind == "verb" and _is_told_the_other_way(case, fact)


def _is_figure_of_another(case: Case, fact: Fact) -> bool:
    around = _clause_around(case.said, fact)
    having = [p for p in case.passages if has(case.said, fact, p)]
    if having and all(p.language != case.said.language for p in having):
        return False  # they can't share the line's words
    with_it = max((len(around & p.stems) for p in having), default=0)
    return any(
        len(around & p.stems) >= with_it + _MORE
        and not has(case.said, fact, p)
        and _counts_alike(case.said, fact, p)
        for p in case.passages
    )


def _clause_around(said: Text, fact: Fact) -> set[str]:
    """The neighbours of a fact that stand in its own part of the sentence."""
    start = max((m.end() for m in _PAUSE.finditer(said.text, 0, fact.start)), default=0)
    stop = _PAUSE.search(said.text, fact.end)
    end = stop.start() if stop else len(said.text)
    return {w for p, w in said.stemmed if start <= p < fact.start or fact.end <= p < end}


def _counts_alike(said: Text, fact: Fact, passage: Text) -> bool:
    mine = counted(said, fact)
    return bool(mine) and any(
        counted(passage, other) == mine for other in passage.facts if other.kind == "number"
    )


def _is_place_of_another(case: Case, fact: Fact) -> bool:
    """Whether a passage in another language, which no words can be shared with, has the line's other figures
    and names, and another place, while passages with this place have few of them.
    """
    least = max((len(had) for _, had in case.told if fact in had), default=1) - 1 + _MORE
    return any(
        len(had) >= least and fact not in had and passage in case.elsewhere for passage, had in case.told
    )


def _is_speech_of_another(case: Case, fact: Fact) -> bool:
    if not speaks(case.said, fact):
        return False
    company = case.said.content - case.said.stems_of(fact)
    top = max(case.passages, key=lambda p: len(company & p.stems), default=None)
    if top is None or has(case.said, fact, top):
        return False
    most = len(company & top.stems)
    with_it = [len(company & p.stems) for p in case.passages if has(case.said, fact, p)]
    return (
        most >= 4
        and all(most >= shared + _MORE for shared in with_it)
        and any(other.kind == "name" and speaks(top, other) for other in top.facts)
    )


def speaks(text: Text, name: Fact) -> bool:
    """Whether words are put into a person's mouth: "she said", "said she", "according to her"."""
    near = text.neighbours(name.start, name.end, 2)
    return "accord" in near.before or not _SPEECH.isdisjoint((*near.before[:1], *near.after[:1]))


def _is_told_the_other_way(case: Case, fact: Fact) -> bool:
    """Whether passages have the opposite of a verb and none has the verb."""
    if fact.side.opposite in case.said.sides:
        return False  # the line speaks of both
    return not any(fact.side in p.sides for p in case.passages) and any(
        fact.side.opposite in p.sides and len(case.said.content & p.stems) >= MIN_COMPANY
        for p in case.passages
    )
