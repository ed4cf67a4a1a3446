"""Time that passes for what is planned."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from wagtail.models import Revision

from griot.mailing.models import Schedule


def time_passes(how_long: timedelta) -> None:
    """All that is planned comes nearer by so much."""
    for revision in Revision.objects.exclude(approved_go_live_at=None):
        revision.approved_go_live_at -= how_long
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save(update_fields=["approved_go_live_at", "content"])
    Schedule.objects.update(at=F("at") - how_long)
