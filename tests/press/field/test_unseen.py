"""Stories and lines by four who knew neither the code nor the other cases. Most is not told yet as a press officer
would: the figures are what holds, and may only grow.
"""

from __future__ import annotations

import pytest

from griot.demo.field import RETOLD, UNSEEN, evaluate_field

pytestmark = pytest.mark.slow


def test_what_the_press_writes_elsewhere_is_told_no_worse_than_before():
    found = evaluate_field(UNSEEN)
    check, draft = found["check"][RETOLD], found["draft"]["quirks of the press"]
    assert check["true supported"] + check["true undecided"] >= 196, "of 209"
    assert check["wrong refused"] + check["wrong undecided"] >= 163, "of 255"
    assert draft["right"] >= 61, "of 72"
