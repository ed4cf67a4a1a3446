"""The press pipeline without extraction, against extraction alone, on the same pages.

    ./griot bench press

Prints one JSON object: seconds of each, and their ratio. Pages are the demo's, or with a
folder as argument every *.html.gz in it (and truth.json for their addresses).
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from griot.demo.rendering import render_page
from griot.demo.wire import load
from griot.press.clustering import cluster, view_of
from griot.press.drafting import draft
from griot.press.languages import detect_language
from griot.press.relevance import MIGRATION, score_articles
from griot.press.syndication import find_copies
from griot.press.types import Article
from griot.press.vectors import default_encoder


def demo_pages() -> list[tuple[str, bytes]]:
    wire = load(1, datetime.now(UTC))
    return [(wire.url(a), render_page(wire, wire.outlets[a.outlet], a)[1].encode()) for a in wire.articles]


def folder_pages(folder: Path) -> list[tuple[str, bytes]]:
    import gzip

    truth = json.loads((folder / "truth.json").read_text())
    return [(facts["url"], gzip.decompress((folder / f"{name}.html.gz").read_bytes())) for name, facts in truth.items()]


def main() -> None:
    pages = folder_pages(Path(sys.argv[1])) if len(sys.argv) > 1 else demo_pages()
    default_encoder().encode(["warm up"])
    detect_language("warm up the model, please")
    trafilatura.bare_extraction(pages[0][1], url=pages[0][0])

    started = time.perf_counter()
    documents = [(url, trafilatura.bare_extraction(content, url=url, with_metadata=True)) for url, content in pages]
    extraction = time.perf_counter() - started

    texts = [(url, d.title or url, d.text or "") for url, d in documents if d is not None]
    started = time.perf_counter()
    articles = [
        Article(url=url, outlet=url.split("/")[2], title=title, text=text, language=detect_language(f"{title}. {text}"))
        for url, title, text in texts
    ]
    find_copies(articles)
    vectors = default_encoder().encode([view_of(a) for a in articles])
    groups = cluster(articles, vectors=vectors)
    score_articles(articles, MIGRATION, vectors=vectors)
    by_url = {a.url: a for a in articles}
    for group in groups:
        draft([by_url[u] for u in group.urls])
    pipeline = time.perf_counter() - started
    print(
        json.dumps(
            {
                "pages": len(pages), "extraction_seconds": round(extraction, 2), "pipeline_seconds": round(pipeline, 2),
                "pipeline_over_extraction": round(pipeline / extraction, 2),
            }
        )
    )  # fmt: skip


main()
