"""What the admin's home says of the mail."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

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
    assert "No issue is out yet" in home()
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


def test_who_sends_nothing_is_told_nothing_of_the_mail(site, client, django_user_model):
    user = django_user_model.objects.create_user("ana")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    with_second_factor(client, user)
    assert 'id="mail"' not in client.get("/admin/").content.decode()
