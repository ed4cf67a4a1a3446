"""What an edition's mail is called: what an editor wrote, while the issue bears it out, or a proposal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.core import types
from griot.digest.core.subjects import LONGEST, propose, unsupported
from griot.digest.models import IssuePage
from griot.digest.site.composing import anchor_of
from griot.mailing.models import Subject


class SubjectRefused(Exception):
    """A subject can't be taken; the message says why and what to do. `claims` are what nothing bears out."""

    def __init__(self, why: str, claims: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.claims = claims


def written(page: IssuePage) -> Subject | None:
    """What an editor wrote for an edition; None where nobody did."""
    return Subject.objects.filter(issue=page.pk).select_related("by").first()


def sayable(page: IssuePage, value: types.Issue) -> types.Issue:
    """The edition without what tellers told: no inbox gives a subject back."""
    told = {anchor_of(child.id) for child in page.body if child.block_type == "testimony"}
    return replace(value, blocks=tuple(block for block in value.blocks if block.anchor not in told))


def subject_of(page: IssuePage, value: types.Issue) -> str:
    """What an edition's mail is called now. `value` is what may be said of it (`sayable`)."""
    row = written(page)
    return row.words if row and holds(row.words, page, value) else propose(value)


def holds(words: str, page: IssuePage, value: types.Issue) -> bool:
    """Whether what may be said of the edition bears out a subject, but for what its author answers for."""
    row = written(page)
    answered = set(row.answered) if row and row.words == words else set()
    return {claim.text for claim in unsupported(words, value)} <= answered


def write_subject(page: IssuePage, value: types.Issue, words: str, by: Any, is_answered: bool = False) -> str:
    """Have an edition's mail called so; "" takes back what was written. What nothing in the issue bears out
    is taken where its author answers for it by name. Gives what the mail is called now. Raises
    SubjectRefused.
    """
    words = " ".join(fit_text(words).split())
    if len(words) > LONGEST:
        raise SubjectRefused(f"A subject has at most {LONGEST} characters: this one has {len(words)}.")
    claims = tuple(claim.text for claim in unsupported(words, value)) if words else ()
    if claims and not is_answered:
        raise SubjectRefused(
            f"Nothing in the issue says {', '.join(f'“{c}”' for c in claims)}. Change it, or answer for it.",
            claims,
        )
    with transaction.atomic():
        page.hold()
        if words in ("", propose(value)):
            Subject.objects.filter(issue=page.pk).delete()
        else:
            said = {"words": words, "answered": list(claims), "by": by, "at": timezone.now()}
            Subject.objects.update_or_create(issue_id=page.pk, defaults=said)
    return subject_of(page, value)
