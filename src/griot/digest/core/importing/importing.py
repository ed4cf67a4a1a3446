"""Past issues in their text form, into blocks.

The text is cut into paragraphs, each is recognised by its shape, and a small grammar puts them
together into blocks. Nothing is trusted: a block stands only if rendering it gives back exactly the
words that it was read from; what does not is kept verbatim as text, and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

from griot.digest.core.importing.grammar import RULES
from griot.digest.core.importing.head import contact_in, date_in, head_of
from griot.digest.core.importing.paragraphs import Paragraph, Place, paragraphs
from griot.digest.core.rendering.text import block_text
from griot.digest.core.types import Block, Feature, Issue, Text
from griot.press.core.types import BadInput

NO_ISSUE = Issue("", "", date.min, "en", "", "", "", "", "", (), printed_head=())


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What was kept verbatim: from which line of the file (from 1), and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A past issue: its date, its head as printed, its blocks, and what was kept verbatim."""

    day: date
    head: tuple[str, ...]
    contact: str
    title: str
    blocks: tuple[Block, ...]
    unplaced: tuple[Unplaced, ...]


def read_issue(text: str, day: date | None = None) -> Imported:
    """Read a past issue. `day` is its date where the text has none. Raises BadInput for one without a
    date or words.
    """
    issue = list(paragraphs(text))
    if not issue:
        raise BadInput("there is nothing in it")
    head = head_of(issue)
    stated = date_in(head)
    if stated is None and day is None:
        raise BadInput("no date stands in its head (like 12 December 2018); give it with --date")
    blocks, unplaced = _read_blocks(issue[len(head) :])
    return Imported(
        day=stated or day or date.min,
        head=tuple(p.text for p in head),
        contact=contact_in(head),
        title=next((b.title for b in blocks if isinstance(b, Feature) and b.title), ""),
        blocks=tuple(replace(b, anchor=f"item-{n}") for n, b in enumerate(blocks, 1)),
        unplaced=tuple(unplaced),
    )


def _read_blocks(body: Sequence[Paragraph]) -> tuple[list[Block], list[Unplaced]]:
    blocks: list[Block] = []
    unplaced: list[Unplaced] = []
    here = Place(body)
    while paragraph := here.paragraph:
        if found := _faithful_block(here):
            block, here = found
            blocks.append(block)
            continue
        html = f"<p>{escape(paragraph.printed, quote=False)}</p>"
        if blocks and isinstance(last := blocks[-1], Text):
            blocks[-1] = Text("", last.html + html)
        else:
            blocks.append(Text("", html))
        unplaced.append(_unplaced(paragraph))
        here = here.next
    return blocks, unplaced


def _faithful_block(here: Place) -> tuple[Block, Place] | None:
    """The first block that says, rendered as text, just what its paragraphs say, and the place after it."""
    for rule in RULES:
        if found := rule(here):
            block, end = found
            if end.at > here.at and block_text(block, NO_ISSUE).split() == here.words_until(end):
                return found
    return None


def _unplaced(paragraph: Paragraph) -> Unplaced:
    is_listed = bool(paragraph.bullet)
    why = "no outlet and verb were recognised" if is_listed else "its place in the issue was not recognised"
    return Unplaced(paragraph.line, paragraph.printed, why)
