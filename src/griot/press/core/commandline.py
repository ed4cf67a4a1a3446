"""The press commands that work on plain files: JSON out, no database, no Django.

Exit codes: 0 done, 1 the check did not hold, 2 bad input (one line on stderr, nothing on stdout).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from griot.press.core.beats.relevance import BEATS, score_articles
from griot.press.core.language.languages import detect_language
from griot.press.core.language.places import places_in
from griot.press.core.lines.checking import check
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.lines import line_html, line_text
from griot.press.core.pages.dates import to_utc
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.pieces import piece_of
from griot.press.core.sources.feeds import parse_feed, plain_text, summary_text
from griot.press.core.stories.clustering import cluster
from griot.press.core.stories.evaluation import b_cubed, pairwise
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article, BadInput, Claim


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes() if path != "-" else sys.stdin.buffer.read()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def _text(row: dict[str, Any], key: str, where: str, required: bool = False) -> str:
    value = row.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise BadInput(f'{where}: "{key}" must be a text{" that is not empty" if required else ""}')
    return value


def rows_of(path: str) -> list[tuple[dict[str, Any], str]]:
    """The objects of a JSON-lines file, each with where it stands. Raises BadInput."""
    try:
        lines = _bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8 (byte {error.start})") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{where}: not JSON ({error})") from None
        if not isinstance(row, dict):
            raise BadInput(f"{where}: an object is expected, with at least url, outlet and title")
        rows.append((row, where))
    if not rows:
        raise BadInput(f"{path}: no articles; one JSON object per line is expected")
    return rows


def _article(row: dict[str, Any], where: str) -> Article:
    summary = summary_text(_text(row, "summary", where))
    text = _text(row, "text", where)
    title = plain_text(_text(row, "title", where)) or (summary or text)[:120]
    if not title:
        raise BadInput(f"{where}: an article needs a title, a summary or a text")
    published = _text(row, "published", where)
    moment = to_utc(published)
    if published and moment is None:
        raise BadInput(f'{where}: "published" is no date: {published[:60]!r}')
    return Article(
        url=_text(row, "url", where, required=True),
        outlet=_text(row, "outlet", where, required=True),
        title=title,
        summary=summary,
        text=text,
        published=moment,
        language=detect_language(f"{title}. {summary or text}", _text(row, "language", where)),
        author=_text(row, "author", where),
        piece=_text(row, "piece", where) or piece_of(title, _text(row, "url", where), (), text),
        places=tuple(places_in(f"{title}. {summary} {text[:3000]}")),
    )


def articles_of(path: str) -> list[Article]:
    """The articles of a file, each URL once: two feeds of an outlet may carry the same piece."""
    found: dict[str, Article] = {}
    for row, where in rows_of(path):
        article = _article(row, where)
        found.setdefault(article.url, article)
    return list(found.values())


def _out(rows: Iterable[object]) -> None:
    """Print all or nothing: everything is computed before the first line goes out."""
    sys.stdout.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in list(rows)))


def _claim(claim: Claim) -> dict[str, str]:
    return {"text": claim.text, "kind": claim.kind, "url": claim.url, "passage": claim.passage}


def _parse_feed(args: argparse.Namespace) -> int:
    feed = parse_feed(_bytes(args.file), args.url)
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
    _out([{"title": feed.title, "entries": entries}])
    return 0


def _extract_page(args: argparse.Namespace) -> int:
    page = read_page(_bytes(args.file), args.url)
    _out(
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


def _story_of_url(articles: list[Article]) -> dict[str, str]:
    return {url: f"s{n}" for n, group in enumerate(cluster(articles), 1) for url in group.urls}


def _cluster_articles(args: argparse.Namespace) -> int:
    articles = articles_of(args.file)
    story = _story_of_url(articles)
    _out({"url": a.url, "story": story[a.url]} for a in articles)
    return 0


def _evaluate_clusters(args: argparse.Namespace) -> int:
    gold = {}
    for row, where in rows_of(args.file):
        if not isinstance(row.get("story"), (str, int)):
            raise BadInput(f'{where}: "story" is missing; it names the story this article belongs to')
        gold[str(row.get("url"))] = str(row["story"])
    found = _story_of_url(articles_of(args.file))
    _out([{"articles": len(gold), "pairwise": pairwise(gold, found), "b3": b_cubed(gold, found)}])
    return 0


def _rank_articles(args: argparse.Namespace) -> int:
    if args.beat not in BEATS:
        raise BadInput(f"no beat is called {args.beat!r}; there is: {', '.join(sorted(BEATS))}")
    articles = articles_of(args.file)
    scores = score_articles(articles, BEATS[args.beat])
    ranked = sorted(zip(articles, scores, strict=True), key=lambda pair: (-pair[1], pair[0].url))
    _out({"url": a.url, "score": score} for a, score in ranked)
    return 0


def _with_copies(articles: list[Article]) -> list[Article]:
    from dataclasses import replace

    copies = find_copies(articles)
    return [replace(a, copy_of=copies.get(a.url)) for a in articles]


def _draft_line(args: argparse.Namespace) -> int:
    line = draft(_with_copies(articles_of(args.file)))
    _out(
        [
            {
                "line": line_text(line),
                "html": line_html(line),
                "outlets": [{"name": o.name, "url": o.url} for o in line.outlets],
                "claims": [_claim(c) for c in line.claims],
                "ok": line.ok,
            }
        ]
    )
    return 0


def _check_line(args: argparse.Namespace) -> int:
    if not args.line.strip():
        raise BadInput("--line is empty")
    claims = check(args.line, articles_of(args.file))
    unsupported = [{"text": c.text, "kind": c.kind} for c in claims if not c.is_supported]
    _out([{"ok": not unsupported, "unsupported": unsupported}])
    return 1 if unsupported else 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise BadInput(f"{message} (see ./griot {self.prog.split()[-1]} --help)")


def _parser(name: str) -> _Parser:
    run, about, options = COMMANDS[name]
    parser = _Parser(prog=f"./griot {name}", description=about)
    parser.add_argument("file", metavar="FILE", help="the file to read; - is standard input")
    for option, settings in options.items():
        parser.add_argument(option, **settings)
    parser.set_defaults(run=run)
    return parser


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str, dict[str, dict[str, Any]]]] = {
    "parse_feed": (
        _parse_feed,
        "parse a feed into entries",
        {"--url": {"default": "", "help": "its address"}},
    ),
    "extract_page": (
        _extract_page,
        "read a web page: kind, title, text, date",
        {"--url": {"required": True, "help": "the page's address"}},
    ),
    "cluster_articles": (_cluster_articles, "group articles into stories", {}),
    "evaluate_clusters": (_evaluate_clusters, "measure the grouping against labels", {}),
    "rank_articles": (_rank_articles, "rank articles by a beat", {"--beat": {"default": "migration"}}),
    "draft_line": (_draft_line, "draft the line of one story", {}),
    "check_line": (
        _check_line,
        "check a line against its story",
        {"--line": {"required": True, "metavar": "TEXT"}},
    ),
}


def run(name: str, arguments: list[str]) -> int:
    """Run one of COMMANDS; gives the exit code."""
    try:
        args = _parser(name).parse_args(arguments)
        return int(args.run(args))
    except BadInput as error:
        print(f"griot {name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
