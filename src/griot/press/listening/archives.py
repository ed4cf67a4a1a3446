"""Backfilling from web archives (WARC, ISO 28500): a newsroom may start with history.

Records are read one after another with fastwarc; what is an article of a known outlet's site is stored with
its date. Progress is kept per file in our tables with the articles themselves, so that a killed backfill goes
on where it was, and several workers share a list of files: each takes the files that nobody holds (an
advisory lock per file).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from griot.characters import fit_text
from griot.locking import only_one_at
from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.urls import canonical_url
from griot.press.core.progress import Progress
from griot.press.core.stories.clustering import WINDOW
from griot.press.core.types import BadInput
from griot.press.listening.apart import apart
from griot.press.listening.reading import article_of
from griot.press.models import Article, Backfill, Entry, Outlet, Source

log = logging.getLogger(__name__)
BATCH = 50  # articles a transaction
MAX_RECORD = 10 * 1024 * 1024
HEAD = 1024 * 1024  # bytes by which a file is known, beside its name and size


@dataclass(slots=True)
class Filled:
    """What a backfill did: records read, articles stored, known already, no articles, of sites that
    are no outlet's.
    """

    records: int = 0
    articles: int = 0
    known: int = 0
    kept_out: int = 0
    strangers: int = 0


def backfill(paths: Sequence[Path], progress: Progress, add_outlets: bool = False) -> Filled:
    """Read archives that nobody else is reading and nobody has finished. Raises BadInput for what is no file.

    `add_outlets` makes an outlet of every site that is none yet; else pages of unknown sites are
    counted and left.
    """
    for path in paths:
        if not path.is_file():
            raise BadInput(f"{path}: there is no such file")
        if path.name != fit_text(path.name):
            raise BadInput(f"{path}: its name is no text; give it another")
    filled = Filled()
    for path in paths:
        with only_one_at(f"backfill {path.name}") as is_ours:
            if is_ours:
                _one_file(path, filled, progress, add_outlets)
    return filled


def _one_file(path: Path, filled: Filled, progress: Progress, add_outlets: bool) -> None:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = hashlib.sha256(stream.read(HEAD)).hexdigest()
    state, _ = Backfill.objects.get_or_create(name=path.name, size=size, head=head)
    if state.finished:
        return
    outlets = {_site(o.home_page): o for o in Outlet.objects.exclude(home_page="")}
    batch: list[Article] = []
    with path.open("rb") as stream:
        if state.offset:
            stream.seek(state.offset)  # the start of a record; each of a .warc.gz is a member of its own
        offset = state.offset
        try:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=False):
                offset = record.stream_pos
                if len(batch) >= BATCH:
                    _store(batch, state, offset, filled)
                    progress(path.name, offset, size)
                filled.records += 1
                article = _article(record, outlets, filled, add_outlets)
                if article:
                    batch.append(article)
        except Exception as error:  # a broken archive: what was read is kept, and where it broke is told
            _store(batch, state, offset, filled)
            raise BadInput(
                f"{path}: broken after byte {offset} ({type(error).__name__}); what stands before it is"
                " stored"
            ) from error
    _store(batch, state, size, filled, is_end=True)
    progress(path.name, size, size)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _opened(record: Any) -> bytes | None:
    """The page of a record; None for what is none, is too large, or is not coded as it says: crawlers write
    such, and those behind it are read all the same.
    """
    if not record.is_http or record.content_length > MAX_RECORD:
        return None
    apart = WarcRecord()  # what can't be decoded ends the record that the archive's reader goes on from
    apart.init_headers(record_type=WarcRecordType.response)
    apart.set_bytes_content(record.reader.read())
    apart.is_http = True
    try:
        apart.parse_http(auto_decode="all")
        if apart.http_headers.status_code != 200 or "html" not in (apart.http_content_type or ""):
            return None
        return bytes(apart.reader.read(MAX_RECORD))
    except Exception:  # whatever is in it
        log.info("a record of %s can't be read", record.headers.get("WARC-Target-URI"), exc_info=True)
        return None


def _article(record: Any, outlets: dict[str, Outlet], filled: Filled, add_outlets: bool) -> Article | None:
    url, content = canonical_url(record.headers.get("WARC-Target-URI") or ""), _opened(record)
    if not url or content is None:
        filled.kept_out += 1
        return None
    site = _site(url)
    if site not in outlets:
        if not add_outlets:
            filled.strangers += 1
            return None
        outlets[site], _ = Outlet.objects.get_or_create(
            name=site[:120], defaults={"home_page": f"https://{site}/"}
        )
    try:
        page = apart(read_page, content, url)
    except BadInput:
        filled.kept_out += 1
        return None
    if page.kind != "article":
        filled.kept_out += 1
        return None
    captured = stated(record.headers.get("WARC-Date"), "first seen", Habit())
    seen = captured.moment if captured else timezone.now()
    entry = Entry(url=url, title=page.title, summary="", first_seen=seen, language=page.language or "")
    article = article_of(Source(outlet=outlets[site]), entry, page, "")
    article.read_from, article.first_seen = Article.ReadFrom.ARCHIVE, seen
    article.in_window = article.published > timezone.now() - WINDOW
    article.is_indexed = not article.in_window
    return article


def _store(batch: list[Article], state: Backfill, offset: int, filled: Filled, is_end: bool = False) -> None:
    """Articles and how far we are, in one transaction: killed, neither is there."""
    with transaction.atomic():
        before = Article.objects.filter(url__in=[a.url for a in batch]).count()
        Article.objects.bulk_create(batch, ignore_conflicts=True)
        state.offset, state.articles = offset, state.articles + len(batch) - before
        state.finished = timezone.now() if is_end else None
        state.save()
    filled.articles += len(batch) - before
    filled.known += before
    batch.clear()
