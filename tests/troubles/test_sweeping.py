"""A row with which a job fails stops nothing, is shown, and is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from griot.testimonies.models import Consent, Testimony
from griot.testimonies.tasks import sweep
from griot.troubles.models import Trouble
from griot.troubles.sweeping import attempt, due, each, in_turn, together
from tests.testimonies.people import Phone, make_campaign, make_messenger

pytestmark = pytest.mark.django_db


def test_what_stands_behind_a_row_that_fails_goes_on_and_it_is_tried_again():
    seen, healed = [], False

    def act(row: int) -> None:
        if row == 2 and not healed:
            raise ValueError("half a \0 character")
        seen.append(row)

    assert each("counting", [1, 2, 3], act) == 2 and seen == [1, 3]
    each("counting", [1, 2, 3], act)
    trouble = Trouble.objects.get()
    assert (trouble.what, trouble.row, trouble.times) == ("counting", "2", 2) and "ValueError" in trouble.why
    healed = True
    assert each("counting", [2], act) == 1 and not Trouble.objects.exists()


def test_a_row_that_has_gone_is_no_trouble_any_more():
    """As a story that lost its articles while its line was drafted."""
    each("drafting", [1, 2, 3], lambda row: 1 // (row - 2))
    each("counting", [2], lambda row: 1 // 0)
    together("drafting", [7, 8], lambda rows: 1 // (rows[0] - 7))
    assert set(Trouble.objects.values_list("what", "row")) == {
        ("drafting", "2"),
        ("drafting", "7"),
        ("counting", "2"),
    }, "a part of the rows says nothing of the others"
    each("drafting", [1, 3], lambda row: None)
    assert Trouble.objects.get().what == "counting"


def test_rows_with_one_name_are_each_done_and_each_a_trouble_of_their_own():
    class Issue:
        def __str__(self) -> str:
            return "Migrants as Messengers"

    seen: list[object] = []
    alike = [Issue(), Issue(), "a" * 80 + "b", "a" * 80 + "c"]
    assert each("writing down", alike, seen.append) == 4 and seen == alike
    each("writing down", alike, lambda row: 1 // 0)
    assert Trouble.objects.count() == 4
    together("writing down", alike, lambda rows: None)
    assert not Trouble.objects.exists()


def test_a_step_that_fails_stops_none_behind_it():
    seen: list[int] = []
    in_turn("a job", first=lambda: 1 / 0, second=lambda: seen.append(2))
    assert seen == [2] and Trouble.objects.get().row == "first"


def test_a_consent_that_cannot_be_read_does_not_keep_others_from_ending():
    make_messenger(make_campaign())
    phone = Phone()
    bad, due = phone.tell(), phone.tell()
    Consent.objects.update(until=timezone.localdate() - timedelta(days=2))
    with connection.cursor() as cursor:  # as no calendar of ours has it
        cursor.execute(
            "UPDATE testimonies_consent SET given = '0044-03-15 BC' WHERE testimony_id = %s", [bad.pk]
        )
    sweep()
    assert Testimony.objects.get(pk=due.pk).withdrawn_by == "expiry"
    assert {t.row for t in Trouble.objects.all()} == {str(bad.pk)}


def test_an_administrator_sees_it_and_says_so(admin_client, client, django_user_model):
    each("counting", [7], lambda row: 1 / 0)
    page = admin_client.get("/admin/").content.decode()
    assert "counting: 7" in page and "ZeroDivisionError" in page
    pk = Trouble.objects.get().pk
    client.force_login(django_user_model.objects.create_user("reader", password="a password of length"))
    client.post("/admin/troubles/seen/", {"pk": pk})
    assert Trouble.objects.exists()
    admin_client.post("/admin/troubles/seen/", {"pk": pk})
    assert not Trouble.objects.exists()
    admin_client.post("/admin/troubles/seen/", {"pk": "²"})
    assert "Set aside" not in admin_client.get("/admin/").content.decode()


def test_what_failed_while_the_clock_was_ahead_is_tried_again_once_it_is_right():
    def fails():
        raise OSError("read-only")

    attempt("erasing", "a", fails)
    assert due("erasing", ["a"]) == []
    Trouble.objects.update(last=timezone.now() + timedelta(days=400))
    assert due("erasing", ["a"]) == ["a"]
