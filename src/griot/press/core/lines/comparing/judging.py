"""Which passage bears out each fact of a line's body: the questions of the check, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from griot.press.core.language.lexicon import may_be_noun
from griot.press.core.language.places import people_of
from griot.press.core.language.syntax import PARSED
from griot.press.core.language.text import stop_words
from griot.press.core.lines.comparing.case import Case
from griot.press.core.lines.comparing.changes import reversed_change
from griot.press.core.lines.comparing.company import passage_in_company
from griot.press.core.lines.comparing.doings import nearest_of_each
from griot.press.core.lines.comparing.doubting import doubts
from griot.press.core.lines.comparing.following import decided, follows, worked_out
from griot.press.core.lines.comparing.knowing import may_be_known
from griot.press.core.lines.comparing.matching import Taken, has, place_of, says_the_same
from griot.press.core.lines.comparing.misplacing import is_repeated, is_told_of_another
from griot.press.core.lines.comparing.negations import lost_negation
from griot.press.core.lines.comparing.retelling import is_exchanged, retellings
from griot.press.core.lines.comparing.rivals import has_rival, is_verbatim
from griot.press.core.lines.comparing.universals import unsaid_universal
from griot.press.core.lines.facts import Fact
from griot.press.core.lines.passages import Text
from griot.press.core.types import Claim


@dataclass(frozen=True, slots=True)
class Ruling:
    """The passage that bears out a fact, or None, and the places that no other fact can be found at now.

    `is_open` where the story has the fact, none bears it out, and none contradicts it; `is_of_another` where
    it seems to be told of something else.
    """

    passage: Text | None
    taken: Taken = frozenset()
    is_open: bool = False
    is_of_another: bool = False


def compare(said: Text, passages: Sequence[Text], own: Sequence[Text] = ()) -> Iterator[Claim]:
    """The claims of a line's body, each with the passage that supports it, or between which a person decides.

    `own` are those of the passages that the outlets credited have: they are asked. The others may have a
    place that goes unsaid at home; what else only they have is left to a person.
    """
    whole = _case(said, passages)
    case = _case(said, own) if own else whole
    is_foreign = all(p.language != said.language for p in own)
    taken: Taken = frozenset()
    for fact in said.facts:
        if _is_only_the_first_word(case, fact):
            continue
        ruling = rule(case, fact, taken)
        if ruling.passage is None and case is not whole and not _is_there(case, fact):
            others = rule(whole, fact, taken)
            is_open = ruling.is_open or others.is_open or others.passage is not None
            ruling = others if fact.kind == "place" else Ruling(None, others.taken, is_open)
        taken |= ruling.taken
        passage = ruling.passage
        if ruling.is_open and passage is None and fact.kind in {"verb", "negation"}:
            continue  # who did what, and whether, the deeds say
        if ruling.is_open and passage is None and fact.name and is_foreign and not ruling.is_of_another:
            passage = next((p for p in passages if has(said, fact, p)), None)  # no words can stand beside it
        if passage is None and fact.kind == "number":
            passage = (decided if ruling.is_open else worked_out)(case, fact, case.passages)
        nearest = nearest_of_each(case, case.passages) if ruling.is_open else ()
        yield Claim(fact.text, fact.kind, *((passage.url, passage.text) if passage else ("", "", nearest)))
    if lost := lost_negation(said, case.passages):
        yield Claim(lost, "negation")
    if backwards := reversed_change(said, case.passages):
        yield Claim(backwards, "number")
    if unsaid := unsaid_universal(said, case.passages):
        yield Claim(unsaid, "number")
    for doubt in doubts(whole, case.passages):
        nearest = () if doubt.is_contradicted else nearest_of_each(case, case.passages, doubt.passage)
        yield Claim(doubt.words, "deed", nearest=nearest)


def _case(said: Text, passages: Sequence[Text]) -> Case:
    return Case(said, passages, tuple(retellings(said, passages)))


def _is_only_the_first_word(case: Case, fact: Fact) -> bool:
    """Whether a name is a word that owes its capital to where it stands: passages write it small."""
    if fact.kind != "name" or len(fact.name) > 1 or case.said.text[: fact.start].strip():
        return False
    word = fact.text.lower()
    if case.said.language == PARSED and not people_of(word):
        is_common = word.endswith("s") and may_be_noun(word)
        if case.said.parse[0].tag == "NNS" or is_common:
            return True
    is_small = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return word in stop_words(case.said.language) or any(is_small.search(p.text) for p in case.passages)


def rule(case: Case, fact: Fact, taken: Taken) -> Ruling:
    for retelling in case.retellings:
        if retelling.has_word_for_word(fact, case.said):
            return Ruling(retelling.passage)
    if any(is_exchanged(case.said, fact, retelling) for retelling in case.retellings):
        return Ruling(None)
    same = _saying_the_same(case, fact)
    exact = [(p, at) for p in same if (at := place_of(case.said, fact, p, taken)) is not None]
    if exact:
        return Ruling(exact[0][0], frozenset(exact))
    rivals = [p for p in same if has_rival(case.said, fact, p)]
    if rivals or is_repeated(case, fact):
        return Ruling(None, is_open=_is_told_as_well(case, fact, rivals))
    is_there = _is_there(case, fact)
    is_of_another = is_told_of_another(case, fact)
    if is_of_another and fact.kind == "place":
        return Ruling(None, is_open=is_there, is_of_another=True)
    passage = None if is_of_another else passage_in_company(case, fact)
    is_open = is_there or fact.kind in {"verb", "negation"}
    return Ruling(passage, is_open=is_open or follows(case, fact) or may_be_known(case, fact))


def _is_there(case: Case, fact: Fact) -> bool:
    return any(has(case.said, fact, p) for p in case.passages)


def _is_told_as_well(case: Case, fact: Fact, rivals: Sequence[Text]) -> bool:
    """Whether the story has a fact of which some passages have a rival: in a passage that shares as many of
    the line's words as theirs, or anywhere, if none of theirs has the very words that stand around it.
    """
    shared = [len(case.said.content & p.stems) for p in case.passages if has(case.said, fact, p)]
    if not shared:
        return False
    is_loose = fact.name or fact.kind == "number"
    if is_loose and not any(is_verbatim(case.said, fact, p) for p in rivals):
        return True
    return max(shared) >= max((len(case.said.content & p.stems) for p in rivals), default=0)


def _saying_the_same(case: Case, fact: Fact) -> list[Text]:
    return [p for p in case.passages if says_the_same(case.said, fact, p)]
