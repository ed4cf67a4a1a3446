from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from griot.testimonies.models import Messenger


class Command(BaseCommand):
    help = (
        "Print a link for a messenger's phone to join with. It is good for one phone and 14 days; an earlier"
        " one ends."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="as they are called under Testimonies, Messengers")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Messenger.objects.filter(name=options["name"]).exclude(state=Messenger.State.FROZEN)
        if len(rows) != 1:
            known = ", ".join(Messenger.objects.values_list("name", flat=True)[:20]) or "nobody"
            raise CommandError(
                f"{len(rows)} messengers are called {options['name']!r}; known are: {known}", returncode=2
            )
        self.stdout.write(f"{settings.PUBLIC_URL}/capture/#join={rows[0].invite_anew()}")
