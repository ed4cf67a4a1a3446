"""Copies of what is shown: whatever becomes of the process that should make them anew, none shows more than may
be shown.
"""

from __future__ import annotations

import email
import random
import threading
from datetime import timedelta
from email import policy

import pytest
from django.db import connections
from django.test import Client

from griot.digest.models import ToldItem
from griot.digest.morning.telling import index_issue
from griot.digest.tasks import index_anew_now
from griot.mailing import beginning, saying, sending
from griot.mailing.models import Audience, Send, Subscriber, Subscription
from griot.mailing.tasks import sweep as sweep_mailing
from griot.testimonies import withdrawing
from griot.testimonies.copies import stale
from griot.testimonies.models import Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.review import changing, review
from griot.testimonies.showing.shown import told
from griot.testimonies.signals import changed
from griot.troubles.models import Trouble
from tests.testimonies.people import committed, say_on_receipt
from tests.testimonies.showing.test_withdrawal import MARK, House


@pytest.fixture
def house(site, django_user_model):
    return House(django_user_model)


def in_the_archive() -> bool:
    return MARK in Client().get("/archive/?q=speaks").content.decode()


def more_readers(count: int) -> Audience:
    audience = Audience.objects.create(name="Many", slug="many")
    for n in range(count):
        subscriber = Subscriber.objects.create(email=f"many{n}@reader.example")
        Subscription.objects.create(audience=audience, subscriber=subscriber)
    return audience


def mails_with_words(sink, begins: str) -> list[bool]:
    mails = [
        email.message_from_bytes(c, policy=policy.default) for to, c in sink.messages if to.startswith(begins)
    ]
    return [MARK in mail.get_body(("plain",)).get_content() for mail in mails]


@pytest.mark.django_db
def test_who_dies_after_a_withdrawal_leaves_nothing_to_be_found(house):
    assert in_the_archive() and MARK in house.send.html
    withdrawing.withdraw(house.testimony, "teller")  # and what follows its commit never happens
    assert not in_the_archive(), "what does not hold is not shown"
    index_anew_now()
    sweep_mailing()
    assert not ToldItem.objects.filter(text__contains=MARK).exists()
    assert MARK not in Send.objects.get().html + Send.objects.get().text
    assert not ToldItem.objects.filter(stale()).exists() and not Send.objects.filter(stale()).exists()


@pytest.mark.django_db
def test_a_consent_that_has_ended_is_in_no_copy_from_its_first_minute_on(house):
    assert in_the_archive()
    ToldItem.objects.filter(kind="feature").update(
        made_of={house.slug: [Testimony.objects.get().turn, "2001-01-01"]}
    )
    assert not in_the_archive()


@pytest.mark.django_db
def test_what_ended_while_its_extension_waits_for_approval_is_made_anew_once(house):
    house.testimony.consents.update(until=day_of() - timedelta(days=1))
    testimony = Testimony.objects.get(pk=house.testimony.pk)
    approved = {**testimony.approved, "consent": testimony.as_it_stands()["consent"]}
    Testimony.objects.filter(pk=testimony.pk).update(approved=approved, turn=99)
    house.testimony.consents.update(until=day_of() + timedelta(days=365))
    sweep_mailing()
    assert not Send.objects.filter(stale()).exists() and MARK not in Send.objects.get().html


@pytest.mark.django_db
def test_a_listener_that_fails_keeps_nobody_from_hearing(house):
    def broken(**_):
        raise OSError(28, "No space left on device")

    changed.connect(broken, sender=Testimony)
    try:
        with committed():
            assert say_on_receipt(house.teller, act="withdraw", sure="yes").status_code == 302
    finally:
        changed.disconnect(broken, sender=Testimony)
    assert not ToldItem.objects.filter(text__contains=MARK).exists()
    assert MARK not in Send.objects.get().html


@pytest.mark.django_db(transaction=True)
def test_no_mail_leaves_with_the_words_after_a_withdrawal(house, sink):
    """Withdrawn while the third mail is taken by the relay, by another process that dies of it."""
    send = beginning.start_send(house.issue, more_readers(8))
    begun, done = threading.Event(), threading.Event()

    def withdraw() -> None:
        begun.wait(60)
        try:
            Testimony.objects.filter(withdrawn=None).update(turn=99)
            withdrawing.withdraw(house.testimony, "teller")
        finally:
            connections.close_all()
            done.set()

    teller = threading.Thread(target=withdraw)
    teller.start()
    take = sink.handle_DATA

    async def hold(server, session, envelope):
        if len(sink.messages) == 2:
            begun.set()
            done.wait(60)
        return await take(server, session, envelope)

    sink.handle_DATA = hold
    sending.deliver(send, 1)
    teller.join()
    assert mails_with_words(sink, "many") == [True] * 3 + [False] * 5


@pytest.mark.django_db(transaction=True)
def test_what_was_rendered_before_a_withdrawal_is_not_sent_after_it(house, sink):
    """A send that was being begun: its words were rendered before, and stored after."""
    send = beginning.start_send(house.issue, more_readers(2))
    words = Send.objects.values("html", "text", "made_of", "remade").get(pk=send.pk)
    withdrawing.withdraw(house.testimony, "teller")
    Send.objects.filter(pk=send.pk).update(**words)
    sending.deliver(Send.objects.get(pk=send.pk), 1)
    assert mails_with_words(sink, "many") == [False] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_no_copy_shows_more_than_may_be_shown_whatever_comes_when(house, seed):
    chance, people = random.Random(seed), house.people
    testimony = house.testimony

    def narrow() -> None:
        review.send_back(testimony, people["approver"], "a reason")

    def open_again() -> None:
        review.move_on(testimony, people["approver"])

    def rewrite() -> None:
        words = {"title": f"{MARK} speaks {chance.random()}", "quote": "Q", "body": "B"}
        review.write(testimony, people["editor"], "fr", words)
        changing.publish_changes(testimony, people["approver"])

    happenings = [
        narrow,
        open_again,
        rewrite,
        lambda: index_issue(house.issue),
        index_anew_now,
        lambda: saying.make_anew(house.send.pk),
        sweep_mailing,
    ]
    for _ in range(25):
        what = chance.choice(happenings)
        with committed() if chance.random() < 0.5 else _lost():
            try:
                what()
            except Exception as refusal:
                assert type(refusal).__name__ in {"Refused", "PermissionDenied"}, refusal
        testimony.refresh_from_db()
        may = told(Testimony.objects.get(pk=testimony.pk), "web", "en")
        found = [t.title for t in ToldItem.objects.filter(~stale(), made_of__has_key=house.slug)]
        assert not found or (may and {may.title} == set(found)), what
        says = saying.Words(Send.objects.get(pk=house.send.pk)).now()
        sent = says.for_recipient("a@b.example", "<1@b.example>", "https://b.example/u").decode(
            "utf-8", "replace"
        )
        assert may or MARK not in email.message_from_string(sent, policy=policy.default).as_string(), what
    assert not Trouble.objects.exists()


class _lost:
    """What should follow the commit never happens."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
