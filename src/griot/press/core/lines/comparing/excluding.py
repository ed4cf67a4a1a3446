"""What passages have only as denied, as less than something else, of another country, or as no cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from griot.press.core.language.lexicon import are_alike, are_same
from griot.press.core.language.places import place_key
from griot.press.core.language.text import fold
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.deeds import Party, origins, words_set_aside
from griot.press.core.lines.passages import Text, parse_all

_MOST = 12  # words of a line that are looked for in its passages
_ROOT = 5  # letters in which an apology and what apologises are one
_SHORT, _MOST_DENYING = 16, 4  # words of a passage, and passages, that are parsed for their "not"
_TOGETHER = 2  # words of content by which a passage tells of what a line tells
_LEAST = 4  # letters of a word that says something by itself
_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to|as a result of|on account of)\s[^,;.]+", re.I)
_COMPARED = re.compile(
    r"\b(?P<way>more|less|fewer|higher|lower|larger|smaller|longer|shorter|greater|better|worse|above|below)\b"
    r"(?P<what>(?:\s+[^\s,;.]+){0,3}?)\s+than\s+(?P<base>.+?)(?=[,;:.]\s|\.?$)",
    re.I,
)
_DOWN = frozenset("less fewer lower smaller shorter worse below".split())


def exclusion_doubts(case: Case, own: Sequence[Text], near: Sequence[Text]) -> Iterator[Doubt]:
    """`near` are those of its outlets' passages whose grammar is known."""
    yield from _set_aside(case.said, own, near)
    yield from _of_another_country(case.said, near)
    yield from _to_another_country(case.said, near)
    yield from _compared(case.said, near)
    yield from _without_cause(case.said, own, near)


def _set_aside(said: Text, own: Sequence[Text], near: Sequence[Text]) -> Iterator[Doubt]:
    """A word that the passages have, but only behind a "not" or a "than"."""
    mine, _ = words_set_aside(said.parse)
    denying = [p for p in _denying(said, own) if p not in near]
    parse_all(denying)
    told = [(p, *words_set_aside(p.parse)) for p in (*near, *denying)]
    for word in sorted(w for w in mine if len(w) >= _LEAST)[:_MOST]:
        if any(any(are_same(word, other) for other in stated) for _, stated, _ in told):
            continue
        passage = next((p for p, _, aside in told if any(are_alike(word, other) for other in aside)), None)
        if passage:
            yield Doubt(word, False, passage)
            return


def _denying(said: Text, own: Sequence[Text]) -> list[Text]:
    """Short passages with a "not" and a word that may be one of the line's: "No apology has been made." """
    roots = {word[:_ROOT] for word in said.content if len(word) >= _ROOT}
    found = [
        p
        for p in own
        if p.language == said.language
        and p.has_negation
        and len(p.words) <= _SHORT
        and any(word[:_ROOT] in roots for word in p.content)
    ]
    return found[:_MOST_DENYING]


def _of_another_country(said: Text, near: Sequence[Text]) -> Iterator[Doubt]:
    """Bakers from Malta, where every passage that says whence they are has bakers from Cyprus."""
    told = [(p, *origin) for p in near for origin in origins(p.parse)]
    for head, countries in origins(said.parse):
        same = [(p, theirs) for p, other, theirs in told if other == head]
        if same and all(theirs.isdisjoint(countries) for _, theirs in same):
            yield Doubt(head, False, same[0][0])
            return


def _countries(party: Party) -> Set[str]:
    keys = (place_key(word) or "" for word in party.words)
    return frozenset(key for key in keys if len(key) == len("XX"))


def _to_another_country(said: Text, near: Sequence[Text]) -> Iterator[Doubt]:
    """Handed to Malta, where it was handed to Cypriots."""
    for mine in said.deeds:
        theirs = [
            (p, b)
            for p in near
            for deed in p.deeds
            if deed.verb == mine.verb and not deed.is_negated
            for b in deed.asides
        ]
        for a in mine.asides:
            same = [(p, _countries(b.party)) for p, b in theirs if b.preposition == a.preposition]
            known = [(p, countries) for p, countries in same if countries]
            wanted = _countries(a.party)
            if wanted and known and all(wanted.isdisjoint(c) for _, c in known):
                yield Doubt(said.text[mine.start : mine.end], False, known[0][0])
                return


def _compared(said: Text, near: Sequence[Text]) -> Iterator[Doubt]:
    """Less than the village asked for, where a passage has more than the village asked for."""
    if "than" not in said.spaced:
        return
    told = [(p, m, Text(m["base"], p.language).content) for p in near for m in _COMPARED.finditer(p.text)]
    for mine in _COMPARED.finditer(said.text):
        base = Text(mine["base"], said.language).content
        same = [(p, m) for p, m, other in told if 2 * len(base & other) >= min(len(base), len(other)) > 0]
        is_down = mine["way"].lower() in _DOWN
        if same and all((m["way"].lower() in _DOWN) != is_down for _, m in same):
            yield Doubt(mine.group(), True, same[0][0])


def _without_cause(said: Text, own: Sequence[Text], near: Sequence[Text]) -> Iterator[Doubt]:
    """A cause of which the passages have less than half the words."""
    for found in _CAUSE.finditer(said.text):
        known = {stem for p in own if p.language == said.language for stem in p.stems}
        lemmas = {fold(t.lemma) for p in near for t in p.parse}
        cause = [
            t
            for t in said.parse
            if found.start() <= t.start < found.end()
            and t.tag[:2] in _TELLING
            and t.relation not in {"aux", "auxpass"}
        ]
        lacking = [
            t
            for t in cause
            if Text(t.text, said.language).stems.isdisjoint(known)
            and not any(are_same(fold(t.lemma), lemma) for lemma in lemmas)
        ]
        if 2 * len(lacking) > len(cause) or not _is_told_together(said, found, own):
            yield Doubt(found.group(), False)


def _is_told_together(said: Text, cause: re.Match[str], own: Sequence[Text]) -> bool:
    """Whether a passage has most words of a cause, and some of what it is the cause of."""
    because = Text(cause.group(), said.language).content
    rest = Text(said.text[: cause.start()] + said.text[cause.end() :], said.language).content - because
    return any(
        2 * len(because & p.stems) >= len(because) and len(rest & p.stems) >= _TOGETHER
        for p in own
        if p.language == said.language
    )


_TELLING = {"NN", "VB", "JJ"}
