"""The demo's morning: the real pipeline on the invented wire, then the newsroom's own pages and a published issue."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(name="demo.morning", queueing_lock="demo-morning")
def demo_morning() -> None:
    from griot.demo.newsroom import dress
    from griot.digest.assembling import morning  # heavy; the web server never needs it

    _, issue = morning(timezone.localdate(), timezone.now())
    dress(issue)
