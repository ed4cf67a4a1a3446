"""The room an issue is sent from: what its mail is called, its proofs, and the time that it goes out."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from griot.digest.core.types import Issue, Portrait, PressLine, PressReview
from griot.digest.models import IssuePage, Newsroom
from griot.digest.release.editions import make_editions
from griot.mailing import proofs
from griot.mailing.beginning import start_send
from griot.mailing.core.zones import choices, named
from griot.mailing.models import Proof, Schedule, Send, Subject
from griot.mailing.saying import make_anew
from griot.mailing.subjects import told_by_tellers
from griot.mailing.tasks import sweep
from griot.testimonies import withdrawing
from tests.digest.issues import make_issue, read_by_a_person
from tests.mailing.test_scheduling import an_audience
from tests.signing_in import with_second_factor
from tests.testimonies.people import committed
from tests.testimonies.showing.test_withdrawal import MARK, House

pytestmark = pytest.mark.django_db
PROPOSED = "Communities Meet to Share; 57 &lt;b&gt;people&lt;/b&gt; &amp; others agreed; All agree"
PROPOSED_AS_TEXT = unescape(PROPOSED)


@pytest.fixture
def issue(site):
    return make_issue(day=timezone.localdate())


@pytest.fixture
def mo(django_user_model):
    user = django_user_model.objects.create_user("mo", "mo@kora.example")
    user.groups.set(Group.objects.filter(name="Mailing manager"))
    return user


@pytest.fixture
def client(mo):
    client = Client()
    with_second_factor(client, mo)
    return client


def room(client, issue) -> str:
    return " ".join(client.get(f"/admin/mailing/send/{issue.pk}/").content.decode().split())


def called(client, issue, **said):
    return client.post(f"/admin/mailing/send/{issue.pk}/subject/", said)


def test_the_mail_is_called_as_proposed_until_somebody_writes(issue, client):
    an_audience("Friends")
    assert PROPOSED in room(client, issue) and "Proposed from" in room(client, issue)
    called(client, issue, subject="  57 people\n agreed ")
    said = room(client, issue)
    assert 'value="57 people agreed"' in said and "Written by mo" in said
    assert start_send(issue, an_audience("Others")).subject == "57 people agreed"


def test_what_was_written_is_taken_back(issue, client):
    called(client, issue, subject="57 people agreed")
    called(client, issue, subject="57 people agreed", propose="1")
    assert not Subject.objects.exists() and PROPOSED in room(client, issue)
    called(client, issue, subject="57 people agreed")
    called(client, issue, subject="")
    assert not Subject.objects.exists()


def test_what_nothing_in_the_issue_says_needs_somebody_who_answers_for_it(issue, client):
    answer = called(client, issue, subject="99 people agreed on Malta")
    said = " ".join(answer.content.decode().split())
    assert answer.status_code == 422 and "Nothing in the issue says “99”, “Malta”" in said
    assert 'value="99 people agreed on Malta"' in said and not Subject.objects.exists()
    called(client, issue, subject="99 people agreed on Malta", answered="on")
    assert start_send(issue, an_audience("Friends")).subject == "99 people agreed on Malta"


def test_one_that_is_too_long_is_kept_in_its_field(issue, client):
    answer = called(client, issue, subject="agree " * 20)
    assert answer.status_code == 422 and "at most 70 characters: this one has 119" in answer.content.decode()


def test_a_subject_falls_with_what_bore_it_out(issue, client):
    called(client, issue, subject="57 people agreed")
    body = [(child.block_type, child.value) for child in issue.body if child.block_type != "press_review"]
    IssuePage.objects.filter(pk=issue.pk).update(body=IssuePage(body=body).body)
    said = room(client, issue)
    assert "does not say any more what mo wrote" in said
    assert (
        start_send(IssuePage.objects.get(pk=issue.pk), an_audience("Friends")).subject
        == PROPOSED_AS_TEXT.split(";")[0]
    )


def test_what_has_begun_keeps_its_subject(issue, client):
    send = start_send(issue, an_audience("Friends"))
    called(client, issue, subject="57 people agreed")
    make_anew(send.pk)
    send.refresh_from_db()
    assert send.subject == PROPOSED_AS_TEXT


def test_each_edition_has_its_own(issue, client):
    edition = next(page for page in make_editions(issue) if page.language == "fr")
    read_by_a_person(edition)
    edition.refresh_from_db()
    called(client, edition, subject="57 personnes")
    edition.get_latest_revision().publish(skip_permission_checks=True)
    staff = an_audience("Personnel", "fr")
    assert start_send(issue, staff).subject == "57 personnes"
    assert start_send(issue, an_audience("Friends")).subject == PROPOSED_AS_TEXT


def test_whoever_sends_nothing_names_and_tests_nothing(issue, django_user_model):
    client, ana = Client(), django_user_model.objects.create_user("ana", "ana@kora.example")
    ana.groups.set(Group.objects.filter(name="Duty editor"))
    with_second_factor(client, ana)
    for what in ("subject", "proof"):
        assert client.post(f"/admin/mailing/send/{issue.pk}/{what}/", {"subject": "57"}).status_code in (
            302,
            403,
        )
    assert client.get(f"/admin/mailing/send/{issue.pk}/mail/").status_code in (302, 403)
    assert not Subject.objects.exists() and not Proof.objects.exists()


def test_no_subject_says_what_a_teller_told(site, django_user_model, client):
    house = House(django_user_model)
    issue = IssuePage.objects.get(pk=house.send.issue_id)
    assert MARK in house.send.html and MARK not in house.send.subject
    answer = called(client, issue, subject=f"{MARK} walks; all agree", answered="on")
    assert answer.status_code == 422 and "is what a teller told" in answer.content.decode()
    assert not Subject.objects.exists()


def test_a_run_of_a_tellers_words_is_theirs():
    told = Portrait("item-t", "Awa", "I buried my brother in the sand by the sea.", None, None)
    line = PressLine(("Nius",), (), "reported that 57 people agreed.")
    whole = Issue(
        *("Kora", "Kora", date(2026, 11, 24), "en", "", "", "", "", ""),
        (told, PressReview("item-p", "", (line,))),
    )
    news = replace(whole, blocks=whole.blocks[1:])
    assert told_by_tellers("“Buried my brother in the sand”", whole, news) == "Buried my brother in the sand"
    assert told_by_tellers("Who buried my brother in the sand", whole, news) == "buried my brother in"
    assert told_by_tellers("Awa speaks; 57 people agreed", whole, news) == "Awa"
    assert told_by_tellers("57 people agreed", whole, news) == told_by_tellers("", whole, news) == ""


def test_what_is_made_anew_goes_out_under_a_subject_that_holds(issue, client):
    called(client, issue, subject="99 people agreed", answered="on")
    send = start_send(issue, an_audience("Friends"))
    called(client, issue, subject="")
    make_anew(send.pk)
    send.refresh_from_db()
    assert send.subject == PROPOSED_AS_TEXT


# --- proofs ---------------------------------------------------------------------------------


def test_a_test_goes_to_who_asks_and_leads_nobody_off_the_list(issue, client, mo, sink):
    audience = an_audience("Friends")
    with committed():
        client.post(f"/admin/mailing/send/{issue.pk}/proof/")
    proofs.send_proof(Proof.objects.get().pk)
    [(to, content)] = sink.messages
    mail = email.message_from_bytes(content, policy=policy.default)
    assert to == mo.email and mail["Subject"].strip() == f"Test: {PROPOSED_AS_TEXT}"
    assert "unsubscribe" not in mail["List-Unsubscribe"]
    assert audience.subscriptions.filter(ended=None).count() == 2 and not Send.objects.exists()
    assert f"A test was sent to {mo.email}" in room(client, issue)


def test_a_test_takes_the_subject_that_stands_in_the_form(issue, client):
    client.post(f"/admin/mailing/send/{issue.pk}/proof/", {"subject": "57 people agreed"})
    assert Subject.objects.get().words == "57 people agreed" and Proof.objects.count() == 1
    answer = client.post(f"/admin/mailing/send/{issue.pk}/proof/", {"subject": "99 agreed on Malta"})
    assert answer.status_code == 422 and Proof.objects.count() == 1


def test_a_test_that_is_in_no_queue_is_asked_for_again(issue, mo):
    Proof.objects.create(issue=issue, by=mo)
    sweep()
    assert ProcrastinateJob.objects.filter(task_name="mailing.proof").count() == 1


def test_a_draft_is_tested_as_it_would_go(site, client):
    draft = make_issue(live=False)
    draft.body[0].value["title"] = "A newer title"
    draft.save_revision()
    said = client.get(f"/admin/mailing/send/{draft.pk}/mail/html/").content.decode()
    assert "A newer title" in said


def test_who_has_no_address_is_told_so(issue, client, mo):
    type(mo).objects.filter(pk=mo.pk).update(email="")
    answer = client.post(f"/admin/mailing/send/{issue.pk}/proof/", follow=True)
    assert "no e-mail address" in answer.content.decode() and not Proof.objects.exists()


def test_nobody_floods_the_relay_with_tests(issue, client):
    for _ in range(25):
        client.post(f"/admin/mailing/send/{issue.pk}/proof/")
    assert Proof.objects.count() == 20


def test_a_test_goes_with_what_is_told_in_it(site, django_user_model):
    house = House(django_user_model)
    ana = django_user_model.objects.create_user("ana", "ana@kora.example")
    proof = Proof.objects.create(issue=IssuePage.objects.get(pk=house.send.issue_id), by=ana)
    proofs.send_proof(proof.pk)
    [mail] = [p for p in (settings.MAILDIR / "new").iterdir() if p.name.startswith("proof-")]
    assert MARK in mail.read_text().replace("=\n", "")
    with committed():
        withdrawing.withdraw(house.testimony, by="teller")
    sweep()
    assert not mail.exists()


def test_a_test_is_kept_for_a_day(issue, mo):
    proof = Proof.objects.create(issue=issue, by=mo)
    proofs.send_proof(proof.pk)
    [mail] = (settings.MAILDIR / "new").iterdir()
    sweep()
    assert mail.exists()
    Proof.objects.update(at=timezone.now() - timedelta(days=2))
    sweep()
    assert not mail.exists() and not Proof.objects.exists()


# --- when, and to whom --------------------------------------------------------------------------


def test_zones_are_found_by_their_cities_the_own_first():
    [(_, own), (_, cities)] = choices(["Africa/Dakar", "Africa/Dakar", "Europe/Rome"])
    assert own == [("Africa/Dakar", "Dakar, Senegal"), ("Europe/Rome", "Rome, Italy")]
    names = dict(cities)
    assert "Africa/Dakar" not in names and "Asia/Calcutta" not in names and len(names) > 400
    assert names["America/Argentina/Buenos_Aires"] == "Buenos Aires, Argentina" and named("UTC") == "UTC"


def test_a_planned_send_is_told_in_the_zone_it_was_planned_in(site, client):
    draft, audience = make_issue(day=timezone.localdate(), live=False), an_audience("Friends")
    draft.save_revision()
    at = timezone.now().replace(microsecond=0) + timedelta(hours=3)
    Schedule.objects.create(issue=draft, audience=audience, at=at, zone="Asia/Kathmandu")
    assert "(Kathmandu, Nepal), by itself" in room(client, draft)
    assert f"{at.astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}" in room(client, draft)


def test_nothing_was_sent_where_nobody_reads(issue, client):
    an_audience("Nobody", readers=0)
    assert "sent to everybody" not in room(client, issue)


def test_after_the_last_audience_the_room_offers_nothing(issue, client):
    start_send(issue, an_audience("Friends"))
    said = room(client, issue)
    assert "It was sent to everybody" in said and "Send now" not in said and "At a time" not in said


def test_the_newsroom_is_named_once(issue, client):
    Newsroom.objects.update(name="The Kora")
    said = room(client, issue)
    assert "The Kora" in said and start_send(issue, an_audience("Friends")).subject == PROPOSED_AS_TEXT
