"""Countries and cities as the press of seven languages names them, from CLDR.

Cities are CLDR's exemplar cities of the time zones: capitals and large cities, each named in
all of our languages. Adjectives and peoples ("Libyan", "sénégalais") are not in CLDR: the English ones and
other names of countries are countryinfo's, those of other languages are told by what they share with a
country's name there.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from countryinfo import all_countries

from griot.press.core.language.languages import KNOWN
from griot.press.core.language.text import fold, without_initials

# How the press writes them where CLDR's name is longer or another.
_SHORT = {
    "us": "US",
    "usa": "US",
    "uk": "GB",
    "uae": "AE",
    "drc": "CD",
    "britain": "GB",
    "ivory coast": "CI",
    "england": "GB",
    "scotland": "GB",
    "turkey": "TR",
    "burma": "MM",
    "bosnia": "BA",
    "bosnie": "BA",
    "bosnien": "BA",
    "trinidad": "TT",
    "antigua": "AG",
    "sao tome": "ST",
    "czech republic": "CZ",
    "swaziland": "SZ",
    "macedonia": "MK",
    "estados unidos": "US",
    "etats-unis": "US",
    "stati uniti": "US",
    "rdc": "CD",
    "eeuu": "US",
    "grande-bretagne": "GB",
    "gran bretana": "GB",
    "gran bretagna": "GB",
    "gra-bretanha": "GB",
    "grossbritannien": "GB",
    "palestine": "PS",
    "gaza": "PS",
    "west bank": "PS",
    "cisjordanie": "PS",
    "cisjordania": "PS",
    "cisgiordania": "PS",
    "westjordanland": "PS",
    "غزة": "PS",
    "فلسطين": "PS",
    "بريطانيا": "GB",
    "امريكا": "US",
    "lampedusa": "IT",
    "لامبيدوزا": "IT",
    "calais": "FR",
    "tapachula": "MX",
    "lesbos": "GR",
    "melilla": "ES",
    "مليلية": "ES",
    "cox's bazar": "BD",
    "agadez": "NE",
    "zarzis": "TN",
    "sfax": "TN",
}
# Peoples that countryinfo spells or calls otherwise, and those of other languages whose name shares too
# little with their country's.
_PEOPLES = {
    "argentine": "AR",
    "bissau-guinean": "GW",
    "briton": "GB",
    "cabo verdean": "CV",
    "cape verdean": "CV",
    "congolese": "CD",
    "croat": "HR",
    "dane": "DK",
    "ecuadorian": "EC",
    "english": "GB",
    "finn": "FI",
    "guianese": "GF",
    "icelandic": "IS",
    "kazakh": "KZ",
    "kittitian": "KN",
    "kyrgyz": "KG",
    "maldivian": "MV",
    "palestinian": "PS",
    "philippine": "PH",
    "pole": "PL",
    "saudi": "SA",
    "scottish": "GB",
    "serb": "RS",
    "slovenian": "SI",
    "spaniard": "ES",
    "swede": "SE",
    "tajik": "TJ",
    "turk": "TR",
    "uzbek": "UZ",
    "zimbabwean": "ZW",
    "basotho": "LS",
    "batswana": "BW",
    "bosnian": "BA",
    "herzegovinian": "BA",
    "uk": "GB",
    "british": "GB",
    "french": "FR",
    "dutch": "NL",
    "german": "DE",
    "germans": "DE",
    "greek": "GR",
    "greeks": "GR",
    "spanish": "ES",
    "swiss": "CH",
    "danish": "DK",
    "turkish": "TR",
    "polish": "PL",
    "welsh": "GB",
    "thai": "TH",
    "iraqi": "IQ",
    "israeli": "IL",
    "pakistani": "PK",
    "yemeni": "YE",
    "emirati": "AE",
    "moroccan": "MA",
    "moroccans": "MA",
    "american": "US",
    "americans": "US",
    "americain": "US",
    "americaine": "US",
    "estadounidense": "US",
    "britannique": "GB",
    "allemand": "DE",
    "allemande": "DE",
    "francais": "FR",
    "francaise": "FR",
    "frances": "FR",
    "francesa": "FR",
    "grec": "GR",
    "grecque": "GR",
    "griego": "GR",
    "griega": "GR",
    "alemana": "DE",
    "alemao": "DE",
    "tunecino": "TN",
    "tunecina": "TN",
    "espagnol": "ES",
    "espagnole": "ES",
    "turc": "TR",
    "turque": "TR",
    "turco": "TR",
    "turca": "TR",
    "americano": "US",
    "americana": "US",
    "tedesco": "DE",
    "tedesca": "DE",
    "francese": "FR",
    "inglese": "GB",
    "britannico": "GB",
    "britannica": "GB",
    "amerikanische": "US",
    "amerikanischen": "US",
    "griechische": "GR",
    "griechischen": "GR",
    "franzosische": "FR",
    "franzosischen": "FR",
    "britische": "GB",
    "britischen": "GB",
    "turkische": "TR",
    "الايطالي": "IT",
    "الايطالية": "IT",
    "الليبي": "LY",
    "الليبية": "LY",
    "التونسي": "TN",
    "التونسية": "TN",
    "السوري": "SY",
    "السورية": "SY",
    "السوداني": "SD",
    "السودانية": "SD",
    "المصري": "EG",
    "المصرية": "EG",
    "المغربي": "MA",
    "المغربية": "MA",
    "اللبناني": "LB",
    "اللبنانية": "LB",
    "الاردني": "JO",
    "الاردنية": "JO",
    "الامريكي": "US",
    "الامريكية": "US",
    "البريطاني": "GB",
    "البريطانية": "GB",
    "الفرنسي": "FR",
    "الفرنسية": "FR",
    "الاسباني": "ES",
    "الاسبانية": "ES",
    "اليوناني": "GR",
    "اليونانية": "GR",
    "التركي": "TR",
    "التركية": "TR",
}
_NO_PEOPLE = set(
    "roman romans romana romano romane romanos indiana indianer malis nigel messina samos catamaran "
    "catamarans service services server servers believes believer franchi indigena indigenas libertados "
    "liberano reuni reunis chilometri congresswoman".split()
)
_NO_COUNTRY = {"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"}
# CLDR's cities that are words, first names or months somewhere else.
_NO_CITY = {
    "center",
    "easter",
    "troll",
    "nome",
    "vincent",
    "creston",
    "knox",
    "louisville",
    "vevay",
    "mahe",
    "comoro",
    "thomas",
    "marengo",
    "petersburg",
    "macquarie",
    "eden",
    "davis",
    "casey",
    "truk",
    "lindeman",
    "perth amboy",
    "unknown",
}
_REGIONS = frozenset("Africa America Asia Atlantic Europe Indian Pacific".split())
_PEOPLE_ENDING = re.compile(
    r"(?:ese|ish|[a-z]ans?|is?|ine|ch|iens?|iennes?|ains?|aines?|ais|aises?|ois|oises?|en[oa]s?|es|esas?|"
    r"[ai]n[oa]s?|ian[oaie]|es[ei]|isch\w{0,2}|er|os)$"
)
_WORD = re.compile(r"\w+(?:['-]\w+)*")
_AR_PREFIXES = ("و", "ب", "ل", "ف", "ك")


@cache
def _codes() -> dict[str, str]:
    named = dict(_SHORT)
    for language in KNOWN:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
                named.setdefault(fold(name), code)
    for country in _countries():
        for name in (country["name"], *country.get("altSpellings", [])):
            if len(name) > 3:  # shorter ones are codes
                named.setdefault(fold(name).removeprefix("the "), country["ISO"]["alpha2"])
    return {name.replace("’", "'"): code for name, code in named.items()}


@cache
def _countries() -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = [{**country.info()} for country in all_countries()]
    return [country for country in known if country["ISO"].get("alpha2")]


@cache
def _peoples() -> dict[str, str]:
    """Folded English names of peoples, one and several of them."""
    named = dict(_PEOPLES)
    for country in _countries():
        if country["ISO"]["alpha2"] in _SAME_PEOPLE:
            continue
        for people in (country.get("demonym") or "").split(","):
            if len(people) > 3 and country["ISO"]["alpha2"] not in people:
                named.setdefault(fold(people), country["ISO"]["alpha2"])
    return named | {f"{people}s": code for people, code in named.items() if people.isascii()}


# Territories whose people countryinfo calls by another country's name.
_SAME_PEOPLE = frozenset("IO HK MO MQ MP PM RE TF YT SJ GB CG DM CS".split())


@cache
def _cities() -> dict[str, tuple[str, str]]:
    """Folded name → (time zone, country code): two names with one zone are one city."""
    countries = get_global("zone_territories")
    named: dict[str, tuple[str, str]] = {}
    for language in KNOWN:
        for zone, names in Locale(language).time_zones.items():
            city = names.get("city") or zone.rpartition("/")[2].replace("_", " ")
            folded = fold(city)
            if zone in countries and len(folded) > 3 and folded not in _NO_CITY and folded not in _codes():
                named.setdefault(folded, (zone, countries[zone]))
    for old, zone in get_global("zone_aliases").items():  # Europe/Kiev, Asia/Calcutta
        folded = fold(old.rpartition("/")[2].replace("_", " "))
        region = old.partition("/")[0]  # US/Eastern and Australia/North are parts of a country
        is_place = region in _REGIONS and zone in countries and len(folded) > 3
        if is_place and folded not in _NO_CITY and folded not in _codes():
            named.setdefault(folded, (zone, countries[zone]))
    for zone, code in countries.items():  # in English a zone's city is mostly its id
        folded = fold(zone.rpartition("/")[2].replace("_", " "))
        if "/" in zone and len(folded) > 3 and folded not in _NO_CITY and folded not in _codes():
            named.setdefault(folded, (zone, code))
    return named


def country_code(name: str) -> str | None:
    """The ISO 3166 code of a country named in any of our languages, or None."""
    return _codes().get(fold(without_initials(name)).removeprefix("the "))


def place_key(name: str) -> str | None:
    """What place a name stands for in any of our languages: a country's code (also for its people), a city's
    zone, or None.
    """
    if code := country_code(name):
        return code
    city = _cities().get(fold(name))
    return city[0] if city else people_of(fold(name))


@cache
def place_names(key: str) -> frozenset[str]:
    """All folded names that we know for a country's code or a city's zone."""
    names = {name for name, c in _codes().items() if c == key}
    return frozenset(names | {name for name, (zone, _) in _cities().items() if zone == key})


@cache
def _stems() -> frozenset[str]:
    return frozenset(name[:4] for name in _codes() if len(name) >= 4)


def looks_like_demonym(word: str) -> bool:
    """Whether an English word is built like the people of a country: Libyan, Sudanese, Iraqis, Danes."""
    folded = fold(word)
    return folded[:4] in _stems() and re.search(r"(?:ese|ish|[a-z]an|ns|is|i|ine|ch)$", folded) is not None


@cache
def people_of(word: str) -> str | None:
    """The country whose people or adjective a folded word names, or None: "libyan" → "LY"."""
    if word in _peoples():
        return _peoples()[word]
    if word in _codes():
        return None  # Niger is no Nigerian
    if not _PEOPLE_ENDING.search(word) or len(word) < 5 or word in _NO_PEOPLE:
        return None
    best, shared = None, 0
    for name, enough, code in _by_beginning().get(word[:4], ()):
        if enough > shared and word[:enough] == name[:enough]:
            best, shared = code, enough
    return best


@cache
def _by_beginning() -> dict[str, list[tuple[str, int, str]]]:
    """One-word country names by their first four letters, each with how many letters its people's
    name must share.
    """
    found: dict[str, list[tuple[str, int, str]]] = {}
    for name, code in _codes().items():
        if " " not in name and len(name) >= 4:
            found.setdefault(name[:4], []).append((name, max(4, len(name) - 2), code))
    return found


def places_in(text: str) -> list[str]:
    """Codes of the countries that a text names, by name, city or people, most often named first."""
    return [code for code, _ in _counted(text).most_common()]


def _counted(text: str) -> Counter[str]:
    countries, cities = _codes(), _cities()
    words = [(m.group(), fold(m.group())) for m in _WORD.finditer(without_initials(text).replace("’", "'"))]
    found: Counter[str] = Counter()
    i = 0
    while i < len(words):
        raw = words[i][0]
        is_arabic = "\u0600" <= raw[0] <= "\u06ff"
        if not (raw[0].isupper() or is_arabic):  # adjectives of Romance languages are written small
            if code := people_of(words[i][1].removesuffix("'s")):
                found[code] += 1
            i += 1
            continue
        for length in (4, 3, 2, 1):
            name = " ".join(folded for _, folded in words[i : i + length]).removesuffix("'s")
            readings = [name, *([name[1:] for p in _AR_PREFIXES if name.startswith(p)] if is_arabic else [])]
            code = next(
                (c for r in readings if (c := countries.get(r) or (cities[r][1] if r in cities else None))),
                None,
            ) or (people_of(name) if length == 1 else None)
            if code:
                found[code] += 1
                i += length - 1
                break
        i += 1
    return found
