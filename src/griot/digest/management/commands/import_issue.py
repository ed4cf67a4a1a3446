"""Past issues in their text form into pages."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from wagtail.models import PageLogEntry

from griot.digest.core.importing.importing import NO_ISSUE, Imported, read_issue
from griot.digest.core.rendering.text import render_text
from griot.digest.core.words import issue_title
from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.site.composing import issue_of
from griot.digest.site.storing import stored
from griot.press.core.types import BadInput

MOST = 2 * 1024 * 1024  # bytes of one issue


class Command(BaseCommand):
    help = (
        "Read past issues in their text form into pages, word for word; what can't be placed is kept as text"
        " and reported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument(
            "--date", type=date.fromisoformat, help="the date where the text has none (2018-12-12)"
        )
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[c for c, _ in settings.LANGUAGES]
        )
        parser.add_argument(
            "--publish", action="store_true", help="show them to readers at once; otherwise they are drafts"
        )
        parser.add_argument(
            "--replace", action="store_true", help="instead of an issue of that date that was imported before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for name in options["files"]:
            try:
                found = read_issue(_text(name), options["date"])
                page = None if options["dry_run"] else _store(found, options)
            except BadInput as error:
                self.stderr.write(f"griot import_issue: {name}: {error}")
                failed = True
                continue
            for unplaced in found.unplaced:
                self.stderr.write(
                    f"{name}, line {unplaced.line}: {unplaced.why}; kept as text: {unplaced.text[:90]}"
                )
            self.stdout.write(json.dumps(_report(name, found, page), ensure_ascii=False))
        if failed:
            raise CommandError("some files could not be imported; nothing of them was stored", returncode=2)


def _text(name: str) -> str:
    try:
        content = sys.stdin.buffer.read(MOST + 1) if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise BadInput(f"can't be read: {error.strerror}") from None
    if len(content) > MOST:
        raise BadInput("is larger than 2 MB; an issue is not")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _report(name: str, found: Imported, page: IssuePage | None) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for block in found.blocks:
        kinds[block.kind] = kinds.get(block.kind, 0) + 1
    lines = [line for block in found.blocks if block.kind == "press_review" for line in block.lines]
    return {
        "file": name,
        "issue": page.pk if page else None,
        "day": found.day.isoformat(),
        "blocks": kinds,
        "lines": [{"outlets": [name for name, _ in line.urls], "mention": line.mention} for line in lines],
        "unplaced": [asdict(u) for u in found.unplaced],
    }


def _store(found: Imported, options: dict[str, Any]) -> IssuePage:
    """The issue's page. Raises BadInput where the day has one, or where the page would not say
    the same words.
    """
    with transaction.atomic():
        index = DigestIndexPage.objects.select_for_update().get(locale__language_code=options["language"])
        earlier = IssuePage.objects.filter(day=found.day, language=options["language"]).first()
        if earlier and not (options["replace"] and earlier.printed_head is not None):
            advice = (
                "--replace takes its place"
                if earlier.printed_head is not None
                else "it was made here, and stays"
            )
            raise BadInput(f"there is an issue of {found.day} already (id {earlier.pk}); {advice}")
        if earlier and (reason := _why_it_stays(earlier, options["publish"])):
            raise BadInput(f"the issue of {found.day} (id {earlier.pk}) {reason}")
        issue = earlier or IssuePage(
            slug=found.day.isoformat(), day=found.day, locale=index.locale, live=False
        )
        issue.title = found.title or issue_title(found.day, options["language"])
        issue.printed_head = list(found.head)
        issue.body = [stored(block) for block in found.blocks]
        if not earlier:
            index.add_child(instance=issue)
        revision = issue.save_revision()  # of an earlier one the words stay in its history
        page = issue.get_latest_revision_as_object()
        said = render_text(issue_of(page)).split()
        if said != _words(found):
            raise BadInput("its page would not say the same words; please report this with the file")
        if options["publish"]:
            revision.publish(skip_permission_checks=True)
    return page


def _why_it_stays(earlier: IssuePage, publish: bool) -> str:
    """What speaks against taking the place of an issue that was imported before."""
    if earlier.sends.exists() or earlier.corrections.exists():
        return "was sent, or corrected: correct it there"
    is_planned = earlier.approved_schedule or earlier.schedules.filter(send=None, error="").exists()
    if is_planned or earlier.current_workflow_state:
        return "is planned, or in approval: take that back first"
    hands = PageLogEntry.objects.filter(
        page=earlier, action__in=["wagtail.edit", "wagtail.publish", "wagtail.unpublish"]
    )
    if earlier.revisions.exclude(user=None).exists() or hands.exclude(user_id=None).exists():
        return "was worked on since: put it right there, or delete it first"
    return "is out: --publish as well" if earlier.live and not publish else ""


def _words(found: Imported) -> list[str]:
    return render_text(replace(NO_ISSUE, printed_head=found.head, blocks=found.blocks)).split()
