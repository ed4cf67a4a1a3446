"""Names in texts, however they are spelled there.

A name is looked for in a folded view of the text: small letters without accents or vowel signs (Unicode's
NFKD and case folding, UAX 15), one sign for all dashes and spaces, one for all apostrophes, one for what is
not seen at all, one for the rest. Where it is found is carried back to the text as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
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
    "ɔ": "o",
    "ə": "e",
    "ǝ": "e",
    "ɛ": "e",
    "ɩ": "i",
    "ʊ": "u",
    "ɖ": "d",
    "ƒ": "f",
    "ɣ": "g",
    "ʋ": "v",
    "\u0671": "\u0627",  # alef
    "\u0649": "\u064a",  # yeh
    "\u06cc": "\u064a",
    "\u06a9": "\u0643",  # kaf
    "\u0629": "\u0647",  # heh
    "\u06c1": "\u0647",
    "\u06be": "\u0647",
    "\u06d5": "\u0647",
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
_BEGINS, _ENDS = f"(?<![^{_IN_NAMES}{_STOP}])", f"(?![^{_IN_NAMES}{_STOP}0-9])"
# Arabic and Hebrew write "and", "to", "with", "as", "so" and the article together with the word behind them.
_IS_JOINED = re.compile("[\u0590-\u06ff]{3}")
_BEFORE = "[اوفبلكسאובהכלמש]{0,3}"
_ARTICLE = "ال"  # "to" is written together with it: للحسن
_JOINT = f"[{_IN_NAMES}]{{0,4}}+"  # between the parts of Marie-Louise, N'Diaye, Awa Diop
_SHORT = (
    3  # letters: a word of no more is found with nothing but what is unseen between them ("n'a" is no Na)
)
_DEEP = 12  # letters that names share in a pattern
_BROKEN = re.compile(
    r"(?<=\w)[-\u2010\xad][ \t]{0,4}(?:\r\n|[\n\r\u2028])[ \t]{0,8}(?=\w)"
)  # at a line's end


def fold(text: str) -> str:
    return text.translate(_FOLDED)


def says_something(text: str) -> bool:
    """Whether there is a letter or a figure in it that can be seen."""
    return any(map(str.isalnum, fold(text)))


_TITLES = frozenset(
    map(
        fold,
        "mr mrs ms miss dr prof hon rev m mme mlle me pr sr sra srta don doña dona dom senhor senhora imam"
        " cheikh sheikh hajj hajja hadja elhadj alhaji السيد السيدة الدكتور الدكتورة الشيخ الحاج"
        " الحاجة".split(),
    )
)


def first_name(name: str) -> str:
    """What a person goes by of all their names: "Diop, Awa" and "DIOP Awa" are Awa, as "Mme Awa Diop" is. A
    guess, for lists are written so: who approves it sees what is shown.
    """
    family, comma, given = name.partition(",")
    words = (given if comma and given.strip() else family).split()
    words = [word for word in words if fold(word).strip(". ") not in _TITLES] or words
    small = [word for word in words if word != word.upper() or word == word.lower()]
    return next(iter(small or words), "")


# Small words in names (of the, son of, house of, God): alone they name nobody, and stand in every text.
PARTICLES = frozenset(
    map(
        fold,
        "de da do dos das du des di del della dalla la las le les los y e i van von der den ter ten zu af"
        " bin ibn ben bint binti al el ul ad as ould oued mint abu abou aboul umm um"
        " ال آل بن ابن بنت أبو أبا أبي أم ولد الله الدين".split(),
    )
)
_GIVEN = frozenset({"ben", "van"})  # somebody's own name, too, where it stands first: Ben Carter, Van Nguyen


def likely(names: Iterable[str], texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Names that nobody has looked at, as far as they are names in these texts: the words that are mostly
    written with a capital; and those that know none, to be found as a whole of several words alone. So who
    says that somebody is called "the desert" takes no word out. Gives words, and names to be found `wholly`.
    """
    if not (names := list(names)):
        return [], []
    written = Counter(way for text in texts for way in _ways_to_write(text))
    words = {word for name in names for word in name.split()}
    cased = {word for word in words if word.lower() != word.upper()}
    said = {word for word in cased if written[fold(word), "small"] > written[fold(word), "large"]}
    whole = [name for name in names if not said & set(name.split())]
    is_long = {name: sum(any(map(str.isalpha, word)) for word in name.split()) > 1 for name in whole}
    return sorted(cased - said), [name for name in whole if is_long[name] or cased & set(name.split())]


def _ways_to_write(text: str) -> Iterator[tuple[str, str]]:
    """Each word, folded, and whether it is written small, or large where nothing asks for it."""
    opens = True
    for found in re.finditer(r"(\w+(?:['’-]\w+)*)|([.!?…:“«„\"])", text):
        word = found[1]
        if word and (word[0].islower() or not opens):
            yield fold(word), "small" if word[0].islower() else "large"
        opens = not word


def spoken_by(name: str) -> frozenset[tuple[str, ...]]:
    """What a person of that name may be known by, folded and in parts: all of it, each word, and each part of
    a word that has several. A single letter tells nobody, nor does a particle ("de la").
    """
    words = [tuple(_parts(word)) for word in name.split()]
    whole = tuple(part for word in words for part in word)
    found = {*words, *((part,) for word in words if len(word) > 1 for part in word if len(part) >= _SHORT)}
    found = {parts for parts in found if set(parts) - PARTICLES}
    found |= {whole, *(word for word in words[:1] if set(word) <= _GIVEN)}
    return frozenset(parts for parts in found if len("".join(parts)) > 1)


def _parts(word: str) -> list[str]:
    return re.findall(f"[^{_IN_NAMES}{_STOP}]+", fold(word).replace(_UNSEEN, ""))


def without(text: str, names: Iterable[str], instead: str, wholly: Iterable[str] = ()) -> str:
    """The text with `instead` (or "…") where somebody of one of these names is named, by whole words: Ali is
    not in Alicante; or by all of a name that is to be found `wholly`. What `instead` itself says of a name
    may stay.

    A pass over the text, however many names there are: they share their beginnings (`_one_of`).
    """
    pattern = _pattern(frozenset(names), instead, frozenset(wholly)) if text else None
    if pattern is None:
        return text
    found = _replaced(text, pattern, instead or "…")
    # What was put in may make a name with what stands beside it; "…" is a part of none.
    return _replaced(found, pattern, "…") if instead and found is not text else found


def _replaced(text: str, pattern: re.Pattern[str], instead: str) -> str:
    seen = _BROKEN.sub(lambda broken: _UNSEEN * len(broken[0]), text)
    spans = [match.span(match.lastgroup or 0) for match in pattern.finditer(fold(seen))]
    if not spans:
        return text
    ends = list(accumulate(len(_FOLDED[ord(c)]) for c in seen))  # of each character, in the folded view
    pieces, at = [], 0
    for begins, end in spans:
        first = bisect_right(ends, begins)
        if first >= at:
            pieces += [text[at:first], instead]
        at = max(bisect_right(ends, end), bisect_left(ends, end) + 1)
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1024)
def _pattern(names: frozenset[str], instead: str, wholly: frozenset[str]) -> re.Pattern[str] | None:
    whole = {tuple(part for word in name.split() for part in _parts(word)) for name in wholly}
    spoken = whole.union(*map(spoken_by, names)) - spoken_by(instead) - {()}
    kept = sorted(spoken, key=lambda parts: (-len("".join(parts)), parts))
    if not kept:
        return None
    joined = [parts for parts in kept if _IS_JOINED.match(parts[0])]
    ways = [f"{_BEFORE}(?P<joined>{_one_of(map(_spelled, joined))})ا?"] if joined else []
    articled = [(parts[0][1:], *parts[1:]) for parts in joined if parts[0].startswith(_ARTICLE)]
    ways += [f"[وف]?ل(?P<articled>{_one_of(map(_spelled, articled))})"] if articled else []
    ways += [f"(?P<alone>{_one_of(map(_spelled, kept))})"]
    return re.compile(f"{_BEGINS}(?:{'|'.join(ways)}){_ENDS}")


def _one_of(ways: Iterable[tuple[str, ...]], deep: int = _DEEP) -> str:
    """A pattern for any of these, each given letter by letter, the longest first. What several begin with is
    tried once; those that the same text may begin with keep their order.
    """
    if not deep:
        return "|".join(map("".join, ways))
    begun: list[tuple[str, list[tuple[str, ...]]]] = []
    last: dict[str, int] = {}  # where what begins with a letter stands
    for way in ways:
        begin = way[0] if way else ""
        at = last.get(begin[-1:])
        if at is None or begun[at][0] != begin:
            at = last[begin[-1:]] = len(begun)
            begun.append((begin, []))
        begun[at][1].append(way[1:])
    return "|".join(
        begin + ("".join(ends[0]) if len(ends) == 1 else f"(?:{_one_of(ends, deep - 1)})")
        for begin, ends in begun
    )


def _spelled(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Letter by letter, each with what may stand before it."""
    numbered = [r"(?!\d)"] if parts[-1][-1:].isdigit() else []  # a figure may stand for a footnote: Awa²
    first, *more = map(_letters, parts)
    return (
        *first,
        *(f"{_JOINT if i == 0 else ''}{x}" for part in more for i, x in enumerate(part)),
        *numbered,
    )


def _letters(part: str) -> list[str]:
    between = f"{_UNSEEN}*+" if len(part) <= _SHORT else f"[{_UNSEEN}{_APOSTROPHE}]*+"
    return [f"{between if i else ''}{re.escape(letter)}" for i, letter in enumerate(part)]
