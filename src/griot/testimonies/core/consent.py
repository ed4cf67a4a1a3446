"""What a consent allows: the one place that decides what of a testimony may be shown, where, and how.

Pages, cards, clips, feeds, issue blocks, searches, copies for screenings and exports all ask `shown`, each
for its own use (`surfaces.py` lists them). What it does not return does not leave the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from griot.testimonies.core.types import OF_AGE, USES, Consent, Shown, Spot, Teller, Use, Withdrawal


def problems(consent: Consent, teller: Teller, today: date) -> Iterator[str]:
    """Why a consent is not one, in words for who took it. None of them: it holds."""
    if not consent.evidence:
        yield "there is no evidence: record the teller's answer, or let them sign"
    if unknown := set(consent.uses) - set(USES):
        yield f"unknown uses: {', '.join(sorted(unknown))}"
    if consent.until and consent.until < consent.given.date():
        yield "it ends before it was given"
    is_minor = consent.is_minor or (
        teller.birth_year is not None
        and today.year - teller.birth_year <= OF_AGE  # a birthday may be to come
    )
    if is_minor and not consent.guardian:
        yield f"the teller may be under {OF_AGE}: a guardian has to consent, too"
    if consent.naming == "alias" and not teller.alias.strip():
        yield "the teller wants another name, and none was given"
    if is_minor and (
        consent.naming in {"named", "first_name"} or consent.face == "show" or consent.place == "exact"
    ):
        yield "a minor is shown without their name, face and exact place"


def state(consent: Consent | None, withdrawn: datetime | None, now: datetime) -> Withdrawal:
    """Whether a consent is over: taken back, or past its last day."""
    if withdrawn is not None or consent is None:
        return "withdrawn"
    return "expired" if consent.until and now.date() > consent.until else ""


def allows(consent: Consent, use: Use) -> bool:
    """Whether a consent covers a use. Whoever may be told of anywhere may be seen by the team that tells."""
    return use in consent.uses or (use == "team" and bool(consent.uses))


def shown(
    teller: Teller,
    consent: Consent | None,
    withdrawn: datetime | None,
    use: Use,
    now: datetime,
    texts: Mapping[str, str] | None = None,
) -> Shown | None:
    """What `use` may show now; None where it may show nothing.

    `texts` are whatever was written of the testimony (title, quote, body, transcript …); names and places in
    them that the consent keeps back are replaced.
    """
    if consent is None or state(consent, withdrawn, now) or not allows(consent, use):
        return None
    name = name_of(teller, consent)
    return Shown(
        use=use,
        name=name,
        place=place_of(teller, consent),
        journey=(teller.left, teller.reached) if consent.place != "country" else ("", ""),
        face=consent.face,
        voice=consent.voice,
        version=consent.version,
        texts={key: without_name(text, teller, name) for key, text in (texts or {}).items()},
    )


def name_of(teller: Teller, consent: Consent) -> str:
    match consent.naming:
        case "named":
            return teller.name
        case "first_name":
            return teller.name.split()[0] if teller.name.split() else ""
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
    """The text with the teller's name as it may be shown. Whole words only: Ali is not in Alicante."""
    parts = [teller.name, *teller.name.split()]
    for part in sorted({p for p in parts if len(p) > 1}, key=len, reverse=True):
        if part in name.split() or part == name:
            continue
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", name or "…", text, flags=re.IGNORECASE)
    return text
