"""Numbers in running text: "28", "1,200", "2.5 million", "six", "third" as values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SCALES = {
    "thousand": 1e3, "mille": 1e3, "mil": 1e3, "tausend": 1e3, "mila": 1e3, "ألف": 1e3, "آلاف": 1e3,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "millionen": 1e6, "mio": 1e6, "millon": 1e6, "millón": 1e6,
    "millones": 1e6, "milhão": 1e6, "milhões": 1e6, "milione": 1e6, "milioni": 1e6, "مليون": 1e6, "ملايين": 1e6,
    "billion": 1e9, "bn": 1e9, "milliard": 1e9, "milliards": 1e9, "milliarde": 1e9, "milliarden": 1e9,
    "miliardo": 1e9, "miliardi": 1e9, "مليار": 1e9, "trillion": 1e12,
}  # fmt: skip
_UNITS = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_ORDINALS = {
    w: i
    for i, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
# "one" is mostly a pronoun and "second" often a unit of time; neither states a quantity on its own.
_NO_QUANTITY = {"one", "zero"}
_DIGITS = re.compile(r"\d+(?:[.,'  ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?")
_TOKEN = re.compile(rf"(?P<digits>{_DIGITS.pattern})(?P<suffix>st|nd|rd|th)?|(?P<word>[^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands: `text[start:end]`."""

    value: float
    start: int
    end: int


def _value(digits: str) -> float:
    """Digits with separators as a value: 1,200 · 1.200 · 1 200 · 2.5 · 2,5 · 1.234,5."""
    digits = re.sub(r"['  ]", "", digits)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    head, tail = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    one_kind = len({c for c in digits if c in ".,"}) == 1
    if one_kind and len(tail) == 3 and head != "0":
        return float(head + tail)
    return float(f"{head}.{tail}")


def numbers_in(text: str) -> Iterator[Number]:
    """The numbers in `text`, in digits of any script or in English words."""
    plain = "".join(str(unicodedata.decimal(c, c)) for c in text)  # ٢٨ → 28, same length
    tokens = list(_TOKEN.finditer(plain))
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token["digits"]:
            value, end, used = _value(token["digits"]), token.end(), 1
        else:
            spelt = _spelt(plain, tokens, i)
            if spelt is None:
                i += 1
                continue
            value, end, used = spelt
        following = tokens[i + used] if i + used < len(tokens) else None
        if following and following["word"] and following["word"].casefold() in _SCALES and following.start() - end <= 1:
            value, end, used = value * _SCALES[following["word"].casefold()], following.end(), used + 1
        yield Number(value, token.start(), end)
        i += used


def _spelt(text: str, tokens: list[re.Match[str]], i: int) -> tuple[float, int, int] | None:
    """The number that the words from `i` on spell: its value, end and count of words."""
    word = tokens[i].group().casefold()
    if word in _ORDINALS:
        return float(_ORDINALS[word]), tokens[i].end(), 1
    if word in _NO_QUANTITY or word not in _UNITS | _TENS | {"dozen": 12}:
        return None
    total = float(_UNITS.get(word, _TENS.get(word, 12)))
    end, used = tokens[i].end(), 1
    while i + used < len(tokens):
        following = tokens[i + used]
        word, gap = following.group().casefold(), text[end : following.start()]
        if word == "hundred" and gap == " ":
            total *= 100
        elif total >= 20 and word in _UNITS and gap in {" ", "-"} and 0 < _UNITS[word] < 10 and total % 10 == 0:
            total += _UNITS[word]
        elif total >= 100 and word in _TENS and gap == " ":
            total += _TENS[word]
        else:
            break
        end, used = following.end(), used + 1
    return total, end, used
