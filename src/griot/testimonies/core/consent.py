"""What a consent allows: the one place that decides what of a testimony may be shown, where, and how.

Pages, cards, clips, feeds, issue blocks, searches, copies for screenings and exports all ask `shown`, each
for its own use (`surfaces.py` lists them). What it does not return does not leave the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeGuard, TypeVar

from griot.testimonies.core import names
from griot.testimonies.core.types import (
    OF_AGE,
    USES,
    Consent,
    Face,
    Naming,
    Place,
    Shown,
    Spot,
    Teller,
    Use,
    Voice,
    Withdrawal,
)

NO_EVIDENCE = "there is no evidence: record the teller's answer, or let them sign"
OVER_BEFORE = "it ends before it was given"
NO_GUARDIAN = f"the teller may be under {OF_AGE}: a guardian has to consent, too"
NO_ALIAS = "the teller wants another name, and none was given that is another"
A_MINOR = "a minor is shown without their name, face and exact place"


def problems(consent: Consent, teller: Teller, today: date, given: date) -> Iterator[str]:
    """Why a consent is not one, in words for who took it. None of them: it holds. `given` is its day, as
    the newsroom counts, like `today`.
    """
    if not names.says_something(consent.evidence):
        yield NO_EVIDENCE
    if unknown := set(consent.uses) - set(USES):
        yield f"unknown uses: {', '.join(sorted(unknown))}"
    if consent.until and consent.until < given:
        yield OVER_BEFORE
    is_minor = may_be_minor(consent, teller.birth_year, today)
    if is_minor and not (consent.guardian and names.says_something(consent.guardian.name)):
        yield NO_GUARDIAN
    if consent.naming == "alias" and (
        not names.says_something(teller.alias) or names.fold(teller.alias) == names.fold(teller.name)
    ):
        yield NO_ALIAS
    if is_minor and (
        consent.naming in {"named", "first_name"} or consent.face == "show" or consent.place == "exact"
    ):
        yield A_MINOR


def may_be_minor(consent: Consent, birth_year: int | None, today: date) -> bool:
    return consent.is_minor or (
        birth_year is not None and today.year - birth_year <= OF_AGE  # a birthday may be to come
    )


def as_of_a_minor(consent: Consent) -> Consent:
    """What may be shown of a minor, whatever was allowed, and nothing outside the team without a guardian:
    that they are one may be found out after it was.
    """
    return replace(
        consent,
        uses=consent.uses if consent.guardian or not consent.uses else frozenset({"team"}),
        naming=_less(_NAMING, consent.naming, "alias"),
        place=_less(_PLACE, consent.place, "region"),
        face=_less(FACES, consent.face, "blur"),
    )


def after(
    versions: Sequence[Consent],
    said: Consent,
    is_reviewed: bool = False,
    narrows: bool = False,
) -> Consent | None:
    """What holds once `said` has arrived, where `versions` held one after the other; None: nothing changes.

    The teller's own word holds as it is, or `narrows`: a minor's alone, or one given with a receipt that
    others have seen. Whoever else says something can only narrow what the teller or the team has set; and
    what was given before the teller last spoke comes too late, but for a guardian, and that the teller is a
    minor. Until one of them has, the newest that a messenger took down holds; so does one that a person has
    read and taken over (`is_reviewed`), which a narrower one of the same moment had held before. An older one
    narrows it, and ends it where a person has read that. The newest says on what evidence it stands; and one
    that was reviewed, whether the teller is a minor, and who consents for them.
    """
    if not versions:
        return said
    current, newest = versions[-1], max(v.given for v in versions)
    is_late = said.given < newest
    spoken = [v.given for v in versions if v.by == "teller"]
    messengers_alone = all(v.by == "messenger" for v in (*versions, said))
    if said.by == "teller":
        is_older = bool(spoken) and said.given < max(spoken)
        found = said
        if narrows or current.is_minor or is_older:
            found = narrowed(current, said) if is_older else _told_as(said, narrowed(current, said))
    elif spoken and said.given <= max(spoken):
        is_minor, guardian = current.is_minor or said.is_minor, current.guardian or said.guardian
        found = replace(current, is_minor=is_minor, guardian=guardian, by=said.by)
    elif messengers_alone and (said.given, is_reviewed) > (newest, False):
        found = said
    else:
        found = narrowed(current, said)
        if not is_late:
            found = replace(_told_as(said, found), evidence=said.evidence or current.evidence)
        elif not is_reviewed:  # what comes late ends nothing that was to go on
            found = replace(found, until=current.until)
        if is_reviewed and not is_late:
            found = replace(found, is_minor=said.is_minor, guardian=said.guardian or current.guardian)
    held = replace(current, given=found.given, by=found.by, version=found.version)
    is_first_word = said.by == "teller" and not spoken  # from now on others only narrow
    return None if held == found and not is_first_word else found


def _told_as(said: Consent, found: Consent) -> Consent:
    """The consent, with the way in which its teller was told when they said this."""
    return replace(found, language=said.language, explained=said.explained)


def narrowed(held: Consent, said: Consent) -> Consent:
    """What both allow, as `said`'s version of what was held."""
    ends = [day for day in (held.until, said.until) if day]
    return replace(
        held,
        uses=_uses_of_both(held, said),
        naming=_less(_NAMING, held.naming, said.naming),
        place=_less(_PLACE, held.place, said.place),
        face=_less(FACES, held.face, said.face),
        voice=_less(VOICES, held.voice, said.voice),
        until=min(ends) if ends else None,
        is_minor=held.is_minor or said.is_minor,
        guardian=held.guardian or said.guardian,
        given=said.given,
        by=said.by,
    )


def _uses_of_both(held: Consent, said: Consent) -> frozenset[Use]:
    both = frozenset(use for use in USES if allows(held, use) and allows(said, use))
    return both if "team" in held.uses or both == {"team"} else both - {"team"}


def allowances(consent: Consent) -> dict[str, Any]:
    """What a consent allows, as it is kept with what was approved."""
    until = consent.until.isoformat() if consent.until else None
    said = {name: getattr(consent, name) for name in ("naming", "place", "face", "voice")}
    return {"uses": sorted(consent.uses), **said, "until": until}


def as_far_as(consent: Consent, approved: Mapping[str, Any]) -> Consent:
    """The consent, as far as it was approved (`allowances`)."""
    until = date.fromisoformat(approved["until"]) if approved["until"] else None
    return narrowed(
        consent, replace(consent, **{**approved, "uses": frozenset(approved["uses"]), "until": until})
    )


def is_within(one: Consent, other: Consent) -> bool:
    """Whether `one` allows nothing that `other` does not."""
    both = narrowed(one, other)
    return all(getattr(both, key) == getattr(one, key) for key in ALLOWANCES)


_T = TypeVar("_T", Naming, Place, Face, Voice)
ALLOWANCES = ("uses", "naming", "place", "face", "voice", "until")
# From what shows least to what shows most.
_NAMING: tuple[Naming, ...] = ("unnamed", "alias", "first_name", "named")
_PLACE: tuple[Place, ...] = ("country", "region", "exact")
FACES: tuple[Face, ...] = ("hide", "blur", "show")
VOICES: tuple[Voice, ...] = ("hide", "alter", "show")


def _less(order: tuple[_T, ...], one: _T, other: _T) -> _T:
    return min(one, other, key=order.index)


def state(consent: Consent | None, withdrawn: datetime | None, today: date) -> Withdrawal:
    """Whether a consent is over: taken back, or past its last day. `today` is the newsroom's day."""
    if withdrawn is not None or consent is None:
        return "withdrawn"
    return "expired" if consent.until and today > consent.until else ""


def allows(consent: Consent, use: Use) -> bool:
    """Whether a consent covers a use. Whoever may be told of anywhere may be seen by the team that tells."""
    return use in consent.uses or (use == "team" and bool(consent.uses))


def may_show(
    consent: Consent | None, withdrawn: datetime | None, use: Use, today: date
) -> TypeGuard[Consent]:
    """Whether `use` may show anything at all on the newsroom's day `today`."""
    return consent is not None and not state(consent, withdrawn, today) and allows(consent, use)


def shown(
    teller: Teller,
    consent: Consent | None,
    withdrawn: datetime | None,
    use: Use,
    today: date,
    texts: Mapping[str, str] | None = None,
) -> Shown | None:
    """What `use` may show on the newsroom's day `today`; None where it may show nothing.

    `texts` are whatever was written of the testimony (title, quote, body, transcript …). A name that the
    consent keeps back is in none of what is shown, places included.
    """
    if not may_show(consent, withdrawn, use, today):
        return None
    name = name_of(teller, consent)

    def said(text: str) -> str:
        return without_name(text, teller, name)

    place = place_of(teller, consent)
    return Shown(
        use=use,
        name=name,
        place=replace(place, words=said(place.words)),
        journey=(said(teller.left), said(teller.reached)) if consent.place != "country" else ("", ""),
        face=consent.face,
        voice=consent.voice,
        version=consent.version,
        texts={key: said(text) for key, text in (texts or {}).items()},
    )


def name_of(teller: Teller, consent: Consent) -> str:
    match consent.naming:
        case "named":
            return teller.name
        case "first_name":
            return names.first_name(teller.name)
        case "alias":
            return teller.alias
        case _:
            return ""


def place_of(teller: Teller, consent: Consent) -> Spot:
    """The teller's place, no more precise than allowed. A position belongs to the exact place alone."""
    match consent.place:
        case "exact":
            words = ", ".join(filter(None, [teller.spot, teller.region]))
            return Spot(teller.country, words, teller.latitude, teller.longitude)
        case "region":
            return Spot(teller.country, teller.region)
        case _:
            return Spot(teller.country, "")


def without_name(text: str, teller: Teller, name: str) -> str:
    """The text with the teller's name as it may be shown, however it is spelled in it (`names`)."""
    return names.without(text, [teller.name], name)
