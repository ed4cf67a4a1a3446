"""What a teller wants left out of their story: it goes at once, and comes back by approval."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from griot.testimonies.models import File, Testimony
from griot.testimonies.models.testimonies import RECORDINGS
from griot.testimonies.models.work import SPOKEN


def leave_out(testimony: Testimony, files: Iterable[UUID]) -> int:
    """Take files, by their ids, out of the story, at once and wherever it is shown: the teller may want that.
    What was public of them comes back by approval alone. Gives how many these are. For whoever holds the row.
    """
    found = list(testimony.files.filter(pk__in=files, role=File.Role.STORY))
    testimony.refresh_from_db(fields=["approved"])  # a consent may have narrowed it since
    for file in found:
        _set_role(testimony, file, File.Role.ASIDE)
    if testimony.approved and found:
        gone, public = {str(file.pk) for file in found}, testimony.approved["files"]
        known = [str(pk) for pk in testimony.files.values_list("pk", flat=True)]
        leading = next((pk for pk in known if pk in public and public[pk]["media"] in RECORDINGS), None)
        if leading in gone:
            for said in testimony.approved["writings"].values():
                said.update(dict.fromkeys(SPOKEN, ""))
        testimony.approved["files"] = {pk: said for pk, said in public.items() if pk not in gone}
        testimony.save(update_fields=["approved"])
    return len(found)


def take_back_in(testimony: Testimony, file: File) -> None:
    """A file that was left out is of the story again, behind the others, and waits for approval where that
    is public.
    """
    file.position = testimony.position(file.position)
    _set_role(testimony, file, File.Role.STORY)


def _set_role(testimony: Testimony, file: File, role: str) -> None:
    """A transcript goes with its recording, and comes back with it."""
    before = testimony.leading()
    file.role = role
    file.save(update_fields=["role", "position"])
    after = testimony.leading()
    if before == after:
        return
    writings = list(testimony.writings.all())
    if before:
        before.spoken = {writing.language: writing.spoken for writing in writings}
        before.save(update_fields=["spoken"])
    for writing in writings:
        writing.spoken = after.spoken.get(writing.language, {}) if after else {}
        writing.save()
