"""What can be weak in any newsroom: its accounts, settings, keys, version, and jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Info, Warning
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from griot import __released__, __version__
from griot.settings.reading import is_guessable, wide
from griot.troubles.auditing import audited
from griot.troubles.models import Trouble

UNUSED = timedelta(days=180)  # an account that nobody has signed in to
OLD_VERSION = timedelta(days=180)
OLD_ANSWER = timedelta(days=30)  # of what is known to be vulnerable
SILENT = timedelta(minutes=5)  # a worker
MOST_NAMED = 5


def named(rows: QuerySet[Any], field: str) -> str:
    """The first few, and how many more."""
    names = list(rows.values_list(field, flat=True)[: MOST_NAMED + 1])
    more = rows.count() - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


@audited
def accounts() -> Iterator[CheckMessage]:
    users = get_user_model().objects.filter(is_active=True)
    proved = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user")
    bare = users.exclude(pk__in=proved)
    into_admin = Q(user_permissions__codename="access_admin") | Q(
        groups__permissions__codename="access_admin"
    )
    hint = "Have them set one up: their name at the lower left, then “Second factor”."
    if rulers := bare.filter(is_superuser=True).order_by("username"):
        yield Error(f"Administrators without a second factor: {named(rulers, 'username')}", hint=hint)
    if others := bare.filter(into_admin, is_superuser=False).distinct().order_by("username"):
        yield Warning(f"Accounts without a second factor: {named(others, 'username')}", hint=hint)
    since = timezone.now() - UNUSED
    asleep = users.filter(Q(last_login__lt=since) | Q(last_login=None, date_joined__lt=since))
    if asleep := asleep.order_by("username"):
        yield Warning(
            f"Nobody has signed in for half a year as: {named(asleep, 'username')}",
            hint="Switch off what nobody needs, under Settings, Users.",
        )


@audited
def surroundings() -> Iterator[CheckMessage]:
    is_public = settings.PUBLIC_HOST != "localhost" and not settings.PUBLIC_HOST.startswith("127.")
    if is_public and not settings.SECURE_SSL_REDIRECT:
        yield Error(
            f"{settings.PUBLIC_URL} runs with the settings for one machine",
            hint="DJANGO_SETTINGS_MODULE=griot.settings.production; docs/how-to/go-into-production.md",
        )
    if strangers := wide(settings.PROXIES):
        yield Error(
            f"Strangers are believed what they say of their address: GRIOT_PROXIES has {strangers[0][:40]}",
            hint="Name the proxy’s own address, or a network of at most 65,536.",
        )
    if {"*", "."} & set(settings.ALLOWED_HOSTS):
        yield Error(
            "Whoever asks may name us as they like (Host), and links in mails with it: ALLOWED_HOSTS has *",
            hint="GRIOT_ALLOWED_HOSTS names this newsroom’s own hosts.",
        )
    if any(map(is_guessable, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])):
        yield Error(
            "The secret key, or one from before, can be guessed: with it anybody signs in as anybody",
            hint="Unset GRIOT_SECRET_KEY and GRIOT_OLD_SECRET_KEYS: a key is made then.",
        )
    if settings.DEBUG:
        yield Error("DEBUG is on: errors show settings and data to strangers", hint="Switch it off.")
    relay = urlsplit(settings.EMAIL_URL)
    if relay.scheme == "smtp" and relay.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield Warning(
            f"Mail goes to {relay.hostname} encrypted only where it offers that", hint="EMAIL_URL=smtps://…"
        )
    if not settings.EMAIL_URL and is_public:
        yield Warning("No mail goes out: it lies in a folder", hint="EMAIL_URL names the relay.")
    database: dict[str, Any] = settings.DATABASES["default"]
    host, mode = database["HOST"], database["OPTIONS"].get("sslmode", "prefer")
    if host and not host.startswith("/") and host != "localhost" and mode not in {"verify-full", "verify-ca"}:
        yield Warning(
            f"The way to the database at {host} is not checked (sslmode={mode})",
            hint="Add ?sslmode=verify-full to DATABASE_URL.",
        )
    if settings.FETCH_ALLOWED and not settings.DEMO:
        yield Warning(
            f"Addresses behind the server may be fetched: {', '.join(sorted(settings.FETCH_ALLOWED))}",
            hint="Unset GRIOT_FETCH_ALLOWED.",
        )


@audited
def folders() -> Iterator[CheckMessage]:
    """Others on the machine may pass through, to what is for them (the database's socket), and no more."""
    for folder in (settings.VAR, settings.VAULT, settings.MEDIA_ROOT, settings.MAILDIR):
        if folder.exists() and folder.stat().st_mode & 0o066:
            yield Error(f"Others on this machine may look into {folder}", hint=f"chmod go-rw {folder}")
    keys = settings.VAULT_KEYS.parent
    if keys.exists() and keys.stat().st_mode & 0o022:
        yield Error(f"Others on this machine may exchange the keys in {keys}", hint=f"chmod go-w {keys}")


@audited
def keys() -> Iterator[CheckMessage]:
    own = settings.VAR / "secret-key"
    if own.exists() and own.stat().st_mode & 0o077:
        yield Error(f"Others on this machine may read {own}", hint=f"chmod 600 {own}")
    path = settings.VAULT_KEYS
    if not path.exists():
        return
    if path.stat().st_mode & 0o077:
        yield Error(f"Others on this machine may read {path}", hint=f"chmod 600 {path}")
    if settings.VAR in path.parents:
        yield Warning(
            f"The vault’s key lies beside the vault: a thief of {settings.VAR}, or of its backup, has both",
            hint="Move it elsewhere, name it by GRIOT_VAULT_KEYS, and back it up apart:"
            " docs/how-to/keep-the-vault.md",
        )


@audited
def age() -> Iterator[CheckMessage]:
    days = (timezone.localdate() - date.fromisoformat(__released__)).days
    if days > OLD_VERSION.days:
        yield Warning(f"Griot {__version__} is {days} days old", hint="Look for a newer one.")


@audited
def vulnerabilities() -> Iterator[CheckMessage]:
    """By an answer of pip-audit that somebody has put into the state folder: we ask nobody."""
    path = settings.VAR / "pip-audit.json"
    how = f"pip-audit --disable-pip -r requirements/base.txt -f json -o {path}"
    if not path.exists():
        yield Info(
            "Whether libraries have known weaknesses: not checked", hint=f"Where it can be asked: {how}"
        )
        return
    try:
        rows = json.loads(path.read_text())["dependencies"]
        weak = [
            (str(row["name"]), str(row["version"]), [str(v["id"]) for v in row["vulns"]])
            for row in rows
            if "vulns" in row
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        yield Warning(f"{path} is no answer of pip-audit", hint=how)
        return
    for name, at, ids in weak:
        if ids and _installed(name) == at:
            yield Error(f"{name} {at} has known weaknesses: {', '.join(ids)}", hint="Update Griot.")
    told = datetime.fromtimestamp(path.stat().st_mtime, timezone.get_current_timezone())
    if timezone.now() - told > OLD_ANSWER:
        yield Warning(
            f"What is known of libraries’ weaknesses is of {told:%d %B %Y}", hint=f"Ask anew: {how}"
        )


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@audited
def jobs() -> Iterator[CheckMessage]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        heard = cursor.fetchone()[0]
    if heard is None or timezone.now() - heard > SILENT:
        yield Error(
            "No worker runs: nothing is fetched, sent, taken back for good or erased", hint="./griot worker"
        )
    if old := Trouble.objects.filter(first__lt=timezone.now() - timedelta(days=1)).count():
        yield Warning(f"Rows set aside for more than a day: {old}", hint="They stand on the first panel.")
