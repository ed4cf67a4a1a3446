"""What is set in type: share cards and charts as PNG, the issue on paper as PDF.

Typst sets it, offline, with the fonts in its wheel where the machine has none. All texts reach it as
JSON data, never as source, so nothing an outlet wrote can be a command. Photos alone are read from files:
the caller's, who sees to it that they go, whoever dies meanwhile.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import typst

from griot.digest.core.rendering.chart import chart_svg, describe, number
from griot.digest.core.rendering.environment import quoted
from griot.digest.core.rendering.text import paragraphs
from griot.digest.core.types import Block, Figures, Issue, Picture, picture_of, title_of
from griot.digest.core.typography import finely_set
from griot.digest.core.words import long_date, when, words

CARD = (1200, 630)  # pixels
MOST_MARKS = 30
SIGN = "sign.png"  # what the newsroom's own picture is called in a folder of photos
_PAPER = Path(__file__).parent / "paper"


def _set(
    template: str,
    data: Mapping[str, Any],
    format: Literal["pdf", "png"],
    folder: Path = _PAPER,
    ppi: float = 144,
) -> bytes:
    """`folder` is where the photos lie that `data` names."""
    inputs = {"data": _safe(json.dumps(data, ensure_ascii=False, default=str))}
    main: Any = (_PAPER / template).read_bytes()
    made = typst.compile(main, root=folder, format=format, ppi=ppi, sys_inputs=inputs)
    return bytes(made[0] if isinstance(made, list) else made)


def _safe(text: str) -> str:
    """`text` in Unicode's stream-safe format (UAX 15, section 13): a letter bears at most 30 marks. The
    shaper of some scripts dies of more than 255.
    """
    kept, marks = [], 0
    for c in text:
        marks = marks + 1 if not c.isascii() and unicodedata.category(c)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(c)
    return "".join(kept)


def chart_png(figures: Figures, language: str, is_right_to_left: bool = False) -> bytes:
    """The chart for mails, which show no SVG: 1280 pixels wide."""
    svg = str(chart_svg(figures, language, is_right_to_left))
    return _set("chart.typ", {"svg": svg}, "png")


def card_png(issue: Issue, block: Block | None = None, folder: Path = _PAPER, photo: str = "") -> bytes:
    """The card that networks show for the issue or one of its items, CARD pixels. `photo` is the name of a
    JPEG in `folder`, where the newsroom's sign may be, too (SIGN).
    """
    issue = finely_set(issue)
    block = block and next((one for one in issue.blocks if one.anchor == block.anchor), block)
    data = {
        "newsroom": issue.newsroom,
        "date": long_date(issue.day, issue.language),
        "rtl": issue.is_right_to_left,
        "language": issue.language,
        "title": (title_of(block) if block else "") or issue.title,
        "text": _card_text(block, issue.language) if block else issue.summary,
        "sign": _sign_in(folder),
        "photo": photo,
        "credit": _credit(issue, picture_of(block) if block else issue.first_picture) if photo else "",
    }
    return _set("card.typ", data, "png", folder, ppi=72)


def _sign_in(folder: Path) -> str:
    return SIGN if (folder / SIGN).is_file() else ""


def _credit(issue: Issue, picture: Picture | None) -> str:
    return f"{words(issue.language)['photo']} {picture.credit}" if picture else ""


def _card_text(block: Block, language: str) -> str:
    """A sentence or two of the block, as the card shows it."""
    text = getattr(block, "text", "") or " ".join(paragraphs(getattr(block, "html", "")))
    if block.kind in {"quote", "portrait"}:
        text = quoted(text, language)
    if isinstance(block, Figures):
        text = describe(block, language)
    return text if len(text) <= 220 else text[:220].rsplit(" ", 1)[0] + " …"


def issue_pdf(issue: Issue, folder: Path, photos: Mapping[str, str]) -> bytes:
    """The issue on A4, tagged for screen readers. `photos` are the names of JPEGs in `folder`, by the
    picture's address; the newsroom's sign may be there, too (SIGN).
    """
    issue, say = finely_set(issue), words(issue.language)
    shown = [block for block in issue.blocks if block.kind != "share"]
    # A banner keeps to what follows it: the last one would have a page for itself, and follows the head.
    while len(shown) > 1 and shown[-1].kind == "banner" != shown[0].kind:
        shown.insert(0, shown.pop())
    blocks = [_on_paper(block, issue, photos) for block in shown]
    data = {
        "newsroom": issue.newsroom,
        "sign": _sign_in(folder),
        "title": issue.title,
        "date": long_date(issue.day, issue.language),
        "url": issue.url,
        "contact": issue.contact,
        "language": issue.language,
        "rtl": issue.is_right_to_left,
        "blocks": blocks,
        "say": dict(say),
        "corrections": [
            {"at": long_date(c.at.date(), issue.language), "text": c.text} for c in issue.corrections
        ],
    }
    return _set("issue.typ", data, "pdf", folder)


def _on_paper(block: Block, issue: Issue, name_of: Mapping[str, str]) -> dict[str, Any]:
    """A block as the paper template reads it: only what it prints."""

    def photo(picture: Picture | None) -> dict[str, str] | None:
        if picture is None:
            return None
        say = words(issue.language)
        credit = picture.printed or (f"{say['photo']} {picture.credit}" if picture.credit else "")
        return {"file": name_of.get(picture.url, ""), "alt": picture.alt, "credit": credit}

    value: dict[str, Any] = {"kind": block.kind, "title": title_of(block), "photo": photo(picture_of(block))}
    link = getattr(block, "link", None) or getattr(block, "more", None)
    value["link"] = asdict(link) if link else None
    match block.kind:
        case "feature":
            value["paragraphs"] = paragraphs(block.html)
            value["dateline"] = block.dateline
        case "text":
            value["paragraphs"] = paragraphs(block.html)
        case "gallery":
            value["pictures"] = [
                {"photo": photo(p.picture), "source": p.source, "caption": p.caption} for p in block.pictures
            ]
        case "video":
            value["paragraphs"] = [block.text] if block.text else []
        case "quote":
            value |= {
                "title": block.title,
                "text": quoted(block.text, issue.language),
                "by": block.by,
            }
        case "portrait":
            value |= {"text": quoted(block.text, issue.language), "by": block.name}
        case "event":
            value["paragraphs"] = [
                " · ".join(filter(None, [when(block, issue.language), block.where])),
                *paragraphs(block.html),
            ]
        case "figures":
            names = [name for name, _ in block.series.columns]
            rows = [
                [label, *(number(c[n], issue.language) for _, c in block.series.columns)]
                for n, label in enumerate(block.series.labels)
            ]
            value |= {
                "svg": str(chart_svg(block, issue.language, issue.is_right_to_left)),
                "alt": describe(block, issue.language),
                "table": [["", *names], *rows],
            }
            value["link"] = asdict(block.source) if block.source else None
        case "press_review":
            value["title"] = block.title or words(issue.language)[block.section]
            value["lines"] = [_line_pieces(line) for line in block.lines]
    return value


def _line_pieces(line: Any) -> list[dict[str, str]]:
    """A press line cut where links begin and end. Nothing opens on paper: every outlet is named."""
    urls = dict(line.urls)
    pieces = [{"text": name, "url": urls.get(name, "")} for name in line.names]
    told = " ".join(filter(None, [line.body, line.mention]))
    pieces.append({"text": f" {told}" if pieces else told, "url": ""})
    others = [pair for pair in line.urls if pair[0] not in line.names]
    for n, (name, url) in enumerate(others):
        pieces += [{"text": ", " if n else " (", "url": ""}, {"text": name, "url": url}]
    return [*pieces, {"text": ")", "url": ""}] if others else pieces


def letter_png(letter: str, side: int) -> bytes:
    """A square of `side` pixels with a letter: the sign of a newsroom that has no picture."""
    return _set("sign.typ", {"letter": letter, "side": side}, "png", ppi=72)


def gone_png(width: int, height: int) -> bytes:
    """What stands where a picture stood whose rights have ended."""
    say = words("en")
    return _set("gone.typ", {"text": say["gone_picture"], "width": width, "height": height}, "png", ppi=72)
