"""What an editor does at the desk. Each act says what it takes to undo it, and refuses in words.

Acts follow each other, whoever does them. Of one editor they are undone from the newest back, and only what
is still as the act left it: nobody's later work is written over. What can't be undone is told once and set
behind; the next undo goes on with what is older.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db import transaction

from griot.digest.desk import deciding, grouping, sharing, wording
from griot.digest.desk.acting import Done, Refused, Undo
from griot.digest.desk.traces import changed_since, left_by
from griot.digest.models import DeskAction
from griot.locking import one_after_another
from griot.press.models import Story
from griot.press.stories.pipeline import stories_held

UNDO_STEPS = 50
GROUPING = ("merge", "split")

ACTS: dict[str, Callable[[Any, dict[str, Any]], tuple[Done, Undo]]] = {
    "accept": deciding.accept,
    "discard": deciding.set_aside(Story.Decision.DISCARDED, "Discarded"),
    "later": deciding.set_aside(Story.Decision.LATER, "Later"),
    "reopen": deciding.set_aside("", "Reopened"),
    "edit": wording.edit,
    "tell_as": wording.tell_as,
    "vouch": wording.vouch,
    "merge": grouping.merge,
    "split": grouping.split,
    "move": deciding.move,
    "assign": sharing.assign,
}
_UNDO: dict[str, Callable[[Any, Undo], None]] = {
    "accept": deciding.undo_accept,
    "discard": deciding.undo_aside,
    "later": deciding.undo_aside,
    "reopen": deciding.undo_aside,
    "edit": wording.undo_edit,
    "tell_as": wording.undo_edit,
    "vouch": wording.undo_vouch,
    "merge": grouping.undo_grouping,
    "split": grouping.undo_grouping,
    "move": deciding.undo_move,
    "assign": sharing.undo_assign,
}


def act(kind: str, user: Any, data: dict[str, Any]) -> Done:
    """Do one thing and remember how to undo it, both or neither. Raises Refused."""
    do = ACTS.get(kind)
    if do is None:
        raise Refused(f"the desk knows no act called {kind!r}")
    with transaction.atomic():
        one_after_another("the desk")
        done, undo = do(user, data)
        undo["left"] = left_by(kind, undo.get("stories", [done.story]), user)
        DeskAction.objects.create(user=user, kind=kind, label=done.label[:200], story=done.story, undo=undo)
        old = DeskAction.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[UNDO_STEPS:]
        DeskAction.objects.filter(pk__in=list(old)).delete()
    return done


def undo_last(user: Any) -> Done:
    """Undo the last thing that this editor did and that is not behind them. Raises Refused where there is
    none, or where what it left has been changed since: then it is behind them, too.
    """
    with transaction.atomic():
        one_after_another("the desk")
        last = DeskAction.objects.filter(user=user, is_behind=False).order_by("-pk").first()
        if last is None:
            raise Refused("there is nothing to undo")
        last.is_behind = True
        last.save(update_fields=["is_behind"])
        with (
            stories_held() if last.kind in GROUPING else nullcontext()
        ):  # what is looked at is so until the end
            why = changed_since(last.undo["left"], user) or _undone(last, user)
    if why:
        message = f"not undone: “{last.label}”, for {why}; the next undo takes what you did before it"
        raise Refused(message, conflict=True, story=last.story)
    return Done(f"Undone: {last.label}", last.story)


def _undone(last: DeskAction, user: Any) -> str:
    """Undo an act, whole or not at all; gives why not."""
    try:
        with transaction.atomic():
            _UNDO[last.kind](user, last.undo)
    except Refused as refusal:
        return str(refusal)
    return ""
