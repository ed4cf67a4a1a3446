"""The template environment that web and mail share."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from griot.characters import fit_text
from griot.digest.core.rendering.chart import NARROW, chart_svg, describe, number
from griot.digest.core.types import Issue, PressLine
from griot.digest.core.typography import marks_of
from griot.digest.core.words import LANGUAGES, long_date, when, words

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def share_links(url: str, title: str) -> list[tuple[str, str]]:
    """(network, address) pairs that pass a page on without any script of theirs."""
    u, t = quote(url, safe=""), quote(title, safe="")
    return [
        ("X", f"https://twitter.com/intent/tweet?url={u}&text={t}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={u}"),
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={u}"),
        ("WhatsApp", f"https://wa.me/?text={t}%20{u}"),
        ("Telegram", f"https://t.me/share/url?url={u}&text={t}"),
    ]


def quoted(text: str, language: str) -> str:
    """In the language's quotation marks, unless it came with its own."""
    opening, closing = marks_of(language)
    return text if text[:1] in '“"«„‘' else f"{opening}{text}{closing}"


def linked_data(issue: Issue, address: str, heading: str, about: str) -> Markup:
    """schema.org's NewsArticle as JSON-LD, safe inside a script element."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": heading[:110],
        "description": about,
        "url": address,
        "inLanguage": issue.language,
        "datePublished": (issue.published or issue.day).isoformat(),
        "dateModified": (issue.modified or issue.published or issue.day).isoformat(),
        "image": [f"{address}card/"],
        "author": {"@type": "Organization", "name": issue.newsroom, "url": issue.archive_url},
        "publisher": {"@type": "Organization", "name": issue.newsroom},
        "mainEntityOfPage": address,
    }
    if issue.corrections:
        facts["correction"] = [
            {"@type": "CorrectionComment", "text": c.text, "datePublished": c.at.isoformat()}
            for c in issue.corrections
        ]
    return Markup(json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c"))


def linked(line: PressLine, style: str = "", others: str = "") -> Markup:
    """A press line with every outlet named in it linked; "and others" leads to `others`, where
    all are listed.
    """
    urls = dict(line.urls)
    if others and line.names:
        urls[line.names[-1]] = urls.get(line.names[-1], others)
    pieces = [
        Markup('<a href="{}"{}>{}</a>').format(urls[n], Markup(f' style="{style}"') if style else "", n)
        if urls.get(n)
        else Markup("{}").format(n)
        for i, n in enumerate(line.names)
    ]
    said = [Markup("").join(pieces), line.body, line.mention]
    return Markup(" ").join(part for part in said if part)


def with_dateline(html: str, dateline: str) -> Markup:
    """Safe markup with the dateline inside its first paragraph."""
    if not dateline:
        return Markup(html)
    head = Markup('<b class="dateline">{} –</b> ').format(dateline)
    opening = re.match(r"\s*<p[^>]*>", html)
    return Markup(f"{opening.group()}{head}{html[opening.end() :]}" if opening else f"<p>{head}</p>{html}")


def language_name(code: str) -> str:
    return dict(LANGUAGES).get(code, code)


_templates.globals.update(
    share_links=share_links,
    linked=linked,
    long_date=long_date,
    quoted=quoted,
    linked_data=linked_data,
    when=when,
    chart_svg=chart_svg,
    NARROW=NARROW,
    number=number,
    describe=describe,
    language_name=language_name,
)
_templates.filters.update(safe_html=Markup, with_dateline=with_dateline)


def render_template(name: str, issue: Issue | None = None, language: str = "en", **context: Any) -> str:
    """A page, a part of one, or a mail, in characters that HTML and XML can hold."""
    language = issue.language if issue else language
    template = _templates.get_template(name)
    return fit_text(template.render(issue=issue, say=words(language), language=language, **context))
