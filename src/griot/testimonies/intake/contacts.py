"""How to reach somebody who offered a story, where they left a telephone or an address: sealed in the vault
as it comes, and never in the clear in the database or a log.

It can be read by exactly those who may open raw material, until its last day, until its story is over, or
until its teller has it forgotten. `kept` decides that, alone; what erases it afterwards may be late.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from griot.testimonies.keeping import vault
from griot.testimonies.models import Contact, Testimony
from griot.testimonies.models.days import day_of
from griot.troubles.sweeping import each

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=90)
LONGEST_CONTACT = 200  # characters


def last_day(given: datetime) -> date:
    """The last day on which a contact is kept, of a form that was given out then: the one that the form says,
    however late it is sent. One that was made up counts as today's.
    """
    return min(day_of(given), day_of()) + KEPT_FOR


def kept(testimony: Testimony) -> Contact | None:
    """What may still be read, today."""
    if testimony.over:
        return None
    return Contact.objects.filter(testimony=testimony, until__gte=day_of(), is_forgotten=False).first()


def keep_contact(testimony: Testimony, words: str, until: date, put: Callable[[bytes], str]) -> None:
    """Seal it; it takes the place of what the same teller had left before. One that they have had forgotten
    does not come back with its form, nor after its last day. Inside a transaction that holds the testimony,
    and inside the vault's `keeping`, whose `put` it is: rolled back, nothing stays there.
    """
    before = Contact.objects.select_for_update().filter(testimony=testimony).first()
    if until < day_of() or (before and before.is_forgotten):
        return
    Contact.objects.update_or_create(
        testimony=testimony, defaults={"vault": put(words.encode()), "until": until}
    )
    if before:
        # What can't be erased now is named by nothing any more, and found by the vault's own tidying.
        transaction.on_commit(lambda: vault().erase(before.vault), robust=True)


def read_contact(testimony: Testimony) -> str:
    """What the teller left; "" where nothing is kept. Whoever asks has been let in, and writes the look down
    first. Raises VaultError.
    """
    row = kept(testimony)
    return vault().read(row.vault).decode() if row else ""


def forget_contact(testimony: Testimony) -> None:
    """Nobody reads it from now on; what the vault can't erase at once, the sweep does."""
    Contact.objects.filter(testimony=testimony).update(is_forgotten=True)
    try:
        _erase(testimony.pk, day_of())
    except OSError:
        log.exception("the contact of testimony %s can't be erased yet", testimony.pk)


def forget_due(now: datetime) -> None:
    """Erase what can't be read any more: past its last day, or forgotten when the vault could not."""
    today = day_of(now)
    due = Contact.objects.filter(Q(until__lt=today) | Q(is_forgotten=True) & ~Q(vault=""))
    each("contacts to erase", due.values_list("testimony", flat=True), lambda pk: _erase(pk, today))


@transaction.atomic
def _erase(pk: Any, today: date) -> None:
    """Gone from the vault, then from the table: killed in between, the next run goes on. That one was
    forgotten is known until its last day, after which its form brings none any more.
    """
    for row in Contact.objects.select_for_update().filter(testimony=pk):
        vault().erase(row.vault)
        if row.until < today:
            row.delete()
        else:
            row.vault = ""
            row.save(update_fields=["vault"])
