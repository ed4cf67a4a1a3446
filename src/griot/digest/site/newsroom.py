"""What every page needs to know of this newsroom: its name, its public address, the language that
was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import get_language
from wagtail.models import Site

from griot.digest.models import Newsroom


def newsroom() -> Newsroom:
    known = Newsroom.objects.select_related("sign").filter(site__is_default_site=True).first()
    return known or Newsroom.for_site(Site.objects.get(is_default_site=True))


def our_name() -> str:
    """The newsroom's name; that of the settings while the database is away."""
    try:
        return newsroom().name
    except (OperationalError, InterfaceError):
        return str(settings.WAGTAIL_SITE_NAME)


def sign_address(room: Newsroom) -> str:
    """Where the newsroom's own picture is; "" where it has none that may be shown."""
    return absolute(f"/sign/?{room.sign_id}") if room.sign and room.sign.may_be_shown else ""


def absolute(url: str | None) -> str:
    """A site address with the newsroom's public address in front."""
    if not url or url.startswith(("http://", "https://", "data:")):
        return url or ""
    return f"{settings.PUBLIC_URL}{url}"


def path_of(page: Any) -> str:
    """A page's address under the public one, whatever host the site record names."""
    parts = page.get_url_parts()
    return absolute(parts[2] if parts else f"/{page.slug}/")


def readers_language() -> str:
    """The language that the address asked for speaks."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def country_names(codes: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Countries' codes with what they are called in a language, by that."""
    names = Locale(language).territories
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])
