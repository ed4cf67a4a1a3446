"""The press engine's speed and memory, each beside a reference in the same run.

    ./griot bench press [FOLDER]

    pipeline_over_extraction   everything from text to the checked lines of stories on the beat ÷ trafilatura
                               alone, on the same pages
    assign_100k_over_10k       grouping an article with 100,000 in the window ÷ with 10,000, on PostgreSQL
    feeds_over_fastfeedparser  feeds a second ÷ fastfeedparser's own, on the same feeds
    apart_over_here            reading pages in a child process ÷ in our own, one after the other; and feeds
    peak_mb                    of the process that reads the pages and groups with 100,000 in the window

Pages are the demo's, or with a FOLDER every *.html.gz in it (and truth.json for their addresses), and its
../feeds-raw for the feeds. The last line is one JSON object. Assignment runs on a database of its own,
dropped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np

SIZES = (10_000, 100_000)
NEW = 100  # articles assigned in one measurement
ROUNDS = 3
BENCH_DATABASE = "griot_bench"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- pipeline and extraction -------------------------------------------------------------


def demo_pages() -> list[tuple[str, bytes]]:
    from griot.demo.core.rendering import render_page
    from griot.demo.core.wire import load

    wire = load(1, datetime.now(UTC))
    return [(wire.url(a), render_page(wire, wire.outlets[a.outlet], a)[1].encode()) for a in wire.articles]


def folder_pages(folder: Path) -> list[tuple[str, bytes]]:
    import gzip

    truth = json.loads((folder / "truth.json").read_text())
    return [
        (facts["url"], gzip.decompress((folder / f"{name}.html.gz").read_bytes()))
        for name, facts in truth.items()
    ]


def pipeline_over_extraction(pages: list[tuple[str, bytes]]) -> dict[str, float]:
    import trafilatura

    from griot.press.core.beats.relevance import MIGRATION, ON_BEAT, score_articles
    from griot.press.core.language.languages import detect_language
    from griot.press.core.language.places import places_in
    from griot.press.core.language.syntax import SpacyParser, default_parser
    from griot.press.core.language.vectors import default_encoder
    from griot.press.core.lines.drafting import draft
    from griot.press.core.pages.pieces import piece_of
    from griot.press.core.stories.clustering import cluster, view_of
    from griot.press.core.stories.syndication import find_copies
    from griot.press.core.types import Article

    def extract() -> list:
        return [
            (url, trafilatura.bare_extraction(content, url=url, with_metadata=True)) for url, content in pages
        ]

    def run(texts: list) -> None:
        articles = [
            Article(
                url=url,
                outlet=url.split("/")[2],
                title=title,
                text=text,
                language=detect_language(f"{title}. {text}"),
                piece=piece_of(title, url, (), text),
                places=tuple(places_in(f"{title}. {text[:3000]}")),
            )
            for url, title, text in texts
        ]
        find_copies(articles)
        vectors = default_encoder().encode([view_of(a) for a in articles])
        groups = cluster(articles, vectors=vectors)
        scores = score_articles(articles, MIGRATION, vectors=vectors)
        near = {a.url for a, score in zip(articles, scores, strict=True) if score >= ON_BEAT}
        by_url = {a.url: a for a in articles}
        for group in groups:
            if near & set(group.urls):  # what the night drafts
                draft([by_url[u] for u in group.urls])

    extractions, pipelines = [], []
    for _ in range(ROUNDS + 1):  # the first warms both up; the medians of the others count
        started = time.perf_counter()
        documents = extract()
        extractions.append(time.perf_counter() - started)
        texts = [(url, d.title or url, d.text or "") for url, d in documents if d is not None]
        if isinstance(parser := default_parser(), SpacyParser):
            parser.forget()
        started = time.perf_counter()
        run(texts)
        pipelines.append(time.perf_counter() - started)
    extraction, pipeline = median(extractions[1:]), median(pipelines[1:])
    return {
        "pages": len(pages),
        "extraction_seconds": round(extraction, 2),
        "pipeline_seconds": round(pipeline, 2),
        "pipeline_over_extraction": round(pipeline / extraction, 2),
    }


# --- feeds -------------------------------------------------------------------------------


def feeds_over_fastfeedparser(folder: Path | None) -> dict[str, float]:
    import fastfeedparser

    from griot.demo.core.rendering import render_feed
    from griot.demo.core.wire import load
    from griot.press.core.sources.feeds import parse_feed

    wire = load(1, datetime.now(UTC))
    feeds = [render_feed(wire, outlet)[1] for outlet in wire.outlets.values()]
    if folder and (raw := folder.parent / "feeds-raw").is_dir():
        feeds = [p.read_bytes() for p in sorted(raw.rglob("*")) if p.is_file()]

    def rate(parse) -> float:
        started = time.perf_counter()
        for content in feeds * 3:
            try:
                parse(content)
            except Exception:
                continue  # some of the real ones are broken; both pass over them
        return 3 * len(feeds) / (time.perf_counter() - started)

    options = {"include_tags": False, "include_media": False, "include_enclosures": False}
    theirs = median(rate(lambda c: fastfeedparser.parse(c, **options)) for _ in range(3))
    ours = median(rate(parse_feed) for _ in range(3))
    return {
        "feeds": len(feeds),
        "feeds_per_second": round(ours),
        "fastfeedparser_per_second": round(theirs),
        "feeds_over_fastfeedparser": round(ours / theirs, 2),
    }


# --- parsing apart -----------------------------------------------------------------------


def apart_over_here(pages: list[tuple[str, bytes]]) -> dict[str, float]:
    import psutil

    from griot.demo.core.rendering import render_feed
    from griot.demo.core.wire import load
    from griot.press.core.pages.pages import read_page
    from griot.press.core.sources.feeds import parse_feed
    from griot.press.listening.apart import apart

    wire = load(1, datetime.now(UTC))
    feeds = [(outlet.slug, render_feed(wire, outlet)[1]) for outlet in wire.outlets.values()]

    def seconds(read, items) -> float:
        started = time.perf_counter()
        for url, content in items:
            read(content, url)
        return time.perf_counter() - started

    found: dict[str, float] = {}
    for name, parse, items in (("page", read_page, pages), ("feed", parse_feed, feeds)):
        here, there = [], []
        for _ in range(ROUNDS + 1):
            here.append(seconds(parse, items))
            there.append(seconds(lambda *a, parse=parse: apart(parse, *a), items))
        ours, theirs = median(here[1:]), median(there[1:])
        found[f"apart_over_here_{name}s"] = round(theirs / ours, 2)
        found[f"apart_ms_a_{name}"] = round(1000 * (theirs - ours) / len(items), 2)
    below = psutil.Process().children(recursive=True)
    found["apart_own_mb"] = round(sum(p.memory_full_info().uss for p in below) / 1024 / 1024)
    return found


# --- assignment --------------------------------------------------------------------------


def fill(size: int) -> None:
    """A window of `size` articles in stories of four, with the texts and vectors of invented events, in
    seven languages' share.
    """
    from django.db import connection
    from pgvector.psycopg import register_vector

    from griot.press.models import Story

    random = np.random.default_rng(size)
    stories = size // 4
    centres = random.standard_normal((stories, 512)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("DROP INDEX IF EXISTS article_vector")
        cursor.execute("TRUNCATE press_article, press_story, press_outlet CASCADE")
        cursor.execute(
            "INSERT INTO press_outlet (id, name, attribution, country, language, home_page, weight,"
            " is_agency) SELECT n, 'Outlet ' || n, '', '', 'en', '', 0, false FROM generate_series(1, 200) n"
        )
        rows = (
            Story(id=n, first_published=now - timedelta(hours=60), last_published=now)
            for n in range(1, stories + 1)
        )
        Story.objects.bulk_create(rows, batch_size=2000)
        register_vector(connection.connection)
        columns = (
            "id, outlet_id, url, title, summary, text, author, piece, language, places, image, published,"
            " published_from, first_seen, read_from, why_not_page, vector, bands, in_window, is_indexed,"
            " story_id"
        )
        with cursor.copy(f"COPY press_article ({columns}) FROM STDIN") as copy:
            for n in range(1, size + 1):
                story = (n - 1) // 4
                title, vector = _article(story, n, centres[story], random)
                moment = now - timedelta(seconds=float(random.uniform(3600, 90 * 3600)))
                copy.write_row(
                    (
                        n,
                        1 + n % 200,
                        f"https://outlet{n % 200}.example/{size}/{n}",
                        title,
                        title,
                        "",
                        "",
                        "news",
                        "en",
                        [],
                        "",
                        moment,
                        "feed",
                        moment,
                        "feed",
                        "",
                        "[" + ",".join(f"{x:.4f}" for x in vector) + "]",
                        [],
                        True,
                        True,
                        story + 1,
                    )
                )
        cursor.execute(
            "CREATE INDEX article_vector ON press_article USING hnsw (vector halfvec_cosine_ops) "
            "WITH (m = 32, ef_construction = 128) WHERE in_window AND is_indexed"
        )
        cursor.execute("ANALYZE press_article")
        for table in ("press_article", "press_story"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )


def _article(story: int, n: int, centre: np.ndarray, random: np.random.Generator) -> tuple[str, np.ndarray]:
    vector = centre + 0.55 * random.standard_normal(512).astype(np.float32) / np.sqrt(512)
    title = (
        " ".join(f"Event{story} word{(story * 7 + k * k) % 4000}" for k in range(4))
        + f" detail{n % 900} report"
    )
    return title, vector / np.linalg.norm(vector)


def add_new(size: int, round_number: int) -> None:
    """NEW articles without a story: half on known events, half on events of their own."""
    from griot.press.models import Article

    random = np.random.default_rng(1000 * round_number + 7)
    known = list(
        Article.objects.exclude(story=None).order_by("id").values_list("story", "vector")[: NEW * 4 : 4]
    )
    now = datetime.now(UTC)
    rows = []
    for k in range(NEW):
        story, vector = known[k]
        centre = (
            np.array(vector, dtype=np.float32)
            if k % 2
            else random.standard_normal(512).astype(np.float32) / np.sqrt(512)
        )
        title, vector = _article(story - 1 if k % 2 else 900_000 + NEW * round_number + k, k, centre, random)
        rows.append(
            Article(
                outlet_id=1 + k,
                url=f"https://new.example/{size}/{round_number}/{k}",
                title=title,
                summary=title,
                language="en",
                published=now - timedelta(minutes=k % 60),
                published_from="feed",
                read_from="feed",
                vector=vector.tolist(),
            )
        )
    Article.objects.bulk_create(rows)


def measure_assignment(size: int) -> None:
    """In a process of its own: read the demo's pages, fill the window, and group NEW articles a few times."""
    import django

    django.setup()
    from griot.press.core.pages.pages import read_page
    from griot.press.models import Article
    from griot.press.stories.pipeline import group_articles

    fill(size)
    for url, content in demo_pages():
        read_page(content, url)
    seconds = []
    for number in range(ROUNDS + 1):
        add_new(size, number)
        started = time.perf_counter()
        group_articles(datetime.now(UTC))
        seconds.append(time.perf_counter() - started)
    assert not Article.objects.filter(story=None).exists()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms_per_article": round(1000 * median(seconds[1:]) / NEW, 2), "peak_mb": round(peak)}))


def assignment() -> dict[str, float]:
    import psycopg
    from psycopg.conninfo import make_conninfo

    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {BENCH_DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {BENCH_DATABASE}")
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(url, dbname=BENCH_DATABASE),
        "DJANGO_SETTINGS_MODULE": "griot.settings.dev",
        "PYTHONPATH": "src",
    }
    found: dict[str, dict[str, float]] = {}
    try:
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
        for size in SIZES:
            say(f"assigning with {size:,} articles in the window …")
            done = subprocess.run(
                [sys.executable, __file__, "--assign", str(size)],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
            )
            found[str(size)] = json.loads(done.stdout.splitlines()[-1])
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {BENCH_DATABASE} WITH (FORCE)")
    small, large = (found[str(size)] for size in SIZES)
    return {
        "assign_10k_ms": small["ms_per_article"],
        "assign_100k_ms": large["ms_per_article"],
        "assign_100k_over_10k": round(large["ms_per_article"] / small["ms_per_article"], 2),
        "peak_mb": large["peak_mb"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="./griot bench press")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--assign", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.assign:
        measure_assignment(options.assign)
        return
    found = pipeline_over_extraction(folder_pages(options.folder) if options.folder else demo_pages())
    say(json.dumps(found))
    found |= feeds_over_fastfeedparser(options.folder)
    found |= apart_over_here(demo_pages())
    say(json.dumps(found))
    found |= assignment()
    print(json.dumps(found))


if __name__ == "__main__":  # children that parse load this, too
    main()
