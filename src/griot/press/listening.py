"""Listening: visiting sources and reading what they bring, politely.

Each step takes what the step before left in our tables and can be stopped and started
anywhere: what was done is not done again, what was not is still there.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from griot.press import types
from griot.press.clustering import view_of
from griot.press.dates import choose
from griot.press.feeds import parse_feed
from griot.press.fetching import Fetched, Fetcher, FetchError, crawl_delay, host_of, is_exempt, may_fetch
from griot.press.languages import detect_language
from griot.press.models import Article, Entry, Fetch, Host, Source
from griot.press.pages import read_page
from griot.press.relevance import MIGRATION, score_articles
from griot.press.types import BadInput, Dated, Page
from griot.press.urls import canonical_url
from griot.press.vectors import default_encoder

HOSTS_AT_ONCE = 8
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
FAILURES_BEFORE_REST = 30
REST = timedelta(days=30)
STALE = timedelta(days=7)  # a new source delivers its archive; only its news is read
OLDEST_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # before that a date is a mistake (1970), not an archive
ROBOTS_KEPT, ROBOTS_RETRIED = timedelta(hours=24), timedelta(minutes=10)
Progress = Callable[[str, int, int], None]
Visited = TypeVar("Visited", Source, Entry)


def silent_progress(step: str, done: int, total: int) -> None:
    """The default for `progress`: says nothing."""


# --- politeness --------------------------------------------------------------------------


def take_turn(host: str, delay: float) -> None:
    """Wait until `host` may be asked again; across all workers, one row is the queue.

    Raises FetchError when the queue is longer than a minute: somebody else is at it.
    """
    Host.objects.bulk_create([Host(name=host)], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE press_host SET next_request = greatest(next_request, now()) + make_interval(secs => %s)"
            " WHERE name = %s RETURNING extract(epoch FROM next_request - now()) - %s",
            [delay, host, delay],
        )
        wait = float(cursor.fetchone()[0])
    if wait > 60 + delay:
        raise FetchError(f"{host} is being asked by others; tried again later")
    time.sleep(max(0.0, wait))


def robots_of(fetcher: Fetcher, url: str) -> str:
    """The robots.txt of a URL's host, kept for a day.

    A host that fails to give it is left alone for ten minutes (RFC 9309 §2.3.1.4): raises FetchError.
    """
    host = host_of(url)
    row = Host.objects.filter(name=host).first()
    if row and row.robots_until and row.robots_until > timezone.now():
        if row.robots_error:
            raise FetchError(row.robots_error)
        return row.robots
    scheme, _, rest = url.partition("://")
    text, failure = "", ""
    try:
        if not is_exempt(host, settings.FETCH_ALLOWED):
            take_turn(host, settings.FETCH_DELAY)
        text = fetcher.get(f"{scheme}://{rest.split('/')[0]}/robots.txt").content.decode("utf-8", "replace")
    except FetchError as error:
        if "HTTP 4" not in str(error):  # 4xx: there is none, and nothing is forbidden
            failure = str(error)[:300]
    text = text[:500_000].replace("\0", "")  # RFC 9309 §2.5 asks for at least 500 kibibytes
    kept = ROBOTS_RETRIED if failure else ROBOTS_KEPT
    facts = {"robots": text, "robots_error": failure, "robots_until": timezone.now() + kept}
    Host.objects.update_or_create(name=host, defaults=facts)
    if failure:
        raise FetchError(failure)
    return text


def fetch_politely(fetcher: Fetcher, url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Fetch with robots.txt obeyed and the host's turn awaited. Raises FetchError."""
    host = host_of(url)
    robots = robots_of(fetcher, url)
    if not may_fetch(robots, url, settings.USER_AGENT):
        raise FetchError("the site's robots.txt asks not to read it")
    if not is_exempt(host, settings.FETCH_ALLOWED):
        take_turn(host, max(settings.FETCH_DELAY, crawl_delay(robots, settings.USER_AGENT)))
    return fetcher.get(url, etag, last_modified)


@contextmanager
def _only_one_at(host: str) -> Iterator[None]:
    """Wait until no other worker is at `host`. The lock is the session's: it goes even on SIGKILL."""
    key = int.from_bytes(hashlib.sha256(host.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _each_host(
    items: Sequence[Visited],
    work: Callable[[Fetcher, Visited], None],
    progress: Progress,
    step: str,
) -> None:
    """Run `work` on items with a `url`, one thread to a host, HOSTS_AT_ONCE hosts together.

    Across all workers one is at a host at a time; `work` must look whether another has done its item meanwhile.
    """
    queues: dict[str, list[Visited]] = defaultdict(list)
    for item in items:
        queues[host_of(item.url)].append(item)
    done = 0

    def one_host(host: str, queue: list[Visited]) -> None:
        nonlocal done
        try:
            with _only_one_at(host), Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
                for item in queue:
                    work(fetcher, item)
                    done += 1
                    progress(step, done, len(items))
        finally:
            connection.close()

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        for finished in [pool.submit(one_host, host, queue) for host, queue in queues.items()]:
            finished.result()


# --- fetch -------------------------------------------------------------------------------


def fetch_sources(sources: Sequence[Source], progress: Progress = silent_progress) -> None:
    """Visit each source once and store its new entries and the visit."""
    _each_host(sources, _fetch_source, progress, "fetching")


def due_sources(now: datetime) -> list[Source]:
    return list(Source.objects.filter(is_active=True, next_fetch__lte=now).select_related("outlet"))


def _fetch_source(fetcher: Fetcher, source: Source) -> None:
    started = time.monotonic()
    if Source.objects.get(pk=source.pk).next_fetch != source.next_fetch:
        return  # another worker has just been there
    try:
        fetched = fetch_politely(fetcher, source.url, source.etag, source.last_modified)
        content_hash = hashlib.sha256(fetched.content).hexdigest()
        if fetched.status == 304 or content_hash == source.content_hash:
            new = 0
        else:
            new = _store_entries(source, parse_feed(fetched.content, fetched.url).entries)
            source.etag, source.last_modified, source.content_hash = fetched.etag, fetched.last_modified, content_hash
        if fetched.permanent_url and not Source.objects.filter(url=fetched.permanent_url).exists():
            source.url = fetched.permanent_url  # 301 and 308 all the way: the publisher asks us to
        source.failures = 0
        source.interval = max(SHORTEST, source.interval / 2) if new else min(LONGEST, source.interval * 1.5)
        outcome, reason = (Fetch.Outcome.NEW if new else Fetch.Outcome.SILENT), ""
    except (FetchError, BadInput) as error:
        new, outcome, reason = 0, Fetch.Outcome.FAILED, str(error)[:300]
        source.failures += 1
        source.interval = min(LONGEST, source.interval * 2)
    rests = source.failures >= FAILURES_BEFORE_REST
    source.next_fetch = timezone.now() + (REST if rests else source.interval)
    with transaction.atomic():
        source.save(
            update_fields=["url", "etag", "last_modified", "content_hash", "failures", "interval", "next_fetch"]
        )
        Fetch.objects.create(
            source=source, outcome=outcome, new_entries=new, reason=reason,
            milliseconds=int(1000 * (time.monotonic() - started)),
        )  # fmt: skip


def _store_entries(source: Source, entries: Iterable[types.Entry]) -> int:
    rows = [
        Entry(
            source=source,
            identity=hashlib.sha256(f"{e.id}\n{e.url}".encode("utf-8", "replace")).hexdigest(),
            url=e.url,
            title=e.title.replace("\0", "")[:500],
            summary=e.summary.replace("\0", ""),
            published=e.published,
            language=(e.language or "")[:35],
        )
        for e in entries
    ]
    before = source.entries.count()
    Entry.objects.bulk_create(rows, ignore_conflicts=True)
    return int(source.entries.count() - before)


# --- read --------------------------------------------------------------------------------


def read_entries(progress: Progress = silent_progress) -> None:
    """Read every entry that is new: its page where it can be had, else the feed's own words."""
    waiting = list(Entry.objects.filter(state=Entry.State.NEW).select_related("source__outlet").order_by("id"))
    with_page = []
    for entry in waiting:
        if not entry.url:
            _keep_out(entry, "it has no address")
        elif entry.published and OLDEST_DATE < entry.published < entry.first_seen - STALE:
            _keep_out(entry, f"older than {STALE.days} days when first seen")
        else:
            with_page.append(entry)
    _each_host(with_page, _read_entry, progress, "reading")


def _read_entry(fetcher: Fetcher, entry: Entry) -> None:
    if not Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW).exists():
        return  # another worker has just read it
    if known := Article.objects.filter(url=entry.url).first():
        _mark_read(entry, known)
        return
    page: Page | None = None
    try:
        fetched = fetch_politely(fetcher, entry.url)
        page = read_page(fetched.content, fetched.url)
        why = {"consent_wall": "a consent wall", "paywall": "a paywall"}.get(page.kind, "")
        if page.kind in {"listing", "empty"}:
            _keep_out(entry, {"listing": "a page of links", "empty": "no article on the page"}[page.kind])
            return
    except (FetchError, BadInput) as error:
        why = str(error)[:200]
        if "HTTP 404" in why or "HTTP 410" in why:
            _keep_out(entry, why)
            return
    if why and len(entry.summary) < 40:
        _keep_out(entry, f"{why}, and the feed gives no summary")
        return
    _store_article(entry, None if why else page, why)


def _keep_out(entry: Entry, reason: str) -> None:
    Entry.objects.filter(pk=entry.pk).update(state=Entry.State.KEPT_OUT, reason=reason[:200])


def _mark_read(entry: Entry, article: Article) -> None:
    Entry.objects.filter(pk=entry.pk).update(state=Entry.State.READ, article=article)


def _store_article(entry: Entry, page: Page | None, why: str) -> None:
    feed_date = Dated(entry.published, "feed") if entry.published else None
    dated = choose([feed_date, page.published if page else None], entry.first_seen)
    text = page.text if page else ""
    title = entry.title or (page.title if page else "")
    article = Article(
        outlet=entry.source.outlet,
        url=(page.canonical_url if page else None) or canonical_url(entry.url),
        title=title[:500],
        summary=entry.summary,
        text=text.replace("\0", ""),
        language=detect_language(f"{title}. {text or entry.summary}", entry.language),
        image=(page.image or "") if page else "",
        published=dated.moment,
        published_from=dated.known_from,
        first_seen=entry.first_seen,
        read_from=Article.ReadFrom.PAGE if page else Article.ReadFrom.FEED,
        why_not_page=why,
    )
    value = article.as_value()
    vectors = default_encoder().encode([view_of(value)])
    article.vector = vectors[0]
    article.score = score_articles([value], MIGRATION, vectors=vectors)[0]
    with transaction.atomic():
        Article.objects.bulk_create([article], ignore_conflicts=True)  # another feed may carry the same page
        _mark_read(entry, Article.objects.get(url=article.url))
