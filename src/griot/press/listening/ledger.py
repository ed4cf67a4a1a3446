"""The morning ledger: can an editor tell a quiet night from a broken feed?

Each source is held against its own rhythm (`core/rhythm.py`), and what its visits took says whether it is
slower than usual.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from babel.dates import format_timedelta
from django.db import connection
from django.db.models import Count, Sum, Window
from django.db.models.functions import RowNumber

from griot.press.core.beats.relevance import ON_BEAT
from griot.press.core.rhythm import MEMORY, YOUNG, Heard, State, state_of, still_for
from griot.press.models import Article, Entry, Fetch, Line, Source, Story

RHYTHM = timedelta(days=14)  # looked back on
LATELY = 50  # visits that a source's usual time is taken from
SLOWER, NOT_SLOW = 3, 2000  # times its median; milliseconds under which nobody minds
WALLS = ("a consent wall", "a paywall")
# When each source last brought anything, and how long it was still at most between two times, by the hour.
_BROUGHT = """
    select source_id, max(hour), max(still) from (
        select source_id, hour, hour - lag(hour) over (partition by source_id order by hour) as still from (
            select distinct source_id, date_trunc('hour', at) as hour from press_fetch
            where at > %s and at <= %s and new_entries > 0
        ) as hours
    ) as gaps group by source_id
"""


@dataclass(frozen=True, slots=True)
class SourceNight:
    """What one source brought: its state, new, kept-out and walled entries since.

    `expected` is how many new entries it brings in as long a time on average; None where it is too new to
    tell. `still` is how long a silent one has brought nothing, and how long it was still at most before.
    """

    outlet: str
    url: str
    kind: str
    outcome: State
    visits: int
    new: int
    kept_out: dict[str, int]
    walled: int
    reason: str
    expected: float | None
    still: tuple[timedelta, timedelta] | None
    is_slow: bool
    milliseconds: int

    @property
    def is_silent(self) -> bool:
        return self.outcome == "silent"

    @property
    def needs_a_look(self) -> bool:
        return self.outcome in {"failed", "never reached", "silent"} or self.is_slow or self.walled > 0

    @property
    def in_words(self) -> str:
        """What an editor should know, or "" where all is well."""
        said = []
        if self.reason:
            said.append(self.reason)
        elif self.outcome == "never reached":
            said.append("not reached yet")
        if self.still:
            now, before = (format_timedelta(span, threshold=2, locale="en") for span in self.still)
            said.append(f"nothing for {now}; before, it was never still for longer than {before}")
        if self.outcome == "new":
            was_visited = self.visits or self.milliseconds
            said.append(
                "added lately: its rhythm is not known yet"
                if was_visited
                else "added just now, not visited yet"
            )
        if self.is_slow:
            said.append(f"slower than usual ({self.milliseconds / 1000:.1f} s)")
        if self.walled:
            said.append(f"{self.walled} behind a wall, known from the feed only")
        said += [f"{reason} ({n})" for reason, n in self.kept_out.items()]
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class OutletNight:
    """The sources of one outlet, added up."""

    outlet: str
    sources: int
    new: int
    kept_out: int
    walled: int
    failed: int
    silent: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The morning in figures, per source, per outlet, and in all."""

    sources: list[SourceNight]
    articles: int
    from_feed_only: int
    kept_out: int
    copies: int
    stories: int
    on_beat: int
    lines: int
    unsupported: int
    outlets: list[OutletNight] = field(default_factory=list)


def ledger(since: datetime, until: datetime) -> Ledger:
    """Count what happened between two moments. The number of queries does not grow with the
    number of sources.
    """
    nights = source_nights(since, until)
    articles = Article.objects.filter(published__gt=since, published__lte=until)
    stories = Story.objects.filter(merged_into=None, last_published__gt=since, last_published__lte=until)
    on_beat = stories.filter(score__gte=ON_BEAT)  # told or not: this is what the night brought
    lines = Line.objects.filter(story__in=on_beat)
    return Ledger(
        sources=nights,
        outlets=_by_outlet(nights),
        articles=articles.count(),
        from_feed_only=articles.filter(read_from=Article.ReadFrom.FEED).count(),
        kept_out=sum(sum(n.kept_out.values()) for n in nights),
        copies=articles.exclude(copy_of=None).count(),
        stories=stories.count(),
        on_beat=on_beat.count(),
        lines=lines.filter(ok=True).count(),
        unsupported=lines.filter(ok=False).count(),
    )


def source_nights(since: datetime, until: datetime) -> list[SourceNight]:
    """What every active source brought between two moments, by outlet."""
    visits = Fetch.objects.filter(at__gt=since, at__lte=until)
    last = {
        f.source_id: f
        for f in Fetch.objects.filter(at__lte=until).order_by("source_id", "-at").distinct("source_id")
    }
    counted = {
        s: (n, new or 0)
        for s, n, new in visits.values_list("source").annotate(n=Count("pk"), new=Sum("new_entries"))
    }
    before = Fetch.objects.filter(at__gt=since - RHYTHM, at__lte=since)
    usual = {s: new or 0 for s, new in before.values_list("source").annotate(new=Sum("new_entries"))}
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT, [until - MEMORY, until])
        brought = {source: (last, stillness) for source, last, stillness in cursor}
    took: dict[int, list[int]] = defaultdict(list)
    lately = Window(RowNumber(), partition_by="source", order_by="-at")
    reached = before.exclude(outcome=Fetch.Outcome.FAILED).annotate(place=lately).filter(place__lte=LATELY)
    for source, milliseconds in reached.values_list("source", "milliseconds"):
        took[source].append(milliseconds)
    kept_out: dict[int, dict[str, int]] = defaultdict(dict)
    seen = Entry.objects.filter(first_seen__gt=since, first_seen__lte=until)
    for source, reason, n in (
        seen.filter(state=Entry.State.KEPT_OUT).values_list("source", "reason").annotate(n=Count("pk"))
    ):
        kept_out[source][reason] = n
    walled = dict(seen.filter(article__why_not_page__in=WALLS).values_list("source").annotate(n=Count("pk")))
    return [
        _night(
            source,
            last.get(source.pk),
            *counted.get(source.pk, (0, 0)),
            kept_out.get(source.pk, {}),
            walled.get(source.pk, 0),
            usual.get(source.pk),
            *brought.get(source.pk, (None, None)),
            took.get(source.pk, []),
            since,
            until,
        )
        for source in Source.objects.filter(is_active=True).select_related("outlet")
    ]


def _night(
    source: Source,
    last: Fetch | None,
    visits: int,
    new: int,
    kept_out: dict[str, int],
    walled: int,
    usual: int | None,
    brought: datetime | None,
    stillness: timedelta | None,
    took: list[int],
    since: datetime,
    until: datetime,
) -> SourceNight:
    known = min(RHYTHM, since - source.added)
    expected = usual * ((until - since) / known) if usual is not None and known > YOUNG else None
    is_reached = last is not None and last.outcome != Fetch.Outcome.FAILED
    heard = Heard(source.added, until, brought, stillness, is_reached if last else None, visits, new)
    outcome = state_of(heard)
    slow = bool(
        visits and last and len(took) >= 5 and last.milliseconds > max(NOT_SLOW, SLOWER * median(took))
    )
    walls = sum(n for reason, n in kept_out.items() if reason.startswith(WALLS))
    return SourceNight(
        outlet=source.outlet.name,
        url=source.url,
        kind=source.kind,
        outcome=outcome,
        visits=visits,
        new=new,
        kept_out=kept_out,
        walled=walled + walls,
        reason=last.reason if last and (visits or not is_reached) else "",
        expected=expected,
        still=(still_for(heard), stillness) if outcome == "silent" and stillness else None,
        is_slow=slow and is_reached,
        milliseconds=last.milliseconds if last else 0,
    )


def _by_outlet(nights: list[SourceNight]) -> list[OutletNight]:
    grouped: dict[str, list[SourceNight]] = defaultdict(list)
    for night in nights:
        grouped[night.outlet].append(night)
    return [
        OutletNight(
            outlet=name,
            sources=len(mine),
            new=sum(n.new for n in mine),
            kept_out=sum(sum(n.kept_out.values()) for n in mine),
            walled=sum(n.walled for n in mine),
            failed=sum(n.outcome == "failed" for n in mine),
            silent=sum(n.is_silent for n in mine),
        )
        for name, mine in grouped.items()
    ]
