from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand

from griot.mailing.models import Send


class Command(BaseCommand):
    help = "Every send and how many deliveries are in each state, as JSON lines."

    def handle(self, *args: Any, **options: Any) -> None:
        for send in Send.objects.select_related("audience"):
            row = {
                "send": send.pk,
                "subject": send.subject,
                "audience": send.audience.slug,
                "started": send.started.isoformat(),
                "finished": send.finished.isoformat() if send.finished else None,
                **send.counts(),
            }
            self.stdout.write(json.dumps(row, ensure_ascii=False))
