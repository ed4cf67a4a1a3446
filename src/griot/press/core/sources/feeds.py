"""Feeds: bytes in, entries out. RSS 0.9x/1.0/2.0, Atom, RDF and JSON Feed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from html import unescape

import fastfeedparser
import nh3

from griot.press.core.pages.dates import stated, to_utc
from griot.press.core.pages.markup import tame
from griot.press.core.pages.urls import canonical_url
from griot.press.core.types import BadInput, Entry, Feed

MAX_ENTRIES = 2000  # a feed with more is an archive; the newest come first
MAX_SUMMARY = 4000  # characters
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/li|/h[1-6])\b[^>]*>")
# C0 controls, which XML forbids and feeds carry all the same; soft hyphens, zero-width spaces and
# byte order marks; zero-width joiners too, but only outside the scripts that need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]|(?<=[ A-Za-z])[\u200c\u200d]"
)
_LINK = re.compile(r"<(?:atom\w*:|a10:)?link\b([^>]*)>", re.I)
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(["'])(.*?)\2""")
_JSON_HUB = re.compile(rb'"hubs"\s*:\s*\[\s*\{[^}]*"url"\s*:\s*"([^"]+)"')
# RFC 822 and ISO 8601 with a zone.
_DATE = re.compile(
    rb"(\d{1,2} \w{3} \d{2,4} [\d:]{5,8} ?([+-]\d{4}|[A-Z]{2,4})\b|\d{4}-\d\d-\d\d[T ][\d:.]{5,15}"
    rb" ?([+-]\d\d:?\d\d|Z))"
)
# "The post … appeared first on …" is WordPress's own footer, "Continue reading" Medium's.
_FOOTER = re.compile(r"\s*(?:The post .{0,300} appeared first on .{0,120}|Continue reading\.*)\s*$", re.S)


def plain_text(markup: object, limit: int = MAX_SUMMARY) -> str:
    """`markup` without tags, entities, control characters and runs of white space."""
    if not isinstance(markup, str):
        return ""
    text = _BREAKS.sub(" ", markup[: limit * 8])
    if "<" in text:
        text = nh3.clean(text, tags=set())
    text = unescape(unescape(text)) if "&" in text else text
    return " ".join(_INVISIBLE.sub("", text).split())[:limit].strip()


def summary_text(markup: object) -> str:
    """`markup` as plain text without the footers that publishing software adds."""
    return _FOOTER.sub("", plain_text(markup))


def parse_feed(content: bytes, url: str = "") -> Feed:
    """Parse a feed's bytes; relative links resolve against `url`.

    Entries without a title, summary and address are left out, as are repeats of an id with
    the same address: one feed has been seen to give every entry the same id, so an id that
    repeats with another address is replaced by that address.

    Raises BadInput when the bytes are no feed.
    """
    if not content.strip():
        raise BadInput("the feed is empty")
    try:
        parsed = fastfeedparser.parse(
            tame(content), include_tags=False, include_media=False, include_enclosures=False
        )
    except MemoryError:
        raise
    except Exception as error:  # it raises ValueError and, on hostile bytes, whatever lxml or json raise
        raise BadInput(f"not a feed that can be read ({str(error)[:200] or type(error).__name__})") from error
    entries: list[Entry] = []
    seen: set[str] = set()
    for raw in parsed.entries[:MAX_ENTRIES]:
        entry = _entry(raw, url)
        if entry is None:
            continue
        if entry.id in seen and entry.url and entry.url not in seen:
            entry = Entry(entry.url, entry.url, entry.title, entry.summary, entry.published, entry.language)
        if entry.id not in seen:
            seen.update({entry.id, entry.url})
            entries.append(entry)
    hub, topic = _websub(content[:20_000])
    offsets = _offsets(content) if any(e.published for e in entries) else {}
    only = offsets.get(None)
    dated = tuple(
        replace(e, utc_offset=offsets.get(e.published, only)) if e.published and offsets else e
        for e in entries
    )
    return Feed(
        plain_text(parsed.feed.get("title"), 300),
        dated,
        canonical_url(hub, url),
        canonical_url(topic, url) or url if hub else "",
    )


def _websub(head: bytes) -> tuple[str, str]:
    """The hub and the topic that a feed's head names (WebSub §4: rel="hub" and rel="self")."""
    links: dict[str, str] = {}
    for link in _LINK.findall(head.decode("utf-8", "replace")):
        facts = {name.lower(): unescape(value) for name, _, value in _ATTRIBUTE.findall(link)}
        links.setdefault(facts.get("rel", "").lower(), facts.get("href", ""))
    if found := _JSON_HUB.search(head):
        links.setdefault("hub", found.group(1).decode("utf-8", "replace").replace("\\/", "/"))
    return links.get("hub", ""), links.get("self", "")


def _offsets(content: bytes) -> dict[datetime | None, int]:
    """The offset that each moment of a feed was stated with; fastfeedparser gives all in UTC.

    Under None the one offset of a feed that has only one, which most have.
    """
    texts = _DATE.findall(content[:4_000_000])
    zones = {rfc822 or iso: text for text, rfc822, iso in texts}
    if len(zones) < 2:
        texts = [(text, b"", b"") for text in zones.values()]
    found: dict[datetime | None, int] = {}
    for text, *_ in texts:
        if (dated := stated(text.decode("ascii", "replace"), "feed")) and dated.utc_offset is not None:
            found[None if len(zones) < 2 else dated.moment] = dated.utc_offset
    return found


def _entry(raw: dict[str, object], base: str) -> Entry | None:
    identity = plain_text(raw.get("id"), 2000)
    link = canonical_url(str(raw.get("link") or ""), base) or canonical_url(identity)
    title = plain_text(raw.get("title"), 500)
    content = raw.get("content")
    body = (
        content[0].get("value")
        if isinstance(content, list) and content and isinstance(content[0], dict)
        else ""
    )
    summary = summary_text(raw.get("description")) or summary_text(body)
    if not (title or summary) or not (link or identity):
        return None
    return Entry(
        id=identity or link,
        url=link,
        title=title or summary[:120],
        summary=summary,
        published=to_utc(str(raw["published"])) if raw.get("published") else None,
        language=str(raw.get("language") or "") or None,
    )
