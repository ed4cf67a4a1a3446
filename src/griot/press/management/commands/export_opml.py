from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from griot.press.core.sources.opml import Subscribed, write_opml
from griot.press.models import Source


class Command(BaseCommand):
    help = "Write the sources as OPML."

    def handle(self, *args: Any, **options: Any) -> None:
        feeds = [
            Subscribed(s.outlet.name, s.url, s.outlet.home_page, s.outlet.language, s.kind)
            for s in Source.objects.select_related("outlet").exclude(
                kind__in=[Source.Kind.MAILBOX, Source.Kind.PUSH]
            )
        ]
        self.stdout.write(write_opml(feeds, "Griot's sources").decode(), ending="")
