"""An issue for other newsrooms' systems: ninjs 2.1 and NewsML-G2 2.34 (IPTC)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from lxml import etree
from markupsafe import Markup, escape

from griot.characters import fit_text
from griot.digest.core.rendering import elements
from griot.digest.core.rendering.environment import linked
from griot.digest.core.rendering.text import block_text
from griot.digest.core.types import Feature, Issue, PressLine, PressReview, Share, Text, title_of

_G2 = "http://iptc.org/std/nar/2006-10-01/"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class _Item:
    uri: str
    headline: str
    text: str
    html: str
    genre: str
    piece: str = ""
    outlets: tuple[tuple[str, str], ...] = ()


def _items(issue: Issue) -> Iterator[_Item]:
    """What of an issue stands by itself: each press line, each block that says something."""
    for block in issue.blocks:
        if isinstance(block, PressReview):
            for line in block.lines:
                html = str(Markup("<p>{}</p>").format(linked(line)))
                yield _Item(
                    f"{issue.url}#{line.anchor}",
                    line.text[:120],
                    line.text,
                    html,
                    block.section,
                    _genre(line),
                    line.urls,
                )
        elif not isinstance(block, Share):
            text = block_text(block, issue)
            html = block.html if isinstance(block, Feature | Text) else str(Markup("<p>{}</p>").format(text))
            yield _Item(
                f"{issue.url}item/{block.anchor}/", title_of(block) or text[:120], text, html, block.kind
            )


def _genre(line: PressLine) -> str:
    return "" if line.piece == "news" else line.piece


def _moment(issue: Issue) -> str:
    return (issue.published or datetime.combine(issue.day, time(), UTC)).isoformat(timespec="seconds")


def render_ninjs(issue: Issue) -> str:
    """One composite item with the issue's items as its associations."""
    at = _moment(issue)
    standard = {
        "name": "ninjs",
        "version": "2.1",
        "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json",
    }

    def item(found: _Item) -> dict[str, Any]:
        value: dict[str, Any] = {
            "name": found.genre,
            "uri": found.uri,
            "type": "text",
            "language": issue.language,
            "versionCreated": at,
            "headlines": [{"role": "main", "value": found.headline}],
            "bodies": [
                {
                    "role": "main",
                    "contentType": "text/plain",
                    "charCount": len(found.text),
                    "value": found.text,
                },
                {"role": "web", "contentType": "text/html", "value": str(found.html)},
            ],
            "genres": [{"name": name} for name in (found.genre, found.piece) if name],
        }
        if found.outlets:
            value["infoSources"] = [
                {"name": name, "uri": url} if url else {"name": name} for name, url in found.outlets
            ]
        return value

    whole = {
        "standard": standard,
        "uri": issue.url,
        "type": "composite",
        "language": issue.language,
        "versionCreated": at,
        "pubStatus": "usable",
        "by": issue.newsroom,
        "headlines": [{"role": "main", "value": issue.title}],
        "descriptions": [{"role": "summary", "value": issue.summary}] if issue.summary else [],
        "associations": [item(found) for found in _items(issue)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def render_newsml(issue: Issue) -> str:
    """A news message: one package that lists the items in order, and the items."""
    at = _moment(issue)
    message = etree.Element(f"{{{_G2}}}newsMessage", nsmap={None: _G2})
    add = partial(elements.add, _G2)
    header = add(message, "header")
    add(header, "sent", at)
    add(header, "sender", issue.newsroom)
    items = add(message, "itemSet")

    def opened(tag: str, uri: str) -> Any:
        element = add(
            items,
            tag,
            guid=uri,
            version="1",
            standard="NewsML-G2",
            standardversion="2.34",
            conformance="power",
        )
        element.set("{http://www.w3.org/XML/1998/namespace}lang", issue.language)
        add(element, "catalogRef", href="https://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_40.xml")
        meta = add(element, "itemMeta")
        add(meta, "itemClass", qcode="ninat:composite" if tag == "packageItem" else "ninat:text")
        add(add(meta, "provider"), "name", issue.newsroom)
        add(meta, "versionCreated", at)
        add(meta, "pubStatus", qcode="stat:usable")
        return element

    package = opened("packageItem", issue.url)
    add(add(package, "contentMeta"), "headline", issue.title)
    group = add(
        add(package, "groupSet", root="lines"), "group", id="lines", role="group:main", mode="pgrmod:seq"
    )
    for found in _items(issue):
        add(
            add(group, "itemRef", residref=found.uri, contenttype="application/vnd.iptc.g2.newsitem+xml"),
            "title",
            found.headline,
        )
        news = opened("newsItem", found.uri)
        meta = add(news, "contentMeta")
        for name, url in found.outlets:
            add(add(meta, "infoSource", **({"uri": url} if url else {"literal": name})), "name", name)
        add(meta, "language", tag=issue.language)
        for genre in filter(None, (found.genre, found.piece)):
            add(add(meta, "genre", literal=genre), "name", genre)
        add(meta, "headline", found.headline)
        inline = add(add(news, "contentSet"), "inlineXML", contenttype="application/xhtml+xml")
        html = etree.SubElement(inline, f"{{{_XHTML}}}html", nsmap={None: _XHTML})
        add_html = partial(elements.add, _XHTML)
        add_html(add_html(html, "head"), "title", found.headline)
        body = add_html(html, "body")
        for paragraph in _paragraphs(found):
            body.append(paragraph)
    return str(etree.tostring(message, encoding="unicode", pretty_print=True))


def _paragraphs(found: _Item) -> Iterator[Any]:
    """The item's markup as XHTML elements; text that is no well-formed markup stands as text."""
    try:
        yield from etree.fromstring(f'<div xmlns="{_XHTML}">{fit_text(found.html)}</div>')
    except etree.XMLSyntaxError:
        yield etree.fromstring(f'<p xmlns="{_XHTML}">{escape(fit_text(found.text))}</p>')
