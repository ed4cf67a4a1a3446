"""Relays that hang up: nobody behind is held up, and nobody gets a mail without end."""

from __future__ import annotations

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from griot.digest.models import Correction, IssuePage
from griot.digest.release.editions import make_editions
from griot.mailing import tasks
from griot.mailing.beginning import SendRefused, send_correction, start_send
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from griot.mailing.sending import ATTEMPTS, queue_unreached, resolve_in_doubt
from griot.mailing.wagtail_hooks import some_have_not_got_it
from griot.troubles.models import Trouble
from tests.digest.issues import make_issue, read_by_a_person
from tests.signing_in import with_second_factor

pytestmark = pytest.mark.django_db(transaction=True)
READERS = [f"reader{n}@news.example" for n in range(8)]


@pytest.fixture
def audience(site):
    found = Audience.objects.create(name="Staff", slug="staff")
    for email in READERS:
        Subscription.objects.create(audience=found, subscriber=Subscriber.objects.create(email=email))
    return found


class Relay:
    """An SMTP server that hangs up at some readers: after it has refused them, without a word, or once it has
    their mail.
    """

    def __init__(self, at: list[str], how: str) -> None:
        self.at, self.how, self.taken, self.tries = at, how, Counter[str](), Counter[str]()
        self.last = ""  # mail that it took
        self.says = b""  # to us, whoever the reader is
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.socket.getsockname()[1]}"
        self.pool = ThreadPoolExecutor()
        self.pool.submit(self.listen)

    def listen(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.pool.submit(self.talk, visitor)

    def talk(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rb") as said:
            visitor.sendall(b"220 here\r\n")
            to, taken = "", 0
            while line := said.readline():
                word = line.upper().split()[0]
                if word == b"MAIL" and self.how.startswith("enough") and taken == 2:
                    if "without a word" not in self.how:
                        visitor.sendall(b"421 4.7.0 too many messages in this connection\r\n")
                    return
                if word == b"MAIL" and self.says:
                    visitor.sendall(self.says + b"\r\n")
                    continue
                if word == b"RCPT":
                    to = line.decode().partition("<")[2].partition(">")[0]
                    self.tries[to] += 1
                    if self.how == "greylists" and self.tries[to] == 1:
                        visitor.sendall(b"451 4.7.1 greylisted, come back\r\n")
                        continue
                    if to in self.at and self.how == "refused":
                        visitor.sendall(b"550 5.7.1 not that one, closing\r\n")
                    if to in self.at and self.how != "taken":
                        return
                if word == b"DATA":
                    visitor.sendall(b"354 go on\r\n")
                    lines = iter(said.readline, b".\r\n")
                    self.last = message_from_bytes(b"".join(lines), policy=policy.default).as_string()
                    self.taken[to] += 1
                    taken += 1
                    if to in self.at:
                        return
                visitor.sendall(b"250 well\r\n")


@pytest.fixture
def relay(settings):
    open_ones = []

    def make(at: list[str], how: str) -> Relay:
        open_ones.append(Relay(at, how))
        settings.EMAIL_URL = open_ones[-1].url
        return open_ones[-1]

    yield make
    for one in open_ones:
        one.socket.shutdown(socket.SHUT_RDWR)  # it may be waiting for a visitor
        one.socket.close()
        one.pool.shutdown(wait=False)


def go_on(send: Send, runs: int, minutes: float) -> None:
    """As the sweeps do, each so long after the last."""
    for _ in range(runs):
        Trouble.objects.update(last=timezone.now() - timedelta(days=1))
        for row in Delivery.objects.exclude(not_before=None):
            Delivery.objects.filter(pk=row.pk).update(not_before=row.not_before - timedelta(minutes=minutes))
        for lane in (1, 2):
            tasks.deliver(send.pk, lane)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_who_is_refused_by_hanging_up_holds_up_nobody(audience, relay, count):
    odd = relay(READERS[:count], "refused")
    send = start_send(make_issue(), audience)
    go_on(send, 6, 1)
    send.refresh_from_db()
    assert send.counts()["sent"] == 8 - count and send.finished
    assert [odd.tries[reader] for reader in READERS[:count]] == [1] * count
    assert "not that one" in send.deliveries.get(address=READERS[0]).reply


@pytest.mark.parametrize("count", [1, 2, 4])
def test_at_whom_a_relay_hangs_up_without_a_word_waits_behind_the_others(audience, relay, count):
    odd = relay(READERS[:count], "silent")
    send = start_send(make_issue(), audience)
    go_on(send, 12, 0.6)
    assert send.counts()["sent"] == 8 - count
    assert all(2 <= odd.tries[reader] <= 8 for reader in READERS[:count])


def test_a_mail_that_may_have_come_is_not_sent_again_without_end(audience, relay, settings):
    settings.IN_DOUBT = "resend"
    odd = relay(READERS[2:3], "taken")
    send = start_send(make_issue(), audience)
    go_on(send, 20, 120)
    assert odd.taken[READERS[2]] == ATTEMPTS
    assert send.deliveries.get(address=READERS[2]).state == Delivery.State.IN_DOUBT


@pytest.mark.parametrize("says", [b"530 5.7.0 sign in first", b"550 5.4.5 quota exceeded", b"421 too busy"])
def test_what_a_relay_says_to_us_is_no_word_on_a_reader(audience, relay, says):
    odd = relay([], "greylists")
    odd.says = says
    send = start_send(make_issue(), audience)
    go_on(send, 20, 60)
    send.refresh_from_db()
    assert send.counts()["queued"] == 8 and not send.finished
    assert says.decode() in send.deliveries.exclude(reply="").first().reply
    odd.says = b""
    go_on(send, 4, 60)
    send.refresh_from_db()
    assert send.counts()["sent"] == 8 and send.finished, "and no reader's tries were used up meanwhile"


def test_an_outage_uses_up_nobody_s_tries(audience, relay, settings):
    odd = relay([], "greylists")
    with socket.create_server(("127.0.0.1", 0)) as taken:  # nobody listens there once it is closed
        nowhere = taken.getsockname()[1]
    there, settings.EMAIL_URL = settings.EMAIL_URL, f"smtp://127.0.0.1:{nowhere}"
    send = start_send(make_issue(), audience)
    go_on(send, 30, 60)
    settings.EMAIL_URL = there
    go_on(send, 4, 60)
    assert send.counts()["sent"] == 8 and set(odd.tries.values()) == {2}


def test_whom_a_relay_refused_that_is_mended_now_is_tried_again_where_somebody_says_so(
    audience, relay, client, admin_user
):
    relay(READERS, "refused")
    send = start_send(make_issue(), audience)
    go_on(send, 10, 60)
    assert send.counts()["refused"] == 8
    with_second_factor(client, admin_user)
    page = reverse("mailing:send_status", args=[send.pk])
    assert "Send it to those it did not reach" in client.get(page).content.decode()
    relay([], "")
    client.post(reverse("mailing:settle", args=[send.pk]), {"decision": "unreached"})
    go_on(send, 2, 60)
    send.refresh_from_db()
    assert send.counts()["sent"] == 8 and send.finished
    assert "Send it to those it did not reach" not in client.get(page).content.decode()


@pytest.mark.parametrize("how", ["enough", "enough without a word"])
def test_a_connection_that_has_carried_enough_is_followed_by_another(audience, relay, how):
    relay([], how)
    send = start_send(make_issue(), audience)
    go_on(send, 1, 0)
    assert send.counts()["sent"] == 8


@pytest.mark.parametrize("since", ["nothing", "the issue is taken off"])
def test_whom_a_relay_refused_a_correction_gets_it_where_somebody_says_so(audience, relay, since):
    relay([], "")
    issue = make_issue()
    go_on(start_send(issue, audience), 1, 0)
    relay(READERS, "refused")
    [send] = send_correction(Correction.objects.create(issue=issue, text="57, not 75."))
    go_on(send, 10, 60)
    assert send.counts()["refused"] == 8
    if since != "nothing":
        issue.unpublish()
    relay([], "")
    assert queue_unreached(Send.objects.get(pk=send.pk)) == 8
    go_on(send, 1, 60)
    assert send.counts()["sent"] == 8


@pytest.mark.parametrize("kind", ["refused", "in doubt"])
def test_who_is_tried_again_by_hand_has_all_tries_again(audience, relay, kind):
    greylisting = relay([], "greylists")
    send = start_send(make_issue(), audience)
    send.deliveries.update(state=kind, attempts=ATTEMPTS)
    assert (queue_unreached(send) if kind == "refused" else resolve_in_doubt(send, resend=True)[0]) == 8
    go_on(send, 3, 60)
    assert send.counts()["sent"] == 8 and set(greylisting.tries.values()) == {2}


def test_whom_a_relay_refused_gets_no_mistake_that_was_corrected_since(audience, relay):
    relay(READERS, "refused")
    issue = make_issue()
    send = start_send(issue, audience)
    go_on(send, 10, 60)
    Correction.objects.create(issue=issue, text="57, not 75.")
    taking = relay([], "")
    assert queue_unreached(Send.objects.get(pk=send.pk)) == 8
    go_on(send, 1, 60)
    assert send.counts()["sent"] == 8 and "57, not 75." in taking.last


def test_an_issue_that_was_off_for_a_moment_reaches_the_others_as_it_is_now(
    audience, relay, client, django_user_model
):
    relay([], "")
    issue = make_issue()
    send = start_send(issue, audience)
    issue.unpublish()
    go_on(send, 1, 0)
    with pytest.raises(SendRefused, match="taken off"):
        queue_unreached(Send.objects.get(pk=send.pk))
    with_second_factor(client, django_user_model.objects.create_superuser("root"))
    issue.body[0].value["title"] = "Put right"
    issue.save_revision().publish(skip_permission_checks=True)
    request = client.get(f"/admin/pages/{issue.pk}/edit/").wsgi_request
    some_have_not_got_it(request, issue)
    assert "8 of “Staff” have not got it" in " ".join(map(str, get_messages(request)))
    status = reverse("mailing:send_status", args=[send.pk])
    assert "Not reached: 8" in client.get(status).content.decode()
    room = client.get(reverse("mailing:send", args=[issue.pk])).content.decode()
    assert "not reached: 8" in " ".join(room.split())
    taking = relay([], "")
    client.post(reverse("mailing:settle", args=[send.pk]), {"decision": "unreached"})
    go_on(send, 1, 0)
    send.refresh_from_db()
    assert send.counts()["sent"] == 8 and send.finished and "Put right" in send.subject
    assert "Put right" in taking.last and set(taking.taken.values()) == {1}
    client.get(status)  # says what was done
    assert "ot reached" not in client.get(status).content.decode()


def test_an_edition_that_was_off_with_its_issue_reaches_the_others_once_it_is_out(
    audience, relay, client, django_user_model
):
    relay([], "")
    issue = make_issue()
    edition = next(page for page in make_editions(issue) if page.language == "fr")
    read_by_a_person(edition)
    edition.get_latest_revision().publish(skip_permission_checks=True)
    audience.language = "fr"
    audience.save()
    send = start_send(issue, audience)
    issue.unpublish()
    go_on(send, 1, 0)
    assert send.counts()["skipped"] == 8
    with_second_factor(client, django_user_model.objects.create_superuser("root"))
    request = client.get(f"/admin/pages/{issue.pk}/edit/").wsgi_request
    IssuePage.objects.get(pk=issue.pk).get_latest_revision().publish(skip_permission_checks=True)
    some_have_not_got_it(request, issue)
    assert not list(get_messages(request)), "it is not out in their language yet"
    IssuePage.objects.get(pk=edition.pk).get_latest_revision().publish(skip_permission_checks=True)
    some_have_not_got_it(request, edition)
    assert "8 of “Staff” have not got it" in " ".join(map(str, get_messages(request)))
    assert queue_unreached(Send.objects.get(pk=send.pk)) == 8
    go_on(send, 1, 0)
    assert send.counts()["sent"] == 8


@pytest.mark.parametrize("when", ["queued", "in doubt"])
def test_an_issue_that_was_taken_off_is_in_no_mail_that_leaves_after(audience, relay, settings, when):
    odd, issue = relay(READERS, "taken"), make_issue()
    send = start_send(issue, audience)
    if when == "in doubt":
        go_on(send, 20, 60)
    issue.unpublish()
    odd = relay([], "")
    resolve_in_doubt(send, resend=True)
    go_on(send, 4, 60)
    send.refresh_from_db()
    assert not odd.taken and send.finished and send.counts()["skipped"] == 8
    assert "taken off" in send.deliveries.first().reply
