"""Words from strangers, in characters that every table and page can hold."""

from __future__ import annotations

import re

# What XML forbids (XML 1.0, section 2.2), and with it much that is made of our words; PostgreSQL NUL alone.
# And what turns the direction of writing round, so that a figure reads as another (Unicode TR 36, section
# 2.9): every script's own direction does without.
TURNS_ROUND = "\u202a-\u202e\u2066-\u2069"
_UNFIT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff{TURNS_ROUND}]")


def fit_text(text: str, most: int | None = None) -> str:
    """`text` without signs of direction, nor control characters, but for a space where one parts words;
    halves of surrogate pairs, as JSON may bring them, replaced; and no longer than `most` characters.
    """
    return _UNFIT.sub(_fit, text)[:most]


def _fit(found: re.Match[str]) -> str:
    if "\ud800" <= found[0] <= "\udfff":
        return "\ufffd"
    return " " if found[0].isspace() else ""
