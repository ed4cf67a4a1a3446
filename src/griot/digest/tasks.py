"""Jobs of the digest."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="30 5 * * *")
@app.task(name="digest.morning", queueing_lock="morning")
def morning(timestamp: int | None = None, day: str = "") -> None:
    """The morning of a day (ISO date; default today)."""
    from griot.digest.assembling import morning as run_morning  # heavy; the web server never needs it

    run_morning(date.fromisoformat(day) if day else timezone.localdate(), timezone.now())
