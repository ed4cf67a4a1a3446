"""The dates that a page and its address state, the most reliable first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from htmldate import find_date
from lxml import html as lxml_html

from griot.press.core.pages.dates import stated
from griot.press.core.types import Dated, Provenance

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
