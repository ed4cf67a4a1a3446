from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from griot.demo.newsroom import current_wire, forget_yesterday, seed_people, seed_pictures, seed_sources
from griot.digest.models import IssuePage
from griot.queueing import soon
from griot.runtime.state import demo_facts, remember_demo


class Command(BaseCommand):
    help = "Make the demo newsroom, or give it a new night."

    def handle(self, *args: Any, **options: Any) -> None:
        facts, today = demo_facts(), timezone.localdate()
        if facts.get("day") != today.isoformat():
            # The wire ends shortly before now, whatever the hour, so it is always last night's.
            base = timezone.now().replace(second=0, microsecond=0)
            remember_demo({**facts, "base": base.isoformat(), "day": ""})
            wire = current_wire()
            forget_yesterday()
            seed_sources(wire)
            seed_people()
            seed_pictures()
            remember_demo({**demo_facts(), "day": today.isoformat()})
        if not IssuePage.objects.filter(day=today, live=True).exists():
            soon("demo.morning", "demo-morning")
        soon("demo.testimonies", "demo-testimonies")
