"""How a line is put together from its outlets and its body."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from griot.press.core.types import Line, OutletLink

MAX_NAMES = 4
# Between names, before the last, and after the last where there are more.
_JOINTS = {
    "en": (", ", " and ", " and others"),
    "fr": (", ", " et ", " et d’autres"),
    "es": (", ", " y ", " y otros"),
    "ar": ("، ", " و", " وغيرها"),
}


def attribution(outlets: Sequence[OutletLink], language: str = "en") -> list[str]:
    """The names that a line shows and what joins them, alternating: [name, joint, name, …].

    At most four names, then "and others", in the line's language (English where it has none here).
    """
    between, last, others = _JOINTS.get(language.split("-")[0], _JOINTS["en"])
    shown = [o.name for o in outlets[:MAX_NAMES]]
    ending = others if len(outlets) > MAX_NAMES else ""
    pieces: list[str] = []
    for i, name in enumerate(shown):
        if i:
            pieces.append(last if i == len(shown) - 1 and not ending else between)
        pieces.append(name)
    return [*pieces, ending] if ending else pieces


def line_text(line: Line) -> str:
    return f"{''.join(attribution(line.outlets))} {line.body}"


def line_html(line: Line) -> str:
    """The line with every outlet's name linked to its article, as safe HTML."""
    # A mail has an address (mid:…), but none that a reader could open.
    links = {o.name: o.url for o in reversed(line.outlets) if o.url.startswith(("http://", "https://"))}
    head = "".join(
        f'<a href="{escape(links[piece])}">{escape(piece)}</a>'
        if i % 2 == 0 and piece in links
        else escape(piece)
        for i, piece in enumerate(attribution(line.outlets))
    )
    return f"{head} {escape(line.body, quote=False)}"
