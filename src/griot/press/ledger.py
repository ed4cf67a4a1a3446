"""The morning ledger: can an editor tell a quiet night from a broken feed?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from griot.press.models import Article, Entry, Fetch, Line, Source, Story
from griot.press.pipeline import stories_on_beat


@dataclass(frozen=True, slots=True)
class SourceNight:
    """What one source brought: the outcome of its last visit, new and kept-out entries since."""

    outlet: str
    url: str
    outcome: str
    new: int
    kept_out: dict[str, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The morning in figures, per source and in all."""

    sources: list[SourceNight]
    articles: int
    from_feed_only: int
    kept_out: int
    copies: int
    stories: int
    on_beat: int
    lines: int
    unsupported: int


def ledger(since: datetime, until: datetime) -> Ledger:
    """Count what happened between two moments."""
    last_visit = {f.source_id: f for f in Fetch.objects.filter(at__gt=since, at__lte=until).order_by("at")}
    new = dict(Fetch.objects.filter(at__gt=since, at__lte=until).values_list("source").annotate(n=Sum("new_entries")))
    kept_out: dict[int, dict[str, int]] = defaultdict(dict)
    refused = Entry.objects.filter(state=Entry.State.KEPT_OUT, first_seen__gt=since, first_seen__lte=until)
    for source, reason, count in refused.values_list("source", "reason").annotate(n=Count("pk")):
        kept_out[source][reason] = count
    nights = [
        SourceNight(
            outlet=source.outlet.name,
            url=source.url,
            outcome=str(last_visit[source.pk].outcome) if source.pk in last_visit else "not due",
            new=new.get(source.pk, 0),
            kept_out=kept_out.get(source.pk, {}),
            reason=last_visit[source.pk].reason if source.pk in last_visit else "",
        )
        for source in Source.objects.filter(is_active=True).select_related("outlet")
    ]
    articles = Article.objects.filter(published__gt=since, published__lte=until)
    on_beat = stories_on_beat(since, until)
    lines = Line.objects.filter(story__in=on_beat)
    return Ledger(
        sources=nights,
        articles=articles.count(),
        from_feed_only=articles.filter(read_from=Article.ReadFrom.FEED).count(),
        kept_out=sum(sum(n.kept_out.values()) for n in nights),
        copies=articles.exclude(copy_of=None).count(),
        stories=Story.objects.filter(merged_into=None, last_published__gt=since, last_published__lte=until).count(),
        on_beat=on_beat.count(),
        lines=lines.filter(ok=True).count(),
        unsupported=lines.filter(ok=False).count(),
    )
