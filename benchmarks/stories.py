"""How quick the gallery of stories is: `./griot bench stories`.

1,000 public stories: the server's time until the first byte of the gallery, as a ratio to the same page with
25 stories, and to the bare page without any, in the same run; and of the first time after a start, when each
story is decided on. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.test")
FEW, MANY, RUNS = 25, 1000, 8
BODY = "We left at night, when the dogs slept, and walked until the road began. " * 30


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("prepare", verbosity=0)
        figures = _measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(json.dumps(figures))
    return 0


def _measure() -> dict[str, float]:
    from griot.testimonies.models import Campaign

    campaign = Campaign.objects.create(name="Voices", slug="voices", languages=["en"], countries=["SN"])
    _, bare = _first_byte("stories")
    _add_stories(campaign, 0, FEW)
    _, few = _first_byte("Story story-")
    _add_stories(campaign, FEW, MANY)
    cold, many = _first_byte("Story story-")
    figures = {
        "first_byte_ms": round(many * 1000, 1),
        "first_byte_over_bare_page": round(many / bare, 2),
        "first_byte_over_25_stories": round(many / few, 2),
        "first_byte_after_a_start_ms": round(cold * 1000, 1),
        "stories": MANY,
    }
    for name, value in figures.items():
        print(f"{name:<32} {value}", file=sys.stderr)
    return figures


def _add_stories(campaign: object, begin: int, end: int) -> None:
    from django.utils import timezone

    from griot.testimonies.models import Consent, Testimony, Writing

    now, uses = timezone.now(), ["team", "web"]
    rows = Testimony.objects.bulk_create(
        Testimony(
            campaign=campaign,
            kind="interview",
            state="published",
            published=now,
            name=f"Awa Diop {n}",
            names=[f"Awa Diop {n}"],
            alias="Kiné",
            country="SN",
            region="Dakar",
            slug=f"story-{n}",
        )
        for n in range(begin, end)
    )
    Consent.objects.bulk_create(
        Consent(testimony=row, uses=uses, naming="alias", place="region", language="en", explained="read")
        for row in rows
    )
    Writing.objects.bulk_create(
        Writing(testimony=row, language="en", title=f"Story {row.slug}", quote="I walked.", body=BODY)
        for row in rows
    )
    for row in rows:
        row.approved = row.as_it_stands()
    Testimony.objects.bulk_update(rows, ["approved"])


def _first_byte(has: str) -> tuple[float, float]:
    """The first time of the server, and the median of those after it, in seconds."""
    from django.test import Client

    client, times = Client(), []
    client.get("/nowhere/")  # what the first request of all loads is not the gallery's
    for _ in range(RUNS):
        start = time.perf_counter()
        assert has in client.get("/stories/").content.decode()
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


if __name__ == "__main__":
    raise SystemExit(main())
