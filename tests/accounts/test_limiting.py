"""How often one address may try: counted for all web servers, and the addresses themselves not kept."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from griot.accounts.limiting import comes_too_often
from griot.accounts.models import Tries


def tries(address: str, most: int = 3) -> bool:
    return comes_too_often(RequestFactory().get("/", REMOTE_ADDR=address), "a door", most, 60)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2"]), max_size=20))
def test_tries_are_counted_for_each_address_and_network(db, addresses):
    Tries.objects.all().delete()
    came: list[str] = []
    for address in addresses:
        came.append(address.partition("::")[0])
        assert tries(address) == (came.count(came[-1]) > 3)
    kept = list(Tries.objects.values_list("place", flat=True))
    assert len(kept) == len(set(came)) and all(re.fullmatch("[0-9a-f]{64}", p) for p in kept)
    Tries.objects.update(
        until=timezone.now() - timedelta(days=1)
    )  # the database counts from its transaction's begin
    assert not any(tries(address) for address in set(addresses[:1]))


def test_what_is_over_is_forgotten(db):
    tries("203.0.113.1")
    Tries.objects.update(
        until=timezone.now() - timedelta(days=1)
    )  # the database counts from its transaction's begin
    tries("203.0.113.2")
    assert Tries.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_tries_at_many_web_servers_at_once_gets_no_more():
    def one(_: int) -> bool:
        try:
            return tries("203.0.113.1", most=5)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as servers:
        assert sorted(servers.map(one, range(40))) == [False] * 5 + [True] * 35


def test_a_count_that_a_wrong_clock_began_ends_once_it_is_right():
    assert not tries("10.0.0.9", 1)
    Tries.objects.update(until=timezone.now() + timedelta(days=400))
    assert not tries("10.0.0.9", 1) and tries("10.0.0.9", 1)
    assert Tries.objects.get().until < timezone.now() + timedelta(minutes=2)
