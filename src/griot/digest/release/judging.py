"""What keeps an issue in as a whole, and who answers where that is a judgement.

A single line, a date that is not the day's, an edition that nobody has translated: mostly a slip, and
sometimes meant. Whoever may approve issues may say so, with their name and a reason; it holds for what it was
said of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from griot.digest.core import types
from griot.digest.models import Answer, IssuePage
from griot.digest.release.findings import Finding, Judgement, Mend, mark
from griot.digest.site.composing import bound_lines
from griot.digest.site.translations import Unread, unread_in

SHORTEST_REASON = 5


class NotAnswered(Exception):
    """Somebody's word does not count; the message says why."""


def may_answer(page: IssuePage, user: Any) -> bool:
    """Whoever may approve issues: those who may publish them."""
    return bool(
        user.is_active and (user.is_superuser or "publish" in page.permissions_for_user(user).permissions)
    )


def answer(page: IssuePage, judgement: Judgement, user: Any, why: str) -> Answer:
    """A named person answers for a finding about an issue. Raises NotAnswered."""
    why = " ".join(why.split())
    if not may_answer(page, user):
        raise NotAnswered("Only who may approve issues answers for that.")
    if len(why) < SHORTEST_REASON:
        raise NotAnswered("Say why, in a few words.")
    return Answer.objects.create(
        issue=page, judgement=judgement.name, said_of=sorted(judgement.of), why=why[:300], by=user
    )


def take_back(page: IssuePage, name: str, user: Any) -> int:
    """What was answered for an issue in one respect holds no more; gives how many answers that ends. Raises
    NotAnswered.
    """
    if not may_answer(page, user):
        raise NotAnswered("Only who may approve issues takes that back.")
    with transaction.atomic():
        page.hold()
        standing = Answer.objects.filter(issue=page.pk, judgement=name, ended=None)
        return standing.update(ended=timezone.now())


def answer_for(page: IssuePage, judgement: Judgement) -> Answer | None:
    """The answer that holds for a judgement about an issue as it is; None where there is none."""
    given = Answer.objects.filter(issue=page.pk, judgement=judgement.name, ended=None).select_related("by")
    return next((a for a in given if judgement.of <= set(a.said_of)), None)


def answered(page: IssuePage, findings: list[Finding]) -> Iterator[Finding]:
    """The findings, those that somebody answers for as what to know."""
    said: dict[str, Answer | None] = {}
    for finding in findings:
        judgement = finding.judgement
        if judgement and judgement.name not in said:
            said[judgement.name] = answer_for(page, judgement)
        given = said.get(judgement.name) if judgement else None
        if given is None:
            yield finding
        else:
            yield replace(finding, level="know", what=f"{finding.what} – {given}", mend=None)


# --- what the issue is as a whole ---------------------------------------------------------


def whole(page: IssuePage, value: types.Issue, at: datetime) -> Iterator[Finding]:
    """Whether there is something to read, of which day, and once; an edition goes by its original."""
    if page.printed_head is not None:  # a past issue stands as it was
        return
    yield from _twin(page)
    if page.is_edition:
        return
    lines = [line for b in value.blocks if isinstance(b, types.PressReview) for line in b.lines]
    has_feature = any(isinstance(b, types.Feature) for b in value.blocks)
    if not lines and not has_feature:
        yield Finding("must", "There is nothing to read", "no press line, and no feature")
    elif not lines:
        yield Finding("should", "There is no press line")
    elif len(lines) == 1:
        of = mark(*lines[0].names, lines[0].body, lines[0].mention)
        yield Finding(
            "must",
            "There is one press line only",
            f"“{lines[0].body[:80]}”",
            next((f"block-{bound.id}-section" for bound in bound_lines(page)), ""),
            judgement=Judgement("one line", frozenset({of})),
        )
    if page.first_published_at is None:
        yield from _day(page, timezone.localdate(at))


def _day(page: IssuePage, out: date) -> Iterator[Finding]:
    """An issue bears the date of the day that it goes out on."""
    if page.day == out:
        return
    on = "today" if out == timezone.localdate() else "then"
    taken = IssuePage.objects.filter(day=out, language=page.language).exclude(pk=page.pk).exists()
    yield Finding(
        "must",
        "The date is another day’s",
        f"it bears {page.day:%A %-d %B}, and would go out {on}, {out:%A %-d %B}",
        mend=None if taken else Mend("date", f"Date it {out:%-d %B}", (out.isoformat(),)),
        judgement=Judgement("day", frozenset({mark(page.day.isoformat(), out.isoformat())})),
    )


def _twin(page: IssuePage) -> Iterator[Finding]:
    """Another issue of its day and language, be it in a draft of one that is out."""
    may_be = Q(day=page.day) | Q(live=True, has_unpublished_changes=True)
    for other in IssuePage.objects.filter(may_be, language=page.language).exclude(pk=page.pk):
        if other.day == page.day or other.get_latest_revision_as_object().day == page.day:
            address = reverse("wagtailadmin_pages:edit", args=[other.pk])
            what = "Another issue bears this date"
            yield Finding("must", what, f"“{other.title}”", opens=("Open it", address))


# --- an edition -----------------------------------------------------------------------------

_NOT_READ: dict[str, str] = {
    "untranslated": "Nobody has translated this",
    "machine": "A machine translated this, and nobody has read it",
}


def _unread_blocks(page: IssuePage) -> Iterator[tuple[Any, list[Unread], bool]]:
    """The blocks of an edition with what of them no person has read, and whether that keeps it in: what is
    told in lines and features does.
    """
    unread = list(unread_in(page))
    for child in page.body:
        mine = [text for text in unread if text.path.startswith(f"body.{child.id}")]
        if child.block_type == "press_review":
            mine = [text for text in mine if ".lines." in text.path]
        if mine:
            yield child, mine, child.block_type in {"press_review", "feature"}


def _judged(unread: Iterable[tuple[Any, list[Unread], bool]]) -> Judgement:
    kept_in = [text for _, mine, keeps in unread if keeps for text in mine]
    return Judgement("translation", frozenset(mark(t.path, t.state, t.words) for t in kept_in))


def is_held(page: IssuePage) -> bool:
    """Whether an edition goes to nobody: some of its lines and features no person has read, and none who may
    has let it go out all the same.
    """
    judgement = _judged(_unread_blocks(page))
    return bool(judgement.of) and answer_for(page, judgement) is None


def unread_findings(page: IssuePage) -> Iterator[Finding]:
    blocks = list(_unread_blocks(page))
    judgement = _judged(blocks)
    for child, unread, keeps in blocks:
        for state, what in _NOT_READ.items():
            mine = [text for text in unread if text.state == state]
            lines = {text.path.split(".lines.")[-1].split(".")[0] for text in mine}
            words = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
            if mine:
                yield Finding(
                    "must" if keeps else "should",
                    what,
                    words if child.block_type == "press_review" else f"“{mine[0].words[:60]}”",
                    f"block-{child.id}-section",
                    judgement=judgement if keeps else None,
                )
