from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.mailing.models import Send
from griot.mailing.sending import resolve_in_doubt


class Command(BaseCommand):
    help = "Decide on the deliveries of a send that a crash left in doubt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("send", type=int)
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument(
            "--resend", action="store_true", help="send them again; some readers may get two copies"
        )
        choice.add_argument("--skip", action="store_true", help="leave them; some readers may get none")

    def handle(self, *args: Any, **options: Any) -> None:
        send = Send.objects.filter(pk=options["send"]).first()
        if send is None:
            raise CommandError(f"there is no send {options['send']}; ./griot sends lists them", returncode=2)
        again, skipped = resolve_in_doubt(send, options["resend"])
        self.stdout.write(f'{{"sent_again": {again}, "skipped": {skipped}}}')
