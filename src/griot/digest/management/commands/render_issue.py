from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.digest.core.rendering import FORMATS, render
from griot.digest.core.rendering.mail import MailError
from griot.digest.morning.finding import NoSuchIssue, find_issue
from griot.digest.site.composing import issue_of


class Command(BaseCommand):
    help = "Print an issue in one of its formats."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("issue", metavar="ID|latest")
        parser.add_argument("--format", choices=sorted(FORMATS), default="html")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            page = find_issue(options["issue"])
            sys.stdout.write(
                render(issue_of(page, "web" if options["format"] == "html" else "mail"), options["format"])
            )
        except (NoSuchIssue, MailError) as error:
            raise CommandError(str(error), returncode=2) from None
