"""Lines drafted for invented stories: what each must hold, and what must not be in it.

`draft/` and `draft.json` are stories with the quirks of the press; what the drafter does not tell yet stands in
`draft_open.txt`: it must not grow, and what is told goes out of it. `draft_kinds.json` has stories of our own for
each kind of fault.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from griot.press.core.commandline.files import articles_of
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.house import MAX_WORDS
from griot.press.core.lines.lines import line_text
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "draft.json").read_text())
OPEN = frozenset((HERE / "draft_open.txt").read_text().splitlines())
KINDS = json.loads((HERE / "draft_kinds.json").read_text())


def faults(articles: list[Article], expected: dict) -> list[str]:
    copies = find_copies(articles)
    line = draft([replace(a, copy_of=copies.get(a.url)) for a in articles])
    text = line_text(line)
    return [
        *([] if line.ok else [f"does not hold: {text}"]),
        *(f"lacks {wanted}: {text}" for wanted in expected["must"] if not re.search(wanted, text)),
        *(f"has {bad}: {text}" for bad in expected["never"] if re.search(bad, text)),
        *([f"too long: {text}"] if len(text.split("reported that")[-1].split()) > MAX_WORDS else []),
    ]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_story_is_told_as_its_editor_would(name):
    found = faults(articles_of(str(HERE / "draft" / name)), EXPECTED[name])
    assert bool(found) is (name in OPEN), found


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_kind_of_fault_is_in_a_line(name, tmp_path):
    story = tmp_path / "story.jsonl"
    story.write_text("\n".join(json.dumps(row) for row in KINDS[name]["articles"]))
    assert faults(articles_of(str(story)), KINDS[name]) == []
