"""A feed's entries."""

from __future__ import annotations

import argparse
from typing import Any

from griot.press.core.commandline.files import bytes_of, print_json
from griot.press.core.language.languages import detect_language
from griot.press.core.sources.feeds import parse_feed

ABOUT = "parse a feed into entries"
OPTIONS: dict[str, dict[str, Any]] = {"--url": {"default": "", "help": "its address"}}


def run(args: argparse.Namespace) -> int:
    feed = parse_feed(bytes_of(args.file), args.url)
    entries = [
        {
            "id": e.id,
            "url": e.url,
            "title": e.title,
            "summary": e.summary,
            "published": e.published.isoformat() if e.published else None,
            "language": e.language or detect_language(f"{e.title}. {e.summary}") or None,
        }
        for e in feed.entries
    ]
    print_json([{"title": feed.title, "entries": entries}])
    return 0
