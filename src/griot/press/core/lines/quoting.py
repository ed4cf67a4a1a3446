"""Quotations: what stands in quotation marks must be a passage's own words, one for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from griot.press.core.lines.comparing.matching import is_same_name
from griot.press.core.lines.comparing.misplacing import speaks
from griot.press.core.lines.passages import Text
from griot.press.core.types import Claim

_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»|„([^“”]+)[“”]|‘((?:[^’]|’(?=\w))+)’(?!\w)")
_LEFT_OUT = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?\s*")
_NEAR = 60  # characters between a quotation and whoever is said to speak
_RUNS_ON = 2  # sentences after the one a quotation begins in


def quotations(said: str, passages: Sequence[Text], language: str = "en") -> Iterator[Claim]:
    around = Text(without_quotations(said), language)
    for found in _QUOTED.finditer(said):
        quoted = next(filter(None, found.groups()))
        passage = _passage_with(quoted, passages)
        if passage and _is_of_another(around, found.span(), passage):
            passage = None
        yield Claim(quoted, "quotation", *((passage.url, passage.text) if passage else ()))


def without_quotations(said: str) -> str:
    """The text with its quotations blanked; everything else stands where it stood."""
    return _QUOTED.sub(lambda found: "·" * len(found.group()), said)


def _is_of_another(around: Text, quotation: tuple[int, int], passage: Text) -> bool:
    """Whether the line puts the words into somebody's mouth, and the passage into another's."""
    start, end = quotation
    names = [fact for fact in around.facts if fact.kind == "name"]
    near = [n for n in names if -_NEAR <= n.start - end <= _NEAR or -_NEAR <= start - n.end <= _NEAR]
    speakers = [fact for fact in passage.facts if fact.kind == "name" and speaks(passage, fact)]
    if not near or not speakers:
        return False
    return not any(is_same_name(name, speaker) for name in near for speaker in speakers)


def _passage_with(quoted: str, passages: Sequence[Text]) -> Text | None:
    wanted = [Text(part, "").spaced for part in _LEFT_OUT.split(quoted) if part]
    for i, passage in enumerate(passages):
        following = passages[i + 1 : i + 1 + _RUNS_ON]
        joined = passage.spaced + "".join(p.spaced[1:] for p in following if p.url == passage.url)
        if wanted and 0 <= joined.find(wanted[0]) < len(passage.spaced) - 1 and _has_in_order(joined, wanted):
            return passage
    return None


def _has_in_order(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part) - 1  # the space between two words belongs to both
    return True
