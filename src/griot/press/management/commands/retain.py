from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from griot.press.stories.retention import retain


class Command(BaseCommand):
    help = "Let go of what the retention policy lets go (GRIOT_KEEP_DAYS). It also runs every night."

    def handle(self, *args: Any, **options: Any) -> None:
        print(
            ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in asdict(retain(timezone.now())).items())
        )
