"""Quantities told without a number: "hundreds", "tens of thousands", "a third of", "half a million"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from griot.press.core.language.text import fold

# What says only how large: the least that it can mean.
_VAGUE = {
    "en": "dozens:24 scores:40 hundreds:200 thousands:2000 millions:2000000 billions:2000000000 tens:20",
    "fr": "dizaines:20 douzaines:24 centaines:200 milliers:2000",
    "es": "decenas:20 docenas:24 centenares:200 cientos:200 miles:2000",
    "pt": "dezenas:20 duzias:24 centenas:200 milhares:2000",
    "de": "dutzende:24 dutzenden:24 hunderte:200 hunderten:200 tausende:2000 tausenden:2000"
    " zehntausende:20000 zehntausenden:20000 hunderttausende:200000 hunderttausenden:200000",
    "it": "decine:20 dozzine:24 centinaia:200 migliaia:2000",
    "ar": "عشرات:20 مئات:200 مائات:200 آلاف:2000",
}
_LARGER = re.compile(r"\s(?:of|de|di|d['’])?\s?")  # hundreds | of | thousands
_SCALE_OF = {
    "en": {"thousands": 1000, "millions": 1000000},
    "fr": {"milliers": 1000, "millions": 1000000},
    "es": {"miles": 1000, "millones": 1000000},
    "pt": {"milhares": 1000, "milhoes": 1000000},
    "de": {"tausende": 1000, "tausenden": 1000},
    "it": {"migliaia": 1000, "milioni": 1000000},
    "ar": {fold("آلاف"): 1000, fold("الآلاف"): 1000, fold("ملايين"): 1000000},
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_DIGITS = "one two three four five six seven eight nine ten".split()
_COUNTS = {"": 1, "a": 1, "an": 1} | {word: n for n, word in enumerate(_DIGITS, 1)}
_SHARE = re.compile(
    r"\b(?:(?P<count>an?|one|two|three|four|nine)[\s-])?(?P<part>half|third|quarter|fifth|tenth)s?"
    r"(?=\s(?:of|the|its|their|all)\b)",
    re.I,
)
# Parts as other languages write them; behind "quarter", which is a room or a district too, what it is of.
_SHARES_ABROAD = {
    "fr": "la moitié:1/2 un tiers:1/3 deux tiers:2/3 un quart:1/4 trois quarts:3/4 un cinquième:1/5",
    "es": (
        "la mitad:1/2 un tercio:1/3 dos tercios:2/3 una tercera parte:1/3 un cuarto de:1/4"
        " la cuarta parte:1/4 tres cuartos:3/4 tres cuartas partes:3/4 un quinto de:1/5 una quinta parte:1/5"
    ),
    "pt": "metade:1/2 um terço:1/3 dois terços:2/3 um quarto d:1/4 três quartos:3/4 um quinto d:1/5",
    "de": "hälfte:1/2 ein drittel:1/3 zwei drittel:2/3 ein viertel de:1/4 drei viertel:3/4",
    "it": "la metà:1/2 un terzo:1/3 due terzi:2/3 un quarto de:1/4 tre quarti:3/4 un quinto de:1/5",
    "ar": "نصف:1/2 ثلث:1/3 ثلثي:2/3 ثلثا:2/3 ربع:1/4",
}
_IN = re.compile(
    r"\b(?P<count>one|two|three|four|five|six|seven|eight|nine)[\s-](?:in|out[\s-]of)(?:[\s-]every)?[\s-]"
    r"(?P<all>two|three|four|five|six|seven|eight|nine|ten)\b",
    re.I,
)
_HALF_A = re.compile(r"\b(?:half an? )(?P<scale>dozen|hundred|thousand|million|billion)\b", re.I)
_A = re.compile(
    r"\b(?:an?|one) (?P<scale>dozen|hundred|thousand|million|billion|lakh|crore)\b(?! and\b)", re.I
)
_SCALE = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "crore": 1e7,
    "billion": 1e9,
}
# Nouns that the press counts: Arabic says two of them by the ending. Those that are units, with the unit.
_COUNTED = (
    "قارب مركب زورق سفينة شخص مهاجر لاجئ امرأة رجل طفل طفلة فتاة شاب عائلة أسرة جثة قتيل جريح ضحية ناج"
    " موظف عامل شرطي جندي صحفي مدينة قرية دولة بلد مخيم مرة حالة رحلة"
    " يوم:day أسبوع:week شهر:month عام:year سنة:year ساعة:hour دقيقة:minute كيلومتر:kilometre دولار:dollar"
)
_DUALS = {
    fold((f"{noun[:-1]}ت" if noun.endswith("ة") else noun) + ending): unit
    for noun, _, unit in (counted.partition(":") for counted in _COUNTED.split())
    for ending in ("ان", "ين", "ا", "ي")
    if ending in ("ان", "ين") or noun.endswith("ة")
}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """`text[start:end]`; `is_vague` says only how large: then the value is the least it can mean."""

    start: int
    end: int
    value: float
    unit: str = ""
    is_vague: bool = False


def amounts_in(text: str, language: str) -> Iterator[Amount]:
    yield from _vague(text, language)
    if language == "ar":
        yield from (
            Amount(word.start(), word.end(), 2.0, _DUALS[folded])
            for word in _WORD.finditer(text)
            if (folded := fold(word.group()).removeprefix("و").removeprefix("ال")) in _DUALS
        )
    if language == "en":
        for found in _SHARE.finditer(text):
            if found["count"] or fold(found["part"]) == "half":  # "the third of" is an ordinal
                share = 100 * _COUNTS[fold(found["count"] or "")] / _PARTS[fold(found["part"])]
                yield Amount(found.start(), found.end(), share, "percent")
        for found in _IN.finditer(text):
            share = 100 * _COUNTS[fold(found["count"])] / _COUNTS[fold(found["all"])]
            yield Amount(found.start(), found.end(), share, "percent")
        for found in _HALF_A.finditer(text):
            yield Amount(found.start(), found.end(), _SCALE[fold(found["scale"])] / 2)
        for found in _A.finditer(text):
            yield Amount(found.start(), found.end(), _SCALE[fold(found["scale"])])
    elif shares := _shares_abroad(language):
        pattern, parts = shares
        for found in pattern.finditer(text):
            part = parts[fold(found.group())]
            yield Amount(found.start(), found.end(), part, "percent")


@cache
def _shares_abroad(language: str) -> tuple[re.Pattern[str], dict[str, float]] | None:
    """What finds a language's parts in a text, and what each is in per cent."""
    told = re.findall(r"(\D+?):(\d)/(\d)\s?", _SHARES_ABROAD.get(language, ""))
    parts = {fold(words): 100 * int(count) / int(of) for words, count, of in told}
    if not parts:
        return None
    phrases = sorted((words for words, _, _ in told), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})", re.I), parts


@cache
def _least(language: str) -> dict[str, float]:
    pairs = (pair.rsplit(":", 1) for pair in _VAGUE.get(language, "").split())
    return {fold(word): float(value) for word, value in pairs}


def _vague(text: str, language: str) -> Iterator[Amount]:
    known, scales = _least(language), _SCALE_OF.get(language, {})
    if not known:
        return
    words = list(_WORD.finditer(text))
    end = 0
    for i, word in enumerate(words):
        folded = fold(word.group()).removeprefix("ال") if language == "ar" else fold(word.group())
        if folded not in known or word.start() < end:
            continue
        value, end = known[folded], word.end()
        for larger in words[i + 1 : i + 3]:
            if (times := scales.get(fold(larger.group()))) and _LARGER.fullmatch(text[end : larger.start()]):
                value, end = value / (2 if folded not in {"dozens"} else 2.4) * times, larger.end()
                break
        before = text[: word.start()].rstrip()
        if (folded == "tens" and end == word.end()) or before[-1:].isdigit() or _counts(before, language):
            continue  # "three hundreds", "2 millions": counted, so not vague
        yield Amount(word.start(), end, value, is_vague=True)


def _counts(before: str, language: str) -> bool:
    """Whether a small number stands right before: Arabic counts thousands in the plural (three thousands)."""
    last = fold(before.rsplit(maxsplit=1)[-1]) if before else ""
    return language == "ar" and last in _ARABIC_COUNTS


_ARABIC_COUNTS = frozenset(
    fold(w)
    for w in "ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثماني تسعة تسع عشرة عشر بضعة عدة".split()
)
