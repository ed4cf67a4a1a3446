"""A search as people type it: a query where it is one, else its words; never an error.

A beat is saved and must be right (`query.parse_query`); a search is asked once, and read as it may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from griot.characters import fit_text
from griot.press.core.beats.query import (
    FIELDS,
    FILTERS,
    All,
    Node,
    QueryError,
    filters_in,
    parse_query,
    straight,
    words_in,
)

LONGEST = 300  # characters of a search that are read
# Why a search was read as words, as keys of what is said of it; "" where nothing in it looked like a query.
Why = Literal[
    "",
    "open_bracket",
    "shut_bracket",
    "open_quote",
    "no_country",
    "no_field",
    "lone_operator",
    "too_much",
    "no_words",
]

_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,'’٬\s]\d{3})+(?![.,]?\w)")
_BETWEEN = re.compile(r"(?<!NEAR)[/|]")
_LONE_SIGNS = re.compile(r"(?<![^\s(\"])[^\w\s()\"]+(?![^\s)\"])")
_PHRASE = re.compile(r'"([^"]*)"')
_CHUNK = re.compile(r'"([^"]+)"|([^\s()"^:,;،؛؟…]+)')
_OPERATOR = re.compile(r"(?:AND|OR|NOT|NEAR(?:/\d*)?)(?!\S)")
_KNOWN = re.compile(rf"(?<!\w)(?:{'|'.join((*FIELDS, *FILTERS))}):")
_PAUSES = re.compile(rf"({_KNOWN.pattern})|[,;!?،؛؟…]|[.:](?!\S)")
_NAMED = re.compile(r"(?<![\w/.])[^\W\d]\w*:(?=[^\s/])")


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, None where no word is in it; and why it was read as words and not as a query."""

    node: Node | None
    why: Why = ""


def read_search(text: str, filters: Collection[str] = FILTERS) -> Search:
    """Read what a person typed. `filters` are the filters that mean something where it is searched."""
    text = _GROUPED.sub(lambda figure: re.sub(r"\D", "", figure[0]), straight(fit_text(text[:LONGEST])))
    text = _LONE_SIGNS.sub(" ", _BETWEEN.sub(" ", text))
    text = _PHRASE.sub(lambda phrase: phrase[0] if re.search(r"\w", phrase[1]) else " ", text)
    if not re.search(r"\w", text):
        return Search(None, "no_words")
    refusal: QueryError | None = None
    for tried in (text, _PAUSES.sub(lambda pause: pause[1] or " ", text)):
        try:
            node = parse_query(tried)
        except QueryError as error:
            refusal = refusal or error
        else:
            is_known = filters_in(node) <= set(filters)
            return Search(node) if is_known else as_words(text, "no_field")
    return as_words(text, _why(text, str(refusal)))


def as_words(text: str, why: Why, with_endings: bool = True) -> Search:
    """All words and phrases of a text, in any order; `with_endings` lets a * stand for any ending."""
    chunks = [a or b for a, b in _CHUNK.findall(_KNOWN.sub(" ", straight(fit_text(text[:LONGEST]))))]
    said = [chunk for chunk in chunks if not _OPERATOR.fullmatch(chunk)] or chunks
    spelled = (" ".join(re.findall(r"\w+\*?" if with_endings else r"\w+", chunk)) for chunk in said)
    nodes = tuple(words_in(term) for term in dict.fromkeys(spelled) if term)
    if not nodes:
        return Search(None, "no_words")
    return Search(nodes[0] if len(nodes) == 1 else All(nodes), why)


def _why(text: str, refusal: str) -> Why:
    outside = _PHRASE.sub(" ", text)
    depth = least = 0
    for sign in re.findall(r"[()]", outside):
        depth += 1 if sign == "(" else -1
        least = min(least, depth)
    if '"' in outside:
        return "open_quote"
    if least < 0:
        return "shut_bracket"
    if depth > 0:
        return "open_bracket"
    if "no country is called" in refusal:
        return "no_country"
    if any(not _KNOWN.fullmatch(name) for name in _NAMED.findall(outside)):
        return "no_field"
    is_meant = re.search(r"(?<!\S)(?:AND|OR|NOT|NEAR(?:/\d*)?)(?!\S)|[()^]", outside) or _KNOWN.search(
        outside
    )
    return "lone_operator" if is_meant else ""
