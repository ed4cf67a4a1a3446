from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.progress import Progress
from wagtail.models import Locale, Page, Site

from griot.accounts.roles import first_roles
from griot.digest.models import DigestIndexPage, Newsroom
from griot.digest.morning.telling import first_themes
from griot.digest.release.approving import first_workflow
from griot.locking import in_turn
from griot.press.stories.beats_store import first_beat

OLDEST_SERVER = 150000


class Command(BaseCommand):
    help = "Bring the database up to this code; make what a newsroom can't be without."

    def handle(self, *args: Any, **options: Any) -> None:
        _check_server()
        with in_turn("preparing"):  # two commands may be the first of a newsroom, also on two hosts
            _migrate()
            with transaction.atomic():
                _administrator()
                _site()


def _check_server() -> None:
    """Refuse, in words, a server that can't carry a newsroom."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int")
            version = cursor.fetchone()[0]
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
            has_vector = cursor.fetchone()
    except OperationalError as error:
        raise CommandError(
            f"the database that DATABASE_URL names can't be reached: {error}", returncode=2
        ) from None
    if version < OLDEST_SERVER:
        raise CommandError(f"PostgreSQL {version // 10000} is too old; Griot needs 15 or newer", returncode=2)
    if not has_vector:
        raise CommandError(
            "the PostgreSQL server lacks pgvector; install it (Debian: postgresql-NN-pgvector)", returncode=2
        )


def _migrate() -> None:
    plan = MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )
    if not plan:
        return
    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("preparing the database", total=len(plan))
        executor = MigrationExecutor(
            connection, lambda step, *_: bars.advance(task) if step == "apply_success" else None
        )
        executor.migrate(executor.loader.graph.leaf_nodes())
    call_command("migrate", verbosity=0)  # the post-migrate signals: permissions and content types


def _administrator() -> None:
    users = get_user_model().objects
    if not users.filter(is_superuser=True).exists():
        password = secrets.token_urlsafe(12)
        users.create_superuser("admin", settings.CONTACT, password)
        print(
            f"\n  The administrator is  admin\n  with the password     {password}\n  It is shown only this"
            " once.",
            flush=True,
        )


# What stands on the front until an editor says it otherwise.
INTRODUCTIONS = {
    "en": "What the world’s press writes about people on the move, every morning.",
    "fr": "Ce que la presse du monde écrit sur celles et ceux qui se déplacent, chaque matin.",
    "es": "Lo que la prensa del mundo escribe sobre las personas en movimiento, cada mañana.",
    "ar": "ما تكتبه صحافة العالم عن الناس المتنقلين، كل صباح.",
}


def _site() -> None:
    """A front for each language under the root, and the site under its public address."""
    for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    home = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    index = DigestIndexPage.objects.filter(locale=home).first()
    if index is None:
        index = Page.objects.get(depth=1).add_child(
            instance=DigestIndexPage(
                title=settings.WAGTAIL_SITE_NAME, slug="digest", introduction=INTRODUCTIONS["en"], locale=home
            )
        )
        Site.objects.all().delete()
        Page.objects.filter(depth=2, slug="home").delete()
    new_fronts = []
    for locale in Locale.objects.exclude(pk=home.pk):
        if not index.has_translation(locale):
            front = index.copy_for_translation(locale)
            front.introduction = INTRODUCTIONS.get(locale.language_code, index.introduction)
            front.save_revision().publish(skip_permission_checks=True)
            new_fronts.append(front)
    parts = urlsplit(settings.PUBLIC_URL)
    facts = {
        "root_page": index,
        "hostname": parts.hostname,
        "port": parts.port or {"https": 443}.get(parts.scheme, 80),
    }
    site, is_new = Site.objects.get_or_create(
        is_default_site=True, defaults={**facts, "site_name": index.title}
    )
    if not is_new and (site.hostname, site.port) != (facts["hostname"], facts["port"]):
        Site.objects.filter(pk=site.pk).update(hostname=facts["hostname"], port=facts["port"])
        Site.clear_site_root_paths_cache()
    first_beat()
    first_themes()
    first_roles(new_fronts)
    first_workflow()
    Newsroom.objects.get_or_create(site=site, defaults={"name": index.title, "contact": settings.CONTACT})
