"""The archive: a calendar of issues, and a search through all that was told, by words and facets."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date, get_day_names
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import QueryCanceled

from griot.characters import fit_text
from griot.digest.core.archive import Archive, ArchiveEntry, Facet, Found, Month
from griot.digest.models import DigestIndexPage, IssuePage, Theme, ToldItem
from griot.digest.site.newsroom import newsroom, path_of
from griot.press.core.beats.asking import LONGEST
from griot.press.core.language.text import fold
from griot.press.stories.searching import Condition, searched
from griot.testimonies.copies import stale

PER_PAGE = 30
MOST_FACETS = 40
PATIENCE = "3s"  # what the database spends on a question of a reader's


TOLD_FILTERS: Mapping[str, Condition] = {
    "lang": lambda values: Q(language__in=values),
    "country": lambda values: Q(countries__overlap=list(values)),
    "outlet": lambda values: Q(outlets__overlap=[name for name in _outlet_names() if fold(name) in values]),
    "piece": lambda values: Q(section__in=values),
}


def _outlet_names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT unnest(outlets) FROM digest_tolditem")
        return [name for (name,) in cursor.fetchall()]


def archive_of(index: DigestIndexPage, asked: Mapping[str, str]) -> Archive:
    """The page of the archive that a reader asked for: `q`, `outlet`, `country`, `theme`, `month`, `page`."""
    language = index.locale.language_code
    front = path_of(index)
    url = f"{front}archive/"
    query = fit_text(asked.get("q", "")).strip()[:LONGEST]
    chosen = {
        name: value for name in ("outlet", "country", "theme") if (value := asked.get(name, "").strip()[:140])
    }
    why, total = "", 0
    found: tuple[Found, ...] | None = None
    facets: tuple[tuple[str, tuple[Facet, ...]], ...] = ()
    entries: tuple[ArchiveEntry, ...] = ()
    pages: Any
    if query or chosen:
        items, why = _search(language, index, query, chosen)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
                total = items.count()
                facets = tuple(_facets(items, chosen, language))
                pages = Paginator(items.select_related("issue"), PER_PAGE).get_page(asked.get("page"))
                found = tuple(_found(item) for item in pages)
        except OperationalError as refusal:
            if not isinstance(refusal.__cause__, QueryCanceled):
                raise
            why, found = "takes_too_long", ()
            pages = Paginator(items.none(), PER_PAGE).get_page(1)
    else:
        pages = Paginator(index.issues(), PER_PAGE).get_page(asked.get("page"))
        entries = tuple(ArchiveEntry(i.title, i.day, path_of(i), i.summary) for i in pages)
    asking = {**({"q": query} if query else {}), **chosen}
    return Archive(
        newsroom=newsroom().name,
        language=language,
        introduction=index.introduction,
        url=url,
        feed_url=f"{front}feed/",
        issues=entries,
        month=None if found is not None else _month(index, asked.get("month", ""), url),
        query=query,
        why=why,
        found=found,
        total=total,
        facets=facets,
        newer=(
            f"{url}?{urlencode({**asking, 'page': pages.previous_page_number()})}"
            if pages.has_previous()
            else ""
        ),
        older=f"{url}?{urlencode({**asking, 'page': pages.next_page_number()})}" if pages.has_next() else "",
        editions=tuple(
            (p.locale.language_code, f"{path_of(p)}archive/")
            for p in index.get_translations().live().select_related("locale")
        ),
        making=f"{front}making/" if settings.DEMO and found is None and not _was_any_out() else "",
    )


def _was_any_out() -> bool:
    return IssuePage.objects.exclude(first_published_at=None).exists()


def _search(
    language: str, index: DigestIndexPage, query: str, chosen: Mapping[str, str]
) -> tuple[QuerySet[ToldItem], str]:
    items = ToldItem.objects.filter(~stale(), language=language, issue__in=index.issues().values("pk"))
    items = items.order_by("-day", "position")
    if "outlet" in chosen:
        items = items.filter(outlets__contains=[chosen["outlet"]])
    if "country" in chosen:
        items = items.filter(countries__contains=[chosen["country"]])
    if "theme" in chosen:
        items = items.filter(themes__contains=[chosen["theme"]])
    if not query:
        return items, ""
    search = searched(query, TOLD_FILTERS)
    return items.filter(search.condition), search.why


_COUNTS = """
SELECT kind, value, n FROM (
    SELECT kind, value, count(*) AS n,
        row_number() OVER (PARTITION BY kind ORDER BY count(*) DESC, value) AS place
    FROM ({items}) item, LATERAL (
        SELECT 'outlet' AS kind, unnest(item.outlets) AS value
        UNION ALL SELECT 'country', unnest(item.countries)
        UNION ALL SELECT 'theme', unnest(item.themes)
    ) facet GROUP BY kind, value
) counted WHERE place <= %s
"""


def _facets(
    items: QuerySet[ToldItem], chosen: Mapping[str, str], language: str
) -> list[tuple[str, tuple[Facet, ...]]]:
    """How the found items spread over outlets, countries and themes: one query for all three."""
    try:
        sql, parameters = items.order_by().values("outlets", "countries", "themes").query.sql_with_params()
    except EmptyResultSet:  # nothing to ask the database
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(items=sql), [*parameters, MOST_FACETS])
        rows = cursor.fetchall()
    countries = Locale.parse(language).territories
    themes = {t.slug: t.name_in(language) for t in Theme.objects.all()}
    naming = {"outlet": {}, "country": countries, "theme": themes}
    found = []
    for kind, names in naming.items():
        values = [
            Facet(value, names.get(value, value), n, chosen.get(kind) == value)
            for k, value, n in sorted(rows, key=lambda r: (-r[2], r[1]))
            if k == kind
        ]
        if values:
            found.append((kind, tuple(values)))
    return found


def _found(item: ToldItem) -> Found:
    return Found(item.day, f"{path_of(item.issue)}#{item.anchor}", item.title, item.text[:400])


def _month(index: DigestIndexPage, asked: str, url: str) -> Month | None:
    """The calendar of a month (2026-11), by default of the newest issue; None where there is no issue
    at all.
    """
    newest = index.issues().first()
    if newest is None:
        return None
    try:
        year, month = (int(part) for part in asked.split("-"))
        first = date(year, month, 1)
    except (ValueError, OverflowError):
        first = newest.day.replace(day=1)
    language = index.locale.language_code
    days = {
        i.day.day: path_of(i) for i in index.issues().filter(day__year=first.year, day__month=first.month)
    }
    start = Locale.parse(language).first_week_day
    weeks = calendar.Calendar(start).monthdayscalendar(first.year, first.month)
    names = get_day_names("abbreviated", locale=language)
    before, after = (
        index.issues().filter(day__lt=first).first(),
        index.issues().filter(day__gt=first.replace(day=max(weeks[-1]))).last(),
    )
    return Month(
        name=format_date(first, "LLLL y", locale=language),
        weekdays=tuple(names[(start + n) % 7] for n in range(7)),
        weeks=tuple(tuple((d, days.get(d, "")) if d else None for d in week) for week in weeks),
        earlier=f"{url}?month={before.day:%Y-%m}" if before else "",
        later=f"{url}?month={after.day:%Y-%m}" if after else "",
    )
