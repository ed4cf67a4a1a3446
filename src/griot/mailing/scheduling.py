"""Sends that begin at a time: what an editor schedules, and what is due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from wagtail.models import Revision

from griot.digest.models import IssuePage
from griot.digest.release.approving import why_not
from griot.mailing.beginning import SendRefused, already_sent, sends_of, start_send
from griot.mailing.models import Audience, Schedule
from griot.troubles.sweeping import each

log = logging.getLogger(__name__)
PATIENCE = timedelta(minutes=30)  # for an issue that is neither published nor about to be
FURTHEST = timedelta(days=366)


def schedule(
    issue: IssuePage, audiences: Sequence[Audience], at: datetime, zone: str, user: Any = None
) -> list[Schedule]:
    """Publish the issue and its editions at a moment, and begin the sends then. Raises SendRefused."""
    if at <= timezone.now():
        raise SendRefused("this time has passed; choose a later one.")
    if at > timezone.now() + FURTHEST:
        raise SendRefused("this time is more than a year away; choose an earlier one.")
    if not issue.live and (reason := why_not(issue)):
        raise SendRefused(reason)
    if not audiences:
        raise SendRefused("choose at least one audience.")
    with transaction.atomic():
        editions = _editions(issue)  # two who plan at once plan one after the other
        rows = []
        for audience in audiences:
            if earlier := sends_of(issue, audience).first():
                raise SendRefused(already_sent(earlier))
            Schedule.objects.filter(
                issue__translation_key=issue.translation_key, audience=audience, send=None
            ).delete()
            rows.append(Schedule.objects.create(issue=issue, audience=audience, at=at, zone=zone, by=user))
        _publish_with_the_first(editions, user)
    return rows


def _editions(issue: IssuePage) -> list[IssuePage]:
    pages = IssuePage.objects.filter(translation_key=issue.translation_key).order_by("pk")
    return list(pages.select_for_update(of=("self",)))


def _publish_with_the_first(editions: Sequence[IssuePage], user: Any) -> None:
    """The issue goes live with the first of the sends that are planned, and not where none is. An edition
    that is not ready stays a draft: its audience gets the original.
    """
    planned = Schedule.objects.filter(issue__in=editions, send=None, error="")
    first = planned.aggregate(first=Min("at"))["first"]
    for page in sorted(editions, key=lambda page: page.original != page):  # which goes first
        if page.live:
            continue
        if first and not why_not(page):
            _publish_at(page, first, user)
        elif revision := page.scheduled_revision:  # what was approved then, whatever was written since
            _set_moment(revision, first)


def _publish_at(page: IssuePage, at: datetime, user: Any) -> None:
    """The newest revision goes live at a moment; the approval that it has stays with it."""
    latest = page.get_latest_revision()
    latest.content = {**latest.content, "go_live_at": at.isoformat()}
    latest.save(update_fields=["content"])
    latest.publish(user=user, log_action=True)


def _set_moment(planned: Revision, at: datetime | None) -> None:
    planned.approved_go_live_at = at
    planned.content = {**planned.content, "go_live_at": at and at.isoformat()}
    planned.save(update_fields=["approved_go_live_at", "content"])


def unschedule(row: Schedule, user: Any = None) -> None:
    """Take a planned send back; with the last one, the issue's publication, too."""
    with transaction.atomic():
        editions = _editions(row.issue)
        row.delete()
        _publish_with_the_first(editions, user)


def begin_due(now: datetime | None = None) -> int:
    """Begin the sends that are due and whose issue is out; gives how many. Each begins once, also
    after a crash.
    """
    now = now or timezone.now()
    due = Schedule.objects.filter(at__lte=now, send=None, error="").values_list("pk", flat=True)
    begun: list[int] = []
    each("beginning sends", list(due), lambda pk: begun.extend([pk] if _begin(pk, now) else []))
    return len(begun)


def _begin(pk: int, now: datetime) -> bool:
    """Begin a send that is due, unless another does, or its issue is not out yet."""
    row = Schedule.objects.select_for_update(skip_locked=True).filter(pk=pk, send=None).first()
    if row is None:
        return False
    issue = IssuePage.objects.get(pk=row.issue_id)
    if not issue.live and (issue.scheduled_revision or now - row.at < PATIENCE):
        return False  # it is about to be published, however late it is where the machine was off
    if now - row.at < PATIENCE and _is_coming(issue, row.audience.language, now):
        return False
    try:
        with transaction.atomic():
            row.send = start_send(issue, row.audience, row.by)
    except (SendRefused, ValueError) as refusal:
        row.error = str(refusal)[:300]
        log.error("the send planned for %s could not begin: %s", row.at, refusal)
    row.save(update_fields=["send", "error"])
    return row.send is not None


def moment(day_and_time: str, zone: str) -> datetime:
    """A local time (2026-11-24T07:30) in a zone, as a moment. Raises SendRefused for what is neither."""
    try:
        local = datetime.fromisoformat(day_and_time).replace(tzinfo=None)
        return local.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, KeyError, OSError):
        raise SendRefused("give a day and a time, and a time zone such as Africa/Dakar.") from None


def _is_coming(issue: IssuePage, language: str, now: datetime) -> bool:
    """Whether its edition in that language goes out in this minute: it is published after the original."""
    editions = IssuePage.objects.filter(translation_key=issue.translation_key, language=language, live=False)
    due = [edition.scheduled_revision for edition in editions]
    return any(revision and revision.approved_go_live_at <= now for revision in due)
