"""Numbers in running text: "28", "1,200", "2.5 million", "six", "cinquante-sept", "ثلاثة عشر" as
values with units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name

from griot.press.core.language.amounts import amounts_in
from griot.press.core.language.spelling import DOZENS, phrases_of
from griot.press.core.language.text import LANGUAGE_NAMES, fold

_SCALED = {
    "thousand": 1e3,
    "mille": 1e3,
    "mil": 1e3,
    "tausend": 1e3,
    "mila": 1e3,
    "الف": 1e3,
    "الفا": 1e3,
    "الاف": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "mn": 1e6,
    "millionen": 1e6,
    "mio": 1e6,
    "millon": 1e6,
    "millones": 1e6,
    "milhao": 1e6,
    "milhoes": 1e6,
    "milione": 1e6,
    "milioni": 1e6,
    "مليون": 1e6,
    "ملايين": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "milliard": 1e9,
    "milliards": 1e9,
    "milliarde": 1e9,
    "milliarden": 1e9,
    "miliardo": 1e9,
    "miliardi": 1e9,
    "مليار": 1e9,
    "trillion": 1e12,
    "lakh": 1e5,
    "lakhs": 1e5,
    "lac": 1e5,
    "lacs": 1e5,
    "crore": 1e7,
    "crores": 1e7,
    "ألفين": 2e3,
    "مليونا": 1e6,
    "مليوني": 2e6,
    "مليونين": 2e6,
}
_SCALES = {fold(word): value for word, value in _SCALED.items()}
_GLUED = {"k": 1e3, "K": 1e3, "bn": 1e9, "mn": 1e6, "tn": 1e12}  # 45k; "m" and "b" are scales of money alone
_OF_MONEY = {"m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9}
_UNITS = {
    unit: name
    for name, words in {
        "percent": "% percent per-cent pourcent prozent cento ciento بالمئة بالمائة percentage",
        "euro": "€ euro euros يورو",
        "dollar": "$ dollar dollars dolares dollari dolar دولار",
        "pound": "£ pound pounds livres libras pfund sterline",
        "kilometre": (
            "km kilometre kilometres kilometer kilometers kilometres kilometros quilometros chilometri"
            " كيلومترا كيلومتر كم"
        ),
        "mile": "mile miles milles millas meilen miglia milhas ميلا ميل",
        "metre": "m metre metres meter meters metros metri متر مترا",
        "tonne": "tonne tonnes ton tons toneladas tonnen tonnellate طن",
        "year": (
            "year years an ans annee annees ano anos jahr jahre jahren anno anni عام عاما سنة سنوات year-old"
        ),
        "month": "month months mois mes meses monat monate monaten mese mesi شهر شهرا أشهر",
        "week": "week weeks semaine semaines semana semanas woche wochen settimana settimane أسبوع أسابيع",
        "day": "day days jour jours dia dias tag tage tagen giorno giorni يوم يوما أيام",
        "minute": "minute minutes minuto minutos minuten minuti دقيقة دقائق",
        "hour": "hour hours heure heures hora horas stunde stunden ora ore ساعة ساعات",
    }.items()
    for unit in fold(words).split()
}
_IN_USE = {
    code
    for days in get_global("territory_currencies").values()
    for code, _, end, is_tender in days
    if is_tender and not end
}
_CURRENCY_SIGNS = "€$£¥₹₦₺₽₪₫₱₴"
_DIGITS = r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+(?:[.,'\u00a0\u202f ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_TOKEN = re.compile(
    rf"(?P<digits>{_DIGITS})(?:(?P<suffix>st|nd|rd|th)|(?P<glued>k|K|mn|bn|tn|[mMbB])(?![^\W_]))?|(?P<word>[^\W\d_]+)"
)
_ARTICLE = re.compile(r"^(و?)ال(?=\w{3})")
_JOINT = re.compile(r"[\s\u00ad-]{1,2}")
_UNIT_AFTER = re.compile(
    r"\s?(%|[€$£]|per cent|por ciento|por cento|per cento|pour cent|"
    r"(?:(?:nautical|square|cubic|nautiques?|nauticas?|náuticas?|marins?|carrés?|cuadrados?|quadrados?)\s)?"
    r"[^\W\d_]+(?:-old)?(?:\s(?:nautiques?|n[áa]uticas?|marins?|carrés?|cuadrados?|quadrados?))?)"
    r"|-([^\W\d_]+(?:-old)?)"
)

# Words before a number that say it is rounded: the true value lies below, above, or on either side.
BELOW, ABOVE, ABOUT = "below", "above", "about"
_ROUNDED = {
    word: kind
    for kind, words in {
        BELOW: (
            "nearly almost just-under under fewer fewer-than less less-than lower-than close-to"
            " pres-de presque casi cerca quase fast knapp moins-de menos-de weniger-als meno-di quasi"
            " almeno-di أقل-من حوالي-من نحو-من يقارب"
        ),
        ABOVE: (
            "over above exceeding upwards upwards-of excess-of more-than greater-than at-least"
            " plus-de au-moins mas-de al-menos mais-de pelo-menos mehr-als uber mindestens piu-di oltre"
            " أكثر-من ما-لا-يقل"
        ),
        ABOUT: (
            "about around some roughly approximately environ quelque autour unos unas alrededor"
            " aproximadamente cerca-de etwa rund ungefahr circa حوالي نحو زهاء"
        ),
    }.items()
    for word in fold(words).split()
}
_LONGEST_ROUNDING = 40  # characters, with room
# One length of time in another's units: 72 hours are three days.
_LENGTHS = ({"minute": 1 / 60, "hour": 1, "day": 24, "week": 168}, {"month": 1, "year": 12})


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands: `text[start:end]`. `unit` is "" where none follows that we know.

    `is_vague` says only how large it is: of "hundreds" the value is the least that they can be.
    """

    value: float
    start: int
    end: int
    unit: str = ""
    is_vague: bool = False


def _value(digits: str) -> float:
    """Digits with separators as a value: 1,200 · 1.200 · 1 200 · 2.5 · 2,5 · 1.234,5."""
    digits = re.sub(r"['\u00a0\u202f ]", "", digits)
    if re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", digits):  # as India groups them
        return float(digits.replace(",", ""))
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    head, tail = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    one_kind = len({c for c in digits if c in ".,"}) == 1
    if one_kind and len(tail) == 3 and head != "0":
        return float(head + tail)
    return float(f"{head}.{tail}")


def numbers_in(text: str, language: str = "en") -> Iterator[Number]:
    """The numbers in `text`, in digits of any script or in the words of one of our languages (2 to
    999,999 and scales).

    "One" is mostly a pronoun or an article, and states no quantity on its own.
    """
    plain = _in_our_digits(text)
    tokens = list(_TOKEN.finditer(plain))
    words = [_word(token, language) for token in tokens]
    amounts = {amount.start: amount for amount in amounts_in(plain, language)}
    i = 0
    while i < len(tokens):
        start = tokens[i].start()
        if amount := amounts.get(start):
            unit = amount.unit or _unit(plain, start, amount.end)
            yield Number(amount.value, start, amount.end, unit, amount.is_vague)
            i = next((k for k in range(i, len(tokens)) if tokens[k].start() >= amount.end), len(tokens))
            continue
        is_digits = bool(tokens[i]["digits"])
        if is_digits:
            value, used = float(_value(tokens[i]["digits"])) * _glued(plain, tokens[i]), 1
        elif spelt := _spelt(plain, tokens, words, i, language):
            value, used = spelt
        else:
            i += 1
            continue
        value, used = _scaled(plain, tokens, i, value, used, language)
        if not is_digits and value >= 1000 and value % 1000 == 0 and i + used < len(tokens):
            rest = _spelt(plain, tokens, words, i + used, language)  # two thousand | five hundred
            if (
                rest
                and rest[0] < 1000
                and _JOINT.fullmatch(plain[tokens[i + used - 1].end() : tokens[i + used].start()])
            ):
                value, used = value + rest[0], used + rest[1]
        end = tokens[i + used - 1].end()
        if tokens[i + used - 1]["glued"] and _glued(plain, tokens[i + used - 1]) == 1:
            end -= len(tokens[i + used - 1]["glued"])  # five metres: 5m
        yield Number(value, start, end, _unit(plain, start, end))
        i += used


def _glued(text: str, token: re.Match[str]) -> float:
    """The scale of a letter right behind the digits: 45k, $3m."""
    is_money = token.start() > 0 and text[token.start() - 1] in _CURRENCY_SIGNS
    return _GLUED.get(token["glued"], 1.0) * (_OF_MONEY.get(token["glued"], 1.0) if is_money else 1.0)


def _scaled(
    text: str, tokens: list[re.Match[str]], i: int, value: float, used: int, language: str
) -> tuple[float, int]:
    dozens = DOZENS.get(language, {})
    while i + used < len(tokens):
        following = tokens[i + used]
        gap = text[tokens[i + used - 1].end() : following.start()]
        word = fold(following["word"] or "")
        scale = _SCALES.get(word) or dozens.get(word) or dozens.get(word.removesuffix("s"))
        if scale is None or len(gap) > 1:
            break
        value, used = value * scale, used + 1
    return value, used


def _unit(text: str, start: int, end: int) -> str:
    if start and text[start - 1] in "€$£":
        return _UNITS[text[start - 1]]
    found = _UNIT_AFTER.match(text, end)
    if not found:
        return ""
    word = fold(found.group(1) or found.group(2))
    if word in {"per cent", "por ciento", "por cento", "per cento", "pour cent"}:
        return "percent"
    *kind, unit = sorted(word.split(), key=lambda w: w in _UNITS)  # "nautical miles", "milles nautiques"
    return " ".join([*(k[:4] for k in kind), named]) if (named := _unit_named(unit)) else ""


def _unit_named(word: str) -> str:
    return _UNITS.get(word) or _currencies().get(word, "")


@cache
def _currencies() -> dict[str, str]:
    """What the last word of a currency's name in CLDR stands for: "naira", "kroner" → "krone"."""
    found: dict[str, str] = {}
    for language in LANGUAGE_NAMES:
        locale = Locale(language)
        for code, name in locale.currencies.items():
            if code not in _IN_USE:
                continue
            for said in (name, *(get_currency_name(code, count, locale) for count in (1, 2, 5))):
                # In English and German what it is stands last, elsewhere first.
                named = fold(said).split("(")[0].split()
                word = named[-1 if language in {"en", "de"} else 0] if named else ""
                if len(word) > 2 and word not in _UNITS and word != "won":  # "three won medals"
                    found.setdefault(word, fold(get_currency_name(code, 1, "en")).split()[-1])
    return found


def _word(token: re.Match[str], language: str) -> str:
    """A token's word, folded; in Arabic without the article, which stands before each part of a number."""
    word = fold(token["word"] or "")
    return _ARTICLE.sub(r"\1", word) if language == "ar" else word


def _in_our_digits(text: str) -> str:
    """٢٨ → 28, in as many characters."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text)


def _spelt(
    text: str, tokens: list[re.Match[str]], words: list[str], i: int, language: str
) -> tuple[float, int] | None:
    """The number that the words from `i` on spell, and how many words; the longest reading wins."""
    phrases = phrases_of(language)
    if words[i] not in phrases.beginnings:
        return None
    end = i + 1
    while (
        end < min(len(tokens), i + phrases.longest)
        and words[end]
        and _JOINT.fullmatch(text, tokens[end - 1].end(), tokens[end].start())
    ):
        end += 1
    for last in range(end, i, -1):
        if (value := phrases.values.get(tuple(words[i:last]))) is not None:
            return value, last - i
    return None


def rounding_before(text: str, start: int) -> str:
    """Whether the words before a number say that it is rounded: BELOW, ABOVE, ABOUT or ""."""
    before = fold(text[max(0, start - _LONGEST_ROUNDING) : start]).split()[-2:]
    return _ROUNDED.get("-".join(before), "") or (_ROUNDED.get(before[-1], "") if before else "")


def agrees(stated: Number, rounding: str, found: Number) -> bool:
    """Whether a number in a source bears out one that a line states, rounded as the line says.

    "Hundreds" are borne out by any number of that size, and by themselves; nothing exact by "hundreds".
    """
    if lengths := lengths_of(stated.unit, found.unit):
        return agrees(
            replace(stated, value=stated.value * lengths[0], unit=""),
            rounding,
            replace(found, value=found.value * lengths[1], unit=""),
        )
    if stated.value == found.value and stated.is_vague >= found.is_vague:
        return True
    if found.is_vague:
        return False
    if stated.is_vague:
        return stated.value <= found.value < 10 * stated.value
    if "percent" in (stated.unit, found.unit) and not (
        stated.value.is_integer() and found.value.is_integer()
    ):
        return abs(stated.value - found.value) < 1  # a third, 33 percent
    return {
        BELOW: 0.9 * stated.value <= found.value < stated.value,
        ABOVE: stated.value < found.value <= 1.15 * stated.value,
        ABOUT: abs(found.value - stated.value) <= 0.07 * stated.value,
    }.get(rounding, False)


def lengths_of(unit: str, other: str) -> tuple[float, float] | None:
    """How long two different units of time are, in a third, or None where that can't be said."""
    both = next((known for known in _LENGTHS if unit in known and other in known), None)
    return (both[unit], both[other]) if both and unit != other else None
