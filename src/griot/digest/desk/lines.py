"""A line as the desk shows it: cut where its claims begin and end, each with the passage that supports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings

from griot.press.core.types import Claim
from griot.press.models import Line

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's body; with a claim, what is claimed there."""

    text: str
    claim: Claim | None = None
    is_vouched: bool = False

    @property
    def state(self) -> str:
        if self.claim is None:
            return ""
        if self.claim.is_supported:
            return "supported"
        if self.claim.is_undecided:
            return "undecided"
        return "vouched" if self.is_vouched else "unsupported"


def pieces(body: str, claims: Sequence[Claim], vouched: frozenset[str] = frozenset()) -> list[Piece]:
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
    return list(_cut(body, sorted(spans, key=lambda s: s[0]), vouched))


def _cut(body: str, spans: Sequence[tuple[int, int, Claim]], vouched: frozenset[str]) -> Iterator[Piece]:
    end = 0
    for start, stop, claim in spans:
        if start > end:
            yield Piece(body[end:start])
        yield Piece(body[start:stop], claim, claim.text in vouched)
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
