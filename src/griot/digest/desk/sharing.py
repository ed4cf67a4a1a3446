"""A desk shared by several: who is on a story, who holds the day's issue, what one shift tells the next."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.desk.acting import Done, Refused, Undo, short, story_in
from griot.digest.models import Assignment, Note, Shift, name_of
from griot.locking import one_after_another
from griot.press.models import Story

LONGEST_NOTE = 2000
_BY_GROUPS = "django.contrib.auth.backends.ModelBackend"


def colleagues() -> list[Any]:
    """Who may work at the desk, by name, in one query."""
    users = get_user_model().objects.with_perm("digest.change_issuepage", backend=_BY_GROUPS)
    return list(users.order_by("first_name", "last_name", "username"))


def colleague_in(data: dict[str, Any]) -> Any:
    """The colleague whom a request names; None for nobody. Raises Refused."""
    asked = data.get("to")
    if asked in (None, "", 0):
        return None
    found = next((user for user in colleagues() if str(user.pk) == str(asked)), None)
    if found is None:
        raise Refused("this colleague does not work at the desk any more")
    return found


# --- stories ----------------------------------------------------------------------------------


def assign(user: Any, data: dict[str, Any]) -> tuple[Done, Undo]:
    """Somebody is on a story, or nobody any more."""
    story, to = story_in(data), colleague_in(data)
    before = Assignment.objects.filter(story=story.pk).first()
    _put(story.pk, to and to.pk, user.pk)
    if to is None:
        label = "Nobody is on it"
    else:
        label = "You are on it" if to == user else f"{name_of(to)} is on it"
    return Done(f"{label}: {short(story)}", story.pk), {
        "story": story.pk,
        "before": [before.user_id, before.by_id] if before else None,
    }


def undo_assign(user: Any, undo: Undo) -> None:
    who, by = undo["before"] or (None, None)
    there = set(get_user_model().objects.filter(pk__in=[who, by]).values_list("pk", flat=True))
    if who is not None and who not in there:
        raise Refused("the colleague who was on it has left")
    _put(undo["story"], who, by if by in there else None)


def _put(story: int, who: int | None, by: int | None) -> None:
    if who is None:
        Assignment.objects.filter(story=story).delete()
    else:
        Assignment.objects.update_or_create(
            story=story, defaults={"user_id": who, "by_id": by, "at": timezone.now()}
        )
    Story.objects.filter(pk=story).update(changed=timezone.now())  # others see it at the next pulse


# --- shifts -----------------------------------------------------------------------------------


def holder() -> Shift | None:
    """Who holds the day's issue; None where nobody does."""
    return Shift.objects.filter(ended=None).select_related("user").first()


def unread_notes() -> QuerySet[Note]:
    """What was left for the next shift and nobody has read yet, the oldest first."""
    return Note.objects.filter(read=None).select_related("by")


@transaction.atomic
def take(user: Any) -> str:
    """Somebody holds the issue from now on, whoever did before; says so."""
    one_after_another("the desk")
    return _hand_to(user, user)


@transaction.atomic
def hand_over(user: Any, to: Any, text: str) -> str:
    """Whoever holds the issue gives it to a colleague, or to nobody yet, with a note for who comes. Raises
    Refused for who does not hold it.
    """
    one_after_another("the desk")
    shift = holder()
    if shift is None or shift.user != user:
        raise Refused("you do not hold the issue; take it first, or leave a note")
    if text.strip():
        leave_note(user, text)
    return _hand_to(to, user)


def _hand_to(to: Any, user: Any) -> str:
    shift = holder()
    if shift is None or shift.user != to:
        Shift.objects.filter(ended=None).update(ended=timezone.now())
        if to is not None:
            Shift.objects.create(user=to)
    if to is None:
        return "Handed over: nobody holds the issue until somebody takes it."
    return "You hold the issue." if to == user else f"{name_of(to)} holds the issue."


def leave_note(user: Any, text: str) -> Note:
    """A note for the next shift. Raises Refused for one that says nothing, or too much."""
    text = "\n".join(fit_text(line).strip() for line in text.strip().splitlines())
    if not text:
        raise Refused("the note says nothing yet")
    if len(text) > LONGEST_NOTE:
        raise Refused(f"a note has at most {LONGEST_NOTE} characters: this one has {len(text)}")
    return Note.objects.create(text=text, by=user)


def mark_read(pk: int, user: Any) -> bool:
    """A note is read, and is not shown any more; False where a colleague was first."""
    return bool(Note.objects.filter(pk=pk, read=None).update(read=timezone.now(), read_by=user))


def sharing_context(user: Any) -> dict[str, Any]:
    """What the desk and the home say of the shift to somebody."""
    shift = holder()
    return {
        "shift": shift,
        "is_mine": shift is not None and shift.user == user,
        "notes": list(unread_notes()),
        "others": [colleague for colleague in colleagues() if colleague != user],
    }
