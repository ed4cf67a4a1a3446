"""What readers get by mail alone is approved like what stands on the site."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from griot.digest.models import IssuePage
from griot.digest.release import approving
from griot.digest.release.approving import why_not
from griot.testimonies.models import Testimony
from tests.digest.release.test_ways_out import approve, draft, writer  # noqa: F401  (fixtures)
from tests.testimonies.conftest import phone  # noqa: F401
from tests.testimonies.people import user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


def test_what_goes_by_mail_alone_is_approved_too(draft, writer, phone, monkeypatch, django_user_model):  # noqa: F811
    people = {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}
    told = phone.tell(consent={"uses": ["team", "mail"]})
    publish(told, people)
    monkeypatch.setattr(approving, "preflight", lambda page, at: [])
    approve(draft, writer, get_user_model().objects.get(username="bo"))
    page = IssuePage.objects.get(pk=draft.pk)
    assert why_not(page) == ""
    page = page.get_latest_revision_as_object()
    page.body.append(("testimony", {"testimony": Testimony.objects.get(pk=told.pk).slug}))
    page.save_revision(user=writer)
    assert "not been approved" in why_not(IssuePage.objects.get(pk=draft.pk))
