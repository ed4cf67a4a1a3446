"""Lines drafted for invented stories: what each must hold, and what must not be in it.

`draft/` and `draft.json` are stories with the quirks of the press; what the drafter does not tell yet stands in
`draft_open.txt`: it must not grow, and what is told goes out of it. `draft_kinds.json` has stories of our own for
each kind of fault.
"""

from __future__ import annotations

import pytest

from griot.demo.field import CASES, faults, stories_to_draft

OPEN = frozenset((CASES / "draft_open.txt").read_text().splitlines())
STORIES = {name: (articles, expected) for name, _, articles, expected in stories_to_draft()}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_story_is_told_as_its_editor_would(name):
    found = faults(*STORIES[name])
    assert bool(found) is (name in OPEN), found
