"""What a name sounds like, whatever its spelling and script: Gavdos, Gawdos, غافدوس.

Latin names are compared without their endings, Arabic words with Latin names by their consonants, which is
what Arabic writes. Letters are transliterated by anyascii; the rest is a rough phonetic key in the manner of
Soundex, over the spellings of seven languages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

ARABIC_PREFIX = re.compile(r"^(?:[وف]?(?:ال|لل|بال|كال|[بلك])|[وف])(?=\w{3})")
_SOUNDS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"tsch|tch|sch|sh|ch", "s"),
        (r"ph", "f"),
        (r"ou", "u"),
        (r"th|dh", "d"),
        (r"gh|kh|qu?|ck", "k"),
        (r"c(?=[eiy])|g(?=[ei])|[zj]", "s"),
        (r"[cg]", "k"),
        (r"x", "ks"),
        (r"[wv]", "f"),
        (r"p", "b"),
        (r"t", "d"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
    )
)
_ENDINGS = tuple(re.compile(rf"(?<=.{{3}}){ending}$") for ending in ("s", "(?:ish|[aeiou]?n)", "[aeiouy]+"))


def _sounding(name: str) -> str:
    plain = re.sub(r"[^a-z]", "", anyascii(name.lower().replace("ç", "s")).lower())
    for pattern, to in _SOUNDS:
        plain = pattern.sub(to, plain)
    return plain


@lru_cache(maxsize=100_000)
def sound(name: str) -> str:
    """How a Latin-script name sounds, roughly, without its ending: Moçambique and Mozambik, Karsia and
    Karsian are one.
    """
    plain = _sounding(name)
    for ending in _ENDINGS:
        plain = ending.sub("", plain)
    return plain


@lru_cache(maxsize=100_000)
def skeleton(name: str) -> str:
    """The consonants of a Latin-script name, where there are at least three, or "". A vowel at its beginning
    leaves a mark.
    """
    plain = _sounding(name)
    mark = "-" if plain[:1] in set("aeiou") else ""
    consonants = re.sub(r"[aeiouy]", "", plain[:1].replace("y", "Y") + plain[1:])
    return mark + consonants if len(consonants) > 2 else ""


@lru_cache(maxsize=100_000)
def arabic_skeletons(word: str) -> tuple[str, ...]:
    """The consonants of an Arabic word as `skeleton` writes a Latin name's, with and without its prefixes."""
    found = []
    without_and = word[1:] if word[:1] in set("وف") else word
    for form in dict.fromkeys((word, without_and, ARABIC_PREFIX.sub("", word))):
        mark = "-" if form[:1] in set("اأإآعحهو") else ""
        first = "Y" if form[:1] == "ي" else ""
        rest = "".join("'" if c in "اأإآىءئؤعويةه" else anyascii(c).lower() for c in form)
        for pattern, to in _SOUNDS:
            rest = pattern.sub(to, rest)
        rest = re.sub(r"[^a-z]|[aeiouy]", "", rest)
        if len(first + rest) > 2:
            found.append(mark + first + rest)
    return tuple(dict.fromkeys(found))
