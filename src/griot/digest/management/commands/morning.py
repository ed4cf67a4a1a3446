from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from griot.digest.morning.assembling import morning
from griot.digest.site.newsroom import path_of
from griot.press.core.pages.dates import EARLIEST
from griot.press.core.progress import progress_bars
from griot.press.listening.ledger import Ledger


class Command(BaseCommand):
    help = "Run the whole press pipeline once and print the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", default="", help="the issue's day, YYYY-MM-DD; default today")
        parser.add_argument("--json", action="store_true", help="the ledger as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["date"]) if options["date"] else timezone.localdate()
        except ValueError:
            raise CommandError(
                f"--date must look like 2026-03-01, not {options['date']!r}", returncode=2
            ) from None
        if day < EARLIEST.date():
            raise CommandError(f"{day} is too long ago for a press review", returncode=2)
        if day > timezone.localdate():
            raise CommandError(f"{day} has not come yet; the press of that day is not written", returncode=2)
        with progress_bars() as progress:
            found, issue = morning(day, timezone.now(), progress)
        address = path_of(issue)
        if options["json"]:
            json.dump({**asdict(found), "issue": address}, sys.stdout, ensure_ascii=False)
            print()
        else:
            _print(found, address)


def _print(found: Ledger, address: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(box=None, pad_edge=False)
    for head in ("Outlet", "Source", "Outcome", "New", "Usually", "Kept out", "What to know"):
        table.add_column(head, overflow="fold")
    for night in found.sources:
        usual = "–" if night.expected is None else f"{night.expected:.0f}"
        kept_out = str(sum(night.kept_out.values()))
        table.add_row(night.outlet, night.url, night.outcome, str(night.new), usual, kept_out, night.in_words)
    console.print(table)
    outcomes = [n.outcome for n in found.sources]
    console.print(
        f"\nsources {len(outcomes)}: {sum(n.new > 0 for n in found.sources)} with news,"
        f" {outcomes.count('failed')} failed, {outcomes.count('never reached')} not reached yet,"
        f" {outcomes.count('new')} added lately, {outcomes.count('silent')} silent against their rhythm,"
        f" {sum(n.is_slow for n in found.sources)} slow\narticles {found.articles} ({found.from_feed_only}"
        f" from the feed only), kept out {found.kept_out}, copies {found.copies}\nstories {found.stories}, on"
        f" the beat {found.on_beat}, lines drafted {found.lines}, with unsupported claims {found.unsupported}"
    )
    print(address)
