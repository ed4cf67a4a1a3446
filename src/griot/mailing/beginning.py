"""Beginning a send: an issue to an audience once, a correction to those who may have the mistake.

A send is frozen as it begins, with one delivery for each reader, all or nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from griot.digest.core.rendering.mail import render_correction_mail
from griot.digest.core.rendering.text import render_correction_text
from griot.digest.core.words import words
from griot.digest.models import Correction, IssuePage
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.composing import issue_of
from griot.locking import one_after_another
from griot.mailing.models import Audience, Send
from griot.mailing.saying import freeze
from griot.queueing import soon
from griot.testimonies.showing.shown import left_the_house

LANES = 2


class SendRefused(Exception):
    """This send may not begin; the message says why and what to do."""


def enqueue_lanes(send: Send) -> None:
    """Queue each lane of a send once, inside the caller's transaction."""
    for lane in range(1, LANES + 1):
        enqueue_lane(send.pk, lane)


def enqueue_lane(send: int, lane: int) -> None:
    soon("mailing.deliver", f"deliver-{send}-{lane}", send=send, lane=lane)


def start_send(issue: IssuePage, audience: Audience, user: User | None = None) -> Send:
    """Freeze the issue and queue one delivery per subscriber, all or nothing. Raises SendRefused."""
    issue = edition_for(issue, audience)
    if not issue.live or not issue.original.live:
        raise SendRefused(
            f"“{issue.title}” is not published: its links would lead nowhere. Publish it, then send."
        )
    with transaction.atomic():
        one_after_another(f"send to {audience.pk}")
        if earlier := sends_of(issue, audience).first():
            raise SendRefused(already_sent(earlier))
        send = Send(issue=issue, audience=audience, language=issue.language, started_by=user)
        freeze(send)
        send.save()
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE_DELIVERIES, [send.pk, audience.pk])
            count = cursor.rowcount
            if count == 0:
                raise SendRefused(f"nobody is subscribed to “{audience}”; add subscribers, then send.")
        for slug in testimonies_in(issue):
            left_the_house(slug, "mail", f"{audience}: {issue.title}", count)
        enqueue_lanes(send)
    return send


def edition_for(issue: IssuePage, audience: Audience) -> IssuePage:
    """The edition in the audience's language, where it is published; otherwise the original, which is in the
    newsroom's, or what there is.
    """
    live = IssuePage.objects.filter(translation_key=issue.translation_key, live=True)
    found = {edition.language: edition for edition in live}
    return found.get(audience.language) or found.get(settings.LANGUAGE_CODE) or issue


def sends_of(issue: IssuePage, audience: Audience) -> QuerySet[Send]:
    """An audience gets an issue once, whichever edition."""
    return Send.objects.filter(
        issue__translation_key=issue.translation_key, audience=audience, is_correction=False
    )


def send_correction(correction: Correction, user: User | None = None) -> list[Send]:
    """Send a correction to those who received the issue, or still will, and are subscribed; once to each
    audience. Raises SendRefused.
    """
    begun = []
    earlier = Send.objects.filter(
        issue__translation_key=correction.issue.translation_key, is_correction=False
    ).exclude(audience__in=correction.sends.values("audience"))
    for original in earlier.select_related("issue", "audience"):
        value = issue_of(original.issue)
        said = words(original.language)["correction"]
        subject = f"{value.newsroom}: {said} – {original.issue.title}"
        with transaction.atomic():
            one_after_another(f"send to {original.audience_id}")
            send, is_new = Send.objects.get_or_create(
                audience=original.audience,
                correction=correction,
                defaults={
                    "issue": original.issue,
                    "is_correction": True,
                    "language": original.language,
                    "subject": subject[:300],
                    "started_by": user,
                },
            )
            if not is_new:  # by somebody else, in this moment
                continue
            mark = send.unsubscribe_mark
            send.html = render_correction_mail(value, correction.text, mark)
            send.text = render_correction_text(value, correction.text, mark)
            send.save(update_fields=["html", "text"])
            with connection.cursor() as cursor:
                cursor.execute(_QUEUE_AGAIN, [send.pk, original.pk, original.audience_id])
                if cursor.rowcount == 0:
                    send.delete()
                    continue
            enqueue_lanes(send)
        begun.append(send)
    if not begun:
        raise SendRefused(
            "nobody who received this issue is left to write to, or the correction was sent already."
        )
    return begun


# Those whom the relay took the issue for, may have, or may yet: a correction to somebody who has not seen the
# mistake does no harm. It waits until the issue's own delivery is settled (_CLAIM).
_MAY_HAVE_IT = """
FROM mailing_delivery earlier
JOIN mailing_subscription subscription ON subscription.token = earlier.token
JOIN mailing_subscriber subscriber ON subscriber.id = subscription.subscriber_id
WHERE earlier.send_id = %s AND (earlier.is_doubted OR earlier.state NOT IN ('refused', 'left'))
    AND subscription.audience_id = %s AND subscription.ended IS NULL
"""
_QUEUE_AGAIN = f"""
INSERT INTO mailing_delivery
    (send_id, address, token, state, attempts, hangups, not_before, reply, changed, is_doubted)
SELECT %s, subscriber.email, earlier.token, 'queued', 0, 0, now(), '', now(), false
{_MAY_HAVE_IT}
ORDER BY earlier.id
"""


def readers_of_a_correction(original: Send) -> int:
    """How many a correction of what was sent goes to."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_MAY_HAVE_IT}", [original.pk, original.audience_id])
        return int(cursor.fetchone()[0])


def already_sent(send: Send) -> str:
    return (
        f"“{send.issue.title}” was sent to “{send.audience}” on"
        f" {timezone.localtime(send.started):%d %B %Y at %H:%M}; an issue goes to an audience once."
    )


_QUEUE_DELIVERIES = """
INSERT INTO mailing_delivery
    (send_id, address, token, state, attempts, hangups, not_before, reply, changed, is_doubted)
SELECT %s, subscriber.email, subscription.token, 'queued', 0, 0, now(), '', now(), false
FROM mailing_subscription subscription
JOIN mailing_subscriber subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.audience_id = %s AND subscription.ended IS NULL
ORDER BY subscription.id
"""
