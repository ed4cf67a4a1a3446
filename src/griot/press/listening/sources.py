"""Adding sources: searching a site, and taking up what was chosen."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from griot.press.core.sources.discovery import Site, discover
from griot.press.core.sources.fetching import Fetcher, FetchError
from griot.press.core.sources.opml import parse_opml
from griot.press.core.types import BadInput
from griot.press.listening.apart import apart
from griot.press.listening.politeness import fetch_politely
from griot.press.models import Discovery, Outlet, Source


def search_site(url: str) -> Site:
    """The sources of a site, asked for politely. Raises FetchError and BadInput."""
    with Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
        return discover(url, lambda address: fetch_politely(fetcher, address), apart)


def run_discovery(pk: int) -> None:
    """Carry out a search that the admin has asked for; run again, it does nothing."""
    row = Discovery.objects.filter(pk=pk, finished=None).first()
    if row is None:
        return
    try:
        site = search_site(row.url)
        row.name, row.language, row.offers = (
            site.name[:120],
            site.language,
            [o.as_json() for o in site.offers],
        )
        row.reason = "" if site.offers else "no feed, no news sitemap and no headlines were found there"
    except (FetchError, BadInput) as error:
        row.reason = str(error)[:300]
    row.finished = timezone.now()
    row.save()


def add_sources(name: str, home_page: str, language: str, offers: Sequence[dict[str, str]]) -> list[Source]:
    """Add chosen offers ({kind, url}) under an outlet, which is made where there is none of that name. One
    whose address is longer than we hold is left out.
    """
    with transaction.atomic():
        outlet, _ = Outlet.objects.get_or_create(
            name=name[:120],
            defaults={"home_page": _held(Outlet, "home_page", home_page), "language": language[:12]},
        )
        return [
            Source.objects.get_or_create(
                url=offer["url"], defaults={"outlet": outlet, "kind": offer["kind"]}
            )[0]
            for offer in offers
            if _held(Source, "url", offer["url"])
        ]


def _held(model: type[Model], name: str, address: str) -> str:
    """An address, where it has room; half of one is none."""
    field: Any = model._meta.get_field(name)
    return address if len(address) <= field.max_length else ""


STARTER = Path(__file__).with_name(
    "starter.opml"
)  # well-known sources on migration and displacement, in seven languages


def add_opml(content: bytes) -> tuple[int, int]:
    """Add the outlets and sources of an OPML file; what is known already stays as it is.

    Gives how many it names, but for those whose addresses are longer than we hold, and how many are new. The
    first visits are spread over ten minutes. Raises BadInput.
    """
    named = [source for source in apart(parse_opml, content) if _held(Source, "url", source.url)]
    added = 0
    with transaction.atomic():
        for source in named:
            outlet, _ = Outlet.objects.get_or_create(
                name=source.outlet,
                defaults={
                    "home_page": _held(Outlet, "home_page", source.home_page),
                    "language": source.language,
                },
            )
            first_visit = timezone.now() + timedelta(seconds=5 * (added % 120))
            facts = {"outlet": outlet, "kind": source.kind, "next_fetch": first_visit}
            added += Source.objects.get_or_create(url=source.url, defaults=facts)[1]
    return len(named), added


def new_push_token(source: Source) -> str:
    """Give a push source a new token; only its hash is kept, so this is the one time it can be shown."""
    token = secrets.token_urlsafe(32)
    source.secret = token_hash(token)
    source.save(update_fields=["secret"])
    return token


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
