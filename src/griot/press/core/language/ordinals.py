"""Ordinals in words, in seven languages: "seventh", "septième", "التاسعة"."""

from __future__ import annotations

from functools import cache

from num2words import num2words

from griot.press.core.language.text import fold

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


@cache
def ordinals(language: str) -> dict[str, int]:
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
