"""What reviewers do with the files of a testimony: cut them, look at what is made of them, let go of what
can't be opened, take back in what was left out.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from griot.testimonies import leaving_out
from griot.testimonies.access import require
from griot.testimonies.core import types
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import receiving
from griot.testimonies.intake.sent import uuid_in
from griot.testimonies.making.rendering import plan_anew, render_soon, showable
from griot.testimonies.models import Cut, File, MakingState, Rendition, Step, Testimony
from griot.testimonies.review.review import editing, evidence_of, locked, note_step
from griot.testimonies.signals import announce

MOST_BLEEPS = 200


@transaction.atomic
def cut(testimony: Testimony, user: Any, pk: Any, wanted: types.Cut) -> None:
    """Cut a recording: what is shown of it, what is not heard, its still. Raises Refused for what is no
    cut of it.
    """
    row = locked(testimony)
    require(user, "edit", row)
    file = row.files.filter(pk=pk, role=File.Role.STORY, media__in=["video", "audio"]).first()
    if file is None:
        raise Refused("There is no such recording.")
    length = file.seconds or float("inf")
    ends = wanted.ends if wanted.ends is not None else length
    if not 0 <= wanted.begins < ends <= length + 1:
        raise Refused("It has to begin before it ends, within the recording.")
    if any(not 0 <= a < b <= length + 1 for a, b in wanted.bleeps) or len(wanted.bleeps) > MOST_BLEEPS:
        raise Refused(
            "What is not to be heard has to lie within the recording, and to begin before it ends; at most"
            f" {MOST_BLEEPS} times."
        )
    if wanted.still is not None and not 0 <= wanted.still <= length:
        raise Refused("The still has to be a moment of the recording.")
    values = {
        "begins": wanted.begins,
        "ends": wanted.ends,
        "still": wanted.still,
        "bleeps": [list(b) for b in wanted.bleeps],
    }
    with editing(row, user, "cut a recording"):
        Cut.objects.update_or_create(file=file, defaults=values)
    plan_anew(row)


@transaction.atomic
def approve_rendition(testimony: Testimony, user: Any, pk: int, key: str | None = None) -> None:
    """Somebody has looked at it beside the original, and nobody can be known by it who does not want to.

    `key` is that of what they looked at: made anew since, it has another.
    """
    row = locked(testimony)
    require(user, "protect", row)
    seen = next((r for r in showable(row) if r.pk == pk), None)
    if seen is None or key not in {None, seen.key}:
        raise Refused("That rendition is not ready, was made anew, or is not what the consent allows.")
    others = Q(file=seen.file, kind__in=["stream", "small"], face=seen.face, voice=seen.voice, cut=seen.cut)
    same = others if seen.kind == "light" else Q(pk=pk)
    Rendition.objects.filter(Q(pk=pk) | same).update(approved=timezone.now())
    note_step(row, Step.Kind.COMMENT, user, "looked at a rendition beside the original")
    announce(row)


@transaction.atomic
def discard_kept(testimony: Testimony, user: Any, pk: Any, words: str) -> None:
    """Let go of a file that could not be opened, for good."""
    row, file = _kept(testimony, user, pk)
    if row.state == Testimony.State.PUBLISHED and file.pk == evidence_of(row):
        raise Refused(
            "What is public rests on it: it is the evidence of the consent. Take it off the site first."
        )
    if not words.strip():
        raise Refused("Say why it may go: it can’t be brought back.")
    receiving.discard(file, f"discarded: {words.strip()}")
    note_step(row, Step.Kind.COMMENT, user, "discarded a file that could not be opened")


@transaction.atomic
def examine_kept_again(testimony: Testimony, user: Any, pk: Any) -> None:
    """Try once more to open it."""
    row, file = _kept(testimony, user, pk)
    receiving.examine_again(file)
    note_step(row, Step.Kind.COMMENT, user, "had a file examined again that could not be opened")


@transaction.atomic
def take_back_in(testimony: Testimony, user: Any, pk: Any) -> None:
    """Have a file in the story again that was left out, since it was in an edited form no more. Raises
    Refused.
    """
    row = locked(testimony)
    require(user, "edit", row)
    file = row.files.filter(pk=uuid_in(pk, "file"), role=File.Role.ASIDE).first()
    if file is None:
        raise Refused("Somebody has done so already.")
    leaving_out.take_back_in(row, file)
    note_step(row, Step.Kind.EDITED, user, "took back in what an edited form had no more")
    plan_anew(row)


@transaction.atomic
def make_again(testimony: Testimony, user: Any, pk: int) -> None:
    """Have a rendition made once more that failed: the disk was full then, or the fault was ours."""
    row = locked(testimony)
    require(user, "edit", row)
    failed = Rendition.objects.filter(file__testimony=row, pk=pk, state=MakingState.FAILED)
    if not failed.update(state=MakingState.WAITING, why="", progress=0.0):
        raise Refused("It is being made already.")
    render_soon(pk)
    note_step(row, Step.Kind.COMMENT, user, "had a rendition made again that had failed")


def _kept(testimony: Testimony, user: Any, pk: Any) -> tuple[Testimony, File]:
    row = locked(testimony)
    require(user, "original", row)
    known = row.files.select_for_update().filter(pk=uuid_in(pk, "file"), state=File.State.KEPT)
    if (file := known.first()) is None:
        raise Refused("Somebody has decided on it already.")
    return row, file
