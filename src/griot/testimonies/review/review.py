"""The way of a testimony from intake to the public: each step with who, when and why."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.testimonies.access import Action, note, require
from griot.testimonies.core import types
from griot.testimonies.core.consent import NO_GUARDIAN, is_within, may_be_minor
from griot.testimonies.core.errors import Refused
from griot.testimonies.making.rendering import plan_anew, showable
from griot.testimonies.models import HELD, File, Rendition, Step, Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.signals import announce

S = Testimony.State
WAY = [S.INTAKE, S.PROTECTION, S.TRANSCRIPTION, S.TRANSLATION, S.EDITING, S.APPROVAL, S.PUBLISHED]
# The action of the access table that moving on from a state takes.
TAKES: dict[str, Action] = {
    S.INTAKE: "protect",
    S.PROTECTION: "protect",
    S.TRANSCRIPTION: "edit",
    S.TRANSLATION: "edit",
    S.EDITING: "edit",
    S.APPROVAL: "publish",
}


def locked(testimony: Testimony) -> Testimony:
    """Its row, held until the transaction ends. Raises Refused where it was withdrawn."""
    row = Testimony.objects.select_for_update().get(pk=testimony.pk)
    if row.over:
        raise Refused("this testimony was withdrawn")
    return row


def mark(row: Testimony) -> str:
    """What a person who judges a testimony has before them, as one short text: another when it was changed
    since, by whomever. Files that are only named may come and go: nobody can look at them yet.
    """
    consent = row.consent
    waiting = row.proposals.filter(decided=None).values_list("pk", flat=True)
    looked_at = Rendition.objects.filter(file__testimony=row).exclude(approved=None)
    shown = [row.state, row.is_high_risk, row.as_it_stands(), row.answers, consent and consent.pk]
    files = row.files.exclude(state=File.State.EXPECTED).values_list("pk", "state", "sha256")
    return _digest([shown, sorted(waiting), sorted(files), sorted(looked_at.values_list("key", flat=True))])


def mark_of_words(row: Testimony, language: str) -> str:
    """The same for the words in one language."""
    writing = row.writings.filter(language=language).first()
    return _digest(writing and writing.texts)


def mark_of_story(row: Testimony) -> str:
    """The same for what is found safe: what was told and by whom, and the files that can be seen or heard;
    and the version of the consent. Words that are written of it, and renditions, come later and are approved.
    """
    consent = row.consent.as_value() if row.consent else None
    of_a_minor = consent and [may_be_minor(consent, row.birth_year, day_of()), consent.guardian]
    told = [row.kind, row.language, asdict(row.teller), row.answers, of_a_minor]
    files = row.files.filter(role=File.Role.STORY, state=File.State.VERIFIED).values_list("pk", "sha256")
    return f"{_digest([told, sorted(files)])[:24]}.{row.consent.version if row.consent else 0}"


def _safe_by(row: Testimony) -> set[int]:
    """Who has found safe what there is now. What its teller allows less since is as safe."""
    story, _, _ = mark_of_story(row).partition(".")
    judged = row.steps.filter(kind=Step.Kind.SAFE, of__startswith=f"{story}.").values_list("by", "of")
    versions = {str(c.version): c.as_value() for c in row.consents.all()}
    now = row.in_force
    return {by for by, of in judged if now and is_within(now, versions[of.partition(".")[2]])}


def unsafe(row: Testimony) -> list[str]:
    """Why what there is now is not found safe, in words; empty: it is."""
    safe, wanted = _safe_by(row), 2 if row.is_high_risk else 1
    if len(safe) >= wanted:
        return []
    found = [
        "Two people have to find it safe, because the risk is high."
        if wanted == 2
        else "Somebody has to find it safe."
    ]
    if len(set(row.steps.filter(kind=Step.Kind.SAFE).values_list("by", flat=True))) > len(safe):
        found.append("It was changed since it was found safe.")
    return found


def _digest(shown: Any) -> str:
    text = json.dumps(shown, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


NO_WORDS = _digest(None)


def see_that_it_stands(row: Testimony, seen: str) -> Testimony:
    """The testimony, locked, as somebody has it before them. Raises Refused where it was changed since."""
    row = locked(row)
    if mark(row) != seen:
        raise Refused("It was changed while you looked at it: nothing was done. Look again.")
    return row


def note_step(
    row: Testimony, kind: Step.Kind, user: Any, words: str = "", to: str = "", of: str = ""
) -> Step:
    """Write down what somebody did, with the log of looks; that outlives the testimony, and holds no words
    that a person has typed.
    """
    note(user, row, kind, to)
    return Step.objects.create(
        testimony=row, kind=kind, by=user, words=words, from_state=row.state, to_state=to, of=of
    )


def obstacles(testimony: Testimony, is_phone_lost: bool = False) -> list[str]:
    """What has to be done before the testimony can move on, in words; empty: it can. What a lost phone
    has not sent, or has sent so that it can't be read, is not waited for.
    """
    found: list[str] = []
    match testimony.state:
        case S.INTAKE:
            if testimony.consent is None:
                found.append("There is no consent.")
            coming = testimony.files.filter(state__in=[File.State.RECEIVED, File.State.EXPECTED])
            coming = coming.exclude(role=File.Role.ASIDE)
            if not is_phone_lost and coming.exists():
                found.append("Files are still on their way.")
            found += _without_evidence(testimony)
        case S.PROTECTION:
            found += unsafe(testimony)
        case S.EDITING | S.APPROVAL | S.PUBLISHED:
            writing = (
                testimony.writings.filter(language=testimony.language).first() or testimony.writings.first()
            )
            said = writing.gone_over if writing else {}
            if not said.get("title", "").strip():
                found.append("It has no title.")
            if not (said.get("body", "").strip() or said.get("quote", "").strip()):
                found.append("It has no words: a quote or a text.")
            allowed = testimony.in_force
            if allowed and testimony.is_perhaps_minor and not allowed.guardian:
                found.append(f"{NO_GUARDIAN.capitalize()}.")
            elif allowed and not set(allowed.uses) & {"web", "mail"}:
                found.append("Its teller allows neither the website nor the digest.")
            if testimony.state != S.EDITING:
                found += unsafe(testimony)
            making = (
                Rendition.objects.filter(file__testimony=testimony, state__in=["waiting", "making"])
                .exclude(kind="waves")
                .count()
            )
            if testimony.state != S.EDITING and making:
                found.append(f"{making} renditions are still being made.")
            if testimony.state != S.EDITING and (
                unseen := sum(r.approved is None for r in showable(testimony))
            ):
                found.append(f"{unseen} renditions have not been looked at beside the original.")
            found += _without_evidence(testimony)
    return found


def evidence_of(testimony: Testimony) -> uuid.UUID | None:
    """The file that is the evidence of its consent, where it is one."""
    try:
        return uuid.UUID(testimony.consent.evidence if testimony.consent else "")
    except ValueError:
        return None


def _without_evidence(testimony: Testimony) -> list[str]:
    """A consent whose evidence is a file is none before that has come; words, as of a paper, are read."""
    pk = evidence_of(testimony)
    if pk is None or testimony.files.filter(pk=pk, state__in=HELD).exists():
        return []
    return ["The recording or signature that is the evidence of its consent has not come."]


@transaction.atomic
def move_on(testimony: Testimony, user: Any, words: str = "", is_phone_lost: bool = False) -> Testimony:
    """To the next state; without what a lost phone has not sent, if somebody says why. Raises Refused with
    what is missing, PermissionDenied for whom it is not.
    """
    row = locked(testimony)
    takes = TAKES.get(row.state)
    if takes is None:
        raise Refused("it is at the end of its way")
    require(user, takes, row)
    if is_phone_lost and not words.strip():
        raise Refused("Say why nothing more will come of that phone.")
    if missing := obstacles(row, is_phone_lost):
        raise Refused(" ".join(missing))
    to = WAY[WAY.index(S(row.state)) + 1]
    if row.state == S.APPROVAL:
        require_another(row, user)
        row.published, row.approved = timezone.now(), row.as_it_stands()
    note_step(row, Step.Kind.PUBLISHED if to == S.PUBLISHED else Step.Kind.MOVED, user, words, to)
    row.state = to
    row.save(update_fields=["state", "published", "approved"])
    if to == S.PUBLISHED:
        plan_anew(row)
    return row


def require_another(row: Testimony, user: Any) -> None:
    """Who approves has none of their own work in what is made public: they have edited nothing since all of
    it was last as it was approved. Raises Refused.
    """
    settled = row.steps.filter(kind__in=[Step.Kind.PUBLISHED, Step.Kind.UNDONE]).order_by("-pk").first()
    since = row.steps.filter(kind=Step.Kind.EDITED, pk__gt=settled.pk if settled else 0)
    if since.filter(by=user).exists() and not user.is_superuser:
        raise Refused("Somebody else has to approve it: you have edited it since it was last approved.")


@contextmanager
def editing(row: Testimony, user: Any, words: str) -> Iterator[None]:
    """What changes within is `user`'s work, and written down as that. A save that changes nothing of what may
    be public is nobody's.
    """
    before = row.as_it_stands()
    yield
    if row.as_it_stands() != before:
        note_step(row, Step.Kind.UNDONE if row.is_as_approved() else Step.Kind.EDITED, user, words)


@transaction.atomic
def send_back(testimony: Testimony, user: Any, words: str) -> Testimony:
    """To the state before, or off the site, with a reason."""
    row = locked(testimony)
    require(user, "publish" if row.state == S.PUBLISHED else TAKES.get(row.state, "edit"), row)
    if not words.strip():
        raise Refused("Say why: whoever has it next needs to know.")
    at = WAY.index(S(row.state)) if row.state in WAY else 0
    if at == 0:
        raise Refused("It is at the beginning of its way.")
    if row.state == S.PUBLISHED:
        take_off(row, user, words)
    else:
        note_step(row, Step.Kind.SENT_BACK, user, words, WAY[at - 1])
        row.state = WAY[at - 1]
        row.save(update_fields=["state"])
    return row


def take_off(row: Testimony, user: Any, words: str) -> None:
    note_step(row, Step.Kind.UNPUBLISHED, user, words, S.APPROVAL)
    row.state, row.published = S.APPROVAL, None
    row.save(update_fields=["state", "published"])
    announce(row)


@transaction.atomic
def judge(testimony: Testimony, user: Any, is_safe: bool, words: str) -> Testimony:
    """The protection check: one person's judgement, of what there is now (`mark_of_story`), and again where
    that changes later. A risk makes it two people's matter, and earlier ones void; what is public goes off
    the site.
    """
    row = locked(testimony)
    require(user, "protect", row)
    if row.state not in WAY[1:]:
        raise Refused("It is not at its protection check yet.")
    if not words.strip():
        raise Refused("Say what you looked at: traffickers, family, an asylum case, minors.")
    if is_safe:
        note_step(row, Step.Kind.SAFE, user, words, of=mark_of_story(row))
    else:
        row.steps.filter(kind=Step.Kind.SAFE).update(kind=Step.Kind.COMMENT)
        note_step(row, Step.Kind.RISK, user, words)
        row.is_high_risk = True
        row.save(update_fields=["is_high_risk"])
        if row.state == S.PUBLISHED:
            take_off(row, user, "the risk is high")
    return row


@transaction.atomic
def comment(testimony: Testimony, user: Any, words: str) -> Step:
    row = locked(testimony)
    require(user, "see", row)
    if not words.strip():
        raise Refused("There is nothing in it.")
    return note_step(row, Step.Kind.COMMENT, user, words.strip()[:4000])


@transaction.atomic
def assign(testimony: Testimony, user: Any, to: Any) -> Testimony:
    row = locked(testimony)
    require(user, "assign", row)
    row.assigned = to
    row.save(update_fields=["assigned"])
    note_step(
        row, Step.Kind.ASSIGNED, user, f"to {to.get_full_name() or to.get_username()}" if to else "to nobody"
    )
    return row


@transaction.atomic
def write(
    testimony: Testimony, user: Any, language: str, texts: dict[str, Any], seen: str | None = None
) -> Testimony:
    """Store the words in one language. Of a published testimony they wait for approval.

    `seen` is the mark of those that the writer began from: raises Refused where somebody has written since.
    """
    row = locked(testimony)
    require(user, "edit", row)
    if seen is not None and seen != mark_of_words(row, language):
        raise Refused(
            "Somebody else has written in that language. Your words still stand in the form and are not"
            " saved: open this page a second time to compare, and save again."
        )
    with editing(row, user, f"words in {language}"):
        writing, _ = row.writings.get_or_create(language=language)
        for name, text in texts.items():
            setattr(writing, name, text)
        writing.machine = [name for name in writing.machine if name not in texts]
        writing.save()
    plan_anew(row)
    return row


@transaction.atomic
def describe(testimony: Testimony, user: Any, themes: list[str], route: str) -> None:
    """What the story tells of, and of which way."""
    row = locked(testimony)
    require(user, "edit", row)
    if set(themes) - set(types.THEMES) or route not in {"", *types.ROUTES}:
        raise Refused("That is no theme, or no route, of ours.")
    with editing(row, user, "themes and route"):
        row.themes, row.route = themes, route
        row.save(update_fields=["themes", "route"])


@transaction.atomic
def mark_hard_to_hear(testimony: Testimony, user: Any, hurts: bool) -> None:
    """Who opens it is warned first, or is no longer."""
    row = locked(testimony)
    require(user, "see", row)
    row.hurts = hurts
    row.save(update_fields=["hurts"])
