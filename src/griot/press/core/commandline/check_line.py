"""Whether every fact of a line is in its story's articles, and who did what as they tell it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from griot.press.core.commandline.files import articles_of, print_json
from griot.press.core.lines.checking import check
from griot.press.core.types import BadInput

ABOUT = "check a line against its story"
LONGEST = 2000  # characters; every fact is compared with every other
OPTIONS: dict[str, dict[str, Any]] = {"--line": {"required": True, "metavar": "TEXT"}}


def run(args: argparse.Namespace) -> int:
    if not args.line.strip():
        raise BadInput("--line is empty")
    if len(args.line) > LONGEST:
        raise BadInput(
            f"--line has {len(args.line)} characters; a line is a sentence or two, at most {LONGEST}"
        )
    claims = check(args.line, articles_of(args.file))
    unsupported = [
        {"text": c.text, "kind": c.kind} | ({"against": asdict(c.against)} if c.against else {})
        for c in claims
        if c.is_refused
    ]
    undecided = [
        {"text": c.text, "kind": c.kind, "nearest": [asdict(n) for n in c.nearest]}
        for c in claims
        if c.is_undecided
    ]
    print_json([{"ok": not unsupported, "unsupported": unsupported, "undecided": undecided}])
    return 1 if unsupported else 0
