from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from griot.accounts.rooms import forget_factors


class Command(BaseCommand):
    help = (
        "Take the second factors of an account away, when its owner has lost them: for the last"
        " administrator, too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="as they sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"nobody signs in as {options['user']!r}; see Settings, Users", returncode=2)
        self.stdout.write(f"{forget_factors(user)} taken away")
