"""A messenger's phone in the wrong hands, or a careless one, does not fill the disk."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from griot.testimonies.intake import allowance
from griot.testimonies.models import Access, Campaign, CheckIn, Module, Testimony, Training, Upload
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(site) -> Phone:
    make_messenger(make_campaign())
    return Phone()


def test_a_day_s_bytes_are_bounded_and_the_next_day_it_goes_on(phone, settings):
    settings.PHONE_GB_A_DAY = 0.000_3  # 300 kB
    testimony = phone.tell()
    first = str(uuid.uuid4())
    assert phone.begin(testimony, bytes(200_000), pk=first).status_code == 201
    refused = phone.begin(testimony, b"a" + bytes(200_000))
    assert refused.status_code == 429 and "tomorrow" in refused.json()["error"] and refused["Retry-After"]
    assert phone.begin(testimony, bytes(200_000), pk=first).status_code == 201, "what was begun goes on"
    assert phone.begin(testimony, b"b" + bytes(90_000)).status_code == 201
    Upload.objects.update(begun=timezone.now() - timedelta(hours=25))
    assert phone.begin(testimony, b"c" + bytes(200_000)).status_code == 201


def test_a_day_s_testimonies_are_bounded_and_what_is_known_may_change(phone, monkeypatch):
    monkeypatch.setattr(allowance, "MOST_TESTIMONIES", 2)
    sent = as_sent()
    assert phone.post("testimonies/", sent).status_code == 201
    assert phone.post("testimonies/", as_sent()).status_code == 201
    assert phone.post("testimonies/", as_sent()).status_code == 429
    assert phone.post("testimonies/", {**sent, "kind": "story"}).status_code == 200
    Testimony.objects.update(arrived=timezone.now() - timedelta(hours=25))
    assert phone.post("testimonies/", as_sent()).status_code == 201


def test_a_day_s_check_ins_and_tries_at_trainings_are_bounded(phone, monkeypatch):
    monkeypatch.setattr(allowance, "MOST_CHECK_INS", 2)
    monkeypatch.setattr(allowance, "MOST_TRIES", 2)
    module = Module.objects.create(
        campaign=Campaign.objects.get(),
        title="Care",
        questions=[{"question": "?", "answers": ["a"], "right": 0}],
    )
    for path, sent, rows in (
        ("check-in/", {"mood": 2}, CheckIn.objects),
        ("training/", {"module": module.pk, "before": [0], "after": [0]}, Training.objects),
    ):
        assert [phone.post(path, sent).status_code for _ in range(3)] == [201, 201, 429]
        rows.update(at=timezone.now() - timedelta(hours=25))
        assert phone.post(path, sent).status_code == 201


def test_a_repeat_writes_nothing_down(phone):
    sent = as_sent()
    for _ in range(3):
        phone.post("testimonies/", sent)
    assert Access.objects.filter(what="sent").count() == 1
    phone.post("testimonies/", {**sent, "kind": "story"})
    assert Access.objects.filter(what="sent").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_share_what_is_left_of_a_day(settings):
    settings.PHONE_GB_A_DAY = 0.000_3
    messenger = make_messenger(make_campaign()).messenger
    testimonies = [Phone().tell() for _ in range(6)]

    def begin(testimony: Testimony) -> int:
        try:
            return Phone().begin(testimony, bytes(100_001)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(begin, testimonies))
    assert answers == [201] * 2 + [429] * 4
    assert messenger.devices.get().uploads.count() == 2
