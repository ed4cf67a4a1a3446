"""Beginning a send: an issue to an audience once, a correction to those who may have the mistake.

A send is frozen as it begins, with one delivery for each reader, all or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from griot.digest.core.rendering.mail import render_correction_mail
from griot.digest.core.rendering.text import render_correction_text
from griot.digest.core.words import words
from griot.digest.models import Correction, IssuePage
from griot.digest.morning.telling import testimonies_in
from griot.digest.release.judging import is_held
from griot.digest.site.composing import issue_of
from griot.locking import one_after_another
from griot.mailing.models import Audience, Send
from griot.mailing.saying import freeze
from griot.queueing import soon
from griot.testimonies.showing.shown import left_the_house

LANES = 2
LATELY = timedelta(days=7)  # of corrections that may still be sent


class SendRefused(Exception):
    """This send may not begin; the message says why and what to do."""


def enqueue_lanes(send: Send) -> None:
    """Queue each lane of a send once, inside the caller's transaction."""
    for lane in range(1, LANES + 1):
        enqueue_lane(send.pk, lane)


def enqueue_lane(send: int, lane: int) -> None:
    soon("mailing.deliver", f"deliver-{send}-{lane}", send=send, lane=lane)


def start_send(issue: IssuePage, audience: Audience, user: User | None = None) -> Send:
    """Freeze each edition that the audience's readers get and queue one delivery for each of them, all or
    nothing; gives the send that most of them get. Raises SendRefused.
    """
    with transaction.atomic():
        one_after_another(f"send to {audience.pk}")
        if earlier := sends_of(issue, audience).first():
            raise SendRefused(already_sent(earlier))
        if not issue.original.live:
            raise SendRefused(
                f"“{issue.title}” is not published: its links would lead nowhere. Publish it, then send."
            )
        readers = readers_by_edition(issue, audience)
        if not readers:
            raise SendRefused(f"nobody is subscribed to “{audience}”; add subscribers, then send.")
        begun = [_begin(edition, audience, user, chosen) for edition, chosen in readers.items()]
    return begun[0]


def _begin(edition: IssuePage, audience: Audience, user: User | None, subscriptions: list[int]) -> Send:
    send = Send(issue=edition, audience=audience, language=edition.language, started_by=user)
    freeze(send)
    send.save()
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_DELIVERIES, [send.pk, subscriptions])
    for slug in testimonies_in(edition):
        left_the_house(slug, "mail", f"{audience}: {edition.title}", len(subscriptions))
    enqueue_lanes(send)
    return send


def editions_for_readers(
    issue: IssuePage, expected: bool = False, held: Collection[IssuePage] | None = None
) -> dict[str, IssuePage]:
    """By language the editions of an issue that readers may get: that are out, and not held; where it is
    `expected`, as if all were out that may be. What is held is asked once, for however many audiences, and
    not at all where it is given.
    """
    out = IssuePage.objects.filter(translation_key=issue.translation_key).select_related("locale")
    out = out if expected and not issue.live else out.filter(live=True)
    return {e.language: e for e in out if not (is_held(e) if held is None else e in held)}


def readers_by_edition(
    issue: IssuePage, audience: Audience, editions: Mapping[str, IssuePage] | None = None
) -> dict[IssuePage, list[int]]:
    """The subscriptions of an audience by the edition that each gets, that of most readers first; of those
    `editions` that readers may get, as they are now where none are given.

    The rule: each reader gets one edition, in the first of these languages in which one is out that is not
    held: the audience's, the reader's second, the newsroom's own. An edition is held while one of its lines
    or features was read by no person in its language, unless somebody who may approve issues has answered
    for that by name.
    """
    if editions is None:
        editions = editions_for_readers(issue)
    standing, otherwise = audience.subscriptions.filter(ended=None).order_by("pk"), issue.original
    found = defaultdict[IssuePage, list[int]](list)
    for pk, second in standing.values_list("pk", "subscriber__second_language"):
        wanted = (audience.language, second, settings.LANGUAGE_CODE)
        chosen = next((editions[language] for language in wanted if language in editions), otherwise)
        found[chosen].append(pk)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def sends_of(issue: IssuePage, audience: Audience) -> QuerySet[Send]:
    """An audience gets an issue once, whichever editions."""
    return Send.objects.filter(
        issue__translation_key=issue.translation_key, audience=audience, is_correction=False
    )


def send_correction(correction: Correction, user: User | None = None) -> list[Send]:
    """Send a correction to those who received the issue, or still will, and are subscribed; once to each
    audience. Raises SendRefused.
    """
    begun = []
    for original in _uncorrected(correction).select_related("issue", "audience"):
        value = issue_of(original.issue)
        said = words(original.language)["correction"]
        subject = f"{said}: {original.subject}"
        with transaction.atomic():
            one_after_another(f"send to {original.audience_id}")
            send, is_new = Send.objects.get_or_create(
                audience=original.audience,
                issue=original.issue,
                correction=correction,
                defaults={
                    "is_correction": True,
                    "language": original.language,
                    "subject": subject[:300],
                    "started_by": user,
                },
            )
            if not is_new:  # by somebody else, in this moment
                continue
            mark = send.unsubscribe_mark
            note = correction.said_in(original.language)
            send.html = render_correction_mail(value, note, mark)
            send.text = render_correction_text(value, note, mark)
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


def _uncorrected(correction: Correction) -> QuerySet[Send]:
    """The sends of what it corrects that it has not followed yet."""
    followed = correction.sends.filter(audience=OuterRef("audience"), issue=OuterRef("issue"))
    key = correction.issue.translation_key
    return Send.objects.filter(~Exists(followed), issue__translation_key=key, is_correction=False)


def corrections_to_send() -> list[Correction]:
    """Those of the last days that were not sent to all who received the issue, the newest first."""
    lately = Correction.objects.filter(at__gt=timezone.now() - LATELY).select_related("issue")
    return [row for row in lately.order_by("-at") if _uncorrected(row).exists()]


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
WHERE subscription.id = ANY(%s)
ORDER BY subscription.id
"""
