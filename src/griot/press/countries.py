"""Country names in the languages we know, from CLDR."""

from __future__ import annotations

from functools import cache

from babel import Locale

from griot.press.languages import KNOWN
from griot.press.text import fold, without_initials

# How the press writes them where CLDR's English name is longer.
_SHORT = {"us": "US", "usa": "US", "uk": "GB", "uae": "AE", "drc": "CD", "britain": "GB", "ivory coast": "CI",
          "turkey": "TR", "burma": "MM", "czech republic": "CZ", "swaziland": "SZ", "macedonia": "MK"}  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    named = dict(_SHORT)
    for language in KNOWN:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"}:
                named.setdefault(fold(name), code)
    return named


def country_code(name: str) -> str | None:
    """The ISO 3166 code of a country named in any of our languages, or None."""
    return _codes().get(fold(without_initials(name)).removeprefix("the "))


@cache
def country_names(code: str) -> frozenset[str]:
    """All folded names that we know for a code."""
    return frozenset(name for name, c in _codes().items() if c == code)
