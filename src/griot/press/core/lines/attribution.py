"""The head of a line: the outlets that it credits, up to the verb that says how they told the story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel import Locale

from griot.press.core.language.text import fold, without_initials
from griot.press.core.types import Article, Claim

ATTRIBUTION_VERB = re.compile(
    r"\s(?:all )?(?:also )?(reported|ran|published|featured|interviewed|spoke|reviewed|carried|wrote|told|"
    r"looked|quoted|cited|described|profiled|rapporte|rapportent|publie|publient|informa|informan|publica|"
    r"publican|carries|carry|أفادت|ذكرت|نشرت)\b"
)
# "…, Aegean Wire reported." – the names may hold small words, but begin with none.
_BEHIND = re.compile(
    r",\s+([^\Wa-z\d_][^,.;:“”\"]*(?:,\s[^\Wa-z\d_][^,.;:“”\"]*)*?)\s"
    r"(?:all\s)?(?:also\s)?(?:reported|reports?|wrote|writes|noted|noting)\.?$"
)
_IN_LANGUAGE = re.compile(r"^\s*reported, in ([A-Z]\w+), under")  # says what the article itself is


@dataclass(frozen=True, slots=True)
class Parted:
    """A line in two: whom it credits ("The Wall and Daily News"), and what it says after the verb."""

    credited: str
    said: str


def parted(line: str, articles: Sequence[Article]) -> Parted:
    """The parts of a line in plain text; nobody is credited where it has no verb of attribution.

    The language it names ("reported, in French, under …") is left out where an article is written in it.
    """
    if (behind := _BEHIND.search(line)) and not _begins_with_an_outlet(line, articles):
        return Parted(behind.group(1), f" {without_initials(line[: behind.start()])}.")
    for name in sorted({n for a in articles for n in (a.outlet, a.credit)}, key=len, reverse=True):
        if (told := re.search(rf"\stold (?:the )?({re.escape(name)})\b", line)) and told.start():
            said = f" {line[: told.start()]} said{line[told.end() :]}"
            return Parted(told.group(1), without_initials(said))
    verb = ATTRIBUTION_VERB.search(line)
    start, end = verb.span() if verb else (0, 0)
    body = line[start:]
    written_in = {Locale("en").languages.get(a.language) for a in articles}
    if (found := _IN_LANGUAGE.match(body)) and found.group(1) in written_in:
        body = _IN_LANGUAGE.sub(" reported under", body)
    return Parted(line[:start], without_initials(body)[end - start :])


def _begins_with_an_outlet(line: str, articles: Sequence[Article]) -> bool:
    folded = fold(line).removeprefix("the ")
    return any(
        folded.startswith(fold(name).removeprefix("the ")) for a in articles for name in (a.outlet, a.credit)
    )


def outlets_credited(credited: str, articles: Sequence[Article]) -> Iterator[Claim]:
    """Each outlet that the attribution names must be one of the story's."""
    known = {fold(name): a for a in articles for name in (a.outlet, a.credit)}
    credited = re.sub(r"\s+and others$", "", credited.strip())
    # Longest first, so that a name with a comma or "and" in it is taken whole.
    rest = fold(credited)
    for name in sorted(known, key=len, reverse=True):
        pattern = rf"(?:(?:^|(?<=, )|(?<= and ))(?:the )?){re.escape(name)}(?=$|, | and )"
        if re.search(pattern, rest):
            rest = re.sub(pattern, "", rest)
            yield Claim(known[name].outlet, "outlet", known[name].url, known[name].title)
    for name in re.split(r", | and ", rest):
        if left := name.strip(" ,"):
            start = fold(credited).find(left)
            yield Claim(credited[start : start + len(left)] if start >= 0 else left, "outlet")
