from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand
from django.urls import get_resolver

from griot.testimonies.core.surfaces import SURFACES


class Command(BaseCommand):
    help = (
        "Print every place where a testimony can be met, with the rule of consent that it keeps, as JSON"
        " lines."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        get_resolver().url_patterns  # noqa: B018  (loads every view, and with that registers it)
        for name, s in sorted(SURFACES.items()):
            self.stdout.write(
                json.dumps(
                    {"surface": name, "rule": s.rule, "withdrawn": s.withdrawn, "what": s.what},
                    ensure_ascii=False,
                )
            )
