"""An "all" that nobody said: a line that tells of each what its passages tell of some, or of so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from griot.press.core.language.numbers import Number
from griot.press.core.language.text import fold, stop_words
from griot.press.core.lines.passages import Text

_REACH = 5  # words to either side that say of whom, and what
_GAP = len(" of the ") + 1  # characters between an "all" and the number that it is of
# Universal quantifiers, and what a passage may have instead of one.
_UNIVERSAL = {
    "en": "all each every",
    "fr": "tous toutes chaque chacun chacune",
    "es": "todos todas cada",
    "pt": "todos todas cada",
    "it": "tutti tutte ogni ciascuno ciascuna",
    "de": "alle allen aller jede jeder jedes jeden jedem",
    "ar": "كل جميع كافة",
}
_AS_MUCH = {
    "en": "any both whole entire entirely everyone everybody unanimously",
    "fr": "tout toute totalite",
    "es": "todo toda ambos ambas totalidad",
    "pt": "todo toda ambos ambas totalidade",
    "it": "tutto tutta entrambi entrambe",
    "de": "ganze ganzen gesamte gesamten samtliche samtlichen",
}
_PARTLY = set(
    "not almost nearly virtually practically pas presque quasi quasiment casi quase fast beinahe nicht"
    " ليس".split()
)
_EXCEPT = set("but except save sauf excepto menos exceto tranne ausser bis".split())
# What says no more than a word of time or degree: "at all", "all night", "each other", "every day".
_BEFORE_IDIOMS = set("at after above in for per".split())
_BEHIND_IDIOMS = set(
    "night day week month year years morning along over other around round time kinds sorts".split()
)


@cache
def _words(language: str, is_line: bool) -> frozenset[str]:
    more = "" if is_line else _AS_MUCH.get(language, "")
    return frozenset(fold(f"{_UNIVERSAL.get(language, _UNIVERSAL['en'])} {more}").split())


@dataclass(frozen=True, slots=True)
class Universal:
    """An "all", the number of whom, if one follows it, and the stems that it stands among."""

    start: int
    number: float | None
    near: frozenset[str]


def unsaid_universal(said: Text, passages: Sequence[Text]) -> str:
    """The words of the line's first "all" that no passage bears out, with what follows it, or ""."""
    mine = list(_universals(said, is_line=True))
    theirs = [(p, other) for p in passages for other in _universals(p, is_line=False)] if mine else []
    for one in mine:
        if not any(_bears_out(said, one, passage, other) for passage, other in theirs):
            return " ".join(said.text[one.start :].split()[:3]).rstrip(".,;:")
    return ""


def _universals(text: Text, is_line: bool) -> Iterator[Universal]:
    """Where a text speaks of every one; "all but four" and "almost all" do not."""
    known = _words(text.language, is_line)
    if known.isdisjoint(w for _, w in text.words):
        return
    numbers = {f.start: f.value.value for f in text.facts if isinstance(f.value, Number)}
    small = stop_words(text.language)
    words = [(-1, ""), *text.words, (len(text.text), "")]
    for (_, before), (start, word), (_, behind) in zip(words, words[1:], words[2:], strict=False):
        if word not in known or before in _PARTLY or behind in _EXCEPT:
            continue
        if text.language == "en" and (before in _BEFORE_IDIOMS or behind in _BEHIND_IDIOMS):
            continue
        end = start + len(word)
        following = [numbers[at] for at in range(end, end + _GAP) if at in numbers]
        near = text.neighbours(start, end, _REACH).both - small
        yield Universal(start, following[0] if following else None, near)


def _bears_out(said: Text, mine: Universal, passage: Text, theirs: Universal) -> bool:
    """Whether a passage's "all" is of as many, among words that the line's stands among."""
    if None not in {mine.number, theirs.number} and mine.number != theirs.number:
        return False
    if passage.language == said.language:
        return not mine.near.isdisjoint(theirs.near)
    numbers = [f.value.value for f in passage.facts if isinstance(f.value, Number)]
    return mine.number is None or mine.number in numbers  # no words can be shared, but a number can
