from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.press.core.types import BadInput
from griot.press.listening.sources import STARTER, add_opml


class Command(BaseCommand):
    help = "Add the outlets and sources of an OPML file; what is known already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="an OPML file, or starter: the pack that comes with Griot"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = STARTER if str(options["file"]) == "starter" else options["file"]
        try:
            named, added = add_opml(path.read_bytes())
        except (BadInput, OSError) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from None
        self.stdout.write(json.dumps({"feeds": named, "added": added}))
