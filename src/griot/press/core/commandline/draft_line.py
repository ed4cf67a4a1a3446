"""One story's articles → its line, checked, and up to three proposals, of which it is the first."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from griot.press.core.commandline.files import articles_of, print_json
from griot.press.core.lines.drafting import drafts
from griot.press.core.lines.lines import line_html, line_text
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article, Claim

ABOUT = "draft the line of one story"
OPTIONS: dict[str, dict[str, Any]] = {}


def run(args: argparse.Namespace) -> int:
    lines = list(drafts(_with_copies(articles_of(args.file))))
    line = lines[0]
    print_json(
        [
            {
                "line": line_text(line),
                "html": line_html(line),
                "outlets": [asdict(o) for o in line.outlets],
                "also": [asdict(o) for o in line.also],
                "claims": [_claim(c) for c in line.claims],
                "ok": line.ok,
                "proposals": [{"line": line_text(p), "html": line_html(p)} for p in lines],
            }
        ]
    )
    return 0


def _with_copies(articles: list[Article]) -> list[Article]:
    copies = find_copies(articles)
    return [replace(a, copy_of=copies.get(a.url)) for a in articles]


def _claim(claim: Claim) -> dict[str, Any]:
    told = {"text": claim.text, "kind": claim.kind, "url": claim.url, "passage": claim.passage}
    return told | ({"nearest": [asdict(n) for n in claim.nearest]} if claim.is_undecided else {})
