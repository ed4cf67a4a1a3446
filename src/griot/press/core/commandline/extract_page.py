"""What a web page is and says."""

from __future__ import annotations

import argparse
from typing import Any

from griot.press.core.commandline.files import bytes_of, print_json
from griot.press.core.pages.pages import read_page

ABOUT = "read a web page: kind, title, text, date"
OPTIONS: dict[str, dict[str, Any]] = {"--url": {"required": True, "help": "the page's address"}}


def run(args: argparse.Namespace) -> int:
    page = read_page(bytes_of(args.file), args.url)
    print_json(
        [
            {
                "kind": page.kind,
                "title": page.title,
                "text": page.text,
                "published": page.published.moment.isoformat() if page.published else None,
                "published_from": page.published.known_from if page.published else None,
                "language": page.language,
                "image": page.image,
            }
        ]
    )
    return 0
