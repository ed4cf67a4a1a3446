from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from griot.troubles.auditing import audit, is_urgent


class Command(BaseCommand):
    help = "Tell what is weak in this newsroom. Exit code 1 where something is urgent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit()
        for message in found:
            if options["json"]:
                row = {"urgent": is_urgent(message), "what": message.msg, "do": message.hint}
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            else:
                self.stdout.write(
                    f"{'URGENT  ' if is_urgent(message) else ''}{message.msg}\n    {message.hint}"
                )
        if not found and not options["json"]:
            self.stdout.write("Nothing is weak that this command knows of.")
        if any(map(is_urgent, found)):
            raise SystemExit(1)
