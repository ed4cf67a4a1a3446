"""What letting go costs when much is remembered: the same retention run with few and with many articles kept.

    ./griot bench retention [--small N] [--large N]

Fills a database of its own with N articles (default 1,000,000 and 10,000,000), of which GOING are past the
policy, and times `retain`. The last line is one JSON object: seconds of each, and their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

GOING = 20_000
DATABASE = "griot_retention"


def fill(size: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE press_article, press_story, press_outlet, press_source CASCADE")
        cursor.execute(
            "INSERT INTO press_outlet (id, name, attribution, country, language, home_page, weight,"
            " is_agency) SELECT n, 'Outlet ' || n, '', '', 'en', '', 0, false FROM generate_series(1, 200) n"
        )
        # Stories of four articles; the oldest GOING articles are past the policy, one story in fifty was
        # told.
        cursor.execute(
            "INSERT INTO press_story (id, first_published, last_published, score, told_line, headline,"
            " languages, countries, outlets, reports, copies, is_ours, changed, decision, told) SELECT n,"
            " now(), now(), 0, '', '', '{}', '{}', '{}', 1, 0, false, now(), '', CASE WHEN n %% 50 = 0 THEN"
            " now() END FROM generate_series(1, %s) n",
            [size // 4],
        )
        cursor.execute(
            "INSERT INTO press_article (id, outlet_id, url, title, summary, text, author, piece, language,"
            " places, image, published, published_from, first_seen, read_from, why_not_page, bands,"
            " in_window, is_indexed, story_id) SELECT n, 1 + n %% 200, 'https://outlet.example/' || n,"
            " 'A title of number ' || n, 'A summary', '', '', 'news', 'en', '{}', '', CASE WHEN n <= %s"
            " THEN now() - interval '400 days' + n * interval '1 second'"
            " ELSE now() - interval '300 days' + n * interval '1 second' END,"
            " 'feed', now() - interval '300 days', 'page', '', '{}', false, true, 1 + (n - 1) / 4"
            " FROM generate_series(1, %s) n",
            [GOING, size],
        )
        cursor.execute("ANALYZE press_article")
        cursor.execute("ANALYZE press_story")


def measure(size: int) -> None:
    import django

    django.setup()
    from django.conf import settings

    from griot.press.models import Article
    from griot.press.stories.retention import retain

    fill(size)
    settings.KEEP_DAYS = 350
    started = time.perf_counter()
    gone = retain(datetime.now(UTC) + timedelta(seconds=1))
    seconds = time.perf_counter() - started
    assert (
        gone.articles + 400 >= GOING
        and Article.objects.filter(pk__lte=GOING).count() == GOING - gone.articles
    )
    print(json.dumps({"seconds": round(seconds, 2), "articles": gone.articles}))


def main() -> None:
    import psycopg
    from psycopg.conninfo import make_conninfo

    parser = argparse.ArgumentParser(prog="./griot bench retention")
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    url = os.environ["DATABASE_URL"]
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(url, dbname=DATABASE),
        "DJANGO_SETTINGS_MODULE": "griot.settings.dev",
        "PYTHONPATH": "src",
    }
    found = {}
    try:
        for size in (options.small, options.large):
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
                admin.execute(f"CREATE DATABASE {DATABASE}")
            subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
            print(f"letting go with {size:,} articles remembered …", file=sys.stderr, flush=True)
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(size)],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
            )
            found[size] = json.loads(done.stdout.splitlines()[-1])
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    small, large = found.values()
    print(
        json.dumps(
            {
                "let_go": large["articles"],
                "small_seconds": small["seconds"],
                "large_seconds": large["seconds"],
                "large_over_small": round(large["seconds"] / small["seconds"], 2),
            }
        )
    )


main()
