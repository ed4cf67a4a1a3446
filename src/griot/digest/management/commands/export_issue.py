"""An issue for other newsrooms' systems."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.digest.core.rendering.as_json import render_json
from griot.digest.core.rendering.exporting import render_newsml, render_ninjs
from griot.digest.morning.finding import NoSuchIssue, find_issue
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.composing import issue_of
from griot.testimonies.showing import shown

FORMATS = {"ninjs": render_ninjs, "newsml": render_newsml, "json": render_json}


class Command(BaseCommand):
    help = "Print an issue as ninjs 2.1, NewsML-G2 or our own JSON, as its newest revision has it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("issue", help="its id, or the word latest")
        parser.add_argument("--format", choices=FORMATS, default="ninjs")
        parser.add_argument(
            "--to",
            default="partners",
            help="whom it is for, written down so that they can be told of a withdrawal (default: partners)",
        )
        parser.add_argument("--published", action="store_true", help="as readers see it, without later edits")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            issue = find_issue(options["issue"], options["published"])
        except NoSuchIssue as error:
            raise CommandError(str(error), returncode=2) from None
        content = FORMATS[options["format"]](issue_of(issue, "partners"))
        for slug in testimonies_in(issue):
            testimony = shown.find(slug)
            if testimony and shown.told(testimony, "partners", issue.language, in_full=False):
                shown.left_the_house(slug, "export", f"{options['to']}: {issue.title}")
        self.stdout.write(content)
