"""Feeds: bytes in, entries out. RSS 0.9x/1.0/2.0, Atom, RDF, CDF and JSON Feed."""

from __future__ import annotations

from dataclasses import replace

from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.feed_json import read_json
from griot.press.core.sources.feed_text import text_of
from griot.press.core.sources.feed_xml import read_xml
from griot.press.core.sources.raw_feed import RawEntry
from griot.press.core.types import BadInput, Entry, Feed

MAX_ENTRIES = 2000  # a feed with more is an archive; the newest come first


def parse_feed(content: bytes, url: str = "") -> Feed:
    """Parse a feed's bytes; relative links resolve against `url`.

    Entries without a title, summary and address are left out, as are repeats of an id with
    the same address: one feed has been seen to give every entry the same id, so an id that
    repeats with another address is replaced by that address.

    Raises BadInput when the bytes are no feed.
    """
    if not content.strip():
        raise BadInput("the feed is empty")
    text = text_of(content).lstrip()
    feed = read_json(text, url) if text[:1] in {"{", "["} else read_xml(text, url)
    entries: list[Entry] = []
    seen: set[str] = set()
    raw = feed.entries[:MAX_ENTRIES]
    habit = Habit.of(date for entry in raw for date in entry.dates)
    for one in raw:
        entry = _entry(one, habit)
        if entry is None:
            continue
        if entry.id in seen and entry.url and entry.url not in seen:
            entry = replace(entry, id=entry.url)
        if entry.id not in seen:
            seen.update({entry.id, entry.url})
            entries.append(entry)
    hub = canonical_url(feed.links.get("hub", ""))
    topic = canonical_url(feed.links.get("self", "")) or url if hub else ""
    return Feed(feed.title[:300], tuple(entries), hub, topic)


def _entry(raw: RawEntry, habit: Habit) -> Entry | None:
    link = next((address for link in raw.links if (address := canonical_url(link))), "")
    if not (raw.title or raw.summary) or not (link or raw.id):
        return None
    dated = next((d for date in raw.dates if (d := stated(date, "feed", habit))), None)
    return Entry(
        id=raw.id or link,
        url=link,
        title=raw.title or raw.summary[:120],
        summary=raw.summary,
        published=dated.moment if dated else None,
        language=raw.language or None,
        utc_offset=dated.utc_offset if dated else None,
    )
