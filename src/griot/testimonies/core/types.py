"""What a testimony is made of, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

Use = Literal["team", "screenings", "web", "mail", "partners", "media"]
Kind = Literal["interview", "portrait", "object", "photo_essay", "story"]
Naming = Literal["named", "first_name", "alias", "unnamed"]
Place = Literal["exact", "region", "country"]
Face = Literal["show", "blur", "hide"]
Voice = Literal["show", "alter", "hide"]
# Read aloud by a person, a recording of that played, read out by a phone’s voice, or read by the teller.
Explained = Literal["read", "played", "voiced", "alone"]
Withdrawal = Literal["", "withdrawn", "expired"]
By = Literal["messenger", "teller", "team"]

USES: tuple[Use, ...] = get_args(Use)
KINDS: tuple[Kind, ...] = get_args(Kind)
EXPLAINED: tuple[Explained, ...] = get_args(Explained)
OF_AGE = 18  # years
MOST_FILES = 300  # of a testimony: a guide asks for some dozens
# What a story tells of, and the way that it tells of; both rough enough to say nothing of who tells.
THEMES = ("leaving", "way", "desert", "sea", "detention", "work", "family", "school", "return", "home")
ROUTES = (
    "sahara",
    "atlantic",
    "western_mediterranean",
    "central_mediterranean",
    "eastern_mediterranean",
    "red_sea",
    "southern_africa",
    "americas",
    "asia",
    "inside",
)


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who consents beside a minor."""

    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What a teller allows. One version; a later one takes its place.

    `uses` are what it may be used for; none of them means that it is only kept.
    `until` is the last day on which it holds. `explained` says how the teller
    was told, in `language`. `evidence` names the recording or the signature.
    `by` is who set it down: the teller alone, or a messenger or the team for them.
    """

    uses: frozenset[Use]
    naming: Naming
    place: Place
    face: Face
    voice: Voice
    language: str
    explained: Explained
    given: datetime
    until: date | None = None
    evidence: str = ""
    is_minor: bool = False
    guardian: Guardian | None = None
    version: int = 1
    by: By = "messenger"


Span = tuple[float, float]  # from, to, in seconds


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a recording is shown, in seconds of it as it was recorded.

    From `begins` to `ends` (None: its end); `bleeps`, in order, are not to be heard; `still` is the moment of
    its picture, if one was chosen.
    """

    begins: float = 0.0
    ends: float | None = None
    bleeps: tuple[Span, ...] = ()
    still: float | None = None

    @classmethod
    def approved(cls, spans: Mapping[str, Any]) -> Cut:
        """The cut that was approved with a testimony, as it is kept there."""
        bleeps = tuple((begins, ends) for begins, ends in spans["bleeps"])
        return cls(spans["begins"], spans["ends"], bleeps, spans["still"])

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen and heard."""
        return not self.begins and self.ends is None and not self.bleeps


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, as the team knows them. Nothing of it is shown but through `consent.shown`."""

    name: str = ""
    alias: str = ""
    birth_year: int | None = None
    country: str = ""  # ISO 3166-1 alpha-2, as the two below
    region: str = ""
    spot: str = ""  # the exact place, in words
    latitude: float | None = None
    longitude: float | None = None
    left: str = ""  # the place somebody left, and
    reached: str = ""  # where they are now: a journey


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as precise as the teller allows: words, and a position only where the exact one may be
    shown.
    """

    country: str
    words: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the current consent lets one use show of a testimony. Whoever shows a testimony shows this,
    and no more.

    `name` is "" for an unnamed teller. `face` and `voice` say which rendition of a recording may be shown:
    the teller's own, the anonymised one, or none. `version` is that of the consent it was computed from.
    """

    use: Use
    name: str
    place: Spot
    journey: tuple[str, str]
    face: Face
    voice: Voice
    version: int
    texts: Mapping[str, str]
