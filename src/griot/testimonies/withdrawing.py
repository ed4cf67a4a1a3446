"""Taking a testimony back: at once everywhere, because everything shown asks the current consent; then its
files and words go.

What is left is the bare fact: that something was told for a campaign, when, and when it was withdrawn; what
left the house before (`Departure`), so that people can be told; and who had looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from griot.queueing import soon
from griot.testimonies.keeping import vault
from griot.testimonies.models import Contact, Cut, File, Rendition, Step, Testimony, Upload
from griot.testimonies.models.days import day_of
from griot.testimonies.signals import announce
from griot.troubles.sweeping import each

By = Literal["teller", "guardian", "team", "expiry"]
_BLANK: dict[str, Any] = {
    "name": "",
    "alias": "",
    "names": [],
    "aliases": [],
    "birth_year": None,
    "country": "",
    "region": "",
    "spot": "",
    "latitude": None,
    "longitude": None,
    "left": "",
    "reached": "",
    "answers": {},
    "heard": [],
    "as_of": None,
    "approved": {},
    "assigned": None,
    "hurts": False,
    "receipt": "",
    "themes": [],
    "route": "",
}


class FilesLeft(Exception):
    """Files of a withdrawn testimony that can't be erased yet."""


def erase_soon(pk: Any) -> None:
    soon("testimonies.erase", f"erase {pk}", pk=str(pk))


@transaction.atomic
def withdraw(testimony: Testimony, by: By, user: Any = None, now: datetime | None = None) -> None:
    """Take a testimony back. Done twice, it stays as it was the first time."""
    row = Testimony.objects.select_for_update().get(pk=testimony.pk)
    if row.withdrawn:
        return
    row.withdrawn, row.withdrawn_by, row.state = now or timezone.now(), by, Testimony.State.CLOSED
    if row.approved and row.published is None:  # it was taken off before; its address has a tombstone now
        row.published = row.steps.filter(kind=Step.Kind.PUBLISHED).values_list("at", flat=True).last()
    row.save(update_fields=["withdrawn", "withdrawn_by", "state", "published"])
    Step.objects.create(testimony=row, kind=Step.Kind.WITHDRAWN, by=user, words=f"by the {by}")
    announce(row)
    erase_soon(row.pk)
    testimony.refresh_from_db()


def erase(pk: Any) -> None:
    """Let a withdrawn testimony's files and words go. May be run again at any time; killed, the next
    run goes on. Raises FilesLeft where a file can't be erased: all the rest is gone then.
    """
    testimony = _unfinished().filter(pk=pk).first()
    if testimony is None:
        return
    with transaction.atomic():
        # Held, so that nobody who takes in, examines or makes names another one meanwhile.
        uploads = Upload.objects.select_for_update(of=("self", "file")).select_related("file")
        pieces = [name for upload in uploads.filter(file__testimony=testimony) for name in upload.pieces]
        files = testimony.files.select_for_update().order_by("pk")
        renditions = Rendition.objects.select_for_update(of=("self",)).filter(file__testimony=testimony)
        made = [name for rendition in renditions.order_by("pk") for name in rendition.names]
        contacts = set(Contact.objects.filter(testimony=testimony).values_list("vault", flat=True))
        left = _erase_each([*pieces, *(file.vault for file in files), *made, *contacts])
        Rendition.objects.filter(file__testimony=testimony).delete()
        Cut.objects.filter(file__testimony=testimony).delete()
        File.objects.filter(testimony=testimony).update(
            state=File.State.ERASED,
            vault="",
            sha256="",
            spoken={},
            prompt="",
            why="",
            media="",
            mime="",
            size=0,
            seconds=0,
            width=0,
            height=0,
        )
        Upload.objects.filter(file__testimony=testimony).delete()
        Contact.objects.filter(testimony=testimony).exclude(vault__in=left).delete()
        if pieces := [name for name in left if name not in contacts]:  # named still, for the next run
            Upload.objects.create(file=files[0], device=None, length=0, pieces=pieces)
        testimony.writings.all().delete()
        testimony.machine_works.all().delete()
        testimony.consents.all().delete()
        testimony.proposals.all().delete()
        testimony.steps.exclude(kind=Step.Kind.WITHDRAWN).delete()
        for field, value in _BLANK.items():
            setattr(testimony, field, value)
        testimony.erased = None if left else timezone.now()
        testimony.save()
    if left:
        raise FilesLeft(f"{len(left)} files can’t be erased; {next(iter(left.values()))}")


def _erase_each(names: Iterable[str]) -> dict[str, OSError]:
    """Which of the vault's files can't be erased, and why."""
    left = {}
    for name in names:
        try:
            vault().erase(name)
        except OSError as error:
            left[name] = error
    return left


def expire(now: datetime) -> None:
    """Withdraw what is past its last day."""
    due = Testimony.objects.filter(withdrawn=None, consents__until__lt=day_of(now)).order_by()
    each("ending consents", due.values_list("pk", flat=True).distinct(), lambda pk: _expire(pk, now))


@transaction.atomic
def _expire(pk: Any, now: datetime) -> None:
    testimony = Testimony.objects.select_for_update().get(pk=pk)  # its consent may be changed just now
    if testimony.over_on(day_of(now)) == "expired":
        withdraw(testimony, "expiry", now=now)


def unfinished() -> list[Any]:
    """Withdrawn testimonies that are not erased yet."""
    return list(_unfinished().values_list("pk", flat=True))


def _unfinished() -> QuerySet[Testimony]:
    """Those that are erased but for how to reach their tellers are not."""
    is_left = Q(erased=None) | Q(contact__isnull=False)
    return Testimony.objects.filter(is_left, withdrawn__isnull=False)
