"""The plain text part, in the shape that readers of such digests know."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any

from griot.digest.core.rendering.chart import describe, number
from griot.digest.core.rendering.environment import quoted, share_links
from griot.digest.core.rendering.mail import UNSUBSCRIBE
from griot.digest.core.types import (
    Banner,
    Block,
    Event,
    Feature,
    Figures,
    Gallery,
    Issue,
    Link,
    Picture,
    Portrait,
    PressReview,
    Quote,
    Share,
    Text,
    Video,
)
from griot.digest.core.typography import fine, finely_set
from griot.digest.core.words import long_date, when, words

_LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"]*)\"[^>]*>(.*?)</a>", re.S)
_BREAKING = " \t\n\r\f\v"  # the others were put there on purpose
_SPACES = re.compile(f"[{_BREAKING}]+")
_PARAGRAPH_END = re.compile(r"</(?:p|h[1-6]|ul|ol|blockquote)>|<br ?/?>")


def paragraphs(html: str) -> list[str]:
    """The paragraphs of safe markup as plain text; links as "words (address)"."""
    text = _LINK.sub(lambda m: f"{m.group(2)} ({m.group(1)})", html)
    text = re.sub(r"<li[^>]*>", "• ", text).replace("</li>", "\n\n")
    text = unescape(re.sub(r"<[^>]+>", "", _PARAGRAPH_END.sub("\n\n", text)))
    return [" ".join(_SPACES.split(p.strip(_BREAKING))) for p in text.split("\n\n") if p.strip()]


def render_text(issue: Issue, unsubscribe: str = UNSUBSCRIBE) -> str:
    """The whole issue as plain text, blocks two lines apart.

    A past issue that came as text is given back in its own words, without the frame that ours have.
    """
    issue, say = finely_set(issue), words(issue.language)
    if issue.printed_head is None:
        head = [f"{say['unable']} {say['click']}: {issue.url}", long_date(issue.day, issue.language)]
        head.append(f"{say['comments']} {issue.contact}")
    else:
        head = list(issue.printed_head)
    parts = ["\n\n".join(head)]
    for correction in issue.corrections:
        at = long_date(correction.at.date(), issue.language)
        parts.append(_wrapped(f"{say['correction']} ({at}): {correction.text}"))
    parts += [block_text(block, issue) for block in issue.blocks]
    if issue.printed_head is None:
        parts.append(f"{issue.newsroom} · {issue.archive_url}\n{say['unsubscribe']}: {unsubscribe}")
    return "\n\n\n".join(p for p in parts if p) + "\n"


def render_correction_text(issue: Issue, text: str, unsubscribe: str) -> str:
    """The text part of a mail that corrects an issue."""
    issue, text, say = finely_set(issue), fine(text, issue.language), words(issue.language)
    head = f"{say['correction']}: {issue.title}, {long_date(issue.day, issue.language)}"
    return (
        "\n\n".join(
            [
                _wrapped(head),
                _wrapped(text),
                issue.url,
                f"{issue.newsroom}\n{say['unsubscribe']}: {unsubscribe}",
            ]
        )
        + "\n"
    )


def block_text(block: Block, issue: Issue) -> str:
    """One block as plain text, its paragraphs a line apart."""
    say = words(issue.language)
    said = list(_RENDER[block.kind](block, issue, say))
    if block.state and said:
        said.insert(0, f"[{say[block.state]}]")
    return "\n\n".join(said)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 78, break_long_words=False, break_on_hyphens=False)


def _photo(picture: Picture | None, say: Mapping[str, str]) -> Iterator[str]:
    if picture and (picture.printed or picture.credit):
        yield picture.printed or f"{say['photo']} {picture.credit}"


def _more(link: Link | None) -> Iterator[str]:
    if link:
        yield f"{link.words}: {link.url}" if link.url else link.words


def _shared(issue: Issue, block: Feature | Portrait, say: Mapping[str, str]) -> Iterator[str]:
    """Where to pass a block on; in a past issue as it was printed, where it was."""
    if block.share:
        yield block.share
    elif issue.printed_head is None and isinstance(block, Portrait):
        yield _share_line(f"{issue.url}item/{block.anchor}/", block.name, say)


def _share_line(url: str, title: str, say: Mapping[str, str]) -> str:
    return f"{say['share']} " + " | ".join(f"{name}: {address}" for name, address in share_links(url, title))


def _feature(block: Feature, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    heading = [*filter(None, [_wrapped(block.title)])]
    photo = [*_photo(block.picture, say)]
    yield from [*heading, *photo] if block.title_first else [*photo, *heading]
    texts = paragraphs(block.html)
    if block.dateline and texts:
        texts[0] = f"{block.dateline} – {texts[0]}"
    yield from map(_wrapped, texts)
    yield from _more(block.link)
    yield from _shared(issue, block, say)


def _gallery(block: Gallery, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    if block.title:
        yield _wrapped(block.title)
    for shown in block.pictures[: block.shown]:
        yield from _photo(shown.picture, say)
        caption = f"{shown.source}: {shown.caption}" if shown.source else shown.caption
        yield from filter(None, [_wrapped(caption)])
        yield from _more(shown.more)
    if block.has_more:
        yield f"{say['more_images']}: {issue.url}item/{block.anchor}/"


def _video(block: Video, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from _photo(block.picture, say)
    yield _wrapped(block.title + (f" ({say['minutes'].format(block.minutes)})" if block.minutes else ""))
    if block.text:
        yield _wrapped(block.text)
    yield from _more(block.link)


def _banner(block: Banner, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    if block.picture.sources:
        yield f"{say['banner']}: {block.picture.alt}" + (f" ({block.url})" if block.url else "")
    else:
        yield say["banner"]
    yield from _photo(block.picture, say)


def _quote(block: Quote, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    if block.title:
        yield block.title
    photo = [*_photo(block.picture, say)]
    told = [_wrapped(quoted(block.text, issue.language)), *filter(None, [block.by])]
    yield from [*photo, *told] if block.picture_first else [*told, *photo]
    yield from _more(block.more)


def _portrait(block: Portrait, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from _photo(block.picture, say)
    yield from _more(block.link)
    yield _wrapped(f"{block.name}: {quoted(block.text, issue.language)}")
    yield from _shared(issue, block, say)


def _event(block: Event, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield _wrapped(block.title)
    yield " · ".join(filter(None, [when(block, issue.language), block.where]))
    yield from map(_wrapped, paragraphs(block.html))
    yield from _more(block.link)


def _figures(block: Figures, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield _wrapped(describe(block, issue.language))
    names = [name for name, _ in block.series.columns]
    rows = [
        [label, *(number(column[n], issue.language) for _, column in block.series.columns)]
        for n, label in enumerate(block.series.labels)
    ]
    widths = [max(len(row[c]) for row in [["", *names], *rows]) for c in range(len(names) + 1)]
    yield "\n".join(
        "  ".join(
            cell.ljust(w) if c == 0 else cell.rjust(w)
            for c, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in [["", *names], *rows]
    )
    yield from _more(block.source)


def _press_review(block: PressReview, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    if block.title:
        yield block.title
    bullet = f"  {block.bullet} " if block.bullet else ""
    for line in block.lines:
        indent = " " * len(bullet)
        mark = f"[{say[line.state]}] " if line.state and not block.state else ""
        text = textwrap.fill(
            mark + line.text,
            78,
            initial_indent=bullet,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield "\n".join([text, *(f"{indent}{name}: {url}" for name, url in line.urls if url)])


def _text(block: Text, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield from map(_wrapped, paragraphs(block.html))


def _share(block: Share, issue: Issue, say: Mapping[str, str]) -> Iterator[str]:
    yield block.printed or _share_line(issue.url, issue.title, say)


_RENDER: dict[str, Callable[[Any, Issue, Mapping[str, str]], Iterator[str]]] = {
    "feature": _feature,
    "gallery": _gallery,
    "video": _video,
    "banner": _banner,
    "quote": _quote,
    "portrait": _portrait,
    "event": _event,
    "figures": _figures,
    "press_review": _press_review,
    "text": _text,
    "share": _share,
}
