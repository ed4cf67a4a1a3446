"""The demo's morning: the real pipeline on the invented wire, then the newsroom's own pages and
a published issue.
"""

from __future__ import annotations

from datetime import time

from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from griot.demo.newsroom import dress
from griot.demo.testimonies import seed_testimonies
from griot.digest.morning.assembling import morning
from griot.troubles.daily import each_day
from griot.troubles.sweeping import in_turn


@each_day(time(5, 20))
@app.task(name="demo.new_night")
def new_night() -> None:
    """A demo that runs for days gets last night's wire anew each morning."""
    in_turn("the demo", night=lambda: call_command("seed_demo"))


@app.task(name="demo.morning", queueing_lock="demo-morning")
def demo_morning() -> None:
    _, issue = morning(timezone.localdate(), timezone.now())
    dress(issue)


@app.task(name="demo.testimonies", queueing_lock="demo-testimonies")
def demo_testimonies() -> None:
    seed_testimonies()
