"""Outlets that are introduced before they are named: whose they are ("Guyana's Kaieteur News"), and what
("the state-owned daily The Herald", "public broadcaster NHK", "ANSA news agency").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from griot.press.core.language.places import place_key
from griot.press.core.language.towns import state_named

# What an outlet may be. Written small: "Daily" and "Radio" with a capital belong to a name.
KINDS = frozenset(
    (
        "agency agencies blog broadcaster broadcasters broadsheet channel channels dailies daily journal"
        " journals"
        " magazine magazines monthly network networks newsletter newspaper newspapers newswire outlet outlets"
        " paper papers platform platforms podcast portal portals programme programmes program publication"
        " publications radio show site sites station stations tabloid tabloids television TV weeklies weekly"
        " website websites wire wires"
    ).split()
)
_FOLLOWING = (KINDS | {"news"}) - {"TV"}  # "NTV" has its TV in the name, and so has "Citizen TV"
# What of them begins a sentence and is no name's beginning: "Broadcaster NDR", but "Daily Nation".
_OPENING_KINDS = frozenset("broadcaster broadsheet newspaper portal publication tabloid website".split())
_ADJECTIVES = frozenset(
    (
        "business catholic christian commercial conservative daily digital english-language evangelical"
        " financial"
        " independent investigative jewish leading liberal local monthly muslim national news official online"
        " popular private public regional state state-owned state-run weekly"
    ).split()
)
_SIDES = frozenset("Arabian Central East Eastern North Northern South Southern West Western former".split())
_REGIONS = frozenset(
    (
        "africa",
        "asia",
        "catalonia",
        "darfur",
        "europe",
        "kashmir",
        "kurdistan",
        "latin america",
        "northern ireland",
        "puntland",
        "somaliland",
        "tibet",
    )
)
_ARTICLES = frozenset("The the A a An an".split())
_COMPOUND = re.compile(r"[\w.]+-(?:backed|based|funded|language|owned|run|sponsored)")
_MOST_OF_PLACE = 4  # words
_MOST = 14  # words of a description


@dataclass(frozen=True, slots=True)
class Described:
    """A name, and what introduces and follows it; the three together are what was written."""

    before: str
    name: str
    after: str

    @property
    def is_told(self) -> bool:
        return bool(self.before or self.after)


def described(written: str) -> Described:
    """Tell an outlet's name from what introduces it. What may be a part of the name, stays one."""
    words = written.split(" ")
    start, end = _introduction(words), len(words)
    while end - 1 > start and words[end - 1] in _FOLLOWING:
        end -= 1
    before, after = " ".join(words[:start]), " ".join(words[end:])
    return Described(f"{before} " if before else "", " ".join(words[start:end]), f" {after}" if after else "")


def _introduction(words: list[str]) -> int:
    """How many words introduce the name."""
    at = 1 if words[0] in _ARTICLES else 0
    known = 0  # up to here it is certain
    is_owned = False
    while at < min(len(words) - 1, _MOST):
        word = words[at]
        if (length := _owner(words, at)) and at + length < len(words):
            at += length
            known, is_owned = at, True
        elif word in KINDS or (at == 0 and _opens_with_kind(words)):
            at += 1
            known = at if _is_name_at(words, at) else known
        elif length := _compound(words, at):
            at += length
            known = at if _is_name_at(words, at) else known
        elif length := _place(words, at):
            at += length
        elif word.islower() or word in _SIDES or (at < 2 and word.lower() in _ADJECTIVES):
            at += 1
            is_told = is_owned and (word in _ADJECTIVES or "-" in word)
            known = at if is_told and _is_name_at(words, at) else known
        else:
            break
    return known


def _is_name_at(words: list[str], at: int) -> bool:
    """Whether a name may begin here: with a capital, or a small article that has one behind it."""
    following = words[at : at + 1]
    return bool(following) and any(c.isupper() or c.isdigit() or not c.isascii() for c in following[0])


def _opens_with_kind(words: list[str]) -> bool:
    """Broadcaster NDR, Radio station Kiss FM."""
    first = words[0].lower()
    return first in KINDS and (words[1] in KINDS or (first in _OPENING_KINDS and _is_name_at(words, 1)))


def _compound(words: list[str], at: int) -> int:
    """How many words from here are one that is joined to a place or a tongue: state-run, New York-based."""
    for end in range(at, min(at + _MOST_OF_PLACE, len(words))):
        if _COMPOUND.fullmatch(words[end]):
            return end + 1 - at
        if not words[end][:1].isupper():
            break
    return 0


def _owner(words: list[str], at: int) -> int:
    """How many words from here are a place in the possessive: Guyana's, the Netherlands', South Sudan's."""
    start = at + (words[at] in _ARTICLES)
    for end in range(start + 1, min(start + _MOST_OF_PLACE, len(words)) + 1):
        last = words[end - 1]
        bare = re.sub(r"(?:['’]s|(?<=s)['’])$", "", last)
        if bare != last:
            name = " ".join([*words[start : end - 1], bare])
            return end - at if words[start][:1].isupper() and _is_place(name) else 0
    return 0


def _place(words: list[str], at: int) -> int:
    """How many words from here name a place or its people: South African, Hong Kong, German."""
    if not words[at][:1].isupper():
        return 0
    for length in range(1, min(_MOST_OF_PLACE, len(words) - at) + 1):
        if not words[at + length - 1][:1].isupper() or words[at + length - 1] == "The":
            break
        if _is_place(" ".join(words[at : at + length])):
            return length
    return 0


def _is_place(name: str) -> bool:
    return bool(place_key(name) or state_named(name)) or name.lower() in _REGIONS
