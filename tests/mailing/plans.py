"""Time that passes for what is planned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F
from django.test import override_settings
from django.utils import timezone
from wagtail.models import Revision

from griot.mailing.models import Schedule


@contextmanager
def where_it_is_morning() -> Iterator[None]:
    """In a newsroom where it is past six: what is planned for hours ahead is of the same day."""
    ahead = (6 - datetime.now(UTC).hour + 12) % 24 - 12
    zone = f"Etc/GMT{-ahead:+d}"
    with override_settings(TIME_ZONE=zone), timezone.override(ZoneInfo(zone)):
        yield


def time_passes(how_long: timedelta) -> None:
    """All that is planned comes nearer by so much."""
    for revision in Revision.objects.exclude(approved_go_live_at=None):
        revision.approved_go_live_at -= how_long
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save(update_fields=["approved_go_live_at", "content"])
    Schedule.objects.update(at=F("at") - how_long)
