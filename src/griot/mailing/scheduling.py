"""Sends that begin at a time: what an editor schedules, and what is due."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from wagtail.models import Revision

from griot.digest.models import IssuePage
from griot.digest.registry import tells_mails
from griot.digest.release.approving import why_not
from griot.digest.release.judging import is_held
from griot.mailing.beginning import SendRefused, already_sent, sends_of, start_send
from griot.mailing.models import Audience, PublishedForSends, Schedule, Send, Subscriber
from griot.troubles.sweeping import each

log = logging.getLogger(__name__)
PATIENCE = timedelta(minutes=30)  # for an issue that is neither published nor about to be
FURTHEST = timedelta(days=366)
TAKEN_OFF = "the issue was taken off. Once it is out again, send it, or plan it anew."


def why_not_planned(issue: IssuePage, at: datetime, audiences: Sequence[Audience] = ()) -> str:
    """Why no send of an issue to some audiences can be planned for a moment, in words; "" where one can."""
    if issue.live:
        return ""
    if issue.first_published_at and not issue.planned():
        return f"“{issue.title}” was taken off. Publish it again first; then it can be sent."
    return why_not(issue, _out_at(issue, at, audiences))


def _out_at(issue: IssuePage, at: datetime, audiences: Sequence[Audience]) -> datetime:
    """When the issue would be out with another send: as a person has planned it, or with the first of all."""
    planned = issue.planned()
    if planned and planned.approved_go_live_at and not _is_for_sends(planned):
        return planned.approved_go_live_at
    others = _open(issue).filter(error="").exclude(audience__in=audiences)
    return min(at, others.aggregate(first=Min("at"))["first"] or at)


MORNING = time(7, 30)
SOON = timedelta(minutes=15)


def proposed_for(issue: IssuePage) -> datetime:
    """When an issue would go out, where nobody says otherwise: on the morning of its day, or soon, on that
    day; what is out already, the next morning.
    """
    now = timezone.localtime()
    day = now.date() + timedelta(days=1) if issue.live else max(issue.day, now.date())
    of_day, soon = (timezone.make_aware(datetime.combine(day, t)) for t in (MORNING, time(23, 59)))
    return of_day if of_day > now else min(now.replace(second=0, microsecond=0) + SOON, soon)


@tells_mails
def mails_of(issue: IssuePage) -> str:
    """To whom an issue was sent, and whether they have it as it is now."""
    sends = Send.objects.filter(issue__translation_key=issue.translation_key, is_correction=False)
    begun = sorted(sends.select_related("audience"), key=lambda send: send.started)
    names = list(dict.fromkeys(f"“{send.audience}”" for send in begun))
    to = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    if not begun:
        return ""
    said = f"Sent to {to} on {timezone.localtime(begun[0].started):%A %-d %B, %H:%M}."
    last, again = begun[-1].started, issue.last_published_at
    is_told = again is None or again <= last or issue.corrections.filter(at__gt=last).exists()
    return said if is_told else f"{said} It was published again after that: a correction tells its readers."


def schedule(
    issue: IssuePage, audiences: Sequence[Audience], at: datetime, zone: str, user: Any = None
) -> list[Schedule]:
    """Begin sends at a moment, and have the issue out by then. Raises SendRefused.

    Where nobody has planned its publication, it is published with the first of its sends, and with it its
    editions that are ready; of an issue that is out, or planned by hand, those in the audiences' languages.
    What was taken off comes back by a person's own act alone.
    """
    if at <= timezone.now():
        raise SendRefused("this time has passed; choose a later one.")
    if at > timezone.now() + FURTHEST:
        raise SendRefused("this time is more than a year away; choose an earlier one.")
    if not audiences:
        raise SendRefused("choose at least one audience.")
    with transaction.atomic():
        issue = issue.hold()  # two who plan at once plan one after the other
        if reason := why_not_planned(issue, at, audiences):
            raise SendRefused(reason)
        rows = []
        list(_open(issue).select_for_update())  # those that begin in this moment have begun then
        for audience in audiences:
            if earlier := sends_of(issue, audience).first():
                raise SendRefused(already_sent(earlier))
            _open(issue).filter(audience=audience).delete()
            rows.append(Schedule(issue=issue, audience=audience, at=at, zone=zone, by=user))
        _publish_for(issue, _languages_of(audiences), at, user)
        Schedule.objects.bulk_create(rows)
        _keep_with_the_first(issue)
    return rows


def _languages_of(audiences: Sequence[Audience]) -> set[str]:
    """The languages in which somebody may get an issue (`readers_by_edition`)."""
    readers = Subscriber.objects.filter(subscriptions__audience__in=audiences, subscriptions__ended=None)
    seconds = readers.exclude(second_language="").values_list("second_language", flat=True).distinct()
    return {*(audience.language for audience in audiences), *seconds}


def _open(issue: IssuePage) -> QuerySet[Schedule]:
    """The sends of an issue that have not begun, those, too, that could not."""
    return Schedule.objects.filter(issue__translation_key=issue.translation_key, send=None)


def _publish_for(issue: IssuePage, languages: set[str], at: datetime, user: Any) -> None:
    """Plan the publication of what sends in some languages need and nobody has planned. Raises SendRefused
    where it is planned by hand for after them.
    """
    goes_out = not issue.live and not issue.planned()
    for page in (issue, *issue.get_translations()):
        is_needed = page == issue or page.language in languages
        if page.live:
            continue
        if planned := page.planned():
            if is_needed and not _is_for_sends(planned) and planned.approved_go_live_at > at:
                raise SendRefused(
                    f"“{page.title}” ({page.locale}) is to be published later than that, on"
                    f" {timezone.localtime(planned.approved_go_live_at):%d %B %Y at %H:%M %Z}: choose a later"
                    " time, or publish it earlier."
                )
            continue
        is_ready = page == issue or not why_not(page, at)  # else its readers get their second language
        if page.first_published_at is None and (is_needed or goes_out) and is_ready:
            _publish_at(page, at, user)


def _publish_at(page: IssuePage, at: datetime, user: Any) -> None:
    """The newest revision goes live at a moment; the approval that it has stays with it."""
    latest = page.get_latest_revision()
    latest.content = {**latest.content, "go_live_at": at.isoformat()}
    latest.save(update_fields=["content"])
    latest.publish(user=user, log_action=True)
    PublishedForSends.objects.get_or_create(revision=latest)


def _is_for_sends(planned: Revision) -> bool:
    return PublishedForSends.objects.filter(revision=planned).exists()


def _keep_with_the_first(issue: IssuePage) -> None:
    """What is published for sends is out with the first of them, and not where none is left."""
    first = _open(issue).filter(error="").aggregate(first=Min("at"))["first"]
    for page in (issue, *issue.get_translations()):
        planned = page.planned()
        if planned and _is_for_sends(planned):
            planned.approved_go_live_at = first
            planned.content = {**planned.content, "go_live_at": first and first.isoformat()}
            planned.save(update_fields=["approved_go_live_at", "content"])
            if first is None:
                PublishedForSends.objects.filter(revision=planned).delete()


def unschedule(row: Schedule) -> None:
    """Take a planned send back; with the last one, the publication that was planned for it. Raises
    SendRefused for one that has begun.
    """
    with transaction.atomic():
        issue = row.issue.hold()
        held = _open(issue).select_for_update().filter(pk=row.pk).first()
        if held is None:
            raise SendRefused("it has begun: take the issue off to stop what has not left yet.")
        held.delete()
        _keep_with_the_first(issue)


def publication_of(issue: IssuePage) -> str:
    """When an issue is to be published, in which languages, as a sentence; "" where that is not planned."""
    planned = defaultdict[datetime, list[str]](list)
    for page in (issue, *issue.get_translations()):
        if not page.live and (revision := page.planned()):
            planned[revision.approved_go_live_at].append(str(page.locale))
    said = [
        f"on {timezone.localtime(at):%d %B %Y at %H:%M %Z} in {', '.join(languages)}"
        for at, languages in sorted(planned.items())
    ]
    return f"It is published {'; '.join(said)}." if said else ""


def not_begun(issue: IssuePage) -> list[Schedule]:
    """The planned sends of an issue that could not begin, and whose audience has not been sent it since."""
    sent = Send.objects.filter(issue__translation_key=issue.translation_key, is_correction=False)
    rows = _open(issue).exclude(error="").exclude(audience__in=sent.values("audience"))
    return list(rows.select_related("audience"))


def end_plans(issue: IssuePage) -> None:
    """An issue that was taken off goes out to nobody: what was planned has to be planned again."""
    _open(issue).filter(error="").update(error=TAKEN_OFF)


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
    row = Schedule.objects.select_for_update(skip_locked=True).filter(pk=pk, send=None, error="").first()
    if row is None:
        return False
    issue = IssuePage.objects.get(pk=row.issue_id)
    if not issue.live and (issue.planned() or now - row.at < PATIENCE):
        return False  # it is about to be published, however late it is where the machine was off
    if now - row.at < PATIENCE and _is_coming(issue, _languages_of([row.audience]), now):
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


def _is_coming(issue: IssuePage, languages: set[str], now: datetime) -> bool:
    """Whether its edition in one of these goes out in this minute: it is published after the original. One
    that is held is not waited for.
    """
    key = issue.translation_key
    editions = IssuePage.objects.filter(translation_key=key, language__in=languages, live=False)
    due = [edition.planned() for edition in editions if not is_held(edition)]
    return any(revision and revision.approved_go_live_at <= now for revision in due)
