"""What the admin's home says of the mail."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from griot.digest.models import Correction
from griot.mailing.beginning import start_send
from griot.mailing.models import Audience, Delivery, Subscriber, Subscription
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor

pytestmark = pytest.mark.django_db
SEND_IT = "Send it, or plan it"


@pytest.fixture
def home(site, client, django_user_model):
    user = django_user_model.objects.create_user("mo")
    user.groups.set(Group.objects.filter(name="Mailing manager"))
    with_second_factor(client, user)
    return lambda: " ".join(client.get("/admin/").content.decode().split())


def subscribed(audience: Audience, *names: str) -> None:
    for name in names:
        reader = Subscriber.objects.create(email=f"{name}@a.example")
        Subscription.objects.create(audience=audience, subscriber=reader)


def test_from_an_empty_house_to_what_did_not_arrive(home):
    assert "No issue is out or approved yet" in home()
    issue = make_issue()
    assert "There is no audience yet" in home()
    friends, empty = (Audience.objects.create(name=name, slug=name) for name in ("friends", "nobody"))
    subscribed(friends, "a", "b", "c")
    said = home()
    assert "has not been sent to 1 audience" in said and "3 readers, not sent" in said and SEND_IT in said
    assert "nobody has subscribed" in said and str(empty) in said
    send = start_send(issue, friends)
    assert "sent to 0, 3 on their way" in home() and SEND_IT not in home()
    states = [Delivery.State.SENT, Delivery.State.REFUSED, Delivery.State.IN_DOUBT]
    for row, state in zip(send.deliveries.all(), states, strict=True):
        Delivery.objects.filter(pk=row.pk).update(state=state)
    assert "sent to 1, 1 refused, 1 in doubt" in home()
    assert f"/admin/mailing/sends/{send.pk}/" in home()


def test_an_approved_issue_is_offered_to_be_planned(home):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    friends = Audience.objects.create(name="friends", slug="friends")
    subscribed(friends, "a")
    chiefs = [User.objects.create_user(name) for name in ("bo", "cem")]
    for chief in chiefs:
        chief.groups.set(Group.objects.filter(name="Chief editor"))
    assert "No issue is out or approved yet" in home(), "a second person has to approve it"
    chiefs[0].delete()  # one alone need not ask
    assert "is approved, and can be planned" in home() and ">Plan it</a>" in home()
    assert f"/admin/mailing/send/{issue.pk}/" in home()


def test_a_correction_is_found_by_who_may_send_it(home, client):
    issue, friends = make_issue(), Audience.objects.create(name="friends", slug="friends")
    subscribed(friends, "a")
    row = Correction.objects.create(issue=issue, text="It was on Sunday, not on Monday.")
    assert "It was on Sunday" not in home(), "nobody has received the mistake by mail"
    start_send(issue, friends)
    address = f"/admin/mailing/corrections/{row.pk}/"
    assert address in home()
    room = client.get(address).content.decode()
    assert f"/admin/issues/correct/{issue.pk}/" not in room, "nothing is offered that is refused"
    client.post(address)
    assert address not in home()


def test_the_first_reader_is_reached_step_by_step(home):
    for path, make in (
        ("audiences", lambda: Audience.objects.create(name="friends", slug="friends")),
        ("subscribers", lambda: Subscriber.objects.create(email="a@reader.example")),
        ("subscriptions", lambda: None),
    ):
        assert f'href="/admin/{path}/new/"' in home()
        make()


def test_who_sends_nothing_is_told_nothing_of_the_mail(site, client, django_user_model):
    user = django_user_model.objects.create_user("ana")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    with_second_factor(client, user)
    assert 'id="mail"' not in client.get("/admin/").content.decode()


def test_an_issue_that_was_taken_off_is_not_offered_to_be_planned(home):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    subscribed(Audience.objects.create(name="Friends"), "a")
    offered = f"/admin/mailing/send/{issue.pk}/"
    assert offered in home()
    type(issue).objects.filter(pk=issue.pk).update(first_published_at=timezone.now())
    assert offered not in home()


def test_an_audience_needs_a_name_alone():
    slugs = [Audience.objects.create(name=name).slug for name in ("Les amis", "Les amis", "الأصدقاء")]
    assert slugs[0] == "les-amis" and slugs[1].startswith("les-amis-") and slugs[2]


def test_without_a_mail_server_it_is_said_that_nobody_is_reached(home, client, settings):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    address = f"/admin/mailing/send/{issue.pk}/"
    settings.EMAIL_URL = ""
    assert "has no mail server yet" in client.get(address).content.decode()
    settings.EMAIL_URL = "smtp://localhost:25"
    assert "has no mail server yet" not in client.get(address).content.decode()
