"""Whether every fact of a line is in its story's articles."""

from __future__ import annotations

import argparse
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
    unsupported = [{"text": c.text, "kind": c.kind} for c in claims if not c.is_supported]
    print_json([{"ok": not unsupported, "unsupported": unsupported}])
    return 1 if unsupported else 0
