"""Time that passes for what is planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as dt_timezone

from django.db.models import F
from wagtail.models import Revision

from griot.mailing.models import Schedule


def where_it_is_morning() -> tzinfo:
    """A time zone in which it is past six: what is planned for hours ahead is of the same day."""
    return dt_timezone(timedelta(hours=(6 - datetime.now(UTC).hour + 12) % 24 - 12))


def time_passes(how_long: timedelta) -> None:
    """All that is planned comes nearer by so much."""
    for revision in Revision.objects.exclude(approved_go_live_at=None):
        revision.approved_go_live_at -= how_long
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save(update_fields=["approved_go_live_at", "content"])
    Schedule.objects.update(at=F("at") - how_long)
