"""A messenger's phone in the wrong hands, or a careless one, does not fill the disk."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from griot.testimonies.core.errors import TooMuch
from griot.testimonies.intake import allowance, consenting, taking
from griot.testimonies.models import Access, Campaign, CheckIn, Messenger, Module, Testimony, Training, Upload
from griot.testimonies.showing.shown import told
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger, say_on_receipt
from tests.testimonies.review.test_later import written
from tests.testimonies.review.test_review import publish

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
        said = [{**sent, "words": f"no. {n}"} for n in range(3)]
        assert [phone.post(path, one).status_code for one in said] == [201, 201, 429]
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["testimonies/", "training/"])
def test_several_at_once_are_no_more_than_a_day_s(path, monkeypatch):
    monkeypatch.setattr(allowance, "MOST_TESTIMONIES", 2)
    monkeypatch.setattr(allowance, "MOST_TRIES", 2)
    make_messenger(make_campaign())
    campaign = Campaign.objects.get()
    module = path == "training/" and Module.objects.create(campaign=campaign, title="Care", questions=[]).pk
    waiting, see_to = Barrier(6), allowance._see_to

    def all_at_once(*what: Any) -> None:
        waiting.wait()
        see_to(*what)

    monkeypatch.setattr(allowance, "_see_to", all_at_once)

    def send(_: int) -> int:
        sent = as_sent() if path == "testimonies/" else {"module": module, "before": [], "after": []}
        try:
            return Phone().post(path, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [201] * 2 + [429] * 4


def receipt_of(row: Testimony) -> Client:
    client = Client(raise_request_exception=False)
    assert client.post("/receipt/", {"code": row.make_receipt()}).status_code == 302
    return client


def change(client: Client, **said: object) -> int:
    sent: dict[str, object] = {"act": "change", "uses": ["team", "web"], "naming": "alias", **said}
    return say_on_receipt(client, **sent).status_code


def test_a_teller_changes_their_mind_so_often_a_day_and_may_allow_less_at_any_time(phone, monkeypatch):
    monkeypatch.setattr(consenting, "MOST_CHANGES", 4)
    row = phone.tell()
    client = receipt_of(row)
    ways = [{"naming": ["first_name", "alias"][n % 2]} for n in range(5)]
    assert [change(client, **way) for way in ways] == [302, 302, 302, 302, 400]
    assert change(client, until="2099-01-01") == 400
    assert change(client, naming="unnamed") == 302 and change(client, naming="unnamed", uses=["team"]) == 302
    assert Testimony.objects.get().consent.uses == ["team"]
    row.steps.update(at=timezone.now() - timedelta(hours=25))
    assert change(client) == 302
    assert say_on_receipt(client, act="withdraw", sure="yes").status_code == 302
    assert Testimony.objects.get().over


def test_a_phone_ends_a_consent_earlier_so_often_a_day(phone, monkeypatch):
    monkeypatch.setattr(consenting, "MOST_CHANGES", 4)
    row = phone.tell()

    def until(day: int, **said: object) -> int:
        consent = {"until": f"2100-01-{day:02}", **said}
        return phone.post("testimonies/", as_sent(id=str(row.pk), consent=consent)).status_code

    assert [until(day) for day in (28, 27, 26, 25, 24)] == [200, 200, 200, 200, 429]
    assert until(23, uses=["team"]) == 200 and Testimony.objects.get().consent.uses == ["team"]
    assert Testimony.objects.get().consent.until.day == 23


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("most_heard", [200, 3])
def test_a_name_is_kept_back_however_often_its_consent_was_changed(
    phone, people, monkeypatch, is_open, most_heard
):
    """Also where the message that tells it says something else that a day bounds."""
    monkeypatch.setattr(consenting, "MOST_CHANGES", 3)
    row = phone.tell()
    if not is_open:
        publish(row, people)

    def until(day: int, **said: object) -> int:
        consent = {"naming": "unnamed", "until": f"2100-01-{day:02}"}
        return phone.post("testimonies/", as_sent(id=str(row.pk), consent=consent, **said)).status_code

    assert [until(day) for day in (28, 27, 26)] == [200, 200, 200]
    assert until(24) == 429
    monkeypatch.setattr(taking, "MOST_HEARD", most_heard)
    assert until(20, teller={"name": "Fatou Diop"}) == 200
    row = Testimony.objects.get()
    assert "Fatou Diop" in [*row.names, *(p.name for p in row.undecided)]


def test_a_version_has_room_for_any_number_and_a_change_costs_the_same(phone):
    row = phone.tell()
    client = receipt_of(row)
    held = row.consents.last()
    change(client, naming="first_name")
    with CaptureQueriesContext(connection) as asked:
        assert change(client, naming="unnamed") == 302
    held.pk, held.version, held.by = None, 40_000, "teller"
    held.save()
    with CaptureQueriesContext(connection) as again:
        assert change(client, naming="unnamed") == 302
    assert len(again) == len(asked) and Testimony.objects.get().consent.version == 40_001


@pytest.mark.parametrize("count", [3, 201])
def test_a_name_that_is_said_late_is_kept_back_however_much_was_sent(phone, people, count):
    row = phone.tell(consent={"naming": "unnamed"}, teller={"name": "Fatu Jallow"})
    written(row, people, title="Fatoumata Diallo leaves")
    Testimony.objects.update(heard=[f"{n:064}" for n in range(count)])
    less = {"naming": "unnamed", "uses": ["team", "web"], "given": "2026-11-05T10:00:00Z"}
    sent = as_sent(id=str(row.pk), consent=less, teller={"name": "Fatoumata Diallo"})
    for _ in range(2):
        assert phone.post("testimonies/", sent).status_code == 200
    assert told(Testimony.objects.get(), "web", "fr").title == "… leaves"
    assert row.proposals.count() == 1


def test_what_came_while_the_clock_was_ahead_is_no_part_of_today(phone, monkeypatch):
    monkeypatch.setattr(allowance, "MOST_TESTIMONIES", 1)
    monkeypatch.setattr(allowance, "MOST_CHECK_INS", 1)
    phone.tell()
    messenger = Messenger.objects.get()
    messenger.check_ins.create(mood=3)
    for see_to in (allowance.see_to_testimonies, allowance.see_to_check_ins):
        with transaction.atomic(), pytest.raises(TooMuch):
            see_to(messenger)
    Testimony.objects.update(arrived=timezone.now() + timedelta(days=400))
    messenger.check_ins.update(at=timezone.now() + timedelta(days=400))
    for see_to in (allowance.see_to_testimonies, allowance.see_to_check_ins):
        with transaction.atomic():
            see_to(messenger)
