"""Going through rows so that one which fails stops nothing: for every job that comes again by itself."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from griot.characters import fit_text
from griot.locking import is_database_away
from griot.troubles.models import Trouble

log = logging.getLogger(__name__)
Row = TypeVar("Row")
_MOST = 80  # characters of a row's name
LONGEST = timedelta(hours=1)  # that what fails waits to be tried again


def each(what: str, rows: Iterable[Row], act: Callable[[Row], object]) -> int:
    """Do `act` with each of `rows`, in a transaction of its own. Rows are given by their keys: one may not
    even load, and two that have one name would be one trouble.

    One that fails is set aside as a `Trouble`, and those behind it go on; the next run tries it again, and
    the trouble of one that is not among its rows any more goes. Gives with how many it succeeded. Only a
    database that is gone is raised.
    """
    acts = _whole(rows, act)
    Trouble.objects.filter(what=what).exclude(row__in=list(acts)).delete()
    return _each(what, acts)


def _whole(rows: Iterable[Row], act: Callable[[Row], object]) -> dict[str, Callable[[], object]]:
    return {name: partial(_in_a_transaction, act, row) for name, row in _named(rows).items()}


def _named(rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by their names; of those that are called the same, the later ones are numbered."""
    named: dict[str, Row] = {}
    for row in rows:
        name, number = _name(row), 1
        while name in named:
            number += 1
            name = _name(f"{row} ({number})")
        named[name] = row
    return named


def _name(row: object) -> str:
    """What a row is called, as far as there is room: a long name ends in a mark of its own."""
    name = str(row)
    if len(name) <= _MOST:
        return name
    mark = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:12]
    return f"{name[: _MOST - 13]}…{mark}"


def _in_a_transaction(act: Callable[[Row], object], row: Row) -> None:
    with transaction.atomic():
        act(row)


def together(what: str, rows: Sequence[Row], act: Callable[[Sequence[Row]], object]) -> None:
    """Do `act` with all `rows` at once, in one transaction; where that fails, with each alone, as `each`
    does.
    """
    try:
        with transaction.atomic():
            act(rows)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("%s: not all at once", what)
        _each(what, _whole(rows, lambda row: act([row])))
    else:
        if (troubles := Trouble.objects.filter(what=what)).exists():
            troubles.filter(row__in=list(_named(rows))).delete()


def in_turn(what: str, **steps: Callable[[], object]) -> None:
    """Do each of a job's steps, by their names, whatever becomes of those before it."""
    _each(what, steps)


def attempt(what: str, row: object, act: Callable[[], object]) -> None:
    """Do a job that a sweep asks for until it is done, with one row, in no transaction. Where it fails, it is
    set aside as a `Trouble`, and `due` says when it is to be asked for again.
    """
    _each(what, {_name(row): act})


def due(what: str, rows: Iterable[Row]) -> list[Row]:
    """The rows that a sweep should ask to `attempt` now: after each failure one waits twice as long. The
    trouble of one that is not among them any more goes.
    """
    named, troubles = _named(rows), Trouble.objects.filter(what=what)
    troubles.exclude(row__in=list(named)).delete()
    now = timezone.now()
    waiting = {t.row for t in troubles if t.last <= now < t.last + _pause(t.times)}  # a clock may go back
    return [row for name, row in named.items() if name not in waiting]


def _pause(times: int) -> timedelta:
    return min(LONGEST, timedelta(minutes=2 ** min(times, 6)))


def _each(what: str, acts: Mapping[str, Callable[[], object]]) -> int:
    known = set(Trouble.objects.filter(what=what).values_list("row", flat=True))
    done = 0
    for row, act in acts.items():
        try:
            act()
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("%s: %s is set aside", what, row)
            _set_aside(what, row, error)
            continue
        done += 1
        if row in known:
            Trouble.objects.filter(what=what, row=row).delete()
    return done


def _set_aside(what: str, row: str, error: Exception) -> None:
    code = getattr(error.__cause__, "sqlstate", None)
    told = f"the database refuses it ({code})" if code else error  # its own words may quote the row
    facts = {"why": fit_text(f"{type(error).__name__}: {told}", 400), "last": timezone.now()}
    _, is_new = Trouble.objects.get_or_create(what=what, row=row, defaults=facts)
    if not is_new:
        Trouble.objects.filter(what=what, row=row).update(times=F("times") + 1, **facts)
