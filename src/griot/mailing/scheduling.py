"""Sends that begin at a time: what an editor schedules, and what is due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from griot.digest.models import IssuePage
from griot.digest.release.approving import why_not
from griot.mailing.models import Audience, Schedule
from griot.mailing.sending import SendRefused, already_sent, sends_of, start_send
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
        pages = IssuePage.objects.filter(translation_key=issue.translation_key).order_by("pk")
        for page in pages.select_for_update(of=("self",)):  # two who plan at once plan one after the other
            if not page.live:
                _publish_at(page, at, user)
        rows = []
        for audience in audiences:
            if earlier := sends_of(issue, audience).first():
                raise SendRefused(already_sent(earlier))
            Schedule.objects.filter(
                issue__translation_key=issue.translation_key, audience=audience, send=None
            ).delete()
            rows.append(Schedule.objects.create(issue=issue, audience=audience, at=at, zone=zone, by=user))
    return rows


def _publish_at(page: IssuePage, at: datetime, user: Any) -> None:
    """The newest revision goes live at a moment; the approval that it has stays with it."""
    latest = page.get_latest_revision()
    latest.content = {**latest.content, "go_live_at": at.isoformat()}
    latest.save(update_fields=["content"])
    latest.publish(user=user, log_action=True)


def unschedule(row: Schedule, user: Any = None) -> None:
    """Take a planned send back; with the last one, the issue's publication, too."""
    with transaction.atomic():
        issue = row.issue
        row.delete()
        if not Schedule.objects.filter(issue__translation_key=issue.translation_key, send=None).exists():
            for page in IssuePage.objects.filter(translation_key=issue.translation_key, live=False):
                planned = page.scheduled_revision
                if planned:
                    planned.approved_go_live_at = None
                    planned.content = {**planned.content, "go_live_at": None}
                    planned.save(update_fields=["approved_go_live_at", "content"])


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
