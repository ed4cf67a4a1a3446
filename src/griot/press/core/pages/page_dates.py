"""The dates that a page and its address state, the most reliable first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice

from htmldate import find_date
from lxml import html as lxml_html

from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.linked_data import article_of, json_ld, values_of
from griot.press.core.types import Dated, Provenance

MOST_FIGURES = 100  # texts with a digit in them
_DIGIT = re.compile(r"\d")
_URL_DATE = re.compile(r"/(20\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-])")
_UPDATED_NAMES = {
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "lastmod",
}
_OUTSIDE = (
    "ancestor::footer or ancestor::aside or ancestor::nav or ancestor::*[contains(@class, 'comment') or"
    " contains(@class, 'related')]"
)
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


def dates_in_page(tree: lxml_html.HtmlElement, url: str, habit: Habit) -> Iterator[Dated]:
    """Publication dates that a page states, most trustworthy first."""
    for known_from, text in _stated(tree, url):
        dated = stated(text, known_from, habit)
        if dated and 1995 <= dated.moment.year <= 2100:
            yield dated


def updated_in_page(tree: lxml_html.HtmlElement, habit: Habit) -> Dated | None:
    """When a page says that it was last changed. It is never taken for the date of publication."""
    for text in _in_linked_data("dateModified", tree):
        if dated := stated(text, "json-ld", habit):
            return dated
    for meta in tree.iterfind(".//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _UPDATED_NAMES and (dated := stated(meta.get("content"), "meta", habit)):
            return dated
    return None


def _in_linked_data(key: str, tree: lxml_html.HtmlElement) -> Iterator[str]:
    """What the page's article says, then what anything on it does: a page has dates of its own, too."""
    for data in (article_of(tree), *json_ld(tree)):
        yield from values_of(key, data)


def _stated(tree: lxml_html.HtmlElement, url: str) -> Iterator[tuple[Provenance, str]]:
    for text in _in_linked_data("datePublished", tree):
        yield "json-ld", text
    metas: dict[str, str] = {}
    for meta in tree.iterfind(".//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        metas.setdefault(name, meta.get("content"))
    for name in _META_NAMES:
        if metas.get(name):
            yield "meta", metas[name]
    for time in _times(tree):
        yield "meta", time.get("datetime")
        break
    if found := _URL_DATE.search(url):
        yield "url", "-".join(found.groups())
    part = _main_part(tree)
    try:
        visible = find_date(part, original_date=True, extensive_search=_has_few_figures(part), url=None)
    except Exception:  # htmldate reads whatever stands in a page; a date is never worth a crash
        visible = None
    if visible:
        yield "text", visible


def _has_few_figures(part: lxml_html.HtmlElement) -> bool:
    """Whether the texts with a digit are so few that each may be asked of dateparser, as an extensive search
    does with whatever could be a date.
    """
    texts = (
        text
        for element in part.iter()
        for text in (element.text, element.tail, *map(element.get, ("content", "datetime", "title")))
        if text and _DIGIT.search(text)
    )
    return next(islice(texts, MOST_FIGURES, None), None) is None


def _times(tree: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    """Moments in the page's main part, those of a publication first; none of comments or other pieces."""
    times = tree.xpath(f"//time[@datetime][not({_OUTSIDE})]")
    yield from (t for t in times if t.get("itemprop") == "datePublished" or t.get("pubdate") is not None)
    yield from times


def _main_part(tree: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    """The page without what stands around its main part: a house's first year is no date of a piece."""
    part = deepcopy(tree)
    for element in part.xpath(
        "//footer | //aside | //nav | //*[contains(@class, 'comment') or contains(@id, 'comment')]"
    ):
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    return part
