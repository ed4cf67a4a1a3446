"""What a stranger's worst costs: the time for a megabyte of each known bad shape, at 0.1, 1 and 10 MB.

A pass that grows faster than its input shows as a row that rises. Each is given as a ratio to an ordinary
page of 100 KB, read in the same run. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.test")

from griot.press.core.language.text import sentences
from griot.press.core.lines.checking import check
from griot.press.core.pages.pages import read_page
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.fetching import what_robots_say
from griot.press.core.sources.sitemaps import parse_sitemap
from griot.press.core.types import Article, BadInput
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.forms import submitted
from griot.testimonies.core.media.subtitles import unmarked
from griot.testimonies.core.names import without

URL = "https://a.example/" + "a" * 500
SIZES = (100_000, 1_000_000, 10_000_000)
LARGEST_CHECKED = 1_000_000  # no article has more words than are kept of a page


def attributes(size: int) -> str:
    return " ".join(f'a{n}="1"' for n in range(size // 11))


def robots(size: int) -> str:
    n = size // 32
    return "".join(f"User-agent: a{i}\n" for i in range(n)) + "".join(f"Disallow: /{i}\n" for i in range(n))


def checked(size: int) -> None:
    article = Article("https://a.example/1", "The Post", "A title", "", text="A. " * (size // 3))
    check("The Post reported that a boat was met.", [article])


IN_A_FEED = {
    "ampersands": "&",
    "CDATA without an end": "<![CDATA[",
    "declared entities": "<!ENTITY a ",
    "entries in entries": "<item><title>T",
    "links of one entry": '<link href="a"/>',
    "dates of one entry": "<pubDate>vendredi</pubDate>",
    "entries with odd dates": "</item><item><title>T</title><guid>g</guid><pubDate>3 brumaire 2026</pubDate>",
    "elements of any name": "<a:b><c:d>",
}


def feed(inside: str, size: int) -> None:
    body = inside * (size // len(inside))
    parse_feed(f'<rss version="2.0"><channel><item><title>T</title><guid>g</guid>{body}'.encode(), URL)


def odd_dates(size: int, around: str) -> str:
    """Texts that look like dates, each another, with what stands around each."""
    n = size // (len(around) + 22)
    return "".join(around % f"vendredi {i % 28 + 1} brumaire {i}" for i in range(n))


def sitemap(around: str, root: str, size: int) -> None:
    parse_sitemap(f"<{root}>{odd_dates(size, around)}</{root}>".encode(), URL)


def dated_page(around: str, size: int) -> None:
    read_page(f"<article><p>w</p>{odd_dates(size, around)}</article>".encode(), URL)


def linked_data(size: int) -> None:
    nodes = odd_dates(size, '{"@type": "NewsArticle", "datePublished": "%s"}, ')
    read_page(f"<script type='application/ld+json'>[{nodes}0]</script><p>w</p>".encode(), URL)


MANY_NAMES = tuple(f"k{a}m{b}a k{b}fi{a}" for a in "aeiouyéèäöüïôêîûâ" for b in "bdfgklmnprst")


def submission(inside: str, size: int) -> None:
    body = inside * (size // len(inside))
    submitted.read(f"<data><instanceID>1</instanceID>{body}</data>".encode()[: submitted.MOST_XML])


SHAPES: dict[str, Callable[[int], object]] = {
    "robots.txt: agents times rules": lambda size: what_robots_say(robots(size)[:500_000], URL, "Griot"),
    "feed: one tag's attributes": lambda size: parse_feed(
        f'<rss version="2.0"><channel {attributes(size)}><title>T</title></channel></rss>'.encode(), URL
    ),
    **{f"feed: {name}": partial(feed, inside) for name, inside in IN_A_FEED.items()},
    "page: one tag's attributes": lambda size: read_page(f"<p {attributes(size)}>w</p>".encode(), URL),
    "page: tags below the limit": lambda size: read_page(
        (f"<p {attributes(1200)}>w</p>" * (size // 1200)).encode(), URL
    ),
    "page: nested": lambda size: read_page(("<div>" * (size // 5) + "w").encode(), URL),
    "page: paragraphs": lambda size: read_page(("<p>some words of a page</p>" * (size // 27)).encode(), URL),
    "page: short paragraphs of an article": lambda size: read_page(
        ("<article>" + "<p>w</p>" * (size // 8)).encode(), URL
    ),
    "page: links of a list": lambda size: read_page(
        ("<article><ul>" + "<li><a href=/a>w</a>" * (size // 20)).encode(), URL
    ),
    "page: cells of a table": lambda size: read_page(
        ("<article><table>" + "<tr><td>w" * (size // 9)).encode(), URL
    ),
    "sitemap: odd dates": partial(
        sitemap, "<url><loc>https://a.example/1</loc><lastmod>%s</lastmod></url>", "urlset"
    ),
    "sitemap index: odd dates": partial(
        sitemap, "<sitemap><loc>https://a.example/1</loc><lastmod>%s</lastmod></sitemap>", "sitemapindex"
    ),
    "page: odd dates in linked data": linked_data,
    "page: odd dates in metas": partial(dated_page, "<meta name='lastmod' content='%s'>"),
    "page: odd dates in elements of a date": partial(dated_page, "<div class='date'>%s</div>"),
    "page: odd dates in paragraphs": partial(dated_page, "<p>%s</p>"),
    "text: A. A. A.": lambda size: sentences("A. " * (size // 3)),
    "check: A. A. A.": checked,
    "names: many, all of them in the text": lambda size: without(
        (" ".join(MANY_NAMES) + " ") * (size // len(" ".join(MANY_NAMES)) + 1), MANY_NAMES, ""
    ),
    "names: many, none of them in the text": lambda size: without(
        "kwame kofi " * (size // 11), MANY_NAMES, ""
    ),
    "subtitles: open braces": lambda size: unmarked("{" * size),
    "ODK: files beside each other": partial(submission, "<photo>a</photo>"),
    "ODK: answers": partial(submission, "<a>b</a>"),
    "ODK: one tag's attributes": lambda size: submission(f"<a {attributes(size)}/>", size),
}


def seconds(shape: Callable[[int], object], size: int) -> float:
    started = time.perf_counter()
    try:
        shape(size)
    except (BadInput, Refused):
        pass
    return time.perf_counter() - started


def main() -> None:
    page = ("<html><body><article>" + "<p>Some ordinary words of a page. </p>" * 2700).encode()
    read_page(page, URL)  # what is loaded once
    checked(1000)
    reference = seconds(lambda _: read_page(page, URL), 0) * 10  # for a megabyte
    found: dict[str, list[float | None]] = {}
    print(f"{'for a megabyte, ÷ an ordinary page':38}" + "".join(f"{s / 1e6:>10} MB" for s in SIZES))
    for name, shape in SHAPES.items():
        row = [
            seconds(shape, size) / (size / 1e6) / reference
            if not name.startswith("check") or size <= LARGEST_CHECKED
            else None
            for size in SIZES
        ]
        found[name] = [round(r, 3) if r is not None else None for r in row]
        print(
            f"{name:38}" + "".join(f"{r:>13.2f}" if r is not None else f"{'–':>13}" for r in row), flush=True
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
