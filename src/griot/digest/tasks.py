"""Jobs of the digest."""

from __future__ import annotations

from datetime import time

from django.contrib.auth import get_user_model
from django.utils import timezone
from procrastinate.contrib.django import app

from griot.digest.models import IssuePage
from griot.digest.morning import assembling
from griot.digest.morning.telling import index_anew, tell_the_press
from griot.digest.release import publishing
from griot.digest.release.editions import translate_editions
from griot.digest.release.linking import check_links_of
from griot.digest.site.typesetting import forget_older
from griot.troubles.daily import each_day
from griot.troubles.sweeping import in_turn


@each_day(time(5, 30))
@app.task(name="digest.morning")
def morning() -> None:
    in_turn("a morning", issue=lambda: assembling.morning(timezone.localdate(), timezone.now()))


@app.task(name="digest.check_links", queueing_lock="check-links")
def check_links(issue: int) -> None:
    """Ask every address that an issue leads to whether it is there, a host at a time, and write it down."""
    check_links_of(issue)


@app.task(name="digest.translate", queueing_lock="translate-editions")
def translate(issue: int, user: int) -> None:
    """Let the translator fill in an issue's editions."""
    page = IssuePage.objects.filter(pk=issue).first()
    if page:
        translate_editions(page, get_user_model().objects.filter(pk=user).first())


@app.periodic(cron="* * * * *")
@app.task(name="digest.publish_due", queueing_lock="publish-due")
def publish_due(timestamp: int | None = None) -> None:
    """Publish what is scheduled and due, and take down what has expired."""
    publishing.publish_due(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="digest.index_anew", queueing_lock="index-anew")
def index_anew_now(timestamp: int | None = None) -> None:
    """Make anew in the archive, or let go of what is set in type, where another thing may be shown now."""
    in_turn(
        "copies of the digest",
        forgetting_typeset=forget_older,
        index_anew=index_anew,
        what_was_told=tell_the_press,
    )
