"""Time zones by their cities, as people look for them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

Choice = tuple[str, str]  # a zone's name, and what stands for it in a list


def city_of(zone: str) -> str:
    """The city that a zone is named after: America/Argentina/Buenos_Aires is Buenos Aires; UTC is itself."""
    return zone.rpartition("/")[2].replace("_", " ")


def named(zone: str) -> str:
    """A zone by its city and country: "Dakar, Senegal"."""
    country = Locale("en").territories.get(get_global("zone_territories").get(zone, ""), "")
    return f"{city_of(zone)}, {country}" if country and country != city_of(zone) else city_of(zone)


def choices(first: Iterable[str]) -> list[tuple[str, list[Choice]]]:
    """All zones in two groups: those that come `first`, and the cities of the world by their names."""
    own = list(dict.fromkeys(first))
    return [
        ("Here", [(zone, named(zone)) for zone in own]),
        ("Cities", [choice for choice in _cities() if choice[0] not in own]),
    ]


@cache
def _cities() -> list[Choice]:
    aliases = get_global("zone_aliases")  # Asia/Calcutta: another name of Asia/Kolkata
    known = [
        zone for zone in get_global("zone_territories") if zone not in aliases and not zone.startswith("Etc/")
    ]
    return sorted(((z, named(z)) for z in {*known, "UTC"} & available_timezones()), key=lambda c: c[1])
