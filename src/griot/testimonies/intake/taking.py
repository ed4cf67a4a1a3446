"""What phones and forms say of a testimony, taken in, with its consent."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from griot.locking import one_after_another
from griot.testimonies.access import note
from griot.testimonies.core import types
from griot.testimonies.core.consent import (
    ALLOWANCES,
    allowances,
    is_within,
    narrowed,
    problems,
)
from griot.testimonies.core.errors import Refused, TooMuch, Withdrawn
from griot.testimonies.intake.allowance import last_day, see_to_testimonies
from griot.testimonies.intake.consenting import MOST_CHANGES, TOO_OFTEN, add_consent
from griot.testimonies.intake.contacts import LONGEST_CONTACT, keep_contact
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
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import plan_anew
from griot.testimonies.models import Campaign, Messenger, Proposal, Step, Testimony
from griot.testimonies.models.campaigns import WRITTEN_IN
from griot.testimonies.models.days import day_of
from griot.testimonies.models.receipts import receipt_code, receipt_hash

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
    "explained": types.EXPLAINED,
    "language": tuple(code for code, _ in WRITTEN_IN),
}


@transaction.atomic
def take_testimony(messenger: Messenger, sent: Mapping[str, Any], app: str = "") -> tuple[Testimony, bool]:
    """Store what a phone says of a testimony, from whichever `app`. Gives its row, and
    whether it is new.

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
        raise Withdrawn
    if known is None and not messenger.may_collect:
        raise Refused("the required training has to be passed before collecting")
    if known is None:
        see_to_testimonies(messenger)
    testimony = known or Testimony(pk=pk, campaign=messenger.team.campaign, messenger=messenger)
    code = text_in(sent.get("receipt"), "receipt", 20)
    receipt, heard = receipt_hash(code) if code and not testimony.receipt else "", len(testimony.heard)
    _take(testimony, sent, by="messenger")
    if len(testimony.heard) > heard:
        note(f"messenger {messenger.pk}", testimony, "sent", app)
        if receipt:
            _keep_receipt(testimony, receipt)
    return testimony, known is None


def _keep_receipt(testimony: Testimony, receipt: str) -> None:
    """The code that its teller was given opens it, if it came in time and opens nothing else. The phone is
    not told: it could try codes.
    """
    if testimony.state != Testimony.State.INTAKE or not testimony.claim_receipt(receipt):
        words = "the receipt’s code that it came with does not open it: make its teller a new receipt"
        Step.objects.create(testimony=testimony, kind=Step.Kind.COMMENT, words=words)


def take_offer(
    campaign: Campaign | None,
    form: str,
    sent: Mapping[str, Any],
    contact: str = "",
    until: date | None = None,
) -> tuple[Testimony, str]:
    """A story that somebody offers by themselves, in the same shape, to the campaign that they chose; None:
    it takes none any more. A `contact` is kept until a day. Gives it with its receipt's code. Raises Refused.

    `form` is what their page was given, and nobody else knows: the same sent again, by a reload or a second
    touch, is the same testimony, and the same code opens it. Another story from a page that somebody went
    back to may be another person's.
    """
    words = text_in(contact, "contact", LONGEST_CONTACT)
    with vault().keeping() as put, transaction.atomic():
        row, code = _offered(campaign, form, sent)
        if until and words:
            keep_contact(row, words, until, put)
        return row, code


def _offered(campaign: Campaign | None, form: str, sent: Mapping[str, Any]) -> tuple[Testimony, str]:
    if not text_in(object_in(sent.get("answers"), "answers").get("story"), "story", 20_000):
        raise Refused(f"story: {NOTHING_TOLD}", [NOTHING_TOLD])
    secret = salted_hmac("griot.offer", form + _digest(sent), algorithm="sha256").digest()
    pk, code = uuid.UUID(bytes=secret[:16]), receipt_code(secret[16:])
    one_after_another(f"testimony {pk}")
    if known := Testimony.objects.select_for_update().filter(pk=pk).first():
        if known.over or known.receipt != receipt_hash(code):
            over = "receipt_withdrawn" if known.erased else "receipt_erasing"
            said = over if known.over else "receipt_unknown"
            raise Refused("this has come before, and has another receipt by now, or was taken back", [said])
        return known, code
    if campaign is None:
        raise Refused("this campaign takes no stories any more", ["offer_closed"])
    row = _take(Testimony(pk=pk, campaign=campaign), sent, by="teller")
    if not row.claim_receipt(receipt_hash(code)):
        raise Refused("send it once more")  # one of 2^60 codes was another's
    return row, code


def _take(testimony: Testimony, sent: Mapping[str, Any], by: types.By) -> Testimony:
    facts = _facts(sent)
    teller = types.Teller(**{name: facts[name] for name in _TELLER})
    held = testimony.consent.as_value() if testimony.pk and testimony.consent else None
    value = replace(read_consent(object_in(sent.get("consent"), "consent"), teller, held), by=by)
    if _digest(sent) in testimony.heard:
        return testimony
    proposal = Proposal(testimony=testimony, said=_as_proposed(facts, value))
    is_changed = any(getattr(testimony, name) != fact for name, fact in facts.items())
    if held and len(testimony.heard) > MOST_HEARD - 2:
        is_known = testimony.proposals.filter(said=proposal.said).exists()
        is_asking = not is_known and (is_changed or not is_within(value, held))
        if not _hears_what_protects(proposal, held, value) and is_asking:
            raise Refused("this testimony was changed too often; ask your coordinator")
        return testimony
    is_new_consent = _digest(sent.get("consent")) not in testimony.heard
    heard = [*testimony.heard, _digest(sent), _digest(sent.get("consent"))]
    testimony.heard = list(dict.fromkeys(heard))
    is_open = testimony.state == Testimony.State.INTAKE
    is_late, is_timed = testimony.is_older(value.given), proposal.is_timed
    is_more = held and is_new_consent and not (is_within(value, held) and _is_as_sure(value, held))
    is_asked = (is_changed and (is_late or not is_open)) or (is_more and not (is_timed and is_open))
    is_ending = is_late and held and _ends_before(value, held)
    if held and is_late:
        value = replace(value, until=held.until)
    if held and is_open and (is_late or is_asked):
        value = narrowed(held, value)
    elif held and (is_late or is_asked):
        value = _allowing_less(held, value)
    is_telling = warns(proposal)
    if is_late and is_timed:
        testimony.steps.create(kind=Step.Kind.COMMENT, words="came late, older than what is held: not taken")
    if is_open:
        testimony.hear_names(proposal.name, proposal.alias, proposal.guardian)
    if is_open and not is_late:
        _hold(testimony, facts, value.given)
    is_warning = (is_late or not is_open) and warns(proposal)
    if is_warning or (is_asked and not is_late) or ((is_asked or is_ending) and not is_timed):
        proposal.save()
    elif not is_late:
        testimony.as_of = max(value.given, testimony.as_of or value.given)  # as is held, or less
    testimony.save()
    is_allowed_anew = is_new_consent and add_consent(testimony, value, is_telling=is_telling)
    _heard(proposal)
    if is_warning and not is_allowed_anew:
        plan_anew(testimony)
    return testimony


def _allowing_less(held: types.Consent, said: types.Consent) -> types.Consent:
    """What is heard of a consent before a person has looked at it: no more than is held, of whom it was."""
    return replace(narrowed(held, said), guardian=held.guardian, is_minor=held.is_minor)


def _hears_what_protects(proposal: Proposal, held: types.Consent, said: types.Consent) -> bool:
    """Of a testimony that was changed too often: less, a name, and that the teller may be a minor, is heard
    for ever. Gives whether it says any of it, that is not held yet. Raises TooMuch for too many names a day.
    """
    testimony = proposal.testimony
    is_child = not testimony.is_perhaps_minor and proposal.is_of_minor(held)
    waiting = {name for p in testimony.undecided for name in (p.name, p.alias, p.guardian)}
    is_warning = is_child or bool(proposal.unknown_names - waiting)
    if is_warning:
        if testimony.proposals.filter(at__range=last_day()).count() >= MOST_HEARD + MOST_CHANGES:
            raise TooMuch(TOO_OFTEN, [TOO_OFTEN])
        proposal.save()
        plan_anew(testimony)
    is_less = add_consent(testimony, _allowing_less(held, said), is_telling=is_warning)
    _heard(proposal)
    return is_less or is_warning


def _heard(proposal: Proposal) -> None:
    """Note what consent is held now that a proposal which waits was heard, as far as that is at once."""
    if proposal.pk:
        proposal.version = _version(proposal.testimony)
        proposal.save(update_fields=["version"])


def _version(testimony: Testimony) -> int:
    """Of the consent that is held; 0 for none."""
    return testimony.consents.aggregate(last=Max("version"))["last"] or 0


def _ends_before(said: types.Consent, held: types.Consent) -> bool:
    return said.until is not None and (held.until is None or said.until < held.until)


def _is_as_sure(said: types.Consent, held: types.Consent) -> bool:
    """Whether it stands on the same: who consents for a minor, and the evidence."""
    return (said.is_minor, said.guardian, said.evidence) == (held.is_minor, held.guardian, held.evidence)


def _hold(testimony: Testimony, facts: Mapping[str, Any], given: datetime) -> None:
    for name, fact in facts.items():
        setattr(testimony, name, fact)
    testimony.as_of = max(given, testimony.as_of or given)


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


def _digest(sent: Any) -> str:
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


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
    more, and it allows nothing that a newer one did not, or that was taken back since it came. Of what is
    older than what is held only what `warns` can: names are kept back, and a minor is one, with their
    guardian. Of what nobody knows when it was said, the person knows, but a minor stays one. Raises Refused.
    """
    testimony = proposal.testimony
    is_late = testimony.is_older(proposal.given)
    is_older = is_late and proposal.is_timed
    if is_older and not warns(proposal):
        raise Refused("Something newer was sent, and is held: set it aside.")
    testimony.hear_names(proposal.name, proposal.alias, proposal.guardian)
    if testimony.approved and (agreed := testimony.agreed):  # what a minor was spared comes back by approval
        testimony.approved["consent"] = allowances(agreed)
    youngest = max(filter(None, [testimony.birth_year, proposal.birth_year]), default=None)
    if not is_older:
        _hold(testimony, _facts(proposal.said), proposal.given)
    if is_late:
        testimony.birth_year = youngest
    testimony.save()
    before, value = _version(testimony), _limited(proposal)
    if is_older and testimony.consent:
        value = replace(value, until=testimony.consent.until)
    is_new = add_consent(testimony, value, is_reviewed=True)
    unread = testimony.proposals.filter(decided=None, version__gte=before)
    unread.update(version=_version(testimony))  # of these nothing was narrowed by this
    if not is_new:
        plan_anew(testimony)  # the language says which transcript marks what is not to be heard


def _limited(proposal: Proposal) -> types.Consent:
    """Its consent, as far as newer proposals allow it, and what is held where that is newer, or was narrowed
    since.
    """
    testimony = proposal.testimony
    value = _parsed(proposal.said["consent"])  # what it wants was seen when it came
    limits = [_parsed(p.said["consent"]) for p in testimony.proposals.all() if p.given > proposal.given]
    is_since = _version(testimony) > proposal.version or testimony.is_older(proposal.given)
    if is_since and testimony.consent:
        limits.append(testimony.consent.as_value())
    for limit in limits:
        less = narrowed(limit, value)
        value = replace(value, **{name: getattr(less, name) for name in ALLOWANCES})
    return value


def warns(proposal: Proposal) -> bool:
    """Whether it says what protects somebody, and nobody has looked at yet: a name, or that the teller may be
    a minor.
    """
    row = proposal.testimony
    if row.consent is None:
        return bool(proposal.unknown_names)
    return bool(proposal.unknown_names) or (not row.is_minor and proposal.is_of_minor(row.consent.as_value()))


def read_consent(
    sent: Mapping[str, Any], teller: types.Teller, held: types.Consent | None = None
) -> types.Consent:
    """A consent as a phone or a form sends it. Raises Refused for what is no consent, naming what is
    missing; of one that allows nothing that `held` does not, for nothing that is missing of that, too.
    """
    value = _parsed(sent)
    if held:  # found out to be a minor, they may still allow less
        held = replace(held, is_minor=held.is_minor or value.is_minor)
    known = _wrong(held, teller) if held and is_within(value, held) else []
    if wrong := [what for what in _wrong(value, teller) if what not in known]:
        raise Refused(f"consent: {'; '.join(wrong)}", wrong)
    return value


def _parsed(sent: Mapping[str, Any]) -> types.Consent:
    uses = sent.get("uses") or []
    if not isinstance(uses, list) or any(u not in types.USES for u in uses):
        raise Refused(f"consent.uses: a list of {', '.join(types.USES)} is expected")
    picked: dict[str, Any] = {
        name: one_of(sent.get(name), choices, f"consent.{name}") for name, choices in _CHOICES.items()
    }
    guardian = object_in(sent.get("guardian"), "consent.guardian")
    who = text_in(guardian.get("name"), "consent.guardian.name", 160)
    until = text_in(sent.get("until"), "consent.until", 10)
    day = day_in(until) if sent.get("until") else None
    return types.Consent(
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


def _wrong(consent: types.Consent, teller: types.Teller) -> list[str]:
    return list(problems(consent, teller, day_of(), day_of(consent.given)))
