"""Lines about invented stories, true ones and ones with one fact wrong, each with the answer that a press officer
expects. What the check does not tell yet stands in `check_open.txt`: it must not grow, and what is told goes out of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from griot.press.core.commandline.files import articles_of
from griot.press.core.lines.checking import check

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "check.json").read_text())
OPEN = frozenset((HERE / "check_open.txt").read_text().splitlines())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_line_is_judged_as_its_editor_would(name):
    articles = articles_of(str(HERE / "check" / name))
    for truth in ("true", "false"):
        for line in EXPECTED[name][truth]:
            refused = [(c.text, c.kind) for c in check(line, articles) if not c.is_supported]
            assert (bool(refused) is (truth == "false")) is (line not in OPEN), (truth, line, refused)
