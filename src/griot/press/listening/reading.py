"""Reading: from entries to articles. What is no article is kept out, counted, and never drafted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from pgvector import HalfVector

from griot.characters import fit_text
from griot.locking import is_database_away
from griot.press.core.language.languages import detect_language
from griot.press.core.language.places import places_in
from griot.press.core.language.vectors import default_encoder
from griot.press.core.pages.dates import choose
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.pieces import piece_of
from griot.press.core.pages.urls import canonical_url
from griot.press.core.progress import Progress, silent_progress
from griot.press.core.sources.fetching import Fetcher, FetchError
from griot.press.core.sources.fitting import MOST_TEXT, MOST_TITLE, fit_moment
from griot.press.core.stories.clustering import WINDOW, view_of
from griot.press.core.stories.syndication import bands
from griot.press.core.types import BadInput, Dated, Page
from griot.press.listening.apart import NotStarted, apart
from griot.press.listening.homes import comes_home
from griot.press.listening.listening import in_words
from griot.press.listening.politeness import MORNING, NoTurn, Patience, each_host, fetch_politely
from griot.press.models import Article, Entry, Source
from griot.press.stories.indexing import reindex
from griot.press.stories.pipeline import rate_stories
from griot.press.stories.searching import search_vector

log = logging.getLogger(__name__)
MOST_OF_A_SOURCE = 500  # entries that a run looks at
MOST_AUTHOR = 200  # characters
STALE = timedelta(days=7)  # a new source delivers its archive; only its news is read
PATIENCE = timedelta(minutes=20)  # that a page which can't be had at the moment is waited for
OLDEST_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # before that a date is a mistake (1970), not an archive
PLACES_FROM = 3000  # characters of the text whose places count
NO_ARTICLE = {
    "listing": "a page of links",
    "empty": "no article on the page",
    "live_blog": "a live blog",
    "video": "a video without a text",
}
# What an article is by what its source and page say of it.
_SAID = [
    "outlet",
    "title",
    "summary",
    "text",
    "author",
    "piece",
    "language",
    "places",
    "image",
    "published",
    "published_from",
    "utc_offset",
    "updated",
    "read_from",
    "why_not_page",
    "search",
    "vector",
    "bands",
]
READ_FROM: dict[str, Article.ReadFrom] = {
    Source.Kind.MAILBOX: Article.ReadFrom.MAIL,
    Source.Kind.PUSH: Article.ReadFrom.PUSH,
}


def read_entries(progress: Progress = silent_progress, patience: Patience = MORNING) -> None:
    """Read the entries that are new: its page where it can be had, else, for PATIENCE after it was seen
    where it may be had yet, the feed's own words. Of a host that is slow, some are left for the next run, and
    of a source that brought very many, too; what could not be read for as long as news is news is kept out.
    """
    new = Entry.objects.filter(state=Entry.State.NEW)
    late = f"it could not be read within {STALE.days} days: there was more than could be asked for"
    new.filter(first_seen__lt=timezone.now() - STALE).update(state=Entry.State.KEPT_OUT, reason=late)
    turn = Window(RowNumber(), partition_by="source_id", order_by="id")
    waiting = new.annotate(turn=turn, is_whole=~Q(text="")).filter(turn__lte=MOST_OF_A_SOURCE)
    with_page = []
    for entry in waiting.defer("title", "summary", "text").order_by("id"):
        if entry.is_whole:  # a mail or a push brings the whole piece
            _set_aside_if_it_fails(_store_delivered, entry)
        elif not entry.url:
            _keep_out(entry, "it has no address that can be asked (http, of at most 2000 bytes)")
        elif entry.published and OLDEST_DATE < entry.published < entry.first_seen - STALE:
            _keep_out(entry, f"older than {STALE.days} days when first seen")
        else:
            with_page.append(entry)
    each_host(with_page, _read_or_set_aside, progress, "reading", patience)


def _set_aside_if_it_fails(read: Callable[[Entry], None], entry: Entry) -> None:
    """Whatever one entry is, those beside it are read."""
    try:
        read(entry)
    except Exception as error:
        if is_database_away(error) or isinstance(error, NotStarted):
            raise
        log.exception("entry %s can't be read", entry.pk)
        _keep_out(entry, in_words(error))


def _store_delivered(entry: Entry) -> None:
    _store_article(entry, None, "", entry.text)


def _read_or_set_aside(fetcher: Fetcher, entry: Entry) -> None:
    _set_aside_if_it_fails(partial(_read_entry, fetcher), entry)


def _read_entry(fetcher: Fetcher, waiting: Entry) -> None:
    new = Entry.objects.filter(pk=waiting.pk, state=Entry.State.NEW)
    if (entry := new.select_related("source__outlet").first()) is None:
        return  # another worker has just read it
    known = Article.objects.filter(url=entry.url).select_related("outlet").first()
    if known and not comes_home(known, entry.source.outlet):
        _mark_read(entry, known)
        return
    page: Page | None = None
    try:
        fetched = fetch_politely(fetcher, entry.url)
        page = apart(read_page, fetched.content, fetched.url)
        why = {"consent_wall": "a consent wall", "paywall": "a paywall"}.get(page.kind, "")
        if page.kind in NO_ARTICLE:
            _keep_out(entry, NO_ARTICLE[page.kind])
            return
    except (FetchError, BadInput) as error:
        has_time = timezone.now() < entry.first_seen + PATIENCE
        if isinstance(error, FetchError) and error.is_passing and has_time:
            return  # it stays new, and is tried at the next listening
        if isinstance(error, NoTurn) and not _tells_enough(entry):
            return  # its page was not asked for
        why = str(error)[:200]
        if "HTTP 404" in why or "HTTP 410" in why:
            _keep_out(entry, why)
            return
    if why and not _tells_enough(entry):
        _keep_out(entry, f"{why}, and the feed gives no summary")
        return
    _store_article(entry, None if why else page, why)


def _tells_enough(entry: Entry) -> bool:
    """Whether the feed's own words do where the page can't be had."""
    return len(entry.summary) >= 40


def _keep_out(entry: Entry, reason: str) -> None:
    Entry.objects.filter(pk=entry.pk).update(state=Entry.State.KEPT_OUT, reason=reason[:200])


def _mark_read(entry: Entry, article: Article) -> None:
    Entry.objects.filter(pk=entry.pk).update(state=Entry.State.READ, article=article)


def _store_article(entry: Entry, page: Page | None, why: str, text: str = "") -> None:
    article = article_of(entry.source, entry, page, why, text)
    with transaction.atomic():
        Article.objects.bulk_create([article], ignore_conflicts=True)  # another feed may carry the same page
        known = Article.objects.select_for_update(of=("self",)).select_related("outlet").get(url=article.url)
        if comes_home(known, article.outlet):
            _bring_home(known, article)
        _mark_read(entry, known)


def _bring_home(known: Article, article: Article) -> None:
    """What its own outlet says of it counts, and nothing that was made of what another said."""
    left = known.story_id
    for field in _SAID:
        setattr(known, field, getattr(article, field))
    known.story = known.copy_of = None  # it is grouped anew
    known.is_indexed = not known.in_window
    known.save(update_fields=[*_SAID, "story", "copy_of", "is_indexed"])
    if left:
        reindex([left])
        rate_stories({left})


def article_of(source: Source, entry: Entry, page: Page | None, why: str, text: str = "") -> Article:
    """The article of an entry, not yet stored. `text` is the piece where the source brought it itself."""
    dated = _dated(entry, page)
    text = fit_text(page.text if page else text, MOST_TEXT)
    title = fit_text(entry.title or (page.title if page else ""), MOST_TITLE)
    url = (page.canonical_url if page else None) or canonical_url(entry.url) or entry.url
    language = detect_language(f"{title}. {text or entry.summary}", entry.language)
    updated = fit_moment(page.updated.moment) if page and page.updated else None
    by_default = Article.ReadFrom.PAGE if page else Article.ReadFrom.FEED
    is_news = dated.moment > entry.first_seen - WINDOW
    article = Article(
        outlet=source.outlet,
        url=url,
        title=title,
        summary=entry.summary,
        text=text,
        author=fit_text(page.author, MOST_AUTHOR) if page else "",
        piece=piece_of(title, url, page.sections if page else (), text, entry.summary),
        language=language,
        places=places_in(f"{title}. {entry.summary} {text[:PLACES_FROM]}")[:12],
        image=canonical_url(page.image or "", url) if page else "",
        published=dated.moment,
        published_from=dated.known_from,
        in_window=is_news,
        is_indexed=not is_news,  # what is news, when it is grouped
        utc_offset=dated.utc_offset,
        updated=updated if updated and updated > dated.moment else None,
        first_seen=entry.first_seen,
        read_from=READ_FROM.get(source.kind) or by_default,
        why_not_page=why,
    )
    article.search = search_vector(title, entry.summary, text)
    value = article.as_value()
    article.vector = HalfVector(default_encoder().encode([view_of(value)])[0])
    article.bands = bands(value)
    return article


def _dated(entry: Entry, page: Page | None) -> Dated:
    """When a piece was published. A page's date with an offset betters a feed's date without one, if they
    are one moment.

    Feeds leave the offset out and mean their own clock; fourteen hours is as far as clocks go apart.
    """
    feed = Dated(entry.published, "feed", entry.utc_offset) if entry.published else None
    stated = page.published if page else None
    if stated and fit_moment(stated.moment) is None:
        stated = None
    if feed and stated and feed.utc_offset is None and stated.utc_offset is not None:
        apart = abs((feed.moment - stated.moment).total_seconds())
        if 0 < apart <= 14 * 3600 and apart % 900 < 60:
            feed = stated
    return choose([feed, stated], entry.first_seen)
