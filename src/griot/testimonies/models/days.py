"""The newsroom's days."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def day_of(moment: datetime | None = None) -> date:
    """The newsroom's day at a moment, or now: the one by which consents begin and end. Neither UTC's, nor
    that of whoever looks: the admin goes by the zone of who has signed in.
    """
    return timezone.localdate(moment, timezone.get_default_timezone())
