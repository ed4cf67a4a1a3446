"""Who did what to whom: the line's deeds against those of the passages that are nearest to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from griot.press.core.language.lexicon import are_alike, are_same
from griot.press.core.lines.claims import TITLES, are_opposites
from griot.press.core.lines.comparing.case import Case, Doubt
from griot.press.core.lines.comparing.deeds import Deed, Party
from griot.press.core.lines.passages import Text, parse_all
from griot.press.core.types import Nearest

BLANK = "··"  # in the place of a quotation
NEAREST = 6  # passages whose grammar is looked at
_FEW = 3  # of those that share a single word with the line, where none shares more
MOST_OUTLETS = 8  # whose passages a person is shown
# Prepositions that say the opposite of each other, of one verb and one party.
_OPPOSED = {
    frozenset(pair)
    for pair in (
        ("for", "against"),
        ("from", "to"),
        ("with", "without"),
        ("before", "after"),
        ("from", "into"),
    )
}
_BEING = {"be", "remain", "become", "stay"}
Told = Sequence[tuple[Text, Deed]]
Found = tuple[bool, Text] | None  # whether it contradicts the line, and the passage


def nearest(case: Case, own: Sequence[Text], most: int = NEAREST) -> list[Text]:
    """Those of some passages in the line's language that share most with it, the nearest first."""
    among = set(own)
    weighed = [
        (len(case.said.content & p.stems) + 2 * len(had), -i, p)
        for i, (p, had) in enumerate(case.told)
        if p in among and p.language == case.said.language
    ]
    weighed.sort(key=lambda w: w[:2], reverse=True)
    shared = [p for weight, _, p in weighed[:most] if weight > 1]
    return shared or [p for weight, _, p in weighed[:_FEW] if weight]


def nearest_of_each(case: Case, passages: Sequence[Text], first: Text | None = None) -> tuple[Nearest, ...]:
    """Of each article the passage that shares most with the line; `first`, if given, is its article's."""
    found = {first.url: first} if first else {}
    for passage in (*nearest(case, passages, len(passages)), *passages):
        found.setdefault(passage.url, passage)
    return tuple(Nearest(p.url, p.text) for p in list(found.values())[:MOST_OUTLETS])


def deed_doubts(case: Case, passages: Sequence[Text]) -> Iterator[Doubt]:
    """What of the line's deeds the nearest passages contradict, or leave open."""
    parse_all([case.said, *passages])
    roles = _roles(passages)
    told = [(p, _with_roles(deed, roles)) for p in passages for deed in p.deeds]
    for mine in case.said.deeds:
        if BLANK in case.said.text[mine.start : mine.end]:
            continue  # what is quoted must be somebody's very words
        for rule in RULES:
            if found := rule(mine, told):
                words = case.said.text[mine.start : mine.end].strip().removeprefix("that ")
                yield Doubt(words, *found)
                break


# --- who is who --------------------------------------------------------------------------


def _roles(passages: Sequence[Text]) -> Mapping[str, frozenset[str]]:
    """What is told of each name, in any passage: Macaspac → deputy, governor."""
    roles: dict[str, frozenset[str]] = {}
    for passage in passages:
        for deed in passage.deeds:
            parties = deed.parties
            if deed.verb == "be" and len(parties) == 2:
                both = parties[0].words | parties[1].words
                parties = tuple(replace(p, words=both) for p in parties)
            for party in parties:
                for name in party.names:
                    if not name.isupper():  # a country has no office
                        roles[name] = roles.get(name, frozenset()) | party.words
    return roles


def _with_roles(deed: Deed, roles: Mapping[str, frozenset[str]]) -> Deed:
    def known(party: Party) -> Party:
        told = [roles[name] for name in party.names if name in roles]
        return replace(party, words=party.words.union(*told)) if told else party

    return replace(
        deed,
        actors=tuple(map(known, deed.actors)),
        targets=tuple(map(known, deed.targets)),
        speakers=tuple(map(known, deed.speakers)),
    )


def _like(ones: Sequence[Party], others: Sequence[Party]) -> bool:
    return any(a.is_like(b) for a in ones for b in others)


# --- which deeds are one -----------------------------------------------------------------


def _of_same_verb(mine: Deed, told: Told) -> list[tuple[Text, Deed]]:
    return [(p, d) for p, d in told if mine.verb not in _BEING and are_alike(mine.verb, d.verb)]


def _shared(mine: Deed, deed: Deed) -> int:
    """How many parties of the line's deed the other has, actor and target in their role."""
    roles = _like(mine.actors, deed.actors), _like(mine.targets, deed.targets)
    return sum(roles) + sum(any(a.party.is_like(p) for p in deed.parties) for a in mine.asides)


def _best(mine: Deed, told: Told, least: int = 1) -> list[tuple[Text, Deed]]:
    """The deeds with the line's verb, in that very sense, that share most parties with the line's."""
    least = 2 if mine.verb in _BEING else least  # who and what: "is" alone says nothing
    weighed = [(_shared(mine, d), p, d) for p, d in told if are_same(mine.verb, d.verb)]
    most = max((w for w, _, _ in weighed), default=0)
    return [(p, d) for w, p, d in weighed if w == most and w >= least]


# --- the rules ---------------------------------------------------------------------------


def _exchanged(mine: Deed, told: Told) -> Found:
    """Libya handed them to Tunisia: Tunisia handed them to Libya."""
    found = None
    for passage, deed in _of_same_verb(mine, told):
        if _like(mine.actors, deed.actors):
            return None
        if _like(mine.actors, deed.targets) and _like(mine.targets, deed.actors):
            found = True, passage
        for a in mine.asides:
            theirs = [b.party for b in deed.asides if b.preposition == a.preposition]
            if _like(mine.actors, theirs) and _like([a.party], deed.actors):
                found = True, passage
    return found


def _denied(mine: Deed, told: Told) -> Found:
    """A "not" on one side, of the deed or of one of its parties."""
    best = _best(mine, told, min(2, len(mine.parties)))
    if best and all(d.is_negated != mine.is_negated for _, d in best):
        return True, best[0][0]
    if best and all(d.is_disowned != mine.is_disowned for _, d in best):
        return False, best[0][0]
    stated = [a.party for a in mine.asides if not a.is_denied]
    for passage, deed in best:
        if any(a.is_denied and _like([a.party], stated) for a in deed.asides):
            return True, passage
    return None


def _unsure(mine: Deed, told: Told) -> Found:
    """What is feared or planned, told as done."""
    best = _best(mine, told)
    if mine.is_past and mine.is_sure and best and not any(d.is_sure for _, d in best):
        return True, best[0][0]
    return None


def _opposed(mine: Deed, told: Told) -> Found:
    if _best(mine, told) or mine.is_said:
        return None
    for passage, deed in told:
        if not are_opposites(mine.verb, deed.verb) or mine.is_negated != deed.is_negated or deed.is_said:
            continue
        targets = _like(mine.targets, deed.targets) or not (mine.targets and deed.targets)
        actors = _like(mine.actors, deed.actors) or not (mine.actors and deed.actors)
        if targets and actors and _shared(mine, deed):
            return True, passage
    return None


def _other_way(mine: Deed, told: Told) -> Found:
    """For against against, from against to."""
    for passage, deed in _best(mine, told, 0):
        theirs = {a.preposition for a in deed.asides}
        for aside in mine.asides:
            same = [a for a in deed.asides if a.party.is_like(aside.party)]
            if same and all(frozenset((aside.preposition, a.preposition)) in _OPPOSED for a in same):
                return True, passage
        bare = set(deed.particles)
        if _like(mine.actors, deed.actors) or _like(mine.speakers, deed.speakers):
            for aside in mine.asides:
                if any(frozenset((aside.preposition, p)) in _OPPOSED for p in bare) and not theirs:
                    return True, passage
    return None


def _of_another(mine: Deed, told: Told) -> Found:
    """The same done to the same, by another."""
    if not mine.actors or not mine.targets:
        return None
    found = None
    for passage, deed in _of_same_verb(mine, told):
        if not deed.actors or not _like(mine.targets, deed.targets):
            continue
        if any(_like(mine.actors, d.parties) for p, d in told if p is passage):
            return None  # a passage has both, and may say so in other words
        if any(_are_of_a_sort(a, b) for a in mine.actors for b in deed.actors):
            found = False, passage
    return found


def _are_of_a_sort(one: Party, other: Party) -> bool:
    """Both named persons or bodies, both countries, or neither: a country acts through its ministers."""
    return (bool(one.names), one.is_country) == (bool(other.names), other.is_country)


def _is_another(mine: Deed, told: Told) -> Found:
    """Who is the largest, the first, the only one: a passage says it of another."""
    if mine.verb not in _BEING or not mine.actors:
        return None
    most = [t for t in mine.targets if t.is_utmost]
    others = []
    for passage, deed in told:
        if deed.verb in _BEING and any(
            t.is_utmost and t.head == m.head and t.utmost == m.utmost for t in deed.targets for m in most
        ):
            if _like(mine.actors, deed.actors):
                return None
            if deed.actors:
                others.append(passage)
    return (True, others[0]) if others else None


def _said_by_another(mine: Deed, told: Told) -> Found:
    """What one says, in another's mouth."""
    if not mine.speakers or not mine.parties:
        return None
    found = None
    for passage, deed in told:
        if not deed.speakers or not are_same(mine.verb, deed.verb):
            continue
        if _shared(mine, deed) < min(2, len(mine.parties)):
            continue
        if _like(mine.speakers, deed.speakers):
            return None
        found = False, passage
    return found


def _in_other_words(mine: Deed, told: Told) -> Found:
    """The same two, and something else between them."""
    if mine.verb in _BEING or not (mine.actors and mine.targets):
        return None
    if any(_shared(mine, d) for _, d in _of_same_verb(mine, told)):
        return None
    for passage, deed in told:
        if deed.verb not in _BEING and _like(mine.actors, deed.actors) and _like(mine.targets, deed.targets):
            return False, passage
    return None


def _of_other_rank(mine: Deed, told: Told) -> Found:
    """A former minister is no minister, and a deputy not the head."""
    for party in mine.parties:
        mine_ranks = party.words & RANKS
        named = [
            (passage, p)
            for passage, deed in told
            for p in deed.parties
            if p.names & party.names and not next(iter(p.names & party.names)).isupper()
        ]
        titled = [(passage, p) for passage, p in named if (p.words - RANKS) & (party.words - RANKS) & TITLES]
        if titled and all(p.words & RANKS != mine_ranks for _, p in titled):
            return True, titled[0][0]
    return None


RANKS = frozenset("former ex deputy vice acting interim".split())
RULES = (
    _exchanged,
    _denied,
    _unsure,
    _opposed,
    _other_way,
    _is_another,
    _said_by_another,
    _of_another,
    _in_other_words,
    _of_other_rank,
)
