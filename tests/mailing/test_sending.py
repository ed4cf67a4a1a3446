"""Sending, to a real SMTP server on loopback and into a Maildir."""

from __future__ import annotations

import asyncio
import email
import json
from collections import Counter
from datetime import timedelta
from email import policy
from mailbox import Maildir

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from griot.digest.models import IssuePage, Newsroom
from griot.mailing import tasks
from griot.mailing.beginning import SendRefused, start_send
from griot.mailing.core.compiling import compile_message
from griot.mailing.core.relays import open_relay
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from griot.mailing.sending import deliver, recover, resolve_in_doubt
from griot.troubles.models import Trouble
from tests.digest.issues import make_issue
from tests.support import words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(site):
    return make_issue()


@pytest.fixture
def audience(db):
    found = Audience.objects.create(name="Staff", slug="staff")
    for n in range(5):
        subscriber = Subscriber.objects.create(email=f"reader{n}@news.example")
        Subscription.objects.create(audience=found, subscriber=subscriber)
    return found


def test_every_subscriber_gets_one_message(issue, audience, sink):
    Subscription.objects.create(
        audience=audience,
        subscriber=Subscriber.objects.create(email="left@news.example"),
        ended="2026-01-01T00:00Z",
    )
    send = start_send(issue, audience)
    deliver(send, 1)
    send.refresh_from_db()
    assert Counter(to for to, _ in sink.messages) == Counter(f"reader{n}@news.example" for n in range(5))
    assert send.counts()["sent"] == 5 and send.finished
    assert send.deliveries.first().reply == "250 taken"


def test_the_message_is_whole_and_its_own(issue, audience, sink):
    deliver(start_send(issue, audience), 1)
    messages = [email.message_from_bytes(content, policy=policy.default) for _, content in sink.messages]
    assert len({m["Message-ID"] for m in messages}) == 5
    message, to = messages[0], sink.messages[0][0]
    token = Subscription.objects.get(subscriber__email=to).token
    address = f"http://localhost:8000/unsubscribe/{token}/"
    assert message["To"] == to and message["Subject"].strip().startswith(issue.body[0].value["title"])
    assert (
        message["List-Unsubscribe"] == f"<{address}>"
        and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    )
    text, html = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert message.get_content_type() == "multipart/alternative"
    assert f"Unsubscribe: {address}" in text and f'href="{address}"' in html
    assert "“I must protect it" in text and "Dakar (IPS)" in html and "unsubscribe.invalid" not in text + html
    assert not message.defects and max(map(len, sink.messages[0][1].splitlines())) <= 998


def test_an_issue_goes_to_an_audience_once(issue, audience, sink):
    deliver(start_send(issue, audience), 1)
    with pytest.raises(SendRefused, match="goes to an audience once"):
        start_send(issue, audience)
    assert len(sink.messages) == 5 and Send.objects.count() == 1


def test_a_send_that_can_not_be_delivered_is_told_of_and_tried_again(issue, audience, sink, settings):
    send = start_send(issue, audience)
    right, settings.EMAIL_URL = settings.EMAIL_URL, "carrier-pigeon://"
    tasks.deliver(send.pk, 1)
    trouble = Trouble.objects.get()
    assert trouble.row == f"send {send.pk}, lane 1" and "carrier-pigeon" in trouble.why
    settings.EMAIL_URL = right
    tasks.sweep()
    assert Trouble.objects.exists(), "it is tried again"
    tasks.deliver(send.pk, 1)
    assert len(sink.messages) == 5 and not Trouble.objects.exists()


def test_an_unpublished_issue_and_an_empty_audience_are_refused(issue, audience, site):
    with pytest.raises(SendRefused, match="nobody is subscribed"):
        start_send(issue, Audience.objects.create(name="Nobody", slug="nobody"))
    assert not Send.objects.exists()
    with pytest.raises(SendRefused, match="not published"):
        start_send(make_issue("fr", live=False), audience)


def test_a_send_is_frozen_when_it_begins(issue, audience, sink):
    send = start_send(issue, audience)
    issue.title = "Changed"
    issue.save()
    deliver(send, 1)
    assert b"Changed" not in sink.messages[0][1]


def test_what_is_sent_is_what_is_published_not_the_draft(issue, audience, sink, capsys):
    draft = issue.get_latest_revision_as_object()
    draft.title = "Not approved yet"
    draft.save_revision()
    call_command("send_issue", "latest", audience="staff")
    assert len(sink.messages) == 5 and b"Not approved" not in sink.messages[0][1]
    assert json.loads(capsys.readouterr().out)["sent"] == 5


def test_a_refused_address_keeps_the_relays_reply_and_holds_up_nobody(issue, audience, sink):
    sink.replies["reader1@news.example"] = "550 no such user"
    sink.replies["reader2@news.example"] = "451 try later"
    send = start_send(issue, audience)
    deliver(send, 1)
    states = {d.address[:7]: (d.state, d.reply) for d in send.deliveries.all()}
    assert states["reader1"] == ("refused", "550 no such user")
    assert states["reader2"] == ("queued", "451 try later")
    assert send.counts()["sent"] == 3
    send.refresh_from_db()
    assert send.finished is None
    sink.replies.clear()
    Delivery.objects.filter(state="queued").update(not_before="2026-01-01T00:00Z")
    deliver(send, 1)
    send.refresh_from_db()
    assert send.counts()["sent"] == 4 and send.finished


def test_a_mail_that_a_wrong_clock_has_put_off_for_a_year_is_sent(issue, audience):
    send = start_send(issue, audience)
    Delivery.objects.update(not_before=timezone.now() + timedelta(days=400))
    deliver(send, 1)
    assert send.counts()["sent"] == 5


def test_a_relay_that_is_down_loses_nothing(issue, audience, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    send = start_send(issue, audience)
    deliver(send, 1)
    assert send.counts()["queued"] == 5 and send.counts()["in doubt"] == 0
    settings.EMAIL_URL = ""
    Delivery.objects.update(not_before="2026-01-01T00:00Z")
    deliver(send, 1)
    assert send.counts()["sent"] == 5


def test_what_a_dead_lane_left_is_settled_by_its_successor(issue, audience, sink):
    send = start_send(issue, audience)
    first, second = send.deliveries.order_by("id")[:2]
    Delivery.objects.filter(pk=first.pk).update(state="sending", lane=1)
    Delivery.objects.filter(pk=second.pk).update(state="claimed", lane=1)
    deliver(send, 1)
    first.refresh_from_db()
    assert first.state == "in doubt"
    assert len(sink.messages) == 4 and first.address not in {to for to, _ in sink.messages}
    assert resolve_in_doubt(send, resend=True) == (1, 0)
    deliver(send, 1)
    assert Counter(to for to, _ in sink.messages).most_common(1)[0][1] == 1 and len(sink.messages) == 5


def test_the_administrator_may_choose_to_send_again_what_is_in_doubt(issue, audience, settings):
    settings.IN_DOUBT = "resend"
    send = start_send(issue, audience)
    Delivery.objects.filter(pk=send.deliveries.first().pk).update(state="sending", lane=2)
    recover(send, 2)
    assert send.counts()["queued"] == 5


@pytest.mark.parametrize("waits", ["queued", "claimed", "in doubt"])
@pytest.mark.parametrize("leaving", ["leaves", "is deleted"])
def test_who_has_left_gets_no_mail_that_waited(issue, audience, sink, client, waits, leaving):
    """Also in the middle of a batch: the list is asked at each mail."""
    send = start_send(issue, audience)
    gone = Subscription.objects.get(subscriber__email="reader3@news.example")
    Delivery.objects.filter(token=gone.token).update(state=waits, lane=1)
    if leaving == "leaves":
        assert client.post(f"/unsubscribe/{gone.token}/").status_code == 200
    else:
        gone.subscriber.delete()
    if waits == "in doubt":
        resolve_in_doubt(send, resend=True)
    deliver(send, 1)
    assert sorted(to for to, _ in sink.messages) == [f"reader{n}@news.example" for n in (0, 1, 2, 4)]
    send.refresh_from_db()
    assert send.counts()["left"] == 1 and send.finished


def test_who_leaves_while_their_batch_is_being_sent_gets_no_mail(issue, audience, sink):
    left = Subscription.objects.filter(subscriber__email="reader4@news.example")
    send, taken = start_send(issue, audience), sink.handle_DATA

    def leave():
        try:
            left.update(ended=timezone.now())
        finally:
            connection.close()

    async def leaving(*handed):
        await asyncio.to_thread(leave)
        return await taken(*handed)

    sink.handle_DATA = leaving
    deliver(send, 1)
    assert sorted(to for to, _ in sink.messages) == [f"reader{n}@news.example" for n in range(4)]


def test_a_long_name_of_the_newsroom_ends_no_send(issue, audience, sink, site):
    IssuePage.objects.filter(pk=issue.pk).update(title="t" * 255)
    Newsroom.objects.update(name="n" * 120)
    IssuePage.objects.filter(pk=issue.pk).update(body=[])
    assert len(start_send(IssuePage.objects.get(pk=issue.pk), audience).subject) == 70


def test_a_lane_that_lives_elsewhere_is_left_alone(issue, audience, sink):
    import psycopg

    from griot.mailing.sending import _LOCKS

    send = start_send(issue, audience)
    parameters = connection.get_connection_params()
    with psycopg.connect(
        dbname=parameters["dbname"], user=parameters["user"], host=parameters["host"]
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCKS, send.pk * 16 + 1])
        deliver(send, 1)
        assert sink.messages == []
        deliver(send, 2)
        assert len(sink.messages) == 5


def test_without_a_relay_mails_are_kept_and_opened_in_the_admin(issue, audience, settings, admin_client):
    send = start_send(issue, audience)
    deliver(send, 1)
    kept = Maildir(settings.MAILDIR, create=False)
    assert len(kept) == 5
    outbox = words(admin_client.get(reverse("mailing:outbox")).content)
    assert "reader0@news.example" in outbox and "nothing leaves the house" in outbox
    name = sorted(p.name for p in (settings.MAILDIR / "new").iterdir())[0]
    opened = admin_client.get(reverse("mailing:outbox_mail", args=[name])).content.decode()
    assert "Unable to see images?" in opened and "List-Unsubscribe" in opened
    html = admin_client.get(reverse("mailing:outbox_html", args=[name]))
    assert "sandbox" in html["Content-Security-Policy"] and "Communities Meet" in html.content.decode()
    assert admin_client.get(reverse("mailing:outbox_mail", args=["..%2f..%2fsecret-key"])).status_code == 404


def test_the_outbox_is_for_those_who_may_send(client, django_user_model, issue):
    for name, arguments in (("outbox", []), ("sends", []), ("send", [issue.pk])):
        assert client.get(reverse(f"mailing:{name}", args=arguments)).status_code == 302
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("reader", password="long enough 123")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert client.get(reverse("mailing:outbox")).status_code == 302
    assert (
        client.post(reverse("mailing:send", args=[issue.pk]), {"audience": 1}).status_code == 302
        and not Send.objects.exists()
    )


def test_sending_from_the_admin_asks_first(issue, audience, admin_client):
    page = words(admin_client.get(reverse("mailing:send", args=[issue.pk])).content)
    assert "Are you sure?" in page and "5 recipients" in page
    admin_client.post(reverse("mailing:send", args=[issue.pk]), {"audience": audience.pk})
    send = Send.objects.get()
    assert send.counts()["queued"] == 5
    assert "0 of 5 done" in admin_client.get(reverse("mailing:send_status", args=[send.pk])).content.decode()
    again = admin_client.post(
        reverse("mailing:send", args=[issue.pk]), {"audience": audience.pk}, follow=True
    ).content.decode()
    assert "goes to an audience once" in again and Send.objects.count() == 1


def test_one_click_ends_a_subscription_and_another_takes_it_back(client, audience):
    subscription = Subscription.objects.first()
    address = f"/unsubscribe/{subscription.token}/"
    assert "Do you want to stop" in client.get(address).content.decode()
    subscription.refresh_from_db()
    assert subscription.ended is None, "looking is not leaving: mail scanners open every link"
    assert "You are unsubscribed" in client.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    subscription.refresh_from_db()
    assert subscription.ended
    client.post(address, {"again": "1"})
    subscription.refresh_from_db()
    assert subscription.ended is None
    assert client.get("/unsubscribe/not-a-token/").status_code == 404


def test_djangos_own_mails_take_the_same_road(sink, settings):
    settings.EMAIL_BACKEND = "griot.mailing.backend.RelayBackend"
    mail.send_mail("Reset", "Here is the link", "desk@news.example", ["editor@news.example"])
    assert sink.messages[0][0] == "editor@news.example" and b"Here is the link" in sink.messages[0][1]


def test_an_unknown_scheme_is_refused(tmp_path):
    with pytest.raises(ValueError, match="smtp:// or smtps://"):
        open_relay("https://mail.example", tmp_path)


@given(text=st.text(max_size=400), html=st.text(max_size=400))
def test_compiled_messages_decode_to_what_went_in(text, html):
    from datetime import UTC, datetime

    compiled = compile_message(
        sender="Griot <desk@news.example>",
        subject="Süß & ü",
        text=f"{text}MARK",
        html=f"<p>{html}</p>MARK|MARK",
        list_name="staff",
        unsubscribe_mark="MARK",
        date=datetime.now(UTC),
    )
    content = compiled.for_recipient("a@b.example", "<1@b.example>", "https://b.example/u?a=b")
    message = email.message_from_bytes(content, policy=policy.default)
    assert message["To"] == "a@b.example" and message["Subject"] == "Süß & ü"

    def plain(value: str) -> str:
        return "\n".join(value.replace("\r\n", "\n").splitlines()).encode("utf-8", "replace").decode()

    if "MARK" not in text + html and text.isprintable() and html.isprintable():
        assert plain(message.get_body(("plain",)).get_content()) == plain(f"{text}https://b.example/u?a=b")
        assert plain(message.get_body(("html",)).get_content()) == plain(
            f"<p>{html}</p>https://b.example/u?a=b|https://b.example/u?a=b"
        )


@given(st.text(max_size=40))
def test_no_recipient_can_smuggle_a_header(value):
    from datetime import UTC, datetime

    compiled = compile_message(
        sender="a@b.example",
        subject="s",
        text="t",
        html="h",
        list_name="l",
        unsubscribe_mark="M",
        date=datetime.now(UTC),
    )
    try:
        content = compiled.for_recipient(value, "<1@b>", "https://b.example/")
    except ValueError:
        return
    expected = email.message_from_bytes(
        compiled.for_recipient("a@b.example", "<1@b>", "https://b.example/")
    ).keys()
    assert email.message_from_bytes(content).keys() == expected


def test_no_words_of_others_are_taken_for_a_recipients_address(issue, audience, settings):
    """Neither our slots, nor what stands for the address to unsubscribe, nor the Message-ID's token."""
    send = start_send(issue, audience)
    smuggled = "https://a.example/?GRIOTSLOTUNSUBSCRIBE https://unsubscribe.invalid/ GRIOTSLOTTO"
    Send.objects.update(text=f"{smuggled}\n{send.text}", html=f"<p>{smuggled}</p>{send.html}")
    deliver(Send.objects.get(), 1)
    for kept in Maildir(settings.MAILDIR, create=False):
        message = email.message_from_bytes(kept.as_bytes(), policy=policy.default)
        token = Delivery.objects.get(address=message["To"]).token
        assert smuggled in message.get_body(("plain",)).get_content()
        assert smuggled in message.get_body(("html",)).get_content()
        assert token in message["List-Unsubscribe"] and token not in message["Message-ID"]
    assert send.mark in send.html and send.mark in send.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("policy", ["skip", "resend"])
def test_a_reply_that_no_table_can_hold_keeps_no_mail_from_others(sink, site, settings, policy):
    settings.IN_DOUBT = policy
    sink.replies["bad@example.org"] = "550 no such \0 person"
    audience = Audience.objects.create(name="A", slug="a", language="en")
    for name in ("bad", "good1", "good2"):
        reader = Subscriber.objects.create(email=f"{name}@example.org")
        Subscription.objects.create(audience=audience, subscriber=reader)
    send = start_send(make_issue(), audience)
    deliver(send, 1)
    states = dict(send.deliveries.values_list("address", "state"))
    assert states.pop("bad@example.org") == Delivery.State.REFUSED
    assert set(states.values()) == {Delivery.State.SENT}


def test_a_subscription_does_not_end_at_a_time_to_come(admin_client, site):
    audience = Audience.objects.create(name="Staff", slug="staff")
    row = Subscription.objects.create(
        audience=audience, subscriber=Subscriber.objects.create(email="a@reader.example")
    )
    said = {"audience": audience.pk, "subscriber": row.subscriber_id}
    for ended, ends in (
        (timezone.now() + timedelta(days=3), False),
        (timezone.now() - timedelta(hours=1), True),
    ):
        admin_client.post(
            f"/admin/subscriptions/edit/{row.pk}/", {**said, "ended": f"{ended:%Y-%m-%d %H:%M}"}
        )
        row.refresh_from_db()
        assert bool(row.ended) == ends
