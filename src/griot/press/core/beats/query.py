"""The query language of beats and searches.

    migrant* OR "coast guard"            words (folded: no accents, no case), phrases, any ending
    title:asylum lead:(court OR judge)   only there; side by side means AND
    boat NEAR/6 rescue*                  within six words of each other
    NOT sport                            without
    lang:fr,ar country:LY outlet:"The Harbour Times" piece:opinion
    (camp OR border*)^0.25               counts a quarter when ranking

A figure is found however it is written: 1800, 1,800, 1.800 or ١٬٨٠٠. The grammar is Lark's; what can't be
parsed says where and what was expected.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Protocol

from lark import Lark, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

from griot.press.core.language.places import country_code
from griot.press.core.language.text import fold
from griot.press.core.types import Article, BadInput

FIELDS = ("title", "lead", "text")
FILTERS = ("lang", "country", "outlet", "author", "piece")
_LEAD, _BODY = 400, 2500  # characters: what is looked at

_GRAMMAR = r"""
?start: or_
?or_: and_ ("OR" and_)*
?and_: not_ ("AND"? not_)*
?not_: "NOT" not_ -> negated
     | near
?near: boosted (NEAR boosted)?
?boosted: atom ("^" NUMBER)?
?atom: FIELD atom -> in_field
     | FILTER value ("," value)* -> filtered
     | "(" or_ ")"
     | PHRASE -> phrase
     | WORD -> word
value: PHRASE | WORD
NEAR.3: /NEAR\/\d{1,2}/
FIELD.3: /(title|lead|text):/
FILTER.3: /(lang|country|outlet|author|piece):/
PHRASE: /"[^"]*"/
WORD: /(?!(?:AND|OR|NOT|NEAR\/[^\s()"^,]*)(?![^\s()"^,]))[^\s()"^:,]+/
NUMBER: /\d+(\.\d+)?/
%ignore /\s+/
"""
_EXPECTED = {
    "RPAR": "a closing bracket",
    "LPAR": "an opening bracket",
    "WORD": "a word",
    "PHRASE": "a “phrase”",
    "NUMBER": "a number",
    "FIELD": "a field",
    "FILTER": "a filter",
    "$END": "the end",
}


# A whole number, of which the thousands may be parted; longer ones are no figures of news.
_FIGURE = re.compile(r"(?<![\w.,])(?![0٠])\d{1,12}(?![.,]?\w)")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))


class QueryError(BadInput):
    """A query that can't be parsed. `position` is the character (from 0) where it went wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Document:
    """An article as queries see it: folded texts by field, and what filters ask for."""

    title: str
    lead: str
    text: str
    language: str = ""
    places: tuple[str, ...] = ()
    outlet: str = ""
    author: str = ""
    piece: str = "news"

    @classmethod
    def of(cls, article: Article) -> Document:
        body = article.text[:_BODY] if article.summary else article.text[_LEAD:_BODY]
        return cls(
            fold(article.title),
            fold(article.lead),
            fold(body),
            article.language,
            article.places,
            fold(article.outlet),
            fold(article.author),
            article.piece,
        )

    @cached_property
    def word_starts(self) -> dict[str, list[int]]:
        return {name: [m.start() for m in re.finditer(r"\w+", getattr(self, name))] for name in FIELDS}


@dataclass
class Hits:
    """What of a document a query found: how often per field and weight, and by which words."""

    counts: Counter[tuple[str, float]] = field(default_factory=Counter)
    words: list[tuple[str, str]] = field(default_factory=list)  # (field, the words as folded)

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.counts + other.counts, self.words + other.words)


class Node(Protocol):
    """A part of a parsed query."""

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        """What it finds in these fields of a document, or None where it does not hold."""
        ...


@dataclass(frozen=True)
class Words:
    """Any of some words and phrases, folded; a * stands for any ending."""

    terms: tuple[str, ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(r"(?<!\w)(?:" + "|".join(map(_pattern, self.terms)) + r")(?!\w)")

    def spans(self, document: Document, name: str) -> list[tuple[int, int]]:
        """Where they stand in a field, in words: (first, last)."""
        starts = document.word_starts[name]
        return [
            (bisect_right(starts, m.start()) - 1, bisect_right(starts, m.end() - 1) - 1)
            for m in self.regex.finditer(getattr(document, name))
        ]

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        hits = Hits()
        for name in fields:
            found = self.regex.findall(getattr(document, name))
            if found:
                hits.counts[name, boost] += len(found)
                hits.words += [(name, word) for word in found]
        return hits if hits.counts else None


@dataclass(frozen=True)
class Near:
    left: Words
    right: Words
    distance: int

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        hits = Hits()
        for name in fields:
            theirs = self.right.spans(document, name)
            for a, b in self.left.spans(document, name):
                if any(max(c - b, a - d) <= self.distance and (c > b or d < a) for c, d in theirs):
                    hits.counts[name, boost] += 1
                    hits.words.append((name, f"{self.left.terms[0]} … {self.right.terms[0]}"))
        return hits if hits.counts else None


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        found = Hits()
        for part in self.parts:
            hits = part.match(document, fields, boost)
            if hits is None:
                return None
            found += hits
        return found


@dataclass(frozen=True)
class Any_:
    parts: tuple[Node, ...]

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        found = [hits for part in self.parts if (hits := part.match(document, fields, boost)) is not None]
        return sum(found[1:], found[0]) if found else None


@dataclass(frozen=True)
class Not:
    part: Node

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        return Hits() if self.part.match(document, fields, boost) is None else None


@dataclass(frozen=True)
class InField:
    name: str
    part: Node

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        return self.part.match(document, (self.name,), boost)


@dataclass(frozen=True)
class Boosted:
    part: Node
    boost: float

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        return self.part.match(document, fields, boost * self.boost)


@dataclass(frozen=True)
class Filter:
    kind: str
    values: frozenset[str]

    def match(self, document: Document, fields: tuple[str, ...] = FIELDS, boost: float = 1.0) -> Hits | None:
        mine = {
            "lang": {document.language},
            "country": set(document.places),
            "outlet": {document.outlet},
            "author": {document.author},
            "piece": {document.piece},
        }[self.kind]
        return Hits() if mine & self.values else None


class _Build(Transformer[Any, Node]):
    """Lark's tree into nodes; words side by side in an OR become one pattern, for speed."""

    def word(self, items: list[Any]) -> Node:
        return words_in(str(items[0]))

    def phrase(self, items: list[Any]) -> Node:
        inside = str(items[0])[1:-1].strip()
        if not inside:
            raise QueryError("an empty phrase", items[0].start_pos or 0)
        return words_in(inside)

    def value(self, items: list[Any]) -> str:
        return str(items[0]).strip('"')

    def filtered(self, items: list[Any]) -> Node:
        kind, values = str(items[0])[:-1], items[1:]
        if kind == "country":
            codes = [v.upper() if len(v) == 2 else country_code(v) for v in values]
            if None in codes:
                raise QueryError(
                    f"no country is called {values[codes.index(None)]!r}", items[0].start_pos or 0
                )
            return Filter(kind, frozenset(c for c in codes if c))
        return Filter(kind, frozenset(fold(v) for v in values))

    def in_field(self, items: list[Any]) -> Node:
        return InField(str(items[0])[:-1], items[1])

    def boosted(self, items: list[Any]) -> Node:
        return Boosted(items[0], float(items[1]))

    def near(self, items: list[Any]) -> Node:
        left, token, right = items
        if not isinstance(left, Words) or not isinstance(right, Words):
            raise QueryError("NEAR stands between words or phrases", token.start_pos or 0)
        return Near(left, right, int(token[5:]))

    def negated(self, items: list[Any]) -> Node:
        return Not(items[0])

    def and_(self, items: list[Any]) -> Node:
        return All(tuple(items))

    def or_(self, items: list[Any]) -> Node:
        flat: list[Node] = []
        for item in items:
            flat += item.parts if isinstance(item, Any_) else [item]
        words = [t for node in flat if isinstance(node, Words) for t in node.terms]
        rest = [node for node in flat if not isinstance(node, Words)]
        if not rest:
            return Words(tuple(words))
        return Any_((*([Words(tuple(words))] if words else []), *rest))


def words_in(term: str) -> Words:
    """A word or phrase, as each of the ways in which its figures are written."""
    folded = fold(" ".join(term.split()))
    plain = _FIGURE.sub(lambda figure: str(int(figure[0])), folded)
    grouped = _FIGURE.sub(lambda figure: f"{int(figure[0]):,}".replace(",", " "), folded)
    spelled = (folded, *(way for ways in (plain, grouped) for way in (ways, ways.translate(_ARABIC))))
    return Words(tuple(dict.fromkeys(spelled)) if _FIGURE.search(folded) else (folded,))


def straight(text: str) -> str:
    """`text` with the quotation marks of all languages as the one that the grammar knows."""
    return text.translate(_QUOTES)


def filters_in(node: Node) -> set[str]:
    """The filters that a query asks for."""
    match node:
        case Filter(kind):
            return {kind}
        case All(parts) | Any_(parts):
            return set().union(*map(filters_in, parts))
        case Not(part) | InField(_, part) | Boosted(part):
            return filters_in(part)
    return set()


def _pattern(term: str) -> str:
    figures = re.sub(r"(?<=\d)\\ (?=\d{3})", "[\\\\s.,'٬]", re.escape(term))
    return figures.replace(r"\*", r"\w*").replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]")


_parser = Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


@lru_cache(maxsize=256)
def parse_query(text: str) -> Node:
    """Parse a query. Raises QueryError, whose message shows the place and says what was expected."""
    if not text.strip():
        raise QueryError("the query is empty", 0)
    try:
        tree: Node = _Build().transform(_parser.parse(straight(text)))
        return tree
    except (UnexpectedToken, UnexpectedCharacters, UnexpectedEOF) as error:
        position = getattr(error, "pos_in_stream", None)
        is_end = getattr(getattr(error, "token", None), "type", "") == "$END"
        position = len(text) if is_end or position is None or position < 0 else position
        wanted = sorted(_expected(error))
        raise QueryError(
            f"at character {position + 1}, {_shown(text, position)}: expected"
            f" {', '.join(wanted[:-1])}{' or ' if wanted[:-1] else ''}"
            f"{wanted[-1] if wanted else 'something else'}",
            position,
        ) from None
    except Exception as error:
        inner = getattr(error, "orig_exc", error)
        if isinstance(inner, QueryError):
            raise QueryError(f"at character {inner.position + 1}: {inner}", inner.position) from None
        raise


def _expected(error: Any) -> Iterator[str]:
    names = getattr(error, "expected", None) or getattr(error, "allowed", None) or set()
    for name in {str(n) for n in names}:
        if name in _EXPECTED:
            yield _EXPECTED[name]


def _shown(text: str, position: int) -> str:
    around = " ".join(text[max(0, position - 15) : position + 15].split())
    return f"near “{around}”" if position < len(text) else "at the end"
