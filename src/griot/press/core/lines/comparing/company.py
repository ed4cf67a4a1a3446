"""A fact that no passage tells as the line does: it must stand in one that shares some of its company."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace

from griot.press.core.lines.claims import ANYBODY, PERSONS, without_titles
from griot.press.core.lines.comparing.aligning import ALIKE, nearness, telling_words
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.comparing.matching import has
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text

MIN_SHARED = 3  # content words by which a passage tells what the line tells
MIN_COMPANY = 3  # content words; with fewer the company says nothing
_MOST = 60  # words of a passage whose vectors are asked for
_PAUSE = re.compile(r"[,;:–—]\s")


def passage_in_company(case: Case, fact: Fact) -> Text | None:
    """The passage that has the fact among words that it stands among in the line, or None."""
    found = _with_fact(case, fact)
    if found is None and fact.kind == "verb":
        found = _paraphrase(case, fact)
    if found is None and fact.name:
        found = _with_pieces(case, fact)
    if found is None and fact.kind in {"number", "date"}:
        found = _telling_the_same(case, fact)
    if found is None and fact.kind == "number":
        found = _in_other_words(case, fact)
    return found


def _in_other_words(case: Case, fact: Fact) -> Text | None:
    """A passage with the figure that has, by their vectors, a word of its clause in the line, and whom it
    counts: so many are homeless, so many have lost their homes.
    """
    start = max((m.end() for m in _PAUSE.finditer(case.said.text, 0, fact.start)), default=0)
    pause = _PAUSE.search(case.said.text, fact.end)
    clause = Text(case.said.text[start : pause.start() if pause else None], case.said.language)
    mine = [w for _, w in telling_words(clause) if w not in PERSONS]
    kinds = {w for _, w in clause.words if w in PERSONS} - ANYBODY
    for passage in case.passages:
        if has(case.said, fact, passage):
            theirs = [w for _, w in telling_words(passage)][:_MOST]
            if any(nearness(w, theirs) >= ALIKE for w in mine) and all(
                nearness(w, theirs) >= ALIKE for w in kinds
            ):
                return passage
    return None


def _with_fact(case: Case, fact: Fact) -> Text | None:
    is_close = fact.kind in {"number", "date", "negation"}  # these belong to the words right beside them
    near = case.said.neighbours(fact.start, fact.end).both if is_close else case.said.content
    company = near - case.said.stems_of(fact)
    for i, passage in enumerate(case.passages):
        if has(case.said, fact, passage):
            # A name is introduced in one sentence and acts in the next: neighbours count as company.
            beside = [p for p in case.passages[max(0, i - 1) : i + 2] if p.url == passage.url]
            if fact.kind in {"number", "negation"}:
                beside = [passage]
            if any(_keeps_company(case.said, company, p) for p in beside):
                return passage
    return None


def _telling_the_same(case: Case, fact: Fact) -> Text | None:
    """A passage with the fact that tells much of the line, although in other words right beside it."""
    for passage in case.passages:
        if len(case.said.content & passage.stems) >= MIN_SHARED and has(case.said, fact, passage):
            return passage
    return None


def _paraphrase(case: Case, fact: Fact) -> Text | None:
    """No passage uses a verb or its opposite: it is told in other words, and nothing contradicts it."""
    company = case.said.content - case.said.stems_of(fact)
    for passage in case.passages:
        if fact.side.opposite not in passage.sides and _keeps_company(case.said, company, passage):
            return passage
    return None


def _with_pieces(case: Case, name: Fact) -> Text | None:
    """A name with its title may stand in two places: "Hungarian Prime Minister", and "Viktor Orban"."""
    pieces = without_titles(name.name)
    if len(pieces) < 2:
        return None
    found = [passage_in_company(case, replace(name, text=" ".join(p), value=tuple(p))) for p in pieces]
    return found[-1] if all(found) else None


def _keeps_company(said: Text, company: Set[str], passage: Text) -> bool:
    """Whether a passage has one of the words around the fact.

    Passages in another language can't share words, and a very short line has too few to tell;
    there the fact alone must do.
    """
    return (
        len(company) < MIN_COMPANY
        or passage.language != said.language
        or not company.isdisjoint(passage.stems)
    )
