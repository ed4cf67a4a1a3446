"""What waits beside what is public or was taken in: changes since the approval, and proposals of phones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.testimonies.access import require
from griot.testimonies.core import consent as consents
from griot.testimonies.core import types
from griot.testimonies.core.consent import allowances
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.taking import take_over, warns
from griot.testimonies.making.rendering import plan_anew
from griot.testimonies.models import Proposal, Step, Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.models.work import SPOKEN
from griot.testimonies.review.review import locked, note_step, obstacles, require_another, take_off
from griot.testimonies.signals import announce


def changes(testimony: Testimony, in_full: bool = True) -> list[tuple[str, str, str]]:
    """What differs from what is public: where, the words that are public, and those that wait. Where it is
    not asked for `in_full`, of the teller what readers see.
    """
    if testimony.state != Testimony.State.PUBLISHED:
        return []
    agreed = testimony.agreed
    public = {**testimony.approved, "consent": allowances(agreed) if agreed else {}}
    waiting = testimony.as_it_stands()
    if not in_full:
        public["teller"] = _as_shown(public["teller"], agreed)
        waiting["teller"] = _as_shown(waiting["teller"], testimony.in_force)
    before, now = _flat(public), _flat(waiting)
    return [
        (where, before.get(where, ""), now.get(where, ""))
        for where in dict.fromkeys([*before, *now])
        if before.get(where, "") != now.get(where, "")
    ]


def _as_shown(teller: Mapping[str, Any], consent: types.Consent | None) -> dict[str, Any]:
    shown = consent and consents.shown(types.Teller(**teller), consent, None, "team", day_of())
    if not shown:
        return {}
    return {"name": shown.name, **asdict(shown.place), "journey": " → ".join(filter(None, shown.journey))}


def _flat(public: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in public.items():
        if name == "writings":
            found |= {f"{k}, {code}": text for code, texts in value.items() for k, text in texts.items()}
        elif name == "files":
            found |= {f"file {pk[:8]}": file["words"] for pk, file in value.items()}
        elif name in {"teller", "consent"}:
            found |= {k.replace("_", " "): _plain(v) for k, v in value.items()}
        else:
            found[name] = _plain(value)
    return found


def proposed(proposal: Proposal) -> list[tuple[str, str, str]]:
    """What a phone sent after the intake and what is held: where, the words held, and those proposed."""
    row, said = proposal.testimony, proposal.said
    consent = row.consent
    held = {**asdict(row.teller), **row.answers, "kind": row.kind, "language": row.language}
    sent = {
        **said.get("teller", {}),
        **said.get("answers", {}),
        "kind": said["kind"],
        "language": said["language"],
    }
    if consent:
        value = asdict(consent.as_value())
        for name in ("uses", "naming", "place", "face", "voice", "until", "evidence", "is_minor", "guardian"):
            held[name], sent[name] = value[name], said["consent"].get(name)
    both = {k: (_plain(held.get(k)), _plain(sent.get(k))) for k in dict.fromkeys([*held, *sent])}
    return [(k.replace("_", " "), before, now) for k, (before, now) in both.items() if before != now]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(map(str, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(map(str, value)))
    return "" if value is None else str(value)


@transaction.atomic
def publish_changes(testimony: Testimony, user: Any) -> None:
    """What was changed since it was approved goes out. Raises Refused with what is missing."""
    row = locked(testimony)
    require(user, "publish", row)
    if not changes(row):
        raise Refused("There is nothing that is not public already.")
    if missing := obstacles(row):
        raise Refused(" ".join(missing))
    require_another(row, user)
    row.approved = row.as_it_stands()
    row.save(update_fields=["approved"])
    note_step(row, Step.Kind.PUBLISHED, user, "changes", Testimony.State.PUBLISHED)
    plan_anew(row)


@transaction.atomic
def discard_changes(testimony: Testimony, user: Any) -> None:
    """The words go back to those that are public. What is known of the teller stays, as do files and cuts,
    which wait for approval.
    """
    row = locked(testimony)
    require(user, "edit", row)
    if row.state != Testimony.State.PUBLISHED:
        raise Refused("It is not published.")
    leading = row.leading()
    is_public = leading is None or str(leading.pk) in row.approved["files"]
    names = (
        "title",
        "quote",
        "body",
        *(SPOKEN if is_public else ()),
    )  # what is said in another stays with it
    for writing in row.writings.all():
        said = row.approved["writings"].get(writing.language)
        if said is None:
            continue  # a translation that was never public is no change of what is
        writing.captions = {
            name.removeprefix("caption "): text for name, text in said.items() if name.startswith("caption ")
        }
        for name in names:
            if name not in writing.machine:
                setattr(writing, name, said.get(name, ""))
        writing.save()
    row.themes, row.route = row.approved["themes"], row.approved["route"]
    row.save(update_fields=["themes", "route"])
    # Who does it has written none of that; whoever has is free of it, where nothing else has changed.
    kind = Step.Kind.UNDONE if row.is_as_approved() else Step.Kind.COMMENT
    note_step(row, kind, user, "back to what is public")
    plan_anew(row)


@transaction.atomic
def decide_proposal(testimony: Testimony, user: Any, pk: int, is_taken: bool) -> None:
    """What a phone sent after the intake: taken over, with which older ones are decided, or set aside."""
    row = locked(testimony)
    require(user, "protect", row)
    proposal = row.proposals.select_for_update().filter(pk=pk, decided=None).first()
    if proposal is None:
        raise Refused("Somebody has decided on it already.")
    was_of_age = not row.is_minor
    if is_taken:
        take_over(proposal)
        row = locked(row)
        if was_of_age and row.is_minor and row.state == Testimony.State.PUBLISHED:
            take_off(row, user, "the teller may be a minor")
    waiting = row.proposals.filter(decided=None) if is_taken else []
    older = [
        p.pk
        for p in waiting
        if p.is_timed and (p.given, p.pk) < (proposal.given, proposal.pk) and not warns(p)
    ]
    row.proposals.filter(pk__in=[pk, *older]).update(decided=timezone.now(), by=user)
    note_step(row, Step.Kind.EDITED if is_taken else Step.Kind.COMMENT, user, _DECIDED[is_taken])
    announce(row)  # a name that it says is kept back for good, or no longer


_DECIDED = {True: "took over what the phone sent", False: "set aside what the phone sent"}
