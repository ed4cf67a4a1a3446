"""QR codes, for a phone to look at."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(content: str) -> SafeString:
    """Drawn as SVG, to stand in a page; as large as its place."""
    svg = segno.make(content, error="m").svg_inline(scale=5, border=2, light="#fff", omitsize=True)
    return mark_safe(svg)  # noqa: S308  (our own drawing)
