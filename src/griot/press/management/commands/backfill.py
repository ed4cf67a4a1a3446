from __future__ import annotations

import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from griot.press.core.progress import progress_bars
from griot.press.core.types import BadInput
from griot.press.listening.archives import backfill
from griot.press.stories.pipeline import group_articles


class Command(BaseCommand):
    help = (
        "Read web archives (WARC, also gzipped) into the newsroom's memory. Stopped, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", metavar="PATH", nargs="+", help="WARC files, or folders of them")
        parser.add_argument(
            "--add-outlets", action="store_true", help="make an outlet of every site that is none yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = []
        for path in map(Path, options["paths"]):
            files += sorted(p for p in path.rglob("*.warc*") if p.is_file()) if path.is_dir() else [path]
        if not files:
            raise CommandError("there is no .warc file in that folder", returncode=2)
        started = time.monotonic()
        try:
            with progress_bars() as progress:
                filled = backfill(files, progress, options["add_outlets"])
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        group_articles(timezone.now())
        seconds = time.monotonic() - started
        facts = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in asdict(filled).items())
        self.stdout.write(f"{facts}; {filled.articles / seconds if seconds else 0:.0f} articles/s")
