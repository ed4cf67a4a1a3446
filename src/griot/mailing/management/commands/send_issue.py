from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.progress import Progress

from griot.digest.core.rendering.mail import MailError
from griot.digest.morning.finding import NoSuchIssue, find_issue
from griot.mailing.beginning import LANES, SendRefused, start_send
from griot.mailing.models import Audience, Send
from griot.mailing.sending import deliver


class Command(BaseCommand):
    help = "Send an issue to an audience and see it through. Workers that run help; a killed send goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("issue", metavar="ID|latest")
        parser.add_argument("--audience", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            audience = Audience.objects.get(slug=options["audience"])
        except Audience.DoesNotExist:
            known = (
                ", ".join(Audience.objects.values_list("slug", flat=True)) or "none yet; add one in the admin"
            )
            raise CommandError(
                f"there is no audience {options['audience']!r}; there is: {known}", returncode=2
            ) from None
        try:
            send = start_send(find_issue(options["issue"], published=True), audience)
        except (NoSuchIssue, SendRefused, MailError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from None
        total = sum(send.counts().values())
        with (
            ThreadPoolExecutor(LANES) as lanes,
            Progress(console=Console(stderr=True), transient=True) as bars,
        ):
            task = bars.add_task(f"sending to {total}", total=total)
            running = [lanes.submit(_lane, send, lane) for lane in range(1, LANES + 1)]
            while not all(f.done() for f in running) or _moves(send):
                bars.update(task, completed=total - _left(send))
                time.sleep(0.2)
            for finished in running:
                finished.result()
        json.dump({"send": send.pk, "recipients": total, **send.counts()}, sys.stdout)
        print()


def _lane(send: Send, lane: int) -> None:
    try:
        deliver(send, lane)
    finally:
        connection.close()


def _left(send: Send) -> int:
    counts = send.counts()
    return counts["queued"] + counts["claimed"] + counts["sending"]


def _moves(send: Send) -> bool:
    """Whether a worker's lanes are still at it."""
    counts = send.counts()
    return bool(counts["claimed"] + counts["sending"])
