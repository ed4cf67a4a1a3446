"""Lines about invented stories, true ones and ones with one fact wrong, each with the answer that a press officer
expects: a true one is not refused, and a wrong one is refused or undecided. What the check does not tell yet stands
in `check_open.txt`: it must not grow, and what is told goes out of it.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby

import pytest

from griot.demo.field import CASES, answer, lines_to_check

OPEN = frozenset((CASES / "check_open.txt").read_text().splitlines())
LINES = {name: list(rows) for name, rows in groupby(lines_to_check(), key=lambda row: row[0])}


@cache
def answers(name: str) -> list[tuple[bool, str, str]]:
    return [(is_true, line, answer(line, articles)) for _, _, is_true, line, articles in LINES[name]]


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_line_is_judged_as_its_editor_would(name):
    for is_true, line, said in answers(name):
        is_right = said != "refused" if is_true else said != "supported"
        assert is_right is (line not in OPEN), (is_true, line, said)


def test_few_true_lines_are_left_to_a_person():
    true = [said for name in LINES for is_true, _, said in answers(name) if is_true]
    assert true.count("undecided") <= 0.15 * len(true)
