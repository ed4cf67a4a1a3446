"""What is said to tellers, in their page's language, where something that they sent is not taken."""

from __future__ import annotations

from griot.digest.core.words import words
from griot.testimonies.core import consent
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.consenting import TOO_OFTEN
from griot.testimonies.intake.taking import NOTHING_TOLD

_SAID = {
    NOTHING_TOLD: "refused_empty",
    TOO_OFTEN: "refused_often",
    consent.NO_EVIDENCE: "refused_agree",
    consent.OVER_BEFORE: "refused_until",
    consent.NO_GUARDIAN: "refused_guardian",
    consent.NO_ALIAS: "refused_alias",
    consent.A_MINOR: "refused_minor",
}


def in_words(refusal: Refused, language: str) -> str:
    """Its reasons in a language; what no page leaves open has one sentence for all."""
    ours = words(language)
    said = (_SAID.get(reason, reason) for reason in refusal.reasons)
    known = [ours[name] for name in said if name in ours]
    return " ".join(known) or ours["refused_other"]
