"""The newsroom's beats as values, and learning from what editors accept and discard."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from griot.press.core.beats import relevance
from griot.press.models import Beat, Rating


def beat_value(row: Beat) -> relevance.Beat:
    about = tuple(line.strip() for line in row.about.splitlines() if line.strip())
    return relevance.Beat(row.name, row.query, about, row.threshold, row.learned)


def first_beat() -> Beat:
    """A newsroom starts out covering migration; whoever covers something else says so."""
    about = "\n".join(relevance.MIGRATION.about)
    return Beat.objects.first() or Beat.objects.create(
        name=relevance.MIGRATION.name, query=relevance.MIGRATION.query, about=about
    )


def judge(rating: Rating, accepted: bool | None, by: object = None) -> dict[str, float]:
    """Accept or discard a story for a beat, or take that back (None); the beat learns from each judgement.

    Gives what the beat has learned from this one, by feature, so that `unlearn` can take it back.
    """
    judgement = {True: Rating.Judgement.ACCEPTED, False: Rating.Judgement.DISCARDED, None: ""}[accepted]
    with transaction.atomic():
        beat = Beat.objects.select_for_update().get(pk=rating.beat_id)
        Rating.objects.filter(pk=rating.pk).update(
            judgement=judgement, by=by, at=timezone.now() if judgement else None
        )
        if accepted is not None and judgement != rating.judgement:
            before = beat.learned
            beat.learned = relevance.learn(beat_value(beat), rating.features, accepted)
            beat.save(update_fields=["learned"])
            moved = {k: beat.learned.get(k, 0.0) - before.get(k, 0.0) for k in {*before, *beat.learned}}
        else:
            moved = {}
    rating.refresh_from_db()
    return {k: round(v, 5) for k, v in moved.items() if abs(v) > 1e-5}


def unlearn(beat_pk: int, moved: Mapping[str, float]) -> None:
    """Take back what a judgement has moved."""
    with transaction.atomic():
        beat = Beat.objects.select_for_update().get(pk=beat_pk)
        learned = {k: beat.learned.get(k, 0.0) - moved.get(k, 0.0) for k in {*beat.learned, *moved}}
        beat.learned = {k: round(v, 5) for k, v in learned.items() if abs(v) > 1e-4}
        beat.save(update_fields=["learned"])
