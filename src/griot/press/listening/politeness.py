"""Politeness towards hosts, for all workers together: turns, robots.txt, one visitor at a time."""

from __future__ import annotations

import logging
import math
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone

from griot.locking import is_database_away, only_one_at
from griot.press.core.progress import Progress
from griot.press.core.sources.fetching import (
    MAX_REST,
    Fetched,
    Fetcher,
    FetchError,
    host_of,
    is_exempt,
    what_robots_say,
)
from griot.press.core.types import BadInput
from griot.press.listening.apart import NotStarted, apart
from griot.press.models import Entry, Host, Source

HOSTS_AT_ONCE = 8
LONGEST_WAIT = 60.0  # seconds for a turn, beside what lies between two
OTHERS_AT_HOST = 0.2  # seconds before a host is looked at again where another worker is
ROBOTS_KEPT, ROBOTS_RETRIED = timedelta(hours=24), timedelta(minutes=10)
OF_NO_USE = timedelta(hours=1)  # after which what is known of a host is of no use any more
MOST_ROBOTS = 50_000_000  # bytes kept, of all hosts
Visited = TypeVar("Visited", Source, Entry)
log = logging.getLogger(__name__)


class Patience(NamedTuple):
    """How long a run stays with what it visits, in seconds: at one host, and in all. What is left is the next
    run's: nobody's news waits for a host that is slow.
    """

    at_host: float
    in_all: float


LISTENING, MORNING = Patience(30, 120), Patience(120, 600)


class NoTurn(FetchError):
    """A host may not be asked for longer than anybody waits: no fault of what was to be asked for."""


_TAKE_TURN = """
INSERT INTO press_host (name, next_request, robots, robots_error)
VALUES (%(host)s, now() + make_interval(secs => %(delay)s), '', '')
ON CONFLICT (name) DO UPDATE
SET next_request = CASE
    WHEN press_host.next_request BETWEEN now() AND now() + make_interval(secs => %(rest)s)
    THEN press_host.next_request ELSE now()  -- what is later was said by a clock that was wrong
END + make_interval(secs => %(delay)s)
WHERE press_host.next_request NOT BETWEEN
    now() + make_interval(secs => %(delay)s + %(longest)s) AND now() + make_interval(secs => %(rest)s)
RETURNING extract(epoch FROM next_request - now()) - %(delay)s
"""


def take_turn(host: str, delay: float) -> None:
    """Wait until `host` may be asked again; across all workers, one row is the queue.

    Raises NoTurn when the queue is longer than LONGEST_WAIT: who does not stay in it takes no turn.
    """
    with connection.cursor() as cursor:
        waits = {"delay": delay, "longest": LONGEST_WAIT, "rest": MAX_REST + LONGEST_WAIT}
        cursor.execute(_TAKE_TURN, {"host": host, **waits})
        turn = cursor.fetchone()
    if turn is None:
        raise NoTurn(f"{host} is being asked by others; tried again later", is_passing=True)
    time.sleep(max(0.0, float(turn[0])))


def await_turn(here: str, there: str, delay: float = 0.0) -> None:
    """Wait for the turn at the host of `there`, if that of `here` is another."""
    host = host_of(there)
    if host and host != host_of(here) and not is_exempt(host, settings.FETCH_ALLOWED):
        take_turn(host, max(settings.FETCH_DELAY, delay))


def robots_of(fetcher: Fetcher, url: str) -> str:
    """The robots.txt of a URL's host, kept for a day.

    A host that fails to give it is left alone for ten minutes (RFC 9309 §2.3.1.4): raises FetchError.
    """
    host = host_of(url)
    row = Host.objects.filter(name=host).first()
    now = timezone.now()
    if row and row.robots_until and now < row.robots_until <= now + ROBOTS_KEPT:
        if row.robots_error:
            raise FetchError(row.robots_error, is_passing=True)
        return row.robots
    scheme, _, rest = url.partition("://")
    text, failure, kept = "", "", ROBOTS_KEPT
    try:
        await_turn("", url)
        # It may stand elsewhere, where nobody's robots.txt is asked for it (RFC 9309 §2.3.1.2).
        fetched = fetcher.get(f"{scheme}://{rest.split('/')[0]}/robots.txt", may_follow=await_turn)
        text = fetched.content.decode("utf-8", "replace")
    except NoTurn:
        raise
    except FetchError as error:
        if error.is_passing or "HTTP 4" not in str(error):  # other 4xx: there is none, nothing is forbidden
            failure = str(error)[:300]
            kept = max(ROBOTS_RETRIED, min(timedelta(seconds=error.retry_after), ROBOTS_KEPT))
    text = text[:500_000].replace("\0", "")  # RFC 9309 §2.5 asks for at least 500 kibibytes
    facts = {"robots": text, "robots_error": failure, "robots_until": timezone.now() + kept}
    Host.objects.update_or_create(name=host, defaults=facts)
    if failure:
        raise FetchError(failure, is_passing=True)
    return text


_FORGET_HOSTS = """
DELETE FROM press_host WHERE name IN (
    SELECT name FROM press_host JOIN (
        SELECT name, greatest(next_request, robots_until) AS used,
            sum(octet_length(robots)) OVER (ORDER BY robots_until DESC NULLS LAST, name) AS so_far
        FROM press_host
    ) host USING (name)
    WHERE next_request < %(now)s AND (used < %(before)s OR so_far > %(most)s)
    FOR UPDATE OF press_host SKIP LOCKED
)
"""


def forget_hosts(now: datetime) -> None:
    """Let go of what is known of hosts where it is of no use any more, and of what their robots.txt said
    beyond MOST_ROBOTS of the latest: a feed may name very many hosts, whose robots.txt are large.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_HOSTS, {"now": now, "before": now - OF_NO_USE, "most": MOST_ROBOTS})


def fetch_politely(fetcher: Fetcher, url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Fetch with robots.txt obeyed and the host's turn awaited, of each host that redirects lead to. Raises
    FetchError.
    """
    host, ends = "", math.inf

    def may_follow(here: str, there: str) -> None:
        nonlocal host
        host = host_of(there)
        if not host:
            raise FetchError("that is no address that can be asked")
        if time.monotonic() > ends:
            raise FetchError("redirects to hosts that are waited for too long", is_passing=True)
        await_turn(here, there, _asked_for(robots_of(fetcher, there), there))

    may_follow("", url)
    ends = time.monotonic() + LONGEST_WAIT
    try:
        return fetcher.get(url, etag, last_modified, may_follow)
    except FetchError as error:
        if error.retry_after:  # the host asks everybody of us to stay away, not this job alone
            until = timezone.now() + timedelta(seconds=error.retry_after)
            Host.objects.bulk_create([Host(name=host)], ignore_conflicts=True)
            Host.objects.filter(name=host, next_request__lt=until).update(next_request=until)
        raise


def _asked_for(robots: str, url: str) -> float:
    """Seconds between two requests. Raises FetchError where the URL is not to be read."""
    if not robots.strip():
        return 0.0
    try:
        is_allowed, delay = apart(what_robots_say, robots, url, settings.USER_AGENT)
    except BadInput as error:
        raise FetchError(f"the site's robots.txt {error}") from None
    if not is_allowed:
        raise FetchError("the site's robots.txt asks not to read it")
    return delay


def each_host(
    items: Sequence[Visited],
    work: Callable[[Fetcher, Visited], None],
    progress: Progress,
    step: str,
    patience: Patience,
) -> None:
    """Run `work` on items with a `url`, one thread to a host, HOSTS_AT_ONCE hosts together, as long as
    `patience` has it: of a host whose turn came at least one. Sources take turns, at a host and between
    hosts: one that names very many keeps no other's waiting.

    Across all workers one is at a host at a time: a host where another is comes later, in an order
    of each worker's own, so that several share the work. `work` must look whether another has done
    its item meanwhile. Where it fails at an item, those behind it have their turn, and the error is raised at
    the end.
    """
    queues: dict[str, list[Visited]] = defaultdict(list)
    turns = Counter[int]()
    ranked = []
    for item in items:
        source = item.source_id if isinstance(item, Entry) else item.pk
        ranked.append((turns[source], random.random(), item))  # of each source the first comes first
        turns[source] += 1
    for _, _, item in sorted(ranked, key=lambda row: row[:2]):
        queues[host_of(item.url)].append(item)
    waiting = deque(queues)
    failures: list[Exception] = []
    done, ends = 0, time.monotonic() + patience.in_all

    def visitor() -> None:
        nonlocal done
        try:
            while waiting and time.monotonic() < ends:
                try:
                    host = waiting.popleft()
                except IndexError:
                    return
                with only_one_at(host) as is_ours:
                    if not is_ours:
                        waiting.append(host)
                        time.sleep(OTHERS_AT_HOST)
                        continue
                    leaves = min(time.monotonic() + patience.at_host, ends)
                    with Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
                        for n, item in enumerate(queues[host]):
                            if n and time.monotonic() >= leaves:
                                log.info("%s, %s: %d are for the next run", step, host, len(queues[host]) - n)
                                break
                            try:
                                work(fetcher, item)
                            except Exception as error:
                                if is_database_away(error) or isinstance(error, NotStarted):
                                    raise
                                log.exception("%s, %s: one failed", step, host)
                                failures.append(error)
                            done += 1
                            progress(step, done, len(items))
        finally:
            connection.close()

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        for finished in [pool.submit(visitor) for _ in range(min(HOSTS_AT_ONCE, len(queues)))]:
            finished.result()
    if failures:
        raise failures[0]
