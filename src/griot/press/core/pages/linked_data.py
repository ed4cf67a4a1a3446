"""What a page says of itself as linked data (schema.org in JSON-LD scripts)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html as lxml_html

ARTICLES = frozenset(
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle "
    "reviewnewsarticle askpublicnewsarticle satiricalarticle report blogposting liveblogposting".split()
)
_WRAPPING = re.compile(
    r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)?(?:\s*\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*$"
)
_DEEPEST = 6


def json_ld(tree: lxml_html.HtmlElement) -> Iterator[object]:
    """What a page's JSON-LD scripts hold; broken ones are passed over."""
    for script in tree.iterfind(".//script[@type]"):
        if script.get("type").partition(";")[0].strip().lower() == "application/ld+json":
            try:
                yield json.loads(_WRAPPING.sub("", script.text_content()), strict=False)
            except (ValueError, RecursionError):
                continue


def article_of(tree: lxml_html.HtmlElement) -> dict[str, Any] | None:
    """The node that is the page's article: the first that is one, on the top or as what a page is about."""
    for data in json_ld(tree):
        for node in nodes_of(data):
            if types_of(node) & ARTICLES:
                return node
    return None


def nodes_of(data: object) -> Iterator[dict[str, Any]]:
    """The nodes on the top of a graph, and those that they say the page is about."""
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict):
            yield node
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                inside = node.get(key)
                yield from (
                    n for n in (inside if isinstance(inside, list) else [inside]) if isinstance(n, dict)
                )


def types_of(node: dict[str, Any]) -> set[str]:
    said = node.get("@type")
    return {str(t).rpartition("/")[2].lower() for t in (said if isinstance(said, list) else [said])}


def values_of(key: str, data: object, depth: int = 0) -> Iterator[str]:
    """The texts under a key in every node of a JSON-LD graph, however deep it nests them."""
    if depth > _DEEPEST:
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
