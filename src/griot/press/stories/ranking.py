"""Which story comes first: what a duty editor would want to see before the others."""

from __future__ import annotations

from django.db.models import Case, ExpressionWrapper, F, FloatField, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Extract, Least, Log

from griot.press.core.beats.relevance import ON_BEAT

ENOUGH = 3.5  # nearness to the beat, from which on more of it is no more news
A_DOUBLING = 0.9  # of independent reports, in points of nearness
OURS = 0.8  # that our own organisation appears
A_DAY = 0.5  # later


def by_news(nearness: str = "score") -> OrderBy:
    """To order stories by, the greatest news first: a story's nearness to the beat (the field of that name),
    with each doubling of independent reports, our organisation in it, and each day that it is newer. Of a
    story off the beat, reports count the less the further it is: many may tell of a match. Only differences
    count: the newness is taken from 1970 on.
    """
    reports = Log(Value(2.0), Cast(F("reports"), FloatField()) + 1.0, output_field=FloatField())
    days = Cast(Extract("last_published", "epoch"), FloatField()) / 86400.0
    ours = Case(When(is_ours=True, then=Value(OURS)), default=Value(0.0), output_field=FloatField())
    near = Least(F(nearness), Value(ENOUGH), output_field=FloatField())
    on_it = Least(F(nearness) / ON_BEAT, 1.0, output_field=FloatField())
    worth = near + reports * on_it * A_DOUBLING + ours + days * A_DAY
    return ExpressionWrapper(worth, output_field=FloatField()).desc()
