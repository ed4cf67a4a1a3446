"""Words from strangers, in characters that every table and page can hold."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udfff]")  # of surrogate pairs, as JSON may bring them


def fit_text(text: str, most: int | None = None) -> str:
    """`text` without NUL, halves of surrogate pairs replaced, and no longer than `most` characters."""
    return _HALVES.sub("\ufffd", text.replace("\0", "")[:most])
