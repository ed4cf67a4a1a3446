"""What an edition's mail is called: what an editor wrote, while the issue bears it out, or a proposal."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.core import types
from griot.digest.core.subjects import LONGEST, propose, text_of, unsupported
from griot.digest.models import IssuePage
from griot.digest.site.composing import anchor_of, issue_of
from griot.mailing.models import Subject
from griot.press.core.language.text import fold

RUN = 4  # words: what so many have in common is a quotation


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


def told_by_tellers(words: str, whole: types.Issue, value: types.Issue) -> str:
    """What a subject has from a teller's words: a name, a figure, a run of RUN words that stand nowhere else
    in the issue; "" where it has none of that.
    """
    if not words or whole.blocks == value.blocks:
        return ""
    borne_out = {claim.text for claim in unsupported(words, whole)}
    of_tellers = [claim.text for claim in unsupported(words, value) if claim.text not in borne_out]
    if of_tellers:
        return of_tellers[0]
    theirs = replace(whole, blocks=tuple(b for b in whole.blocks if b not in value.blocks), summary="")
    run = re.findall(r"\w+", fold(words))
    said, elsewhere = _runs(text_of(theirs)), _runs(text_of(value))
    found = (tuple(run[n : n + RUN]) for n in range(len(run) - RUN + 1))
    return next((" ".join(four) for four in found if four in said and four not in elsewhere), "")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", fold(text))
    return {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}


def subject_of(page: IssuePage, value: types.Issue, had: str = "") -> str:
    """What an edition's mail is called now: as it `had` been, where that still holds. `value` is what may be
    said of it (`sayable`).
    """
    row = written(page)
    for words in filter(None, (had, row.words if row else "")):
        if holds(words, value, row.answered if row and row.words == words else ()):
            return words
    return propose(value)


def holds(words: str, value: types.Issue, answered: Collection[str]) -> bool:
    """Whether what may be said of an edition bears out a subject, but for what its author answers for."""
    return {claim.text for claim in unsupported(words, value)} <= set(answered)


def write_subject(
    edition: IssuePage, page: IssuePage, words: str, by: Any, is_answered: bool = False
) -> None:
    """Have an edition's mail called so; "" takes back what was written. `page` is the edition as it would be
    mailed. What nothing in it bears out is taken where its author answers for it by name; what a teller told,
    never. Raises SubjectRefused.
    """
    words = " ".join(fit_text(words).split())
    if len(words) > LONGEST:
        raise SubjectRefused(f"A subject has at most {LONGEST} characters: this one has {len(words)}.")
    whole = issue_of(page, "mail")
    value = sayable(page, whole)
    if told := told_by_tellers(words, whole, value):
        raise SubjectRefused(
            f"“{told}” is what a teller told. They can take it back, and a subject can’t be: leave it out."
        )
    claims = tuple(claim.text for claim in unsupported(words, value)) if words else ()
    if claims and not is_answered:
        raise SubjectRefused(
            f"Nothing in the issue says {', '.join(f'“{c}”' for c in claims)}. Change it, or answer for it.",
            claims,
        )
    with transaction.atomic():
        edition.hold()
        if words in ("", propose(value)):
            Subject.objects.filter(issue=edition.pk).delete()
        else:
            said = {"words": words, "answered": list(claims), "by": by, "at": timezone.now()}
            Subject.objects.update_or_create(issue_id=edition.pk, defaults=said)
