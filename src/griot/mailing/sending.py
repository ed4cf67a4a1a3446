"""Sending an issue: start it once, deliver it in lanes, survive a crash.

A lane is one connection to the relay. It owns an advisory lock of the database for as long
as it lives, so rows that bear its number when it takes the lock were left by a dead
predecessor: what that one had only claimed goes back to the queue; what it was sending is
in doubt, because the relay may have taken it. At most one row per lane can be so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from griot.characters import fit_text
from griot.digest.core.rendering.mail import render_correction_mail, render_mail
from griot.digest.core.rendering.text import render_correction_text, render_text
from griot.digest.core.words import words
from griot.digest.models import Correction, IssuePage
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.composing import issue_of
from griot.digest.site.newsroom import absolute
from griot.mailing.core.compiling import Compiled, compile_message
from griot.mailing.core.relays import InDoubt, Refused, Relay, RelayDown, open_relay
from griot.mailing.models import Audience, Delivery, Send
from griot.mailing.outbox import erase_outdated, name_of
from griot.queueing import soon
from griot.testimonies.copies import made_of, stale
from griot.testimonies.showing.shown import left_the_house
from griot.troubles.sweeping import each

log = logging.getLogger(__name__)

LANES = 2
BATCH = 100
ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=5)  # doubled at each attempt
_LOCKS = 0x53454E44  # "SEND": the first half of the advisory lock's key would not fit beside it


class SendRefused(Exception):
    """This send may not begin; the message says why and what to do."""


def enqueue_lanes(send: Send) -> None:
    """Queue each lane of a send once, inside the caller's transaction."""
    for lane in range(1, LANES + 1):
        soon("mailing.deliver", f"deliver-{send.pk}-{lane}", send=send.pk, lane=lane)


def start_send(issue: IssuePage, audience: Audience, user: User | None = None) -> Send:
    """Freeze the issue and queue one delivery per subscriber, all or nothing. Raises SendRefused."""
    issue = edition_for(issue, audience)
    if not issue.live:
        raise SendRefused(
            f"“{issue.title}” is not published: its links would lead nowhere. Publish it, then send."
        )
    made = made_of(testimonies_in(issue))
    value = issue_of(issue, "mail")
    if earlier := sends_of(issue, audience).first():
        raise SendRefused(already_sent(earlier))
    try:
        with transaction.atomic():
            send = Send(
                issue=issue,
                audience=audience,
                subject=f"{value.newsroom}: {issue.title}"[:300],
                language=issue.language,
                started_by=user,
            )
            send.made_of = made
            send.content = issue.serializable_data()
            send.html = render_mail(value, send.unsubscribe_mark)
            send.text = render_text(value, send.unsubscribe_mark)
            send.save()
            with connection.cursor() as cursor:
                cursor.execute(_QUEUE_DELIVERIES, [send.pk, audience.pk])
                count = cursor.rowcount
                if count == 0:
                    raise SendRefused(f"nobody is subscribed to “{audience}”; add subscribers, then send.")
            for slug in testimonies_in(issue):
                left_the_house(slug, "mail", f"{audience}: {issue.title}", count)
            enqueue_lanes(send)
    except IntegrityError:
        raise SendRefused(already_sent(sends_of(issue, audience).get())) from None
    return send


def edition_for(issue: IssuePage, audience: Audience) -> IssuePage:
    """The edition in the audience's language, where it is published; otherwise the issue itself."""
    found = IssuePage.objects.filter(
        translation_key=issue.translation_key, language=audience.language, live=True
    )
    return found.first() or issue


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
    (send_id, address, token, state, attempts, not_before, reply, changed, is_doubted)
SELECT %s, subscriber.email, earlier.token, 'queued', 0, now(), '', now(), false
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
    (send_id, address, token, state, attempts, not_before, reply, changed, is_doubted)
SELECT %s, subscriber.email, subscription.token, 'queued', 0, now(), '', now(), false
FROM mailing_subscription subscription
JOIN mailing_subscriber subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.audience_id = %s AND subscription.ended IS NULL
ORDER BY subscription.id
"""

_CLAIM = """
UPDATE mailing_delivery SET state = 'claimed', lane = %(lane)s, changed = now()
WHERE id IN (
    SELECT id FROM mailing_delivery waiting
    WHERE send_id = %(send)s AND state = 'queued' AND not_before <= now() AND NOT EXISTS (
        SELECT 1 FROM mailing_delivery first
        WHERE first.send_id = %(corrected)s AND first.token = waiting.token
            AND first.state IN ('queued', 'claimed', 'sending')
    )
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, address, token
"""

# One commit per message: the same statement notes the reply to the last and that the next is being sent, if
# its reader is still subscribed in this moment, to this audience and at this address, and it is no correction
# that was taken back.
_ADVANCE = """
UPDATE mailing_delivery delivery SET
    state = CASE WHEN id = %(done)s THEN %(state)s WHEN is_taken_back THEN 'skipped'
        WHEN stands THEN 'sending' ELSE 'left' END,
    reply = CASE WHEN id = %(done)s THEN %(reply)s WHEN is_taken_back THEN %(taken_back)s ELSE reply END,
    is_doubted = is_doubted OR id = %(done)s AND %(is_doubted)s,
    not_before = CASE WHEN id = %(done)s THEN now() + %(wait)s ELSE not_before END,
    attempts = attempts + CASE WHEN id = %(next)s AND stands AND NOT is_taken_back THEN 1 ELSE 0 END,
    changed = now()
FROM (
    SELECT waiting.id AS of, send.is_correction AND send.correction_id IS NULL AS is_taken_back, EXISTS (
        SELECT 1 FROM mailing_subscription subscription
        JOIN mailing_subscriber subscriber ON subscriber.id = subscription.subscriber_id
        WHERE subscription.token = waiting.token AND subscription.ended IS NULL
            AND subscription.audience_id = send.audience_id AND subscriber.email = waiting.address
    ) AS stands
    FROM mailing_delivery waiting JOIN mailing_send send ON send.id = waiting.send_id
    WHERE waiting.id IN (%(done)s, %(next)s)
) reader
WHERE delivery.id = reader.of
RETURNING id, state
"""

_FINISH = """
UPDATE mailing_send SET finished = now()
WHERE id = %s AND finished IS NULL AND NOT EXISTS (
    SELECT 1 FROM mailing_delivery WHERE send_id = %s AND state IN ('queued', 'claimed', 'sending')
)
"""


@contextmanager
def _owned(send: Send, lane: int) -> Iterator[bool]:
    """Whether this session is now the lane. The lock goes with the session, even on SIGKILL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, send.pk * 16 + lane])
        owned = bool(cursor.fetchone()[0])
        try:
            yield owned
        finally:
            if owned:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, send.pk * 16 + lane])


def deliver(send: Send, lane: int) -> None:
    """Deliver as one lane until the queue is empty. Returns at once where the lane lives elsewhere."""
    with _owned(send, lane) as owned:
        if not owned:
            return
        recover(send, lane)
        words = _Words(send)
        relay = open_relay(settings.EMAIL_URL, settings.MAILDIR)
        try:
            corrected = _corrected_by(send)
            while batch := _claim(send, lane, corrected):
                _deliver_batch(batch, words, relay)
        except RelayDown as error:
            log.warning("send %s, lane %s: %s; it goes on when the relay is back", send.pk, lane, error)
            recover(send, lane)
        finally:
            relay.close()
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [send.pk, send.pk])


class _Words:
    """What a send says, as it may be said at each moment."""

    def __init__(self, send: Send) -> None:
        self.send, self.compiled = send, _compiled(send)

    def now(self) -> Compiled:
        """The message, made anew where a teller has changed what may be shown."""
        row = Send.objects.filter(pk=self.send.pk).annotate(is_stale=stale())
        remade, is_stale = row.values_list("remade", "is_stale").get()
        if is_stale:
            make_anew(self.send.pk)
        if is_stale or remade != self.send.remade:
            self.send.refresh_from_db()
            self.compiled = _compiled(self.send)
        return self.compiled


@transaction.atomic
def make_anew(pk: int) -> None:
    """A send is frozen but for what a teller changes in what may be shown. It goes on also where that makes
    it larger than mail clients show: half of its readers have it.
    """
    send = Send.objects.select_for_update(of=("self",)).get(pk=pk)
    issue = send.issue.with_content_json(send.content)
    send.made_of = made_of(testimonies_in(issue))
    value = issue_of(issue, "mail")
    send.html = render_mail(value, send.unsubscribe_mark, largest=None)
    send.text = render_text(value, send.unsubscribe_mark)
    send.remade = timezone.now()
    send.save(update_fields=["made_of", "html", "text", "remade"])


def make_all_anew() -> None:
    """The sends that do not hold any more, those that are finished, too: they are kept, their mails not."""
    each("making sends anew", Send.objects.filter(stale()).values_list("pk", flat=True), make_anew)
    erase_outdated()


def _compiled(send: Send) -> Compiled:
    return compile_message(
        sender=settings.MAIL_FROM,
        subject=send.subject,
        text=send.text,
        html=send.html,
        list_name=send.audience.slug,
        unsubscribe_mark=send.unsubscribe_mark,
        date=send.started,
    )


def recover(send: Send, lane: int) -> None:
    """Settle what a dead lane left; only its owner may call this."""
    left = send.deliveries.filter(lane=lane)
    left.filter(state=Delivery.State.CLAIMED).update(state=Delivery.State.QUEUED, lane=None)
    after = Delivery.State.QUEUED if settings.IN_DOUBT == "resend" else Delivery.State.IN_DOUBT
    left.filter(state=Delivery.State.SENDING).update(
        state=after, is_doubted=True, changed=timezone.now(), reply=DOUBT
    )


DOUBT = "the sender died before the relay's reply was noted"
TAKEN_BACK = "the correction was taken back"
TOO_LATE = "not sent again: the correction went out before"
# How the last delivery went, for `_advance`: nothing was delivered yet.
NOTHING: dict[str, object] = {
    "done": None,
    "state": "",
    "reply": "",
    "wait": timedelta(),
    "is_doubted": False,
}


def _corrected_by(send: Send) -> int | None:
    """The key of the send whose issue this one corrects."""
    original = Send.objects.filter(issue=send.issue_id, audience=send.audience_id, is_correction=False)
    return original.values_list("pk", flat=True).first() if send.is_correction else None


def _claim(send: Send, lane: int, corrected: int | None) -> list[tuple[int, str, str]]:
    values = {"lane": lane, "send": send.pk, "corrected": corrected, "most": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return sorted(cursor.fetchall())


def _deliver_batch(batch: list[tuple[int, str, str]], words: _Words, relay: Relay) -> None:
    sender = parseaddr(settings.MAIL_FROM)[1]
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    last = NOTHING
    try:
        for key, address, token in batch:
            compiled = words.now()
            is_wanted = _advance(last, key)
            last = NOTHING
            if not is_wanted:
                continue
            try:
                message = compiled.for_recipient(
                    address, f"<{_trace(key, token)}@{host}>", unsubscribe_url(token)
                )
                reply = relay.deliver(name_of(key, token, words.send), sender, address, message)
                last = {**last, "done": key, "state": Delivery.State.SENT, "reply": reply}
            except Refused as refused:
                last = {**last, "done": key, **_after_refusal(key, refused)}
            except ValueError as error:
                last = {**last, "done": key, "state": Delivery.State.REFUSED, "reply": str(error)}
            except InDoubt as error:
                after = Delivery.State.QUEUED if settings.IN_DOUBT == "resend" else Delivery.State.IN_DOUBT
                last = {
                    **last,
                    "done": key,
                    "state": after,
                    "reply": f"no reply: {error}",
                    "is_doubted": True,
                }
            except RelayDown as error:
                wait = timedelta(seconds=30)
                last = {
                    **last,
                    "done": key,
                    "state": Delivery.State.QUEUED,
                    "reply": str(error),
                    "wait": wait,
                }
                raise
    finally:
        _advance(last, None)


def _trace(key: int, token: str) -> str:
    """What tells one delivery's mail from others, the same at each try, and gives away no token."""
    return f"{key}.{salted_hmac('griot.mailing.message-id', token).hexdigest()[:20]}"


def _after_refusal(key: int, refused: Refused) -> dict[str, object]:
    attempts = Delivery.objects.values_list("attempts", flat=True).get(pk=key)
    if refused.is_temporary and attempts < ATTEMPTS:
        return {
            "state": Delivery.State.QUEUED,
            "reply": str(refused),
            "wait": RETRY_AFTER * 2 ** (attempts - 1),
        }
    return {"state": Delivery.State.REFUSED, "reply": str(refused)}


def _advance(last: dict[str, object], following: int | None) -> bool:
    """Note how the last delivery went, and begin the following; gives whether its reader still wants it."""
    if last["done"] is None and following is None:
        return False
    with connection.cursor() as cursor:
        said = fit_text(str(last["reply"]), 300)
        cursor.execute(_ADVANCE, {**last, "reply": said, "taken_back": TAKEN_BACK, "next": following})  # type: ignore[dict-item]
        return (following, Delivery.State.SENDING) in cursor.fetchall()


def unsubscribe_url(token: str) -> str:
    return absolute(f"/unsubscribe/{token}/")


def resolve_in_doubt(send: Send, resend: bool) -> tuple[int, int]:
    """Decide on the deliveries in doubt: send them again, or count them as they are. Gives how many are sent
    again, and how many are not: those, too, whose reader has the correction already, or won't get it.
    """
    with transaction.atomic():
        doubtful, skipped = send.deliveries.filter(state=Delivery.State.IN_DOUBT), 0
        if not resend:
            return 0, doubtful.update(state=Delivery.State.SKIPPED)
        corrections = Delivery.objects.filter(
            send__correction__isnull=False,
            send__issue=send.issue_id,
            send__audience=send.audience_id,
            token__in=list(doubtful.values_list("token", flat=True)),
        )
        if not send.is_correction:
            # A lane that is about to claim one finds it changed, and leaves it.
            waiting = corrections.filter(state=Delivery.State.QUEUED)
            waiting.update(not_before=timezone.now() + timedelta(seconds=1))
            gone = corrections.exclude(state=Delivery.State.QUEUED)
            skipped = doubtful.filter(token__in=list(gone.values_list("token", flat=True))).update(
                state=Delivery.State.SKIPPED, reply=TOO_LATE
            )
        count = doubtful.update(state=Delivery.State.QUEUED, lane=None, not_before=timezone.now())
        Send.objects.filter(pk=send.pk).update(finished=None)
        enqueue_lanes(send)
    return count, skipped
