"""Names in texts, however they are spelled there.

A name is looked for in a folded view of the text: small letters without accents or vowel signs (Unicode's
NFKD and case folding, UAX 15), one sign for all dashes and spaces, one for all apostrophes, one for what is
not seen at all, one for the rest. Where it is found is carried back to the text as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate

_UNSEEN, _APOSTROPHE, _SPACE, _STOP = "\xad", "'", " ", "."
_APOSTROPHES = frozenset("'`´‘’‛′‵＇ʹʻʼʽʾʿˈˊˋ՚՝׳ߴߵꞋꞌ")
# Letters that are written for one another, and that no decomposition tells of.
_SAME = {
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ŧ": "t",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
    "ŋ": "n",
    "ɲ": "n",
    "ð": "d",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "\u0671": "\u0627",  # alef
    "\u0649": "\u064a",  # yeh
    "\u06cc": "\u064a",
    "\u06a9": "\u0643",  # kaf
    "\u0629": "\u0647",  # heh
    "\u06c1": "\u0647",
    "\u06be": "\u0647",
}
# Blank letters, and what only chooses how the letter before it is drawn (Unicode: default ignorable).
_BLANK = re.compile("[\u115f\u1160\u3164\uffa0]")
_DRAWN = re.compile("[\u034f\u0640\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class _Folded(dict[int, str]):
    """What each character is in the folded view, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(chr(code))
        return found


def _folded(character: str) -> str:
    if character in _APOSTROPHES:
        return _APOSTROPHE
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(map(_sign, small))


def _sign(c: str) -> str:
    if c in _APOSTROPHES:
        return _APOSTROPHE
    kind = unicodedata.category(c)
    if unicodedata.combining(c) or kind == "Me" or _DRAWN.match(c):
        return ""
    if kind == "Cf" or _BLANK.match(c):
        return _UNSEEN
    if kind[0] in "LMN":
        return _SAME.get(c, c)
    return _SPACE if kind in {"Pd", "Pc", "Zs", "Zl", "Zp", "Cc"} or c in "−·" else _STOP


_FOLDED = _Folded()
_IN_NAMES = f"{_UNSEEN}{_APOSTROPHE}{_SPACE}"
_BEGINS, _ENDS = f"(?<![^{_IN_NAMES}{_STOP}])", f"(?![^{_IN_NAMES}{_STOP}])"
# Arabic and Hebrew write "and", "to", "with", "as", "so" and the article together with the word behind them.
_IS_JOINED = re.compile("[\u0590-\u06ff]{3}")
_BEFORE = "[وفبلكسאובהכלמש]{0,3}"
_JOINT = f"[{_IN_NAMES}]{{0,4}}+"  # between the parts of Marie-Louise, N'Diaye, Awa Diop
_SHORT = (
    3  # letters: a word of no more is found with nothing but what is unseen between them ("n'a" is no Na)
)


def fold(text: str) -> str:
    return text.translate(_FOLDED)


def spoken_by(name: str) -> frozenset[tuple[str, ...]]:
    """What a person of that name may be known by, folded and in parts: all of it, each word, and each part of
    a word that has several. A single letter tells nobody.
    """
    words = [tuple(_parts(word)) for word in name.split()]
    found = {tuple(part for word in words for part in word), *words}
    found |= {(part,) for word in words if len(word) > 1 for part in word if len(part) >= _SHORT}
    return frozenset(parts for parts in found if len("".join(parts)) > 1)


def _parts(word: str) -> list[str]:
    return re.findall(f"[^{_IN_NAMES}{_STOP}]+", fold(word).replace(_UNSEEN, ""))


def without(text: str, name: str, instead: str) -> str:
    """The text with `instead` (or "…") where somebody of that name is named, by whole words: Ali is not in
    Alicante. What `instead` itself says of the name may stay.

    A pass over the text, however many words the name has.
    """
    pattern = _pattern(name, instead)
    if pattern is None:
        return text
    found = _replaced(text, pattern, instead or "…")
    # What was put in may make a name with what stands beside it; "…" is a part of none.
    return _replaced(found, pattern, "…") if instead and found is not text else found


def _replaced(text: str, pattern: re.Pattern[str], instead: str) -> str:
    spans = [match.span(match.lastgroup or 0) for match in pattern.finditer(fold(text))]
    if not spans:
        return text
    ends = list(accumulate(len(_FOLDED[ord(c)]) for c in text))  # of each character, in the folded view
    pieces, at = [], 0
    for begins, end in spans:
        first = bisect_right(ends, begins)
        if first >= at:
            pieces += [text[at:first], instead]
        at = max(bisect_right(ends, end), bisect_left(ends, end) + 1)
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1024)
def _pattern(name: str, instead: str) -> re.Pattern[str] | None:
    kept = sorted(spoken_by(name) - spoken_by(instead), key=lambda parts: (-len("".join(parts)), parts))
    if not kept:
        return None
    joined = [parts for parts in kept if _IS_JOINED.match(parts[0])]
    ways = [f"(?P<joined>{'|'.join(map(_spelled, joined))})"] if joined else []
    ways = [f"{_BEFORE}{way}" for way in ways] + [f"(?P<alone>{'|'.join(map(_spelled, kept))})"]
    return re.compile(f"{_BEGINS}(?:{'|'.join(ways)}){_ENDS}")


def _spelled(parts: tuple[str, ...]) -> str:
    return _JOINT.join(map(_letters, parts))


def _letters(part: str) -> str:
    between = f"{_UNSEEN}*+" if len(part) <= _SHORT else f"[{_UNSEEN}{_APOSTROPHE}]*+"
    return between.join(map(re.escape, part))
