"""What phones and forms say of a testimony, taken in, with its consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.testimonies.core import types
from griot.testimonies.core.consent import problems
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.sent import (
    day_in,
    moment_in,
    object_in,
    one_of,
    position_in,
    text_in,
    uuid_in,
    year_in,
)
from griot.testimonies.making.rendering import plan
from griot.testimonies.models import Campaign, Consent, File, Messenger, Step, Testimony
from griot.testimonies.models.campaigns import LANGUAGES
from griot.testimonies.signals import announce

_TEXTS = {
    "name": 160,
    "alias": 80,
    "country": 2,
    "region": 120,
    "spot": 160,
    "left": 120,
    "reached": 120,
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "naming": ("named", "first_name", "alias", "unnamed"),
    "place": ("country", "region", "exact"),
    "face": ("show", "blur", "hide"),
    "voice": ("show", "alter", "hide"),
    "explained": ("read", "played"),
    "language": tuple(code for code, _ in LANGUAGES),
}


@transaction.atomic
def take_testimony(messenger: Messenger, sent: Mapping[str, Any]) -> tuple[Testimony, bool]:
    """Store what a phone says of a testimony; the same again changes nothing, a newer consent is a new
    version. Gives its row, and whether it is new.

    `sent` has `id` (UUID made on the phone), `kind`, `language`, `told`, `teller`, `answers`, `consent`, and
    may have `receipt`: the code that the teller was given. Raises Refused in words that name the field.
    """
    pk = uuid_in(sent.get("id"), "id")
    known = Testimony.objects.select_for_update().filter(pk=pk).first()
    if known and known.messenger_id != messenger.pk:
        raise Refused("id: that testimony is another messenger's")
    if known and known.over:
        raise Refused("this testimony was withdrawn; nothing more is taken of it")
    if known is None and not messenger.may_collect:
        raise Refused("the required training has to be passed before collecting")
    testimony = known or Testimony(pk=pk, campaign=messenger.team.campaign, messenger=messenger)
    if (code := text_in(sent.get("receipt"), "receipt", 20)) and not testimony.receipt:
        testimony.keep_receipt(code)
    return _take(testimony, sent, by="messenger"), known is None


@transaction.atomic
def take_offer(campaign: Campaign, sent: Mapping[str, Any]) -> Testimony:
    """A story that somebody offers by themselves, in the same shape. Raises Refused."""
    if not text_in(object_in(sent.get("answers"), "answers").get("story"), "story", 20_000):
        raise Refused("story: there is nothing in it")
    return _take(Testimony(campaign=campaign), sent, by="teller")


def _take(testimony: Testimony, sent: Mapping[str, Any], by: str) -> Testimony:
    told = object_in(sent.get("teller"), "teller")
    for name, limit in _TEXTS.items():
        setattr(testimony, name, text_in(told.get(name), f"teller.{name}", limit))
    testimony.birth_year = year_in(told.get("birth_year"))
    testimony.latitude, testimony.longitude = position_in(told)
    testimony.kind = one_of(sent.get("kind"), types.KINDS, "kind")
    testimony.language = one_of(sent.get("language"), _CHOICES["language"], "language")
    testimony.told = moment_in(sent.get("told"), "told")
    answers = object_in(sent.get("answers"), "answers")
    testimony.answers = {
        str(k)[:64]: text_in(v, f"answers.{k}", 20_000) for k, v in list(answers.items())[:60]
    }
    consent = read_consent(object_in(sent.get("consent"), "consent"), testimony.teller)
    testimony.save()
    add_consent(testimony, consent, by=by)
    return testimony


def read_consent(sent: Mapping[str, Any], teller: types.Teller) -> types.Consent:
    """A consent as a phone or a form sends it. Raises Refused for what is no consent, naming what is
    missing.
    """
    uses = sent.get("uses") or []
    if not isinstance(uses, list) or any(u not in types.USES for u in uses):
        raise Refused(f"consent.uses: a list of {', '.join(types.USES)} is expected")
    picked: dict[str, Any] = {
        name: one_of(sent.get(name), choices, f"consent.{name}") for name, choices in _CHOICES.items()
    }
    guardian = object_in(sent.get("guardian"), "consent.guardian")
    who = text_in(guardian.get("name"), "consent.guardian.name", 160)
    until = text_in(sent.get("until"), "consent.until", 10)
    day = day_in(until) if until else None
    value = types.Consent(
        uses=frozenset(uses),
        until=day,
        given=moment_in(sent.get("given"), "consent.given"),
        evidence=text_in(sent.get("evidence"), "consent.evidence", 64),
        is_minor=bool(sent.get("is_minor")),
        guardian=(
            types.Guardian(who, text_in(guardian.get("relation"), "consent.guardian.relation", 80))
            if who
            else None
        ),
        **picked,
    )
    if wrong := list(problems(value, teller, timezone.localdate())):
        raise Refused(f"consent: {'; '.join(wrong)}")
    return value


def add_consent(testimony: Testimony, value: types.Consent, by: str) -> bool:
    """The consent as the testimony's current version; False where it says what the current one says."""
    current = testimony.consent
    if current and _same(current.as_value(), value):
        return False
    Consent.objects.create(
        testimony=testimony,
        version=current.version + 1 if current else 1,
        uses=sorted(value.uses),
        naming=value.naming,
        place=value.place,
        face=value.face,
        voice=value.voice,
        until=value.until,
        language=value.language,
        explained=value.explained,
        evidence=value.evidence,
        is_minor=value.is_minor,
        guardian_name=value.guardian.name if value.guardian else "",
        guardian_relation=value.guardian.relation if value.guardian else "",
        given=value.given,
        by=by,
    )
    if current:
        Step.objects.create(testimony=testimony, kind=Step.Kind.CONSENT, words=f"by the {by}")
        announce(testimony)
    for file in testimony.files.filter(role=File.Role.STORY):
        plan(file)  # a face that is now to be blurred, a use that is new
    return True


def _same(one: types.Consent, other: types.Consent) -> bool:
    return replace(one, version=0, given=other.given) == replace(other, version=0)
