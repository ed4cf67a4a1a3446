"""How quick the desk is: `./griot bench desk`.

5,000 stories of the night on the desk: the server's time for the first paint, as a ratio to the same
page with 50 stories in the same run, and the browser's time from a key press to the next frame. The last
line is JSON.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.test")
FEW, MANY, RUNS, PRESSES = 50, 5000, 15, 60


def main() -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("prepare", verbosity=0)
        figures = _measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(json.dumps(figures))
    return 0


def _measure() -> dict[str, float]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.create_superuser("bench", "bench@example.org", secrets.token_urlsafe(12))
    client = Client()
    client.force_login(user)
    _add_stories(FEW)
    few = _first_paint(client)
    _add_stories(MANY - FEW)
    many = _first_paint(client)
    key = _key_press(client.cookies["sessionid"].value)
    figures = {
        "first_paint_ms": round(many * 1000, 1),
        "first_paint_over_50_stories": round(many / few, 2),
        "stories": MANY,
        **({"key_press_ms": round(key, 1)} if key is not None else {}),
    }
    for name, value in figures.items():
        print(f"{name:<32} {value}", file=sys.stderr)
    return figures


def _add_stories(count: int) -> None:
    from django.utils import timezone

    from griot.press.models import Article, Beat, Outlet, Rating, Story

    now = timezone.now()
    outlets = [Outlet.objects.get_or_create(name=f"Outlet {n}")[0] for n in range(200)]
    beat = Beat.objects.get()
    begin = Story.objects.count()
    facts = [
        (f"Story {n}: migrants, ministers and a long headline about the border", begin + n)
        for n in range(count)
    ]
    stories = Story.objects.bulk_create(
        Story(
            first_published=now,
            last_published=now - timedelta(minutes=n % 1800),
            score=5 - n / 2000,
            headline=title,
            languages=["en", "fr"],
            countries=["IT", "LY"],
            outlets=[outlets[(n + k) % 200].pk for k in range(3)],
            reports=3,
            grown=now,
        )
        for title, n in facts
    )
    Rating.objects.bulk_create(
        Rating(story=s, beat=beat, score=s.score, reasons=["two independent outlets"]) for s in stories
    )
    Article.objects.bulk_create(
        Article(
            outlet_id=pk,
            url=f"https://o{pk}.example/{s.pk}",
            title=s.headline,
            summary="A summary of some words.",
            text="Some text. " * 60,
            language="en",
            published=now,
            published_from="feed",
            read_from="page",
            story=s,
            in_window=False,
        )
        for s in stories
        for pk in s.outlets
    )


def _first_paint(client: object) -> float:
    """The median time of the server for the whole page, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        assert client.get("/admin/desk/").status_code == 200  # type: ignore[attr-defined]
        times.append(time.perf_counter() - start)
    return statistics.median(times[3:])


def _key_press(session: str) -> float | None:
    """The 95th percentile of the time from a key to the next frame, in milliseconds; None without
    Chromium.
    """
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    from griot.runtime.programs import chromium

    path = chromium()
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.context.add_cookies(
            [{"name": "sessionid", "value": session, "url": f"http://localhost:{server.port}"}]
        )
        # Before the desk's own listener, which lets no other hear the keys it knows.
        page.add_init_script(
            """window.took = []; addEventListener("keydown", () => { const start = performance.now();
            requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - start))); }, true);"""
        )
        page.goto(f"http://localhost:{server.port}/admin/desk/")
        for n in range(PRESSES):
            page.keyboard.press("d" if n % 10 == 9 else "j")
            page.wait_for_timeout(60)
        took = sorted(page.evaluate("took"))
        assert page.locator(".desk-row").count() > FEW, "more stories were loaded on the way"
        browser.close()
    server.terminate()
    return float(took[int(len(took) * 0.95)])


if __name__ == "__main__":
    raise SystemExit(main())
