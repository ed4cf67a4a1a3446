"""What phones and forms say of a testimony, taken in, with its consent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from griot.locking import one_after_another
from griot.testimonies.core import types
from griot.testimonies.core.consent import after, is_within, narrowed, problems
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.allowance import see_to_testimonies
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
from griot.testimonies.models import Campaign, Consent, File, Messenger, Proposal, Step, Testimony
from griot.testimonies.models.campaigns import LANGUAGES
from griot.testimonies.models.days import day_of
from griot.testimonies.models.testimonies import receipt_hash
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
_TELLER = [f.name for f in fields(types.Teller)]
NOTHING_TOLD = "there is nothing in it"
MOST_HEARD = 200  # different messages of one testimony
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
    """Store what a phone says of a testimony. Gives its row, and whether it is new.

    The same again changes nothing, in whatever order it comes, nor does what was said before something that
    is held (`consent.given` says when). What a testimony is and says changes until its intake is over; after
    that, what a phone sends waits for a person (`Proposal`). A consent is heard at any time, as
    `consent.after` says.

    `sent` has `id` (UUID made on the phone), `kind`, `language`, `told`, `teller`, `answers`, `consent`, and
    may have `receipt`: the code that the teller was given, which opens what it was first sent with. Raises
    Refused in words that name the field.
    """
    pk = uuid_in(sent.get("id"), "id")
    one_after_another(f"testimony {pk}")  # a row that is not there yet can't be locked
    known = Testimony.objects.select_for_update().filter(pk=pk).first()
    if known and known.messenger_id != messenger.pk:
        raise Refused("id: that testimony is another messenger's")
    if known and known.over:
        raise Refused("this testimony was withdrawn; nothing more is taken of it")
    if known is None and not messenger.may_collect:
        raise Refused("the required training has to be passed before collecting")
    if known is None:
        see_to_testimonies(messenger)
    testimony = known or Testimony(pk=pk, campaign=messenger.team.campaign, messenger=messenger)
    code = text_in(sent.get("receipt"), "receipt", 20)
    receipt, heard = receipt_hash(code) if code and not testimony.receipt else "", len(testimony.heard)
    _take(testimony, sent, by="messenger")
    if receipt and len(testimony.heard) > heard:
        _keep_receipt(testimony, receipt)
    return testimony, known is None


def _keep_receipt(testimony: Testimony, receipt: str) -> None:
    """The code that its teller was given opens it, if it came in time and opens nothing else. The phone is
    not told: it could try codes.
    """
    if testimony.state != Testimony.State.INTAKE or not testimony.claim_receipt(receipt):
        words = "the receipt’s code that it came with does not open it: make its teller a new receipt"
        Step.objects.create(testimony=testimony, kind=Step.Kind.COMMENT, words=words)


@transaction.atomic
def take_offer(campaign: Campaign, sent: Mapping[str, Any]) -> Testimony:
    """A story that somebody offers by themselves, in the same shape. Raises Refused."""
    if not text_in(object_in(sent.get("answers"), "answers").get("story"), "story", 20_000):
        raise Refused(f"story: {NOTHING_TOLD}", [NOTHING_TOLD])
    return _take(Testimony(campaign=campaign), sent, by="teller")


def _take(testimony: Testimony, sent: Mapping[str, Any], by: types.By) -> Testimony:
    facts = _facts(sent)
    teller = types.Teller(**{name: facts[name] for name in _TELLER})
    held = testimony.consent.as_value() if testimony.pk and testimony.consent else None
    value = replace(read_consent(object_in(sent.get("consent"), "consent"), teller, held), by=by)
    if not _hears(testimony, sent):
        return testimony
    is_new_consent = _hears(testimony, sent.get("consent"))
    is_open = testimony.state == Testimony.State.INTAKE
    proposed = _as_proposed(facts, value)
    is_changed = any(getattr(testimony, name) != fact for name, fact in facts.items())
    is_late = testimony.as_of is not None and value.given < testimony.as_of
    is_more = held and is_new_consent and not (is_within(value, held) and _is_as_sure(value, held))
    is_asked = not is_open and (is_changed or is_more)
    if held and (is_late or is_asked):
        value = replace(
            narrowed(held, value), guardian=held.guardian if is_asked else held.guardian or value.guardian
        )
    is_called_otherwise = _is_called_otherwise(testimony, facts)
    if is_late:
        testimony.steps.create(kind=Step.Kind.COMMENT, words="came late, older than what is held: not taken")
    if is_late and is_open:
        testimony.hear_names(facts["name"], facts["alias"])
    elif is_open:
        _hold(testimony, facts, value.given)
    elif is_called_otherwise or (is_asked and not is_late):
        testimony.proposals.create(said=proposed)
    testimony.save()
    if is_called_otherwise:
        announce(testimony)  # a name that was heard is kept back
    if is_new_consent:
        add_consent(testimony, value)
    return testimony


def _is_as_sure(said: types.Consent, held: types.Consent) -> bool:
    """Whether it stands on the same: who consents for a minor, and the evidence."""
    return (said.is_minor, said.guardian, said.evidence) == (held.is_minor, held.guardian, held.evidence)


def _is_called_otherwise(testimony: Testimony, teller: Mapping[str, Any]) -> bool:
    """Whether the teller is called something that they were not called before."""
    name, alias = teller.get("name"), teller.get("alias")
    return bool((name and name not in testimony.names) or (alias and alias not in testimony.aliases))


def _hold(testimony: Testimony, facts: Mapping[str, Any], given: datetime) -> None:
    for name, fact in facts.items():
        setattr(testimony, name, fact)
    testimony.as_of = given


def _as_proposed(facts: Mapping[str, Any], consent: types.Consent) -> dict[str, Any]:
    """What was read of a message, in the shape in which it is sent: no receipt's code, and nothing that
    nobody reads.
    """
    said = {
        **{name: facts[name] for name in ("kind", "language", "told", "answers")},
        "teller": {name: facts[name] for name in _TELLER},
        "consent": {**asdict(consent), "uses": sorted(consent.uses), "given": consent.given.isoformat()},
    }
    return dict(json.loads(json.dumps(said, cls=DjangoJSONEncoder)))


def _hears(testimony: Testimony, sent: Any) -> bool:
    """Whether something is heard for the first time. Raises Refused for who never stops."""
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
    if digest in testimony.heard:
        return False
    if len(testimony.heard) >= MOST_HEARD:
        raise Refused("this testimony was changed too often; ask your coordinator")
    testimony.heard = [*testimony.heard, digest]
    return True


def _facts(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a testimony and its teller, by the names of its fields. Raises Refused."""
    told = object_in(sent.get("teller"), "teller")
    answers = object_in(sent.get("answers"), "answers")
    latitude, longitude = position_in(told)
    return {
        **{name: text_in(told.get(name), f"teller.{name}", limit) for name, limit in _TEXTS.items()},
        "birth_year": year_in(told.get("birth_year")),
        "latitude": latitude,
        "longitude": longitude,
        "kind": one_of(sent.get("kind"), types.KINDS, "kind"),
        "language": one_of(sent.get("language"), _CHOICES["language"], "language"),
        "told": min(moment_in(sent.get("told"), "told", timezone.now()), timezone.now()),
        "answers": {
            text_in(str(k), "answers", 64): text_in(v, f"answers.{k}", 20_000)
            for k, v in list(answers.items())[:60]
        },
    }


@transaction.atomic
def take_over(proposal: Proposal) -> None:
    """A person has read what a phone sent late, and it holds from now on; the teller's own word still does
    more. Of what is older than what is held only a name can: it is kept back. Raises Refused.
    """
    testimony = proposal.testimony
    if testimony.as_of and proposal.given < testimony.as_of:
        if not says_a_name(proposal):
            raise Refused("Something newer was sent, and is held: set it aside.")
        said = proposal.said["teller"]
        testimony.hear_names(said.get("name", ""), said.get("alias", ""))
        testimony.save()
        announce(testimony)
        return
    _hold(testimony, _facts(proposal.said), proposal.given)
    testimony.save()
    sent = object_in(proposal.said.get("consent"), "consent")
    add_consent(testimony, read_consent(sent, testimony.teller), is_reviewed=True)
    for file in testimony.files.filter(role=File.Role.STORY):
        plan(file)  # the language says which transcript marks what is not to be heard
    announce(testimony)


def says_a_name(proposal: Proposal) -> bool:
    """Whether it calls the teller something that nobody has looked at yet."""
    return _is_called_otherwise(proposal.testimony, proposal.said.get("teller", {}))


def read_consent(
    sent: Mapping[str, Any], teller: types.Teller, held: types.Consent | None = None
) -> types.Consent:
    """A consent as a phone or a form sends it. Raises Refused for what is no consent, naming what is
    missing; of one that allows nothing that `held` does not, for nothing that is missing of that, too.
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
    if held:  # found out to be a minor, they may still allow less
        held = replace(held, is_minor=held.is_minor or value.is_minor)
    known = _wrong(held, teller) if held and is_within(value, held) else []
    if wrong := [what for what in _wrong(value, teller) if what not in known]:
        raise Refused(f"consent: {'; '.join(wrong)}", wrong)
    return value


def _wrong(consent: types.Consent, teller: types.Teller) -> list[str]:
    return list(problems(consent, teller, day_of(), day_of(consent.given)))


@transaction.atomic
def add_consent(testimony: Testimony, said: types.Consent, is_reviewed: bool = False) -> bool:
    """What holds now that this was said, as the testimony's next version; False where nothing changes. Raises
    Refused for a testimony that was withdrawn meanwhile.
    """
    row = Testimony.objects.select_for_update().get(pk=testimony.pk)
    versions = [c.as_value() for c in row.consents.order_by("version")]
    if versions and row.over:
        raise Refused("this testimony was withdrawn; nothing more is taken of it")
    value = after(versions, said, is_reviewed)
    if value is None:
        return False
    Consent.objects.create(
        testimony=row,
        version=versions[-1].version + 1 if versions else 1,
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
        by=value.by,
    )
    if versions:
        Step.objects.create(testimony=row, kind=Step.Kind.CONSENT, words=f"by the {value.by}")
        announce(row)
    for file in row.files.filter(role=File.Role.STORY):
        plan(file)  # a face that is now to be blurred, a use that is new
    return True
