"""What the pre-flight finds: how much it matters, where it stands, and what mends it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["must", "should", "know"]
LEVELS: tuple[Level, ...] = ("must", "should", "know")


@dataclass(frozen=True, slots=True)
class Mend:
    """What a machine can do about a finding: an `act` of `desk/mending.py`, with what it needs in `of`.
    `words` stand on its button.
    """

    act: str
    words: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the chief editor may answer for, and `of` what: marks of all that the answer is about. An answer
    holds while there is nothing among them that it was not said of.
    """

    name: Literal["one line", "day", "translation", "claims"]
    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is said alike of all places that have the same fault; `where` tells this one. `place` is the
    block's address in the editor ("block-…-section"), or "" for the issue as a whole. `opens` is where else
    it is mended: words, and an address of the admin.
    """

    level: Level
    what: str
    where: str = ""
    place: str = ""
    story: int | None = None
    mend: Mend | None = None
    judgement: Judgement | None = None
    opens: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        return f"{self.what}: {self.where}" if self.where else f"{self.what}."

    @property
    def key(self) -> str:
        """By which a person says which one they mean."""
        return mark(self.what, self.where, self.place, *((self.mend.act, *self.mend.of) if self.mend else ()))


@dataclass(frozen=True, slots=True)
class Row:
    """Findings that say the same of several places."""

    level: Level
    what: str
    places: tuple[Finding, ...]

    @property
    def judgement(self) -> Judgement | None:
        return self.places[0].judgement


def rows_of(findings: Sequence[Finding]) -> list[Row]:
    """The findings gathered by what they say, those that matter most first."""
    gathered = defaultdict[tuple[Level, str], list[Finding]](list)
    for finding in findings:
        gathered[finding.level, finding.what].append(finding)
    found = [Row(level, what, tuple(places)) for (level, what), places in gathered.items()]
    return sorted(found, key=lambda row: LEVELS.index(row.level))


def mark(*words: str) -> str:
    """A short name for some words, the same whenever they are."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:24]
