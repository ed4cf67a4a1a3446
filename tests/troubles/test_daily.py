"""Jobs of each day come each day, also late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from griot.digest import tasks
from griot.troubles.daily import begin_due
from griot.troubles.models import Daily

pytestmark = pytest.mark.django_db
MORNING = tasks.morning.name


def asked(moment: datetime) -> int:
    """How many mornings are asked for at that moment."""
    begin_due(moment)
    found = ProcrastinateJob.objects.filter(task_name=MORNING)
    count = found.count()
    found._raw_delete("default")
    return count


def test_a_morning_comes_at_its_time_once():
    day = datetime(2026, 11, 28, tzinfo=UTC)
    times = ["04:00", "05:25", "05:30", "05:35", "23:55"]
    moments = [day + timedelta(days=n, hours=int(t[:2]), minutes=int(t[3:])) for n in range(2) for t in times]
    assert [asked(moment) for moment in moments] == [0, 0, 1, 0, 0] * 2


@pytest.mark.parametrize("asleep", [timedelta(minutes=11), timedelta(hours=5), timedelta(days=3, hours=1)])
def test_who_slept_at_its_time_has_it_when_they_wake(asleep):
    before = datetime(2026, 11, 28, 5, 29, tzinfo=UTC)
    asked(before)
    assert asked(before + asleep) == 1 and asked(before + asleep + timedelta(minutes=5)) == 0


def test_a_newsroom_that_is_new_makes_up_for_nothing():
    assert asked(datetime(2026, 11, 28, 14, 0, tzinfo=UTC)) == 0
    assert asked(datetime(2026, 11, 29, 5, 30, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    "zone", ["America/Los_Angeles", "Asia/Manila", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
def test_a_morning_is_the_newsrooms_own(settings, zone):
    settings.TIME_ZONE = zone
    here = datetime(2026, 11, 28, tzinfo=ZoneInfo(zone))
    asked(here)
    begun = [now for n in range(288) if asked(now := here + timedelta(minutes=5 * n))]
    assert [moment.astimezone(ZoneInfo(zone)).time() for moment in begun] == [time(5, 30)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon", "Asia/Manila"])
@given(st.lists(st.integers(0, 4000), min_size=1, max_size=30))
def test_whenever_somebody_is_there_a_day_has_one_and_at_once(zone, minutes):
    """Over a change of the clocks, too."""
    Daily.objects.all().delete()
    first = last = None
    with override_settings(TIME_ZONE=zone):
        for minute in sorted(minutes):
            moment = datetime(2026, 10, 24, tzinfo=UTC) + timedelta(minutes=minute)
            here = moment.astimezone(ZoneInfo(zone))
            day = here.date() - timedelta(days=here.time() < time(5, 30))
            first = first or day
            assert asked(moment) == (day not in {first, last})
            last = day


def test_a_clock_that_was_years_ahead_ends_no_morning():
    asked(datetime(2026, 11, 28, 4, 0, tzinfo=UTC))
    assert asked(datetime(2036, 1, 1, 6, 0, tzinfo=UTC)) == 1
    assert [asked(datetime(2026, 11, n, 6, 0, tzinfo=UTC)) for n in (28, 28, 29)] == [1, 0, 1]
