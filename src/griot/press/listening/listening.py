"""Listening: visiting sources of every kind, and what their visits leave behind.

Each step takes what the step before left in our tables and can be stopped and started
anywhere: what was done is not done again, what was not is still there.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from griot.characters import fit_text
from griot.locking import is_database_away, one_after_another
from griot.press.core import types
from griot.press.core.pages.urls import site_of
from griot.press.core.progress import Progress, silent_progress
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.fetching import Fetched, Fetcher, FetchError, host_of, is_exempt
from griot.press.core.sources.fitting import fit_entry
from griot.press.core.sources.listings import Learned, read_listing
from griot.press.core.sources.mailboxes import new_mails
from griot.press.core.sources.sitemaps import Sitemap, parse_sitemap
from griot.press.core.types import BadInput, Made, Taken
from griot.press.listening.apart import NotStarted, apart, within
from griot.press.listening.politeness import MORNING, NoTurn, Patience, each_host, fetch_politely
from griot.press.models import Entry, Fetch, Notice, Source

log = logging.getLogger(__name__)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
FAILURES_BEFORE_REST = 30
REST = timedelta(days=30)
FAILURES_BEFORE_NOTICE = 3
WHOLE_EVERY = 8  # of so many visits one is unconditional: some servers say 304 to everything
SECONDS_A_MAIL = 5.0  # to read it in
SITEMAPS_A_VISIT = 3  # of an index
LEASE = timedelta(days=10)  # that a hub is asked for
MOST_HUB = 1000  # characters of its address
MANY_NEW = 0.3  # share of new entries from which a source is visited more often


def fetch_sources(
    sources: Sequence[Source], progress: Progress = silent_progress, patience: Patience = MORNING
) -> None:
    """Visit each source once and store its new entries and the visit. A push source is not visited."""
    each_host(
        [s for s in sources if s.kind != Source.Kind.PUSH], _fetch_source, progress, "fetching", patience
    )


def due(now: datetime, with_new: bool = False) -> QuerySet[Source]:
    """Those sources whose time has come; also one that is to be visited later than any is put off, which a
    clock has said that was wrong; `with_new`, those, too, that were never visited: their first visits are
    spread.
    """
    is_due = Q(next_fetch__lte=now) | Q(next_fetch__gt=now + REST + LONGEST)
    if with_new:
        is_due |= Q(~Exists(Fetch.objects.filter(source=OuterRef("pk"))))
    return Source.objects.filter(is_due, is_active=True).exclude(kind=Source.Kind.PUSH)


def due_sources(now: datetime, with_new: bool = False) -> list[Source]:
    return list(due(now, with_new).select_related("outlet"))


def _fetch_source(fetcher: Fetcher, source: Source) -> None:
    started = time.monotonic()
    if not Source.objects.filter(pk=source.pk, next_fetch=source.next_fetch).exists():
        return  # another worker has just been there, or somebody has deleted it
    stay_away, visited = timedelta(0), _place(source)
    try:
        delivered, aside = _visit(fetcher, source)
        with transaction.atomic():
            if not Source.objects.select_for_update(no_key=True).filter(**visited).first():
                return  # deleted meanwhile, or set to another place, which is visited next
            new = store_entries(source, delivered) if delivered else 0
        source.failures = 0
        share = new / len(delivered) if delivered else 0.0
        if share >= MANY_NEW:
            source.interval = max(SHORTEST, source.interval / 2)
        elif not new:
            source.interval = min(LONGEST, source.interval * 1.5)
        outcome, reason = (Fetch.Outcome.NEW if new else Fetch.Outcome.SILENT), aside
    except NoTurn:
        return  # it is due as before
    except Exception as error:  # whatever one source brings, those beside it are visited
        if is_database_away(error) or isinstance(error, NotStarted):
            raise
        if not isinstance(error, FetchError | BadInput):
            log.exception("the visit to source %s failed", source.pk)
        new, outcome, reason = 0, Fetch.Outcome.FAILED, in_words(error)[:300]
        source.failures += 1
        source.interval = min(LONGEST, source.interval * 2)
        stay_away = timedelta(seconds=getattr(error, "retry_after", 0.0))
    rests = source.failures >= FAILURES_BEFORE_REST
    source.next_fetch = timezone.now() + (REST if rests else max(source.interval, stay_away))
    with transaction.atomic():
        one_after_another("sources that move")
        if not Source.objects.select_for_update().filter(**visited).first():
            return
        if Source.objects.filter(url=source.url).exclude(pk=source.pk).exists():
            source.url = Source.objects.values_list("url", flat=True).get(pk=source.pk)  # another moved there
        source.save(
            update_fields=[
                "url",
                "etag",
                "last_modified",
                "content_hash",
                "failures",
                "interval",
                "next_fetch",
                "learned",
                "hub",
                "hub_topic",
                "hub_secret",
                "hub_until",
            ]
        )
        Fetch.objects.create(
            source=source,
            outcome=outcome,
            new_entries=new,
            reason=reason,
            milliseconds=int(1000 * (time.monotonic() - started)),
        )
        _notice(source, reason if source.failures else "")


def _place(source: Source) -> dict[str, Any]:
    """What no other place's row has, nor its own once it was set to another."""
    return {"pk": source.pk, "kind": source.kind, "url": source.url, "secret": source.secret}


def in_words(error: Exception) -> str:
    """For the ledger: our own errors say it themselves, others by their kind."""
    told = fit_text(str(error))
    is_ours = isinstance(error, FetchError | BadInput)
    return told if is_ours else f"can't be taken ({type(error).__name__}): {told}"


def _notice(source: Source, reason: str) -> None:
    """Say once that a source broke, and once that it is well again."""
    if not reason:
        Notice.objects.filter(source=source, is_over=False).update(is_over=True)
    elif source.failures == FAILURES_BEFORE_NOTICE:
        text = f"{source.outlet.name} has failed {source.failures} times in a row: {reason}"
        Notice.objects.bulk_create([Notice(source=source, text=text[:400])], ignore_conflicts=True)


# --- one visit, by kind ------------------------------------------------------------------


def _visit(fetcher: Fetcher, source: Source) -> tuple[list[types.Entry], str]:
    """What a source delivers now, or nothing where it is unchanged; and why a part of it was set aside.
    Raises FetchError and BadInput.
    """
    aside = ""
    if source.kind == Source.Kind.MAILBOX:
        last = source.learned if isinstance(source.learned, dict) else {}
        mails, source.learned = new_mails(
            source.url, source.secret, last, _one_of_many, settings.FETCH_ALLOWED
        )
        return mails, ""
    fetched = _fetch_if_changed(fetcher, source)
    if fetched is None:
        return [], ""
    if source.kind == Source.Kind.SITEMAP:
        sitemap = apart(parse_sitemap, fetched.content, fetched.url)
        entries, aside = _with_parts(fetcher, sitemap)
        if sitemap.sitemaps:  # it may be the same while its parts are not
            fetched = replace(fetched, content=b"", etag="", last_modified="")
    elif source.kind == Source.Kind.LISTING:
        known = Learned(source.learned.get("fresh", {}), tuple(source.learned.get("seen", ())))
        entries, learned = apart(read_listing, fetched.content, fetched.url, known)
        source.learned = {**source.learned, **asdict(learned)}
    else:
        feed = apart(parse_feed, fetched.content, fetched.url)
        entries = list(feed.entries)
        _subscribe(fetcher, source, feed)
    # Only now: what could not be parsed is to be fetched again.
    source.etag, source.last_modified = fetched.etag, fetched.last_modified
    source.content_hash = hashlib.sha256(fetched.content).hexdigest()
    moved_to = fetched.permanent_url  # 301 and 308 all the way: the publisher asks us to
    if moved_to and not Source.objects.filter(url=moved_to).exists():
        # Where an outlet states no home page its sources tell where it is at home, and they stay.
        is_same = bool(source.outlet.home_page) or site_of(moved_to) == site_of(source.url)
        source.url = moved_to if is_same else source.url
    return entries, aside


def _one_of_many(parse: Callable[Taken, Made], /, *args: Taken.args, **options: Taken.kwargs) -> Made:
    """A mail, with those behind it that a visit has to reach."""
    return within(SECONDS_A_MAIL, parse, *args, **options)


def _fetch_if_changed(fetcher: Fetcher, source: Source) -> Fetched | None:
    """The source's document, or None where it is the one we know.

    An ETag is believed only as far as the content bears it out: now and then the document is fetched whole,
    and where it changed under the same ETag, that server's word is not taken again.
    """
    visits = int(source.learned.get("visits", 0)) + 1
    lies = bool(source.learned.get("etag_lies"))
    is_whole = lies or not (source.etag or source.last_modified) or visits % WHOLE_EVERY == 0
    source.learned = {**source.learned, "visits": visits}
    fetched = fetch_politely(fetcher, source.url, *(() if is_whole else (source.etag, source.last_modified)))
    if fetched.status == 304:
        return None
    if hashlib.sha256(fetched.content).hexdigest() == source.content_hash:
        return None
    if source.content_hash and is_whole and fetched.etag and fetched.etag == source.etag:
        source.learned = {**source.learned, "etag_lies": True}
    return fetched


def _with_parts(fetcher: Fetcher, sitemap: Sitemap) -> tuple[list[types.Entry], str]:
    """A sitemap's entries, and of an index those of its first parts; and why a part is not among them.
    Raises FetchError and BadInput where no part can be had.
    """
    entries, failed = list(sitemap.entries), list[FetchError | BadInput]()
    parts = sitemap.sitemaps[:SITEMAPS_A_VISIT]
    for address in parts:
        try:
            part = fetch_politely(fetcher, address)
            entries += apart(parse_sitemap, part.content, part.url).entries
        except (FetchError, BadInput) as error:
            failed.append(error)
    if failed and len(failed) == len(parts):
        raise failed[0]
    return entries, f"{len(failed)} of {len(parts)} parts set aside: {failed[0]}"[:300] if failed else ""


def store_entries(source: Source, entries: Iterable[types.Entry]) -> int:
    """Store what is new among the entries; gives how many those were."""
    rows = [
        Entry(
            source=source,
            identity=hashlib.sha256(f"{e.id}\n{e.url}".encode()).hexdigest(),
            url=e.url,
            title=e.title,
            summary=e.summary,
            text=e.text,
            published=e.published,
            utc_offset=e.utc_offset,
            language=e.language or "",
        )
        for e in map(fit_entry, entries)
    ]
    before = source.entries.count()
    Entry.objects.bulk_create(rows, ignore_conflicts=True)
    return int(source.entries.count() - before)


# --- WebSub ------------------------------------------------------------------------------


def _subscribe(fetcher: Fetcher, source: Source, feed: types.Feed) -> None:
    """Ask the hub that a feed names to push to us (WebSub §5.1). A hub that refuses costs nothing: we
    go on polling.
    """
    can_be_called = settings.PUBLIC_URL.startswith("https://") or is_exempt(
        host_of(settings.PUBLIC_URL), settings.FETCH_ALLOWED
    )
    topic = feed.topic or source.url
    if not feed.hub or not can_be_called or max(len(feed.hub), len(topic)) > MOST_HUB:
        return
    if source.hub == feed.hub and source.hub_until and source.hub_until > timezone.now() + LEASE / 5:
        return
    source.hub, source.hub_topic = feed.hub, topic
    source.hub_secret = source.hub_secret or secrets.token_urlsafe(32)
    named = {"hub": source.hub, "hub_topic": source.hub_topic, "hub_secret": source.hub_secret}
    if not Source.objects.filter(**_place(source)).update(**named):  # the hub asks back before it answers
        return  # it was set to another place
    try:
        fetcher.post_form(
            feed.hub,
            {
                "hub.mode": "subscribe",
                "hub.topic": source.hub_topic,
                "hub.secret": source.hub_secret,
                "hub.callback": f"{settings.PUBLIC_URL}/press/hub/{source.pk}/{source.hub_word}/",
                "hub.lease_seconds": str(int(LEASE.total_seconds())),
            },
        )
    except FetchError:
        return
    source.hub_until = Source.objects.values_list("hub_until", flat=True).get(pk=source.pk)
