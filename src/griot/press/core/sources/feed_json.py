"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from griot.press.core.pages.plain import in_a_line, summary_text
from griot.press.core.sources.raw_feed import RawEntry, RawFeed
from griot.press.core.types import BadInput


def read_json(text: str, url: str) -> RawFeed:
    """Read a feed. Raises BadInput where it is none."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not a feed that can be read ({str(error)[:200]})") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise BadInput("not a feed: JSON without items")
    hubs = feed.get("hubs")
    hub = (
        next((_words(h.get("url")) for h in hubs if isinstance(h, dict)), "")
        if isinstance(hubs, list)
        else ""
    )
    entries = [_entry(item, url) for item in feed["items"] if isinstance(item, dict)]
    return RawFeed(
        in_a_line(_words(feed.get("title")), 300),
        entries,
        {"hub": _absolute(url, hub), "self": _absolute(url, _words(feed.get("feed_url")))},
    )


def _entry(item: dict[str, Any], url: str) -> RawEntry:
    dates = [_words(item.get(name)) for name in ("date_published", "date_modified")]
    return RawEntry(
        id=in_a_line(_words(item.get("id")), 2000),
        title=in_a_line(_words(item.get("title")), 500),
        summary=in_a_line(_words(item.get("summary")))
        or in_a_line(_words(item.get("content_text")))
        or summary_text(_words(item.get("content_html"))),
        links=[_absolute(url, _words(item.get(name))) for name in ("url", "external_url")],
        dates=[date for date in dates if date],
        language=in_a_line(_words(item.get("language")), 35),
    )


def _absolute(url: str, href: str) -> str:
    try:
        return urljoin(url, href.strip()) if href.strip() else ""
    except ValueError:
        return ""


def _words(value: object) -> str:
    """A text, or a number where one was meant to be a text."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
