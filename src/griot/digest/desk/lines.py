"""A line as the desk shows it: cut where its claims begin and end, each with the passage that supports it,
whole and with the article that it stands in.

A claim is *supported* by a passage in the line's language, which says the same. In another language the check
knows figures and names alone: what stands there is *foreign*, and a person reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from babel import Locale
from django.conf import settings

from griot.press.core.types import Claim
from griot.press.models import Article, Line

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of an article, whole; `article` is None where it was let go since."""

    text: str
    article: Article | None
    is_foreign: bool

    @property
    def language(self) -> str:
        """What its language is called."""
        code = self.article.language if self.article else ""
        return str(Locale("en").languages.get(code, code))


class Sources:
    """The articles that the passages of a line's claims stand in, by their addresses."""

    def __init__(self, line: Line, articles: Iterable[Article]) -> None:
        self.language = line.language
        self._known = {article.url: article for article in articles}
        wanted = {url for claim in line.as_value().claims for url in _urls(claim)} - {"", *self._known}
        if wanted:
            more = Article.objects.filter(story=line.story_id, url__in=wanted).select_related("outlet")
            self._known |= {article.url: article for article in more.defer("vector", "bands", "search")}

    def passage(self, url: str, text: str) -> Passage:
        article = self._known.get(url)
        return Passage(text, article, article is not None and article.language != self.language)

    def of(self, claim: Claim) -> Passage | None:
        return self.passage(claim.url, claim.passage) if claim.is_supported else None

    def nearest(self, claim: Claim) -> list[Passage]:
        return [self.passage(near.url, near.passage) for near in claim.nearest]


def _urls(claim: Claim) -> Iterator[str]:
    yield claim.url
    for near in claim.nearest:
        yield near.url


def with_passage(text: str, passage: str) -> list[tuple[str, str, str]]:
    """A text's paragraphs, each as what stands before the passage, the passage, and what stands behind it;
    the passage is marked where it is first met, however its spaces are.
    """
    wanted, found = " ".join(passage.split()), []
    for paragraph in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        before, there, after = paragraph.partition(wanted) if wanted else (paragraph, "", "")
        found.append((before, there, after))
        wanted = "" if there else wanted
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's body; with a claim, what is claimed there."""

    text: str
    claim: Claim | None = None
    is_vouched: bool = False
    source: Passage | None = None

    @property
    def state(self) -> str:
        if self.claim is None:
            return ""
        if self.claim.is_supported:
            return "foreign" if self.source and self.source.is_foreign else "supported"
        if self.claim.is_undecided:
            return "undecided"
        return "vouched" if self.is_vouched else "unsupported"


def pieces(
    body: str, claims: Sequence[Claim], vouched: frozenset[str] = frozenset(), sources: Sources | None = None
) -> list[Piece]:
    """The body cut at its claims; what stands inside another claim's words is left to that one."""
    spans: list[tuple[int, int, Claim]] = []
    folded = body.lower()
    for claim in sorted(claims, key=lambda c: (c.is_undecided, -len(c.text), c.is_supported)):
        words = claim.text.lower().strip('“”"«» ')
        start = folded.find(words) if words else -1
        while start >= 0 and any(a < start + len(words) and start < b for a, b, _ in spans):
            start = folded.find(words, start + 1)
        if start >= 0:
            spans.append((start, start + len(words), claim))
    return list(_cut(body, sorted(spans, key=lambda s: s[0]), vouched, sources))


def _cut(
    body: str,
    spans: Sequence[tuple[int, int, Claim]],
    vouched: frozenset[str],
    sources: Sources | None,
) -> Iterator[Piece]:
    end = 0
    for start, stop, claim in spans:
        if start > end:
            yield Piece(body[end:start])
        yield Piece(body[start:stop], claim, claim.text in vouched, sources.of(claim) if sources else None)
        end = stop
    if end < len(body):
        yield Piece(body[end:])


def states_of_lines(stories: Iterable[int | None]) -> dict[int, str]:
    """How the line of each story stands, in a word; a line without a story, or of one that was let go, is
    BY_HAND.
    """
    rows = Line.objects.filter(story__in=[pk for pk in stories if pk], language=settings.LANGUAGE_CODE)
    return {line.story_id: _state(line) for line in rows.prefetch_related("overrides")}


def _state(line: Line) -> str:
    if not line.ok:
        return "vouched for" if line.overrides.all() else "unsupported"
    return "edited" if line.is_by_hand else "draft"
