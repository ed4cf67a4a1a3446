"""What an act at the desk has left, and who has changed it since: undo writes over nobody's later work.

A trace is a list of [fact, story, value], as JSON: what the act's undo would write over, as the act left it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from griot.digest.desk.placing import Draft, issue_in_the_making
from griot.digest.models import Assignment, name_of
from griot.press.models import Line, Override, Story

Trace = list[list[Any]]
PAST = {"accepted": "accepted", "discarded": "discarded", "later": "put off", "": "reopened"}

_DECIDED = ("decision", "merged", "words", "place")
_GROUPED = ("members", *_DECIDED, "vouched")
_FACTS_OF = {
    "accept": _DECIDED,
    "discard": _DECIDED,
    "later": _DECIDED,
    "reopen": _DECIDED,
    "edit": ("words", "decision"),
    "tell_as": ("words", "decision"),
    "vouch": ("words", "decision", "vouched by me"),
    "move": ("place",),
    "merge": _GROUPED,
    "split": _GROUPED,
    "assign": ("assigned",),
}


def left_by(kind: str, stories: Iterable[int], user: Any) -> Trace:
    """What an act has left of its stories, right after it."""
    seen = _Seen(user)
    return [[fact, story, seen.look(fact, story)] for story in stories for fact in _FACTS_OF[kind]]


def changed_since(left: Trace, user: Any) -> str:
    """What of a trace is no longer so, and by whom, as the end of a sentence; empty where all is."""
    seen = _Seen(user)
    for fact, story, was in left:
        now = seen.look(fact, story)
        if not (_holds(was, now) if fact == "members" else was == now):
            return _WHY[fact](was, now, user)
    return ""


class _Seen:
    """The facts of stories as they are now."""

    def __init__(self, user: Any) -> None:
        self.user, self.issue = user, issue_in_the_making()
        self.draft = Draft(self.issue.get_latest_revision_as_object()) if self.issue else None

    def look(self, fact: str, story: int) -> Any:
        return _LOOK[fact](self, story)

    def decision(self, pk: int) -> Any:
        """What was decided, who did and when, and when an issue told it."""
        story = Story.objects.filter(pk=pk).first()
        if story is None:
            return None
        moments = [at and at.isoformat() for at in (story.decided_at, story.told)]
        return [story.decision, story.decided_by_id, *moments]

    def merged(self, pk: int) -> Any:
        """The story it went into, with what had been decided of it."""
        return Story.objects.filter(pk=pk).values_list("merged_into", flat=True).first()

    def members(self, pk: int) -> Any:
        """The story it went into, those that went into it, and its articles."""
        story = Story.objects.filter(pk=pk).first()
        if story is None:
            return None
        absorbed = story.absorbed.order_by("pk").values_list("pk", flat=True)
        articles = story.articles.order_by("pk").values_list("pk", flat=True)
        return [story.merged_into_id, list(absorbed), list(articles)]

    def words(self, pk: int) -> Any:
        """What a person has made of the line, and what the issue says. The machine's drafts come and go."""
        line = Line.objects.filter(story=pk, language=settings.LANGUAGE_CODE, is_by_hand=True).first()
        edited = [line.edited_by_id, line.body, line.piece, line.mention, line.outlets] if line else None
        place = self.draft.place_of(pk) if self.draft else None
        if self.draft is None or place is None:
            return [edited, None]
        value = self.draft.lines(place.section)[place.index]["value"]
        outlets = [o["value"] for o in value["outlets"]]
        return [edited, [value["body"], value.get("piece"), value.get("mention"), value.get("head"), outlets]]

    def place(self, pk: int) -> Any:
        """The putting that the line stands by in the issue in the making. Others beside it may move."""
        place = self.draft.place_of(pk) if self.draft else None
        if self.issue is None or place is None:
            return None
        return [self.issue.pk, bool(self.issue.approved_schedule), place.section, place.id]

    def vouched(self, pk: int) -> Any:
        rows = Override.objects.filter(line__story=pk).order_by("pk")
        return [[o.by_id, o.claim, o.why, o.at.isoformat()] for o in rows]

    def assigned(self, pk: int) -> Any:
        """Who is on it, and who said so."""
        row = Assignment.objects.filter(story=pk).first()
        return [row.user_id, row.by_id] if row else None

    def vouched_by_me(self, pk: int) -> Any:
        return [row for row in self.vouched(pk) if row[0] == self.user.pk]


_LOOK: dict[str, Callable[[_Seen, int], Any]] = {
    "decision": _Seen.decision,
    "merged": _Seen.merged,
    "members": _Seen.members,
    "words": _Seen.words,
    "place": _Seen.place,
    "vouched": _Seen.vouched,
    "vouched by me": _Seen.vouched_by_me,
    "assigned": _Seen.assigned,
}


def _holds(was: Any, now: Any) -> bool:
    """Whether a story is what it was, whatever articles came since."""
    return was == now or bool(was and now and was[:2] == now[:2] and set(was[2]) <= set(now[2]))


def _why_grouped(was: Any, now: Any, user: Any) -> str:
    return "its articles have been merged or split since"


def _who(pk: int | None, user: Any) -> str:
    if pk == user.pk:
        return "you have"
    return f"{name_of(get_user_model().objects.filter(pk=pk or 0).first())} has"


def _why_decision(was: Any, now: Any, user: Any) -> str:
    if now is None:
        return "the story is no longer there"
    if was and was[:3] == now[:3]:
        return "an issue has told this story since"
    return f"{_who(now[1], user)} {PAST[now[0]]} this story since"


def _why_words(was: Any, now: Any, user: Any) -> str:
    if was[0] == now[0]:
        return "what the issue says of it has been changed since"
    return f"{_who(now[0][0], user)} changed this line since" if now[0] else "the line was drafted anew since"


def _why_place(was: Any, now: Any, user: Any) -> str:
    if was and now and was[0] == now[0] and was[1] == now[1]:
        return "its line has been moved in the issue since"
    return "its line has been put in or taken out since, or the issue been planned or gone out"


def _why_vouched(was: Any, now: Any, user: Any) -> str:
    new = [row for row in now if row not in was]
    return f"{_who(new[-1][0], user)} vouched for it since" if new else "the line was drafted anew since"


def _why_assigned(was: Any, now: Any, user: Any) -> str:
    return f"{_who(now[1], user)} given this story to another since" if now else "nobody is on it any more"


_WHY: dict[str, Callable[[Any, Any, Any], str]] = {
    "decision": _why_decision,
    "merged": _why_grouped,
    "members": _why_grouped,
    "words": _why_words,
    "place": _why_place,
    "vouched": _why_vouched,
    "vouched by me": _why_vouched,
    "assigned": _why_assigned,
}
