"""The outbox: what lies in it is a copy of ours, and shows addresses."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from griot.digest.models import IssuePage
from griot.mailing import sending
from griot.mailing.backend import RelayBackend
from griot.mailing.core.relays import MaildirRelay
from griot.mailing.models import Send
from griot.mailing.outbox import kept
from griot.mailing.tasks import sweep
from griot.testimonies import withdrawing
from griot.testimonies.copies import stale
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.review.changing import publish_changes
from griot.troubles.models import Trouble
from tests.signing_in import with_second_factor
from tests.testimonies.people import committed
from tests.testimonies.showing.test_withdrawal import MARK, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(site, django_user_model):
    return House(django_user_model)


@pytest.fixture
def client(house, django_user_model):
    sender = django_user_model.objects.create_user("sender")
    sender.user_permissions.set(Permission.objects.filter(codename__in=["add_send", "access_admin"]))
    client = Client()
    with_second_factor(client, sender)
    return client


def delivered(house) -> Path:
    sending.deliver(Send.objects.get(pk=house.send.pk), 1)
    (mail,) = (settings.MAILDIR / "new").iterdir()
    return mail


def left() -> list[str]:
    return [path.name for folder in settings.MAILDIR.iterdir() for path in folder.iterdir()]


def narrow(house) -> None:
    consent = replace(house.testimony.consent.as_value(), given=timezone.now(), by="teller", naming="unnamed")
    with committed():
        add_consent(house.testimony, consent)


@pytest.mark.parametrize("follows", [True, False])
def test_a_mail_in_the_outbox_goes_with_the_words_that_were_taken_back(house, client, follows):
    """Also where whoever withdrew it died of it; what a lane had in hand, too, and what was read elsewhere."""
    mail = delivered(house)
    assert (
        MARK in mail.read_text() and client.get(f"/admin/mailing/outbox/{mail.name}/html/").status_code == 200
    )
    if follows:
        with committed():
            withdrawing.withdraw(house.testimony, "teller")
        assert left() == []
    else:
        withdrawing.withdraw(house.testimony, "teller")
        assert client.get(f"/admin/mailing/outbox/{mail.name}/html/").status_code == 404
        assert mail.name not in client.get("/admin/mailing/outbox/").content.decode()
    for late in (f"new/{mail.name}", f"cur/{mail.name}:2,S", f"tmp/{mail.name}.{os.getpid()}"):
        (settings.MAILDIR / late).write_text(MARK)
    (settings.MAILDIR / "new" / "notice-1f").write_text("Reset your password")
    sweep()
    assert left() == ["notice-1f"]


def test_a_mail_in_the_outbox_goes_when_what_is_allowed_gets_narrower(house):
    delivered(house)
    narrow(house)
    assert left() == []


def test_the_outbox_and_a_send_ask_for_a_second_factor(house, client, django_user_model):
    mail = delivered(house)
    paths = [
        "outbox/",
        f"outbox/{mail.name}/",
        f"outbox/{mail.name}/html/",
        "",
        f"send/{house.issue.pk}/",
        f"sends/{house.send.pk}/",
    ]
    assert {client.get(f"/admin/mailing/{path}").status_code for path in paths} == {200}
    by_password = Client()
    by_password.force_login(django_user_model.objects.get(username="sender"))
    for path in paths:
        answer = by_password.get(f"/admin/mailing/{path}")
        assert answer.status_code == 302 and b"a@reader.example" not in answer.content, path
    assert by_password.post(f"/admin/mailing/send/{house.issue.pk}/", {}).status_code == 302


@pytest.mark.parametrize("finished", [None, timezone.now()])
def test_a_send_made_anew_is_the_issue_that_it_began_with(house, finished):
    page = IssuePage.objects.get(pk=house.issue.pk)
    page.title = "Changed afterwards"
    page.body.append(("text", "<p>Added later.</p>"))
    page.save_revision().publish(skip_permission_checks=True)
    Send.objects.update(finished=finished)
    assert MARK in Send.objects.get().html
    narrow(house)
    send = Send.objects.get()
    assert send.remade and MARK not in send.html + send.text, "made anew"
    assert "Communities Meet" in send.html and "Added later" not in send.html + send.text
    assert "Changed afterwards" not in send.html + send.text


def test_a_mail_that_grew_beyond_the_limit_is_still_sent(house):
    writing = house.testimony.writings.get()
    writing.body = "\n\n".join(["x" * 40_000] * 3)
    writing.save()
    publish_changes(house.testimony, house.people["approver"])
    sweep()
    assert not Send.objects.filter(stale()).exists() and not Trouble.objects.exists()
    send = Send.objects.get(pk=house.send.pk)
    sending.deliver(send, 1)
    assert send.counts()["sent"] == 1 and "x" * 60 in (settings.MAILDIR / "new" / left()[0]).read_text()


def test_a_mail_that_sets_a_password_anew_is_for_superusers_alone(house, client, admin_user):
    """Whoever sends issues could ask for one of an administrator's, and open it here."""
    RelayBackend().send_messages([EmailMessage("Reset your password", "by this link", to=[admin_user.email])])
    (name,) = kept(settings.MAILDIR / "new")
    addresses = [reverse(f"mailing:{of}", args=[name]) for of in ("outbox_mail", "outbox_html")]
    assert name not in client.get("/admin/mailing/outbox/").content.decode()
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    with_second_factor(client, admin_user)
    assert name in client.get("/admin/mailing/outbox/").content.decode()
    assert [client.get(address).status_code for address in addresses] == [200, 200]


def test_nobody_else_on_the_machine_opens_the_outbox(tmp_path):
    before = os.umask(0o022)
    try:
        MaildirRelay(tmp_path / "var" / "mail")
    finally:
        os.umask(before)
    folder = tmp_path / "var" / "mail"
    assert {f.stat().st_mode & 0o777 for f in [folder, *folder.iterdir()]} == {0o700}
