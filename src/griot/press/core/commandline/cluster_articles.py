"""Articles → stories."""

from __future__ import annotations

import argparse
from typing import Any

from griot.press.core.commandline.files import articles_of, print_json
from griot.press.core.stories.clustering import cluster
from griot.press.core.types import Article

ABOUT = "group articles into stories"
OPTIONS: dict[str, dict[str, Any]] = {}


def run(args: argparse.Namespace) -> int:
    articles = articles_of(args.file)
    story = stories_by_url(articles)
    print_json({"url": a.url, "story": story[a.url]} for a in articles)
    return 0


def stories_by_url(articles: list[Article]) -> dict[str, str]:
    return {url: f"s{n}" for n, group in enumerate(cluster(articles), 1) for url in group.urls}
