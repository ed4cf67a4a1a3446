from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from griot.press.models import Outlet, Source
from griot.press.opml import parse_opml
from griot.press.types import BadInput


class Command(BaseCommand):
    help = "Add the outlets and feeds of an OPML file; what is known already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            feeds = parse_opml(options["file"].read_bytes())
        except (BadInput, OSError) as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from None
        added = 0
        with transaction.atomic():
            for feed in feeds:
                outlet, _ = Outlet.objects.get_or_create(
                    name=feed.outlet, defaults={"home_page": feed.home_page, "language": feed.language}
                )
                _, is_new = Source.objects.get_or_create(url=feed.url, defaults={"outlet": outlet})
                added += is_new
        self.stdout.write(json.dumps({"feeds": len(feeds), "added": added}))
