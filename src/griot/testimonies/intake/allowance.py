"""How much one messenger may send in a day, so that a phone in the wrong hands does not fill the disk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from griot.testimonies.core.errors import Refused, TooMuch
from griot.testimonies.core.types import MOST_FILES
from griot.testimonies.models import CheckIn, Messenger, Testimony, Training, Upload
from griot.testimonies.models.days import AHEAD

DAY = timedelta(days=1)
MOST_TESTIMONIES = 200  # a day: more than anybody can listen to
MOST_TRIES = 100  # at trainings, a day
MOST_CHECK_INS = 50  # a day: more than anybody can read


def last_day() -> tuple[datetime, datetime]:
    """From when to when counts. What came later came while the clock was wrong, but for what another host, or
    one that was waited for, has written by now.
    """
    now = timezone.now()
    return now - DAY, now + AHEAD


def see_to_bytes(messenger: Messenger, more: int) -> None:
    """Raises TooMuch where `more` bytes on top of what was begun in the last day are beyond the allowance.

    Inside a transaction, which holds the messenger until it ends: two at once do not share what is left.
    """
    Messenger.objects.select_for_update().get(pk=messenger.pk)
    see_before(messenger, more)


def see_before(messenger: Messenger, more: int) -> None:
    """The same for what is only announced, and not to be stored yet."""
    begun = Upload.objects.filter(file__testimony__messenger=messenger, begun__range=last_day())
    recent = begun.aggregate(bytes=Sum("length"))
    most = settings.PHONE_GB_A_DAY * 10**9
    if (recent["bytes"] or 0) + more > most:
        raise TooMuch(
            f"at most {settings.PHONE_GB_A_DAY} GB a day are taken of one messenger; go on tomorrow"
        )


def see_to_testimonies(messenger: Messenger) -> None:
    """Raises TooMuch where a day's testimonies are as many as may be. Inside a transaction, as above."""
    recent = Testimony.objects.filter(messenger=messenger, arrived__range=last_day())
    _see_to(messenger, recent, MOST_TESTIMONIES, "testimonies")


def see_to_tries(messenger: Messenger) -> None:
    """The same for a day's tries at trainings."""
    recent = Training.objects.filter(messenger=messenger, at__range=last_day())
    _see_to(messenger, recent, MOST_TRIES, "tries at trainings")


def see_to_check_ins(messenger: Messenger) -> None:
    """The same for a day's check-ins."""
    recent = CheckIn.objects.filter(messenger=messenger, at__range=last_day())
    _see_to(messenger, recent, MOST_CHECK_INS, "check-ins")


def _see_to(messenger: Messenger, recent: QuerySet[Any], most: int, what: str) -> None:
    Messenger.objects.select_for_update().get(pk=messenger.pk)
    if recent.count() >= most:
        raise TooMuch(f"at most {most} {what} a day are taken of one messenger; go on tomorrow")


def see_to_files(testimony: Testimony, more: int) -> None:
    """Raises Refused where a testimony would have more files than may be, whether they come or are only
    named.
    """
    if more and testimony.files.count() + more > MOST_FILES:
        raise Refused(f"a testimony has at most {MOST_FILES} files")
