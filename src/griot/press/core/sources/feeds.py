"""Feeds: bytes in, entries out. RSS 0.9x/1.0/2.0, Atom, RDF, CDF and JSON Feed."""

from __future__ import annotations

from dataclasses import replace

from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.feed_json import read_json
from griot.press.core.sources.feed_text import text_of
from griot.press.core.sources.feed_xml import read_xml
from griot.press.core.sources.told import Told
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
    told = feed.entries[:MAX_ENTRIES]
    habit = Habit.of(date for entry in told for date in entry.dates)
    for one in told:
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


def _entry(told: Told, habit: Habit) -> Entry | None:
    link = next((address for link in told.links if (address := canonical_url(link))), "")
    if not (told.title or told.summary) or not (link or told.id):
        return None
    dated = next((d for date in told.dates if (d := stated(date, "feed", habit))), None)
    return Entry(
        id=told.id or link,
        url=link,
        title=told.title or told.summary[:120],
        summary=told.summary,
        published=dated.moment if dated else None,
        language=told.language or None,
        utc_offset=dated.utc_offset if dated else None,
    )
