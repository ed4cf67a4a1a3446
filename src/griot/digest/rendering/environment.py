"""The template environment that web and mail share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from griot.digest.types import Issue, PressLine
from griot.digest.words import long_date, words

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def share_links(url: str, title: str) -> list[tuple[str, str]]:
    """(network, address) pairs that pass a page on without any script."""
    return [
        ("X", f"https://twitter.com/intent/tweet?url={quote(url, safe='')}&text={quote(title, safe='')}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={quote(url, safe='')}"),
    ]


def linked(line: PressLine, style: str = "", others: str = "") -> Markup:
    """A press line with every outlet named in it linked; "and others" leads to `others`, where all are listed."""
    urls = dict(line.urls)
    if others:
        urls[line.names[-1]] = urls.get(line.names[-1], others)
    pieces = [
        Markup('<a href="{}"{}>{}</a>').format(urls[n], Markup(f' style="{style}"') if style else "", n)
        if n in urls
        else Markup("{}").format(n)
        for i, n in enumerate(line.names)
    ]
    return Markup("").join([*pieces, " ", line.body, *([" ", line.mention] if line.mention else [])])


def with_dateline(html: str, dateline: str) -> Markup:
    """Safe markup with the dateline inside its first paragraph."""
    if not dateline:
        return Markup(html)
    head = Markup('<b class="dateline">{} –</b> ').format(dateline)
    opening = re.match(r"\s*<p[^>]*>", html)
    return Markup(f"{opening.group()}{head}{html[opening.end() :]}" if opening else f"<p>{head}</p>{html}")


_templates.globals.update(share_links=share_links, linked=linked, long_date=long_date)
_templates.filters.update(safe_html=Markup, with_dateline=with_dateline)


def render_template(name: str, issue: Issue | None = None, language: str = "en", **context: Any) -> str:
    say = words(issue.language if issue else language)
    return _templates.get_template(name).render(issue=issue, say=say, **context)
