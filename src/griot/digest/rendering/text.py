"""The plain text part, in the shape that readers of such digests know."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any

from griot.digest.rendering.environment import share_links
from griot.digest.rendering.mail import UNSUBSCRIBE
from griot.digest.types import (
    Banner,
    Feature,
    Gallery,
    Issue,
    Link,
    Picture,
    Portrait,
    PressReview,
    Quote,
    Share,
    Text,
)  # fmt: skip
from griot.digest.words import long_date, words

_LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"]*)\"[^>]*>(.*?)</a>", re.S)
_PARAGRAPH_END = re.compile(r"</(?:p|h[1-6]|ul|ol|blockquote)>|<br ?/?>")


def paragraphs(html: str) -> list[str]:
    """The paragraphs of safe markup as plain text; links as "words (address)"."""
    text = _LINK.sub(lambda m: f"{m.group(2)} ({m.group(1)})", html)
    text = re.sub(r"<li[^>]*>", "• ", text).replace("</li>", "\n\n")
    text = unescape(re.sub(r"<[^>]+>", "", _PARAGRAPH_END.sub("\n\n", text)))
    return [" ".join(p.split()) for p in text.split("\n\n") if p.strip()]


def render_text(issue: Issue) -> str:
    """The whole issue as plain text, blocks two lines apart."""
    say = words(issue.language)
    head = [f"{say['unable']} {say['click']}: {issue.url}", long_date(issue.day, issue.language)]
    head.append(f"{say['comments']} {issue.contact}")
    parts = ["\n\n".join(head)]
    for block in issue.blocks:
        parts.append("\n\n".join(_RENDER[block.kind](block, issue, say)))
    parts.append(f"{issue.newsroom} · {issue.archive_url}\n{say['unsubscribe']}: {UNSUBSCRIBE}")
    return "\n\n\n".join(p for p in parts if p) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 78, break_long_words=False, break_on_hyphens=False)


def _photo(picture: Picture | None, say: Mapping[str, str]) -> Iterator[str]:
    if picture:
        yield f"{say['photo']} {picture.credit}"


def _more(link: Link | None) -> Iterator[str]:
    if link:
        yield f"{link.words}: {link.url}"


def _share_line(issue: Issue, anchor: str, title: str, say: Mapping[str, str]) -> str:
    networks = share_links(f"{issue.url}#{anchor}" if anchor else issue.url, title)
    return f"{say['share']} " + " | ".join(f"{name}: {url}" for name, url in networks)


def _feature(block: Feature, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from _photo(block.picture, say)
    yield _wrapped(block.title)
    texts = paragraphs(block.html)
    if block.dateline and texts:
        texts[0] = f"{block.dateline} – {texts[0]}"
    yield from map(_wrapped, texts)
    yield from _more(block.link)


def _gallery(block: Gallery, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    if block.title:
        yield _wrapped(block.title)
    for shown in block.pictures:
        yield from _photo(shown.picture, say)
        yield _wrapped(f"{shown.source}: {shown.caption}" if shown.source else shown.caption)
        yield from _more(shown.more)


def _banner(block: Banner, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield f"{say['banner']}: {block.picture.alt}" + (f" ({block.url})" if block.url else "")
    yield from _photo(block.picture, say)


def _quote(block: Quote, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield _wrapped(f"“{block.text}”")
    yield " – ".join(filter(None, [block.name, block.journey]))
    yield from _photo(block.picture, say)
    yield from _more(block.more)


def _portrait(block: Portrait, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from _photo(block.picture, say)
    yield from _more(block.link)
    yield _wrapped(f"{block.name}: “{block.text}”")
    yield _share_line(issue, block.anchor, block.name, say)


def _press_review(block: PressReview, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    for line in block.lines:
        links = "\n".join(f"    {name}: {url}" for name, url in line.urls)
        yield (
            textwrap.fill(
                line.text,
                78,
                initial_indent="  • ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            + f"\n{links}"
        )


def _text(block: Text, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from map(_wrapped, paragraphs(block.html))


def _share(block: Share, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield _share_line(issue, "", issue.title, say)


_RENDER: dict[str, Callable[[Any, Issue, Mapping[str, str]], Iterator[str]]] = {
    "feature": _feature, "gallery": _gallery, "banner": _banner, "quote": _quote, "portrait": _portrait,
    "press_review": _press_review, "text": _text, "share": _share,
}  # fmt: skip
