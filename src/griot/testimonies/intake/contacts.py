"""How to reach somebody who offered a story, where they left a telephone or an address: sealed in the vault
as it comes, and gone after some days. Neither the database nor a log ever has it in the clear.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from griot.testimonies.keeping import vault
from griot.testimonies.models import Contact, Testimony
from griot.testimonies.models.days import day_of
from griot.troubles.sweeping import each

KEPT_FOR = timedelta(days=90)
LONGEST_CONTACT = 200  # characters


def last_day(given: datetime) -> date:
    """The last day on which a contact is kept, of a form that was given out then: the one that the form says,
    however late it is sent. One that was made up counts as today's.
    """
    today = day_of()
    return max(min(day_of(given), today), today - KEPT_FOR) + KEPT_FOR


@transaction.atomic
def keep_contact(pk: Any, words: str, until: date) -> None:
    """Seal it; it takes the place of what the same teller had left before."""
    before = Contact.objects.filter(testimony=pk).first()
    name = vault().put(words.encode())
    Contact.objects.update_or_create(testimony_id=pk, defaults={"vault": name, "until": until})
    if before:
        transaction.on_commit(lambda: vault().erase(before.vault))


def read_contact(testimony: Testimony) -> str:
    """What the teller left; "" where nothing is kept. Whoever asks writes the look down first. Raises
    VaultError.
    """
    row = Contact.objects.filter(testimony=testimony, until__gte=day_of()).first()
    return vault().read(row.vault).decode() if row else ""


@transaction.atomic
def forget_contact(pk: Any) -> None:
    """Gone from the vault, then from the table: killed in between, the next run goes on."""
    for row in Contact.objects.select_for_update().filter(testimony=pk):
        vault().erase(row.vault)
        row.delete()


def forget_due(now: datetime) -> None:
    due = Contact.objects.filter(until__lt=day_of(now)).values_list("testimony", flat=True)
    each("contacts whose last day is past", due, forget_contact)
