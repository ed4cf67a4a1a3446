"""Publishing from the home and the pre-flight, and what is said of an issue that was changed or taken off."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from griot.digest.models import IssuePage
from griot.digest.release.approving import standing_of
from griot.mailing.beginning import start_send
from griot.mailing.models import Audience, Subscriber, Subscription
from tests.digest.issues import make_issue

pytestmark = pytest.mark.django_db
BUTTON = "Publish it now"


@pytest.fixture
def at(client):
    def sit_down(role: str):
        user = get_user_model().objects.create_user(role, f"{role[:3]}@a.example", "x")
        user.groups.set(Group.objects.filter(name=role))
        client.force_login(user)
        return client

    return sit_down


@pytest.fixture
def draft(site) -> IssuePage:
    issue = make_issue("en", timezone.localdate(), live=False)
    issue.save_revision()
    return IssuePage.objects.get(pk=issue.pk)


def test_the_chief_editor_publishes_from_the_home(at, draft):
    chief = at("Chief editor")
    assert BUTTON in chief.get("/admin/").content.decode()
    assert BUTTON in chief.get(reverse("digest:preflight", args=[draft.pk])).content.decode()
    answer = chief.post(reverse("digest:publish", args=[draft.pk]), follow=True).content.decode()
    assert "is out." in answer and BUTTON not in answer
    assert IssuePage.objects.get(pk=draft.pk).live


def test_whoever_may_not_publish_is_not_offered_it_and_refused(at, draft):
    duty = at("Duty editor")
    assert BUTTON not in duty.get("/admin/").content.decode()
    assert duty.post(reverse("digest:publish", args=[draft.pk])).status_code in (302, 403)
    assert duty.get(reverse("digest:publish", args=[draft.pk])).status_code in (302, 403, 405)
    assert not IssuePage.objects.get(pk=draft.pk).live


def test_what_the_pre_flight_blocks_is_not_published(at, draft):
    draft.body = []
    draft.save_revision()
    chief = at("Chief editor")
    assert BUTTON not in chief.get("/admin/").content.decode()
    answer = chief.post(reverse("digest:publish", args=[draft.pk]), follow=True).content.decode()
    assert "was not published" in answer and not IssuePage.objects.get(pk=draft.pk).live


def test_an_issue_that_was_changed_after_it_was_sent_asks_for_a_correction(draft):
    draft.get_latest_revision().publish(skip_permission_checks=True)
    issue = IssuePage.objects.get(pk=draft.pk)
    audience = Audience.objects.create(name="Friends", slug="friends")
    reader = Subscriber.objects.create(email="a@reader.example")
    Subscription.objects.create(audience=audience, subscriber=reader)
    start_send(issue, audience)
    assert "published again" not in standing_of(issue)[1]
    issue.save_revision().publish(skip_permission_checks=True)
    issue = IssuePage.objects.get(pk=draft.pk)
    assert "published again after that: a correction" in standing_of(issue)[1]
    issue.unpublish()
    word, more = standing_of(IssuePage.objects.get(pk=draft.pk))
    assert word == "taken off" and "It was out since" in more and "Sent to “Friends”" in more
