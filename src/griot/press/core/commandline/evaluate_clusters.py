"""How good the stories are against labels."""

from __future__ import annotations

import argparse
from typing import Any

from griot.press.core.commandline.cluster_articles import stories_by_url
from griot.press.core.commandline.files import articles_of, print_json, rows_of
from griot.press.core.stories.evaluation import b_cubed, pairwise
from griot.press.core.types import BadInput

ABOUT = "measure the grouping against labels"
OPTIONS: dict[str, dict[str, Any]] = {}


def run(args: argparse.Namespace) -> int:
    gold = {}
    for row, where in rows_of(args.file):
        if not isinstance(row.get("story"), (str, int)):
            raise BadInput(f'{where}: "story" is missing; it names the story this article belongs to')
        gold[str(row.get("url"))] = str(row["story"])
    found = stories_by_url(articles_of(args.file))
    print_json([{"articles": len(gold), "pairwise": pairwise(gold, found), "b3": b_cubed(gold, found)}])
    return 0
