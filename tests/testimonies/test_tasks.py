"""What can't be done in the nightly tidying is set aside, and the rest is done."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from griot.testimonies.intake.receiving import ORPHANED
from griot.testimonies.keeping import vault
from griot.testimonies.tasks import tidy
from griot.troubles.models import Trouble
from tests.testimonies.people import Phone, make_campaign, make_messenger


@pytest.mark.django_db
def test_what_cannot_be_erased_does_not_keep_the_rest_in_the_vault():
    place = vault()
    names = sorted(place.put(b"orphaned") for _ in range(3))
    old = (timezone.now() - ORPHANED - timedelta(days=1)).timestamp()
    for name in names:
        os.utime(place.folder / name[:2] / name, (old, old))
    bad = place.folder / names[1][:2] / names[1]
    bad.unlink()
    bad.mkdir()  # nothing that can be unlinked
    os.utime(bad, (old, old))
    tidy()
    assert place.names() == [names[1]]
    assert Trouble.objects.get(what="tidying the vault").row == names[1]


@pytest.mark.django_db
def test_what_a_receipt_opened_is_forgotten(site, client):
    make_messenger(make_campaign())
    client.post("/receipt/", {"code": Phone().tell().make_receipt()})
    Client().post("/receipt/", {"code": Phone().tell().make_receipt()})
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now())
    tidy()
    assert Session.objects.count() == 1
