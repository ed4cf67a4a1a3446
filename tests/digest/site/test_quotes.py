"""Who said a quote, as a past issue printed it and as an editor says now."""

from __future__ import annotations

import pytest

from griot.digest.site.composing import _as_it_was_printed

PRINTED = "Ana Ruiz, from Caracas to Lima"


@pytest.mark.parametrize(
    ("name", "journey", "stays"),
    [
        ("Ana Ruiz", "", True),
        ("Ana Ruiz", "from Caracas to Lima", True),
        ("", "", False),  # whom an editor has made unnamed stays so
        (None, None, False),
        ("Ana Ru", "", False),
        ("Ana Ruiz", "from Bogotá", False),
    ],
)
def test_what_was_printed_stands_while_nobody_has_changed_it(name, journey, stays):
    block = {"name": name, "journey": journey, "printed_by": PRINTED}
    assert _as_it_was_printed(block) == (PRINTED if stays else "")
