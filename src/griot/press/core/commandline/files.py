"""What the commands read and print: files of JSON lines, and JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from griot.press.core.language.languages import detect_language
from griot.press.core.language.places import places_in
from griot.press.core.pages.dates import to_utc
from griot.press.core.pages.pieces import piece_of
from griot.press.core.pages.plain import plain_text, summary_text
from griot.press.core.types import Article, BadInput


def bytes_of(path: str) -> bytes:
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
        lines = bytes_of(path).decode("utf-8-sig").splitlines()
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
        try:
            json.dumps(row, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise BadInput(f"{where}: {error.object[error.start]!a} is half a character") from None
        rows.append((row, where))
    if not rows:
        raise BadInput(f"{path}: no articles; one JSON object per line is expected")
    return rows


def article_of(row: dict[str, Any], where: str) -> Article:
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
        piece=_text(row, "piece", where) or piece_of(title, _text(row, "url", where), (), text, summary),
        places=tuple(places_in(f"{title}. {summary} {text[:3000]}")),
    )


def articles_of(path: str) -> list[Article]:
    """The articles of a file, each URL once: two feeds of an outlet may carry the same piece."""
    found: dict[str, Article] = {}
    for row, where in rows_of(path):
        article = article_of(row, where)
        found.setdefault(article.url, article)
    return list(found.values())


def print_json(rows: Iterable[object]) -> None:
    """Print all or nothing: everything is computed before the first line goes out. Raises UnicodeEncodeError
    for what is no text.
    """
    printed = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in list(rows))
    printed.encode()  # where the locale is C, Python would print such bytes as they came
    sys.stdout.write(printed)
