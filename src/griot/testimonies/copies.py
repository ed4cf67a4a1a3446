"""Copies that others keep of what is shown of testimonies: a mail that is being sent, an index to search in.

A copy says what it was made of, and holds as long as nothing changes in what may be shown: until the next
`turn` of a testimony, or the last day of its consent. Whoever shows a copy asks whether it holds. Whoever
keeps one makes it anew: at once when `signals.changed` comes, and by a sweep, since who heard may have died.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from griot.testimonies.core.consent import state
from griot.testimonies.models import Testimony
from griot.testimonies.models.days import day_of


def made_of(slugs: Iterable[str]) -> dict[str, Any]:
    """What a copy of these testimonies is made of, to be asked before it is made: a change that comes
    meanwhile then shows.
    """
    rows = Testimony.objects.filter(slug__in=list(slugs)).prefetch_related("consents")
    return {row.slug: [row.turn, _last_day(row)] for row in rows}


def _last_day(row: Testimony) -> str | None:
    """Of a testimony of which nothing is shown, nothing can end."""
    agreed = row.agreed
    is_over = row.over or not agreed or state(agreed, None, day_of())
    return agreed.until.isoformat() if agreed and agreed.until and not is_over else None


class Stale(models.Func):
    """Whether a copy, by its `made_of`, does not hold any more on a day."""

    template = """EXISTS (
        SELECT 1 FROM (VALUES (%(expressions)s)) AS asked(made_of, today)
        CROSS JOIN LATERAL jsonb_each(asked.made_of) AS made(slug, facts)
        LEFT JOIN testimonies_testimony AS told ON told.slug = made.slug
        WHERE told.turn IS DISTINCT FROM (made.facts ->> 0)::int OR (made.facts ->> 1)::date < asked.today
    )"""
    output_field = models.BooleanField()


def stale() -> Stale:
    """Whether a copy's row has to be made anew."""
    today = models.Value(day_of(), output_field=models.DateField())
    return Stale(models.F("made_of"), models.functions.Cast(today, models.DateField()))


class Copy(models.Model):
    """A row that keeps something shown of testimonies."""

    made_of = models.JSONField(default=dict, editable=False, help_text="testimonies: [turn, last day]")

    class Meta:
        abstract = True
