"""Numbers in words, in seven languages: "cinquante-sept", "ثلاثة عشر"; ordinals: "seventh", "التاسعة"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from num2words import num2words

from griot.press.core.language.text import LANGUAGE_NAMES, fold

DOZENS = {
    "en": {"dozen": 12},
    "fr": {"dizaine": 10, "douzaine": 12, "vingtaine": 20, "trentaine": 30, "centaine": 100},
    "es": {"decena": 10, "docena": 12, "veintena": 20, "centenar": 100},
    "pt": {"dezena": 10, "duzia": 12, "centena": 100},
    "de": {"dutzend": 12},
    "it": {"decina": 10, "dozzina": 12, "ventina": 20, "centinaio": 100},
}
_THOUSAND = {"fr": "mille", "es": "mil", "pt": "mil", "de": "tausend", "it": "mille", "ar": "ألف"}
_ORDINALS = {
    w: i
    for i, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
# Words besides: Italian before and according to, days of the Portuguese week, units of time.
_NO_ORDINALS = set(
    "second seconde prima prime secondo secondi seconda quarto quarta quinta sexta segunda".split()
)
_AR_ORDINALS = "أول ثاني ثالث رابع خامس سادس سابع ثامن تاسع عاشر".split()


@dataclass(frozen=True, slots=True)
class Phrases:
    """The numbers that words spell, the first words of them, and how many words one has at most."""

    values: dict[tuple[str, ...], float]
    beginnings: frozenset[str]
    longest: int


@cache
def phrases_of(language: str) -> Phrases:
    """How a language spells 2 to 999; where none of ours, digits alone are read."""
    spelt: dict[tuple[str, ...], float] = {}
    if language in LANGUAGE_NAMES:
        for value in range(2, 1000):
            for phrase in _spellings(value, language):
                spelt.setdefault(tuple(re.split(r"[\s-]+", fold(phrase))), 1.0 * value)
        spelt.update({(word,): 1.0 * n for word, n in _ordinals(language).items()})
    if language in {"de", "it"}:  # they write thousands in one word, too
        spelt |= {(fold(num2words(n * 1000, lang=language)),): n * 1000.0 for n in range(2, 1000)}
    spelt.update({(word,): 1.0 * dozen for word, dozen in DOZENS.get(language, {}).items()})
    if language in _THOUSAND:
        spelt[(fold(_THOUSAND[language]),)] = 1000.0
    return Phrases(spelt, frozenset(words[0] for words in spelt), max(map(len, spelt), default=0))


def _spellings(value: int, language: str) -> Iterator[str]:
    if language == "ar":
        yield from _arabic(value)
        return
    spelt = num2words(value, lang=language)
    yield spelt
    if language == "en":
        yield spelt.replace(" and ", " ")
        yield spelt.replace("one hundred", "a hundred")
    elif language == "fr":
        yield spelt.replace("cents", "cent")
        yield re.sub(r"cent\b", "cents", spelt)
        yield re.sub(r"\bun$", "une", spelt)
    elif language == "es":
        yield re.sub(r"uno$", "un", spelt)
        yield re.sub(r"uno$", "una", spelt)
        yield spelt.replace("cientos", "cientas").replace("quinientos", "quinientas")
    elif language == "pt":
        yield spelt.replace("dois", "duas").replace("entos", "entas")
    elif language == "de":
        yield spelt.replace("einhundert", "hundert")
        yield spelt.replace("ß", "ss")
    elif language == "it":
        yield re.sub(r"tré$", "tre", spelt)


_AR_UNITS = (
    "",
    "واحد واحدة",
    "اثنان اثنين اثنتان اثنتين",
    "ثلاثة ثلاث",
    "أربعة أربع",
    "خمسة خمس",
    "ستة ست",
    "سبعة سبع",
    "ثمانية ثماني ثمان",
    "تسعة تسع",
    "عشرة عشر",
)
_AR_TENS = (
    "",
    "",
    "عشرون عشرين",
    "ثلاثون ثلاثين",
    "أربعون أربعين",
    "خمسون خمسين",
    "ستون ستين",
    "سبعون سبعين",
    "ثمانون ثمانين",
    "تسعون تسعين",
)


def _arabic(value: int) -> Iterator[str]:
    """Arabic numerals agree in gender and case, and write "and" as a prefix; num2words gives one form
    only.
    """
    hundreds, rest = divmod(value, 100)
    heads = (
        [""]
        if not hundreds
        else (
            ["مئة", "مائة"]
            if hundreds == 1
            else (
                ["مئتان", "مئتين", "مئتا", "مئتي", "مائتان", "مائتين", "مائتا", "مائتي"]
                if hundreds == 2
                else [
                    u.removesuffix("ة") + h for u in _AR_UNITS[hundreds].split()[-1:] for h in ("مئة", "مائة")
                ]
            )
        )
    )
    for head in heads:
        for tail in _arabic_below_hundred(rest) if rest else [""]:
            yield f"{head} و{tail}" if head and tail else head or tail


def _arabic_below_hundred(value: int) -> Iterator[str]:
    if value <= 10:
        yield from _AR_UNITS[value].split()
    elif value < 20:
        for unit in {11: "أحد إحدى", 12: "اثنا اثني اثنتا اثنتي"}.get(value, _AR_UNITS[value - 10]).split():
            yield from (f"{unit} عشر", f"{unit} عشرة")
    else:
        tens, unit_value = divmod(value, 10)
        for ten in _AR_TENS[tens].split():
            if not unit_value:
                yield ten
            for unit in _AR_UNITS[unit_value].split() if unit_value else []:
                yield f"{unit} و{ten}"


@cache
def _ordinals(language: str) -> dict[str, int]:
    """How a language writes "first" to "twelfth", folded, in each gender and case."""
    if language == "en":
        return _ORDINALS
    if language == "ar":
        written = {form: n for n, root in enumerate(_AR_ORDINALS, 1) for form in (root, f"{root}ة")}
        return {fold(word): n for word, n in (written | {"أولى": 1}).items()}
    if language == "de":
        stems = {num2words(n, to="ordinal", lang="de").removesuffix("e"): n for n in range(1, 13)}
        return {fold(s + ending): n for s, n in stems.items() for ending in ("e", "en", "er", "es", "em")}
    found = {fold(num2words(n, to="ordinal", lang=language)): n for n in range(1, 13)}
    ends = {"es": "oa", "pt": "oa", "it": "oaie", "fr": ""}[language]
    found |= {w[:-1] + end: n for w, n in found.items() for end in ends}
    more = {"fr": "premiere:1 seconde:2 second:2", "es": "primer:1 tercer:3", "pt": "", "it": ""}[language]
    found |= {w: int(n) for w, n in (pair.split(":") for pair in more.split())}
    return {w: n for w, n in found.items() if w not in _NO_ORDINALS and " " not in w}
