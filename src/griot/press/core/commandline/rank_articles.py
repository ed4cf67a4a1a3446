"""Articles by nearness to a beat."""

from __future__ import annotations

import argparse
from typing import Any

from griot.press.core.beats.relevance import BEATS, score_articles
from griot.press.core.commandline.files import articles_of, print_json
from griot.press.core.types import BadInput

ABOUT = "rank articles by a beat"
OPTIONS: dict[str, dict[str, Any]] = {"--beat": {"default": "migration"}}


def run(args: argparse.Namespace) -> int:
    if args.beat not in BEATS:
        raise BadInput(f"no beat is called {args.beat!r}; there is: {', '.join(sorted(BEATS))}")
    articles = articles_of(args.file)
    scores = score_articles(articles, BEATS[args.beat])
    ranked = sorted(zip(articles, scores, strict=True), key=lambda pair: (-pair[1], pair[0].url))
    print_json({"url": a.url, "score": score} for a, score in ranked)
    return 0
