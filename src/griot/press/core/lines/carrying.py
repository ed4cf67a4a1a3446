"""Which outlets a line may name: those of whom an article of their own carries what it says.

One story has pieces that tell of one event from different ends, and with other figures. Who has another
figure, or nothing of what the line says, is not named for it; who wrote in another language is asked for
figures, names and places alone, and left open where a line has none but a country's, which at home goes
unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from griot.press.core.language.numbers import Number
from griot.press.core.language.places import country_code
from griot.press.core.lines.comparing.matching import has, matches, says_the_same
from griot.press.core.lines.comparing.rivals import has_rival
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text, counted

SHARED = 0.25  # share of a line's words of content in one passage, from which it tells the same
RIVAL = 3  # times another figure: further apart, they count two things
HEAD = 3  # passages of an outlet, its title and lead, whose count of people is that of its event
MOST_FIGURES = 8  # of a line that are looked for; each is compared with every other
_HEADLINE = re.compile(r"\bhead(?:lined|line) [“\"](.+)[”\"]\.?$")


@dataclass(frozen=True, slots=True)
class Carriage:
    """Whether an outlet carries a line, by which of its passages; `is_open` where that can't be told."""

    holds: bool
    passage: Text
    is_open: bool = False


def carriage(said: Text, own: Sequence[Text], others: Sequence[Text]) -> Carriage:
    """`own` are an outlet's passages, of each of its articles the title first; at least one. `others` are
    those of the story's other outlets: what none of them says either is no matter of who is named.
    """
    if headline := _HEADLINE.search(said.text):
        wanted = Text(headline.group(1), "").spaced
        found = next((p for p in own if wanted in p.spaced), None)
        return Carriage(found is not None, found or own[0])
    facts = [f for f in said.facts if f.name or f.kind in {"number", "date"}]
    there = {fact: [p for p in own if has(said, fact, p)] for fact in facts}
    told = {fact for fact, passages in there.items() if passages}
    figures = [f for f in facts if f.kind == "number" and f not in told][:MOST_FIGURES]
    elsewhere = [f for f in figures if any(has(said, f, p) for p in others)]
    if other := next(_other_figures(said, elsewhere, own), None):
        return Carriage(False, other)
    if other := next(_other_figures(said, elsewhere, own[:HEAD], is_of_people=True), None):
        return Carriage(False, other, is_open=True)
    nearest = max(own, key=lambda p: (sum(p in there[f] for f in facts), _shared(said, p)))
    if told:
        return Carriage(True, nearest)
    near = [p for p in own if p.language == said.language]
    if not near:
        return Carriage(False, own[0], is_open=all(country_code(f.text) for f in facts))
    best = max(near, key=lambda p: _shared(said, p))
    return Carriage(_shared(said, best) >= SHARED, best)


def _shared(said: Text, passage: Text) -> float:
    return len(said.content & passage.stems) / (len(said.content) or 1)


def _other_figures(
    said: Text, missing: Sequence[Fact], own: Sequence[Text], is_of_people: bool = False
) -> Iterator[Text]:
    """Passages in which a figure of the line's is another, and none is the line's: among the same words, or
    of one sort where no words can be shared; `is_of_people`, wherever people are counted.
    """
    figures = [f for f in said.facts if f.kind == "number"]
    strange = [p for p in own if not any(has(said, f, p) for f in figures)]
    for fact in missing:
        mine = counted(said, fact)
        for passage in strange:
            if passage.language == said.language and not is_of_people:
                if says_the_same(said, fact, passage) and has_rival(said, fact, passage):
                    yield passage
            elif mine and (mine == "person" or not is_of_people):
                theirs = [f for f in passage.facts if f.kind == "number" and counted(passage, f) == mine]
                if not any(matches(said, fact, f) for f in theirs) and any(
                    _are_near(fact, f) for f in theirs
                ):
                    yield passage


def _are_near(one: Fact, other: Fact) -> bool:
    """Whether two figures may be of one thing, by their size."""
    if not (isinstance(one.value, Number) and isinstance(other.value, Number)):
        return False
    smaller, larger = sorted((one.value.value, other.value.value))
    return larger <= RIVAL * smaller
