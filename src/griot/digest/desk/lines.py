"""A line as the desk shows it: cut where its claims begin and end, each with the passage that supports it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from griot.press.core.lines.checking import check
from griot.press.core.lines.house import lint
from griot.press.core.lines.lines import line_text
from griot.press.core.types import Claim
from griot.press.models import Line, Story


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


def check_again(line: Line) -> None:
    """Check a line that a person has changed against its story's articles and the house style. Not saved."""
    members = [
        a.as_value() for a in Story.objects.get(pk=line.story_id).articles.select_related("outlet", "copy_of")
    ]
    value = line.as_value()
    claims = check(line_text(value), members) if members else list(value.claims)
    line.claims = [asdict(c) for c in claims]
    line.findings = [asdict(f) for f in lint(line.body, line.language)]
    line.ok = not any(c.is_refused for c in claims)
