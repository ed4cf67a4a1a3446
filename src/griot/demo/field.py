"""The field cases (`tests/press/field`): invented stories, with the answer that a press officer expects.

Those in `unseen/` were written by somebody who knew neither the code nor the other cases: they say how the
rest of the world's press fares.

A check's true line is not refused, and a wrong one is refused or left to a person. A drafted line has what it
must have and nothing of what it never may, and holds.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from griot.demo.core.wire import FOLDER
from griot.press.core.commandline.files import article_of, articles_of
from griot.press.core.lines.checking import check
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.house import MAX_WORDS
from griot.press.core.lines.lines import line_text
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article

CASES = FOLDER.parent / "tests" / "press" / "field"
UNSEEN = CASES / "unseen"
RETOLD = "retold stories"
ANSWERS = ("supported", "undecided", "refused")
_KINDS = {
    "d": "dates",
    "g": "places",
    "h": "names",
    "n": "numbers",
    "q": "quotations",
}  # by a case's first letter


def answer(line: str, articles: Sequence[Article]) -> str:
    """What the check says of a line: one of ANSWERS."""
    claims = check(line, articles)
    if any(c.is_refused for c in claims):
        return "refused"
    return "undecided" if any(c.is_undecided for c in claims) else "supported"


def faults(articles: Sequence[Article], expected: Mapping[str, Any]) -> list[str]:
    """What is wrong with the line that is drafted for a story, in words."""
    copies = find_copies(articles)
    line = draft([replace(a, copy_of=copies.get(a.url)) for a in articles])
    text = line_text(line)
    return [
        *([] if line.ok else [f"does not hold: {text}"]),
        *(f"lacks {wanted}: {text}" for wanted in expected["must"] if not re.search(wanted, text)),
        *(f"has {bad}: {text}" for bad in expected["never"] if re.search(bad, text)),
        *([f"too long: {text}"] if len(text.split("reported that")[-1].split()) > MAX_WORDS else []),
    ]


def stories_to_draft(cases: Path = CASES) -> Iterator[tuple[str, str, list[Article], Mapping[str, Any]]]:
    """Each story's name, its kind, its articles, and what its line must and never may hold."""
    for name, expected in json.loads((cases / "draft.json").read_text()).items():
        yield name, "quirks of the press", articles_of(str(cases / "draft" / name)), expected
    kinds = cases / "draft_kinds.json"
    for name, expected in json.loads(kinds.read_text()).items() if kinds.exists() else ():
        kind = name.rpartition("-")[0]
        yield name, kind, [article_of(row, name) for row in expected["articles"]], expected


def lines_to_check(cases: Path = CASES) -> Iterator[tuple[str, str, bool, str, list[Article]]]:
    """Each line's case, its kind, whether it is true, the line, and its story's articles."""
    for name, expected in json.loads((cases / "check.json").read_text()).items():
        articles = articles_of(str(cases / "check" / name))
        kind = _KINDS.get(name[0], RETOLD) if re.match(r"[a-z]\d", name) else RETOLD
        for is_true in (True, False):
            for line in expected["true" if is_true else "false"]:
                yield name, kind, is_true, line, articles


def evaluate_field(cases: Path = CASES) -> dict[str, Any]:
    """How the check and the drafter do on cases, by kind."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for _, kind, is_true, line, articles in lines_to_check(cases):
        answers[kind][f"{'true' if is_true else 'wrong'} {answer(line, articles)}"] += 1
    drafted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for _, kind, articles, expected in stories_to_draft(cases):
        drafted[kind][0] += not faults(articles, expected)
        drafted[kind][1] += 1
    return {
        "check": {kind: dict(found) for kind, found in sorted(answers.items())},
        "draft": {kind: {"right": right, "of": of} for kind, (right, of) in sorted(drafted.items())},
    }
