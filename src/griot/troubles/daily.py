"""Jobs of each day, also of one at whose time nobody was at work: a machine that is shut at night, an
upgrade, a power cut.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Protocol, TypeVar

from django.utils import timezone

from griot.queueing import soon
from griot.troubles.models import Daily
from griot.troubles.sweeping import each


class _Job(Protocol):
    name: str


Job = TypeVar("Job", bound=_Job)
_times: dict[str, time] = {}


def each_day(at: time) -> Callable[[Job], Job]:
    """A job is begun once a day, at that time in the newsroom's own zone, or as soon after it as a worker is
    there.
    """

    def register(job: Job) -> Job:
        _times[job.name] = at
        return job

    return register


def begin_due(now: datetime) -> None:
    """Ask for the jobs whose time has come since they were last asked for. A newsroom that is new makes up
    for nothing.
    """
    here = timezone.localtime(now, timezone.get_default_timezone())
    each("jobs of the day", _times, lambda job: _begin_if_due(job, here))


def _begin_if_due(job: str, here: datetime) -> None:
    day = here.date() - timedelta(days=here.time() < _times[job])  # the last on which its time has come
    known, _ = Daily.objects.select_for_update().get_or_create(job=job, defaults={"day": day})
    if known.day < day or known.day > here.date():  # said by a clock that was wrong
        soon(job, job)
        known.day = day
        known.save()
