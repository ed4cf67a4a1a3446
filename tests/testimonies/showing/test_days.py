"""A consent ends with its last day as the newsroom counts days, wherever on earth that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies import withdrawing
from griot.testimonies.models import Testimony
from griot.testimonies.models.days import day_of
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_review import publish

ZONES = ["Asia/Baghdad", "Pacific/Kiritimati", "UTC", "America/Los_Angeles", "Pacific/Pago_Pago"]
LAST = date(2026, 11, 27)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    *[st.sampled_from(ZONES)] * 2,
)
def test_a_day_is_the_newsrooms_and_not_that_of_whoever_looks(moment, zone, theirs):
    with override_settings(TIME_ZONE=zone), timezone.override(ZoneInfo(theirs)):
        assert day_of(moment) == moment.astimezone(ZoneInfo(zone)).date()


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_it_ends_at_midnight_in_the_newsrooms_zone(zone, settings, monkeypatch, django_user_model):
    make_messenger(make_campaign())
    people = {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}
    testimony = Phone().tell()
    publish(testimony, people)
    testimony.consents.update(until=LAST)
    settings.TIME_ZONE = zone
    midnight = datetime.combine(LAST + timedelta(days=1), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    for now, status, by in ((midnight - timedelta(minutes=1), 200, ""), (midnight, 410, "expiry")):
        monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
        assert Client().get(f"/stories/{testimony.slug}/").status_code == status
        withdrawing.expire(now)
        assert Testimony.objects.get().withdrawn_by == by


@pytest.mark.django_db
def test_what_ends_on_the_day_before_it_was_given_is_no_consent(settings):
    """Given half an hour after midnight in Baghdad, which is the evening before in UTC."""
    settings.TIME_ZONE = "Asia/Baghdad"
    make_messenger(make_campaign())
    given = datetime(2026, 11, 1, 21, 30, tzinfo=UTC)
    for until, status in (("2026-11-01", 400), ("2026-11-02", 201)):
        sent = as_sent(consent={"given": given.isoformat(), "until": until})
        assert Phone().post("testimonies/", sent).status_code == status
