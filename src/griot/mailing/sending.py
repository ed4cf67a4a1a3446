"""Delivering what has begun: in lanes, through crashes, each to its reader once.

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
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from griot.characters import fit_text
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.newsroom import absolute
from griot.locking import one_after_another
from griot.mailing.beginning import SendRefused, enqueue_lanes
from griot.mailing.core.relays import InDoubt, Refused, Relay, RelayDown, open_relay
from griot.mailing.models import Delivery, Send
from griot.mailing.outbox import name_of
from griot.mailing.saying import Words, freeze
from griot.testimonies.showing.shown import left_the_house

log = logging.getLogger(__name__)

BATCH = 100
ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=5)  # doubled at each attempt
RELAY_AGAIN = timedelta(seconds=30)  # the same, of a relay that hangs up
_LOCKS = 0x53454E44  # "SEND": the first half of the advisory lock's key would not fit beside it

_CLAIM = """
UPDATE mailing_delivery SET state = 'claimed', lane = %(lane)s, changed = now()
WHERE id IN (
    SELECT id FROM mailing_delivery waiting
    WHERE send_id = %(send)s AND state = 'queued'
        AND (not_before <= now() OR not_before > now() + interval '1 day') AND NOT EXISTS (
        SELECT 1 FROM mailing_delivery first
        WHERE first.send_id = %(corrected)s AND first.token = waiting.token
            AND first.state IN ('queued', 'claimed', 'sending')
    )
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, address, token
"""

# One commit per message: the same statement notes the reply to the last and that the next is being sent, if
# its reader is still subscribed in this moment, to this audience and at this address, and it was not taken
# back (`Send.is_taken_back`).
_ADVANCE = """
UPDATE mailing_delivery delivery SET
    state = CASE WHEN id = %(done)s THEN %(state)s WHEN is_taken_back THEN 'skipped'
        WHEN stands THEN 'sending' ELSE 'left' END,
    reply = CASE WHEN id = %(done)s THEN %(reply)s WHEN is_taken_back THEN %(taken_back)s ELSE reply END,
    is_doubted = is_doubted OR id = %(done)s AND %(is_doubted)s,
    not_before = CASE WHEN id = %(done)s THEN now() + %(wait)s ELSE not_before END,
    attempts = attempts - CASE WHEN id = %(done)s THEN %(hangups)s ELSE 0 END
        + CASE WHEN id = %(next)s AND stands AND NOT is_taken_back THEN 1 ELSE 0 END,
    hangups = hangups + CASE WHEN id = %(done)s THEN %(hangups)s ELSE 0 END,
    changed = now()
FROM (
    SELECT waiting.id AS of,
        CASE WHEN send.is_correction THEN send.correction_id IS NULL ELSE NOT page.live END AS is_taken_back,
        EXISTS (
        SELECT 1 FROM mailing_subscription subscription
        JOIN mailing_subscriber subscriber ON subscriber.id = subscription.subscriber_id
        WHERE subscription.token = waiting.token AND subscription.ended IS NULL
            AND subscription.audience_id = send.audience_id AND subscriber.email = waiting.address
    ) AS stands
    FROM mailing_delivery waiting JOIN mailing_send send ON send.id = waiting.send_id
        JOIN wagtailcore_page page ON page.id = send.issue_id
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
        words = Words(send)
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


def recover(send: Send, lane: int) -> None:
    """Settle what a dead lane left; only its owner may call this."""
    left = send.deliveries.filter(lane=lane)
    left.filter(state=Delivery.State.CLAIMED).update(state=Delivery.State.QUEUED, lane=None)
    after = Delivery.State.QUEUED if settings.IN_DOUBT == "resend" else Delivery.State.IN_DOUBT
    left.filter(state=Delivery.State.SENDING).update(
        state=after, is_doubted=True, changed=timezone.now(), reply=DOUBT
    )


DOUBT = "the sender died before the relay's reply was noted"
TAKEN_BACK = "the issue was taken off, or the correction taken back"
TOO_LATE = "not sent again: the correction went out before"
# How the last delivery went, for `_advance`: nothing was delivered yet.
NOTHING: dict[str, object] = {
    "done": None,
    "state": "",
    "reply": "",
    "wait": timedelta(),
    "is_doubted": False,
    "hangups": 0,
}


def _corrected_by(send: Send) -> int | None:
    """The key of the send whose edition this one corrects."""
    original = Send.objects.filter(issue=send.issue_id, audience=send.audience_id, is_correction=False)
    return original.values_list("pk", flat=True).first() if send.is_correction else None


def _claim(send: Send, lane: int, corrected: int | None) -> list[tuple[int, str, str]]:
    values = {"lane": lane, "send": send.pk, "corrected": corrected, "most": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return sorted(cursor.fetchall())


def _deliver_batch(batch: list[tuple[int, str, str]], words: Words, relay: Relay) -> None:
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
                last = {**last, "done": key, **_after_doubt(key, error)}
            except RelayDown as error:
                # Longer each time: those behind one at whom a relay hangs up come before it.
                wait = RELAY_AGAIN * 2 ** min(
                    Delivery.objects.values_list("hangups", flat=True).get(pk=key), 6
                )
                last = {
                    **last,
                    "done": key,
                    "state": Delivery.State.QUEUED,
                    "reply": str(error),
                    "wait": wait,
                    "hangups": 1,  # and no try of its reader's
                }
                raise
    finally:
        _advance(last, None)


def _trace(key: int, token: str) -> str:
    """What tells one delivery's mail from others, the same at each try, and gives away no token."""
    return f"{key}.{salted_hmac('griot.mailing.message-id', token).hexdigest()[:20]}"


def _attempts(key: int) -> int:
    return Delivery.objects.values_list("attempts", flat=True).get(pk=key)


def _after_doubt(key: int, error: InDoubt) -> dict[str, object]:
    """A mail that may have arrived is sent again where that is wanted, but not without end."""
    said, attempts = {"reply": f"no reply: {error}", "is_doubted": True}, _attempts(key)
    if settings.IN_DOUBT == "resend" and attempts < ATTEMPTS:
        return {**said, "state": Delivery.State.QUEUED, "wait": RETRY_AFTER * 2 ** (attempts - 1)}
    return {**said, "state": Delivery.State.IN_DOUBT}


def _after_refusal(key: int, refused: Refused) -> dict[str, object]:
    attempts = _attempts(key)
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
        return _queue_again(send, doubtful), skipped


# Whom a send did not reach for what may be over by now: the relay refused them, and may not have known us; or
# it was off when their turn came.
UNREACHED = Q(state=Delivery.State.REFUSED) | Q(state=Delivery.State.SKIPPED, reply=TAKEN_BACK)


def unreached(send: Send) -> QuerySet[Delivery]:
    return send.deliveries.filter(UNREACHED)


def queue_unreached(send: Send) -> int:
    """Try those once more whom it did not reach; they get the issue as it is now. Gives how many these are.
    Raises SendRefused for what was taken back since.
    """
    with transaction.atomic():
        one_after_another(f"send to {send.audience_id}")
        send = Send.objects.select_related("issue", "audience").get(pk=send.pk)
        if send.is_taken_back:
            raise SendRefused(TAKEN_BACK)
        rows = unreached(send)
        if not send.is_correction:
            before = set(testimonies_in(send.issue.with_content_json(send.content)))
            said = send.subject, send.html, send.text
            freeze(send, largest=None)  # some have it already, as it was
            if said != (send.subject, send.html, send.text):
                send.remade = timezone.now()
                send.save(update_fields=["content", "subject", "html", "text", "made_of", "remade"])
            for slug in set(testimonies_in(send.issue)) - before:
                left_the_house(slug, "mail", f"{send.audience}: {send.issue.title}", rows.count())
        return _queue_again(send, rows)


def _queue_again(send: Send, rows: QuerySet[Delivery]) -> int:
    count = rows.update(state=Delivery.State.QUEUED, lane=None, attempts=0, not_before=timezone.now())
    Send.objects.filter(pk=send.pk).update(finished=None)
    enqueue_lanes(send)
    return count
