"""Whether a source is silent: held against its own rhythm, which is how long it was still before.

A source is silent when it has brought nothing for half as long again as it was ever still before. It is
new until it has been listened to for twice as long as that, and for three days at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

MEMORY = timedelta(days=35)  # what is remembered of a source; a monthly is silent for nobody
YOUNG, UNKNOWN = timedelta(days=3), timedelta(days=14)  # new at least, and for as long as no rhythm shows
LATE = 1.5  # times the longest stillness
JUST_ADDED = timedelta(hours=1)  # in which a first visit need not have been
AT_ONCE = timedelta(hours=12)  # stillness that is no news with any source

State = Literal["never reached", "failed", "new", "brought pieces", "silent", "quiet", "not visited"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a source at a moment `until`.

    `added` is when it came to the newsroom; `last` is when it last brought anything, None where it never did;
    `stillness` is how long it was still at most between two times that it brought something, None before two;
    `reached` is whether its last visit reached it, None before the first; `new` and `visits` are counted
    since the night began.
    """

    added: datetime
    until: datetime
    last: datetime | None
    stillness: timedelta | None
    reached: bool | None
    visits: int
    new: int


def still_for(heard: Heard) -> timedelta:
    return heard.until - (heard.last or heard.added)


def is_young(heard: Heard) -> bool:
    """Whether a source is younger than its rhythm: too new to tell what its silence means."""
    grown = UNKNOWN if heard.stillness is None else min(max(YOUNG, 2 * heard.stillness), MEMORY)
    return heard.until - heard.added < grown


def state_of(heard: Heard) -> State:
    """What is to be said of a source, in a word that agrees with how many pieces it brought."""
    if heard.reached is None:
        return "never reached" if heard.until - heard.added > JUST_ADDED else "new"
    if not heard.reached:
        return "failed"
    if is_young(heard):
        return "new"
    if heard.new:
        return "brought pieces"
    if heard.stillness is not None and still_for(heard) > max(AT_ONCE, LATE * heard.stillness):
        return "silent"
    return "quiet" if heard.visits else "not visited"
