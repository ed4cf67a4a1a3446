"""Searching what the newsroom remembers: the query language over PostgreSQL, and nearness of meaning.

A text is searched by a `tsvector` of its folded words (no accents, no case, no stems), so that a query
finds in the database what it finds in memory. Weights are the fields: A title, B lead, D text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, transaction
from django.db.models import Q, Value
from pgvector.django import CosineDistance

from griot.press.core.beats.asking import Why, as_words, read_search
from griot.press.core.beats.query import (
    All,
    Any_,
    Boosted,
    Filter,
    InField,
    Near,
    Node,
    Not,
    QueryError,
    Words,
    parse_query,
)
from griot.press.core.language.text import fold
from griot.press.core.language.vectors import default_encoder
from griot.press.models import Article, Outlet

CONFIG = "simple"
_WEIGHTS = {"title": "A", "lead": "B", "text": "D"}
_TEXT = 20_000  # characters of a text that are searched
# What a query may cost, in looks at a text for one word; one that may end in any way costs more, and most
# where it has few letters.
MOST, _PREFIX, _SHORT_PREFIX = 400, 3, 20
Condition = Callable[[frozenset[str]], Q]


def search_vector(title: str, lead: str = "", text: str = "") -> Any:
    """What is stored of a text so that it can be searched."""
    parts = [
        SearchVector(Value(_words(value)), weight=weight, config=CONFIG)
        for value, weight in ((title, "A"), (lead, "B"), (text[:_TEXT], "D"))
    ]
    return parts[0] + parts[1] + parts[2]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def condition(query: str, filters: Mapping[str, Condition], most: int) -> Q:
    """A beat's query as a condition, of the cost that is let through. Raises QueryError, whose message shows
    the place.
    """
    parsed = parse_query(query)
    if _cost(parsed) > most:
        raise QueryError("this asks for too much at once; take fewer words", 0)
    return _condition(parsed, "ABD", filters)


@dataclass(frozen=True, slots=True)
class Searched:
    """A search as a condition on rows with a `search` vector, and why it was read as words, if it was."""

    condition: Q
    why: Why


def searched(text: str, filters: Mapping[str, Condition]) -> Searched:
    """What a person typed, as a condition; `filters` say what lang:, country: … mean there.

    What would keep the database busy is read as words, too: what it has to look at grows with the distance
    of a NEAR times the words on its sides.
    """
    search = read_search(text, filters)
    if search.node is not None and _cost(search.node) > MOST:
        search = as_words(text, "too_much", with_endings=False)
    found = _condition(search.node, "ABD", filters) if search.node is not None else Q(pk=None)
    return Searched(found, search.why)


def _cost(node: Node) -> int:
    match node:
        case Words(terms):
            return sum(_cost_of(word) for term in terms for word in re.findall(r"\w+\*?", term))
        case Near(left, right, distance):
            return 2 * distance * (_cost(left) + _cost(right))
        case All(parts) | Any_(parts):
            return sum(map(_cost, parts))
        case Not(part) | InField(_, part) | Boosted(part, _):
            return _cost(part)
    return 1


def _cost_of(word: str) -> int:
    if not word.endswith("*"):
        return 1
    return _PREFIX if len(word) > 3 else _SHORT_PREFIX


def _condition(node: Node, weights: str, filters: Mapping[str, Condition]) -> Q:
    match node:
        case Words(terms):
            return _matches(_any_of(terms, weights))
        case Near(left, right, distance):
            a, b = _any_of(left.terms, weights), _any_of(right.terms, weights)
            if not (a and b):
                return Q(pk=None)
            return _matches(
                " | ".join(f"({a}) <{n}> ({b}) | ({b}) <{n}> ({a})" for n in range(1, distance + 1))
            )
        case All(parts):
            found = Q()
            for part in parts:
                found &= _condition(part, weights, filters)
            return found
        case Any_(parts):
            found = _condition(parts[0], weights, filters)
            for part in parts[1:]:
                found |= _condition(part, weights, filters)
            return found
        case Not(part):
            return ~_condition(part, weights, filters)
        case InField(name, part):
            return _condition(part, _WEIGHTS[name], filters)
        case Boosted(part, _):
            return _condition(part, weights, filters)
        case Filter(kind, values) if kind in filters:
            return filters[kind](values)
    return Q(pk=None)


def _any_of(terms: tuple[str, ...], weights: str) -> str:
    return " | ".join(phrase for term in terms if (phrase := _phrase(term, weights)))


def _phrase(term: str, weights: str) -> str:
    """A term of the query as PostgreSQL writes it: words that follow each other, with any ending after
    a *.
    """
    label = "" if weights == "ABD" else weights
    pieces = []
    for word in re.findall(r"\w+\*?", term):
        prefix = "*" if word.endswith("*") else ""
        pieces.append(f"'{word.rstrip('*')}'" + (f":{prefix}{label}" if prefix or label else ""))
    return " <-> ".join(pieces)


def _matches(raw: str) -> Q:
    return Q(search=SearchQuery(raw, config=CONFIG, search_type="raw")) if raw else Q(pk=None)


def _outlets(values: frozenset[str]) -> Q:
    return Q(outlet__in=[pk for pk, name in Outlet.objects.values_list("pk", "name") if fold(name) in values])


ARTICLE_FILTERS: Mapping[str, Condition] = {
    "lang": lambda values: Q(language__in=values),
    "country": lambda values: Q(places__overlap=list(values)),
    "outlet": _outlets,
    "author": lambda values: Q(author__iregex="|".join(map(re.escape, values))),
    "piece": lambda values: Q(piece__in=values),
}


def like_in_meaning(text: str, most: int = 50) -> list[Article]:
    """Articles of all days that mean nearly what a text says, in any language, nearest first; what
    says just the same on one day, once.

    The window and what lies before it have an index each; both are asked.
    """
    vector = default_encoder().encode([text])[0]
    found: list[Article] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        for in_window in (True, False):
            near = (
                Article.objects.filter(in_window=in_window, is_indexed=True, vector__isnull=False)
                .annotate(distance=CosineDistance("vector", vector))
                .order_by("distance")
                .select_related("outlet")
            )
            found += near[:most]
    return sorted(found, key=lambda a: (a.distance, -a.pk))[:most]  # type: ignore[attr-defined]
