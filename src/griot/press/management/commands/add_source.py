from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.press.core.sources.discovery import as_json
from griot.press.core.sources.fetching import FetchError
from griot.press.core.types import BadInput
from griot.press.listening.sources import add_sources, search_site


class Command(BaseCommand):
    help = "Find a site's feeds and sitemaps from its home page, and add what is chosen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="the site's home page, or a feed's address")
        parser.add_argument(
            "--add",
            type=int,
            action="append",
            default=[],
            metavar="N",
            help="add the Nth offer; may be repeated",
        )
        parser.add_argument(
            "--outlet", default="", help="the outlet's name; default: what the site calls itself"
        )
        parser.add_argument("--json", action="store_true", help="the offers as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            site = search_site(options["url"])
        except (FetchError, BadInput) as error:
            raise CommandError(f"{options['url']}: {error}", returncode=2) from None
        offers = [offer.as_json() for offer in site.offers]
        if any(not 1 <= n <= len(offers) for n in options["add"]):
            raise CommandError(f"--add must be 1 to {len(offers)}", returncode=2)
        if options["json"]:
            json.dump(as_json(site), sys.stdout, ensure_ascii=False)
            print()
        else:
            self._show(site.name, offers)
        chosen = [offers[n - 1] for n in options["add"]]
        if chosen:
            added = add_sources(options["outlet"] or site.name, site.url, site.language, chosen)
            self.stderr.write(
                f"added {len(added)} of {options['outlet'] or site.name}; it is visited within five minutes"
            )
        elif offers and not options["json"]:
            print(f"\nNothing was added. To add the first: ./griot add_source {options['url']} --add 1")

    def _show(self, name: str, offers: list[dict[str, Any]]) -> None:
        print(
            f"{name}\n" if offers else f"{name}: no feed, no news sitemap and no headlines were found there"
        )
        for number, offer in enumerate(offers, 1):
            print(f"{number}. {offer['kind']}  {offer['url']}  {offer['title']}  ({offer['count']} entries)")
            for entry in offer["entries"]:
                print(f"     {(entry['published'] or '')[:16]:16}  {entry['title'][:90]}")
