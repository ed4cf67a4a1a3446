"""The newsroom's days, and what clocks can say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

UNKNOWN = datetime(2010, 1, 1, tzinfo=UTC)  # of what was said by a clock that can't be right: before all else
AHEAD = timedelta(minutes=15)  # by which a clock may be wrong and no worse than others


def day_of(moment: datetime | None = None) -> date:
    """The newsroom's day at a moment, or now: the one by which consents begin and end. Neither UTC's, nor
    that of whoever looks: the admin goes by the zone of who has signed in.
    """
    return timezone.localdate(moment, timezone.get_default_timezone())
