"""Country names in the languages we know, from CLDR."""

from __future__ import annotations

import re
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
def _stems() -> frozenset[str]:
    return frozenset(name[:4] for name in _codes() if len(name) >= 4)


def looks_like_demonym(word: str) -> bool:
    """Whether an English word is built like the people of a country: Libyan, Sudanese, Iraqis, Danes."""
    folded = fold(word)
    return folded[:4] in _stems() and re.search(r"(?:ese|ish|[a-z]an|ns|is|i|ine|ch)$", folded) is not None


@cache
def country_names(code: str) -> frozenset[str]:
    """All folded names that we know for a code."""
    return frozenset(name for name, c in _codes().items() if c == code)
