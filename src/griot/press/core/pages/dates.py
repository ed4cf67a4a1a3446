"""When something was published, and how we know.

Each date keeps its provenance. What can't be true is not believed: a moment after the
page was first seen (an hour of clock skew allowed), or more than a year before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser
from htmldate import find_date
from lxml import html as lxml_html

from griot.press.core.types import Dated, Provenance

CLOCK_SKEW = timedelta(hours=1)
OLDEST = timedelta(days=366)

# RFC 822's zones, which feeds still use; dateutil knows UTC and the local one only.
_ZONES = {
    name: int(3600 * hours)
    for name, hours in {
        "EST": -5,
        "EDT": -4,
        "CST": -6,
        "CDT": -5,
        "MST": -7,
        "MDT": -6,
        "PST": -8,
        "PDT": -7,
        "BST": 1,
        "CET": 1,
        "CEST": 2,
        "EET": 2,
        "EEST": 3,
        "WET": 0,
        "WEST": 1,
        "MSK": 3,
        "EAT": 3,
        "CAT": 2,
        "WAT": 1,
        "SAST": 2,
        "IST": 5.5,
        "PKT": 5,
        "GST": 4,
        "HKT": 8,
        "SGT": 8,
        "JST": 9,
        "AEST": 10,
        "AEDT": 11,
    }.items()
}
_URL_DATE = re.compile(r"/(20\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-])")
_UPDATED_NAMES = {
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "lastmod",
}
_META_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
)


def to_utc(text: str | None) -> datetime | None:
    """The moment in an ISO 8601 or RFC 822 string, in UTC; None where it can't be read.

    Without an offset the time is taken as UTC, as feeds that leave it out mostly mean.
    """
    if not text:
        return None
    dated = stated(text, "feed")
    return dated.moment if dated else None


def stated(text: str | None, known_from: Provenance) -> Dated | None:
    """The moment that a string states, with the offset it gives; None where it can't be read."""
    if not text:
        return None
    try:
        moment = _parsed(text.strip()[:64])
        offset = moment.utcoffset()
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return Dated(utc, known_from, round(offset.total_seconds() / 60) if offset is not None else None)


def _parsed(text: str) -> datetime:
    """The standard library reads what is written to standard forty times faster; dateutil reads the rest.
    Raises ValueError.
    """
    try:
        if text[4:5] == "-":
            return datetime.fromisoformat(text)
        if text[-5:-4] in {"+", "-"} or text.endswith("GMT"):
            return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        pass
    return dateutil_parser.parse(text, tzinfos=_ZONES)


def is_believable(moment: datetime, first_seen: datetime) -> bool:
    """Whether something first seen at `first_seen` can have been published at `moment`."""
    return first_seen - OLDEST <= moment <= first_seen + CLOCK_SKEW


def choose(candidates: list[Dated | None], first_seen: datetime) -> Dated:
    """The first candidate that can be believed, else the moment of first sight."""
    for candidate in candidates:
        if candidate and is_believable(candidate.moment, first_seen):
            return candidate
    return Dated(first_seen, "first seen")


def dates_in_page(tree: lxml_html.HtmlElement, url: str) -> Iterator[Dated]:
    """Publication dates that a page states, most trustworthy first."""
    for known_from, text in _stated(tree, url):
        dated = stated(text, known_from)
        if dated and 1995 <= dated.moment.year <= 2100:
            yield dated


def updated_in_page(tree: lxml_html.HtmlElement) -> Dated | None:
    """When a page says that it was last changed. It is never taken for the date of publication."""
    for data in json_ld(tree):
        for text in values_of("dateModified", data):
            if dated := stated(text, "json-ld"):
                return dated
    for meta in tree.iterfind(".//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _UPDATED_NAMES and (dated := stated(meta.get("content"), "meta")):
            return dated
    return None


def json_ld(tree: lxml_html.HtmlElement) -> Iterator[object]:
    """What a page's JSON-LD scripts hold; broken ones are passed over."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            yield json.loads(script.text_content())
        except (ValueError, RecursionError):
            continue


def _stated(tree: lxml_html.HtmlElement, url: str) -> Iterator[tuple[Provenance, str]]:
    for data in json_ld(tree):
        for text in values_of("datePublished", data):
            yield "json-ld", text
    metas: dict[str, str] = {}
    for meta in tree.iterfind(".//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        metas.setdefault(name, meta.get("content"))
    for name in _META_NAMES:
        if metas.get(name):
            yield "meta", metas[name]
    for time in tree.iterfind(".//time[@datetime]"):
        yield "meta", time.get("datetime")
        break
    if found := _URL_DATE.search(url):
        yield "url", "-".join(found.groups())
    try:
        visible = find_date(tree, original_date=True, extensive_search=True, url=None)
    except Exception:  # htmldate reads whatever stands in a page; a date is never worth a crash
        visible = None
    if visible:
        yield "text", visible


def values_of(key: str, data: object, depth: int = 0) -> Iterator[str]:
    """The texts under a key in every node of a JSON-LD graph, however deep it nests them."""
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data:
            yield from values_of(key, item, depth + 1)
    elif isinstance(data, dict):
        if isinstance(text := data.get(key), str):
            yield text
        for value in data.values():
            if isinstance(value, (dict, list)):
                yield from values_of(key, value, depth + 1)
