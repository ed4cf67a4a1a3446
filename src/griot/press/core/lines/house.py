"""The house style: what a line must not say, and what it says instead (house-style.md).

Quotations stand as they were said; everything else is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_WORDS = 45
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")

# What the press writes → what we write. Replaced in drafts, advised where an editor writes it.
_TERMS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"illegal( (?:im)?migrants?| aliens?)", r"undocumented\1"),
        (r"illegal( (?:im)?migration)", r"irregular\1"),
        (r"\billegals\b", "undocumented people"),
        (r"\basylum seeker(s?)\b", r"asylum-seeker\1"),
        (r"\binternally displaced people\b", "internally displaced persons"),
        (r"\btrafficking victim(s?)\b", r"trafficked person\1"),
        (r"\bvictims of (?:human )?trafficking\b", "trafficked persons"),
        (r"\bfailed asylum-seeker", "rejected asylum-seeker"),
        (r"\bsex slaves?\b", "trafficked person"),
    ),
    "fr": (
        (r"\bclandestins?\b", "personnes en situation irrégulière"),
        (r"(im)?migration (?:illégale|clandestine)", r"\1migration irrégulière"),
        (r"migrants? illéga(?:l|ux)", "migrants en situation irrégulière"),
    ),
    "es": (
        (r"(in)?migra(ntes|ción) ilegal(?:es)?", r"\1migra\2 irregular"),
        (r"\bilegales\b", "personas en situación irregular"),
        (r"\bsin papeles\b", "personas indocumentadas"),
    ),
    "ar": (
        (r"الهجرة غير الشرعية", "الهجرة غير النظامية"),
        (r"(?:ال)?مهاجر\w* غير (?:ال)?شرعي\w*", "مهاجرون غير نظاميين"),
    ),
    "pt": (
        (r"(i)?migra(ntes|ção) ilega(?:l|is)", r"\1migra\2 irregular"),
        (r"\bilegais\b", "pessoas em situação irregular"),
    ),
    "de": (
        (r"\billegale?n? (migration|einwanderung|migranten)", r"irreguläre \1"),
        (r"\billegale\b(?! \w)", "Menschen ohne Papiere"),
    ),
    "it": (
        (r"\bclandestin[oiae]\b", "persone in situazione irregolare"),
        (r"(im)?migrazione (?:illegale|clandestina)", r"\1migrazione irregolare"),
    ),
}
_WATER = {
    "en": (
        r"waves?|flood(?:s|ed|ing)?|influx|tides?|surges?|swarm\w*|torrents?|deluge|tsunami|pour(?:s|ed|"
        r"ing)? (?:in|into|across)|stream(?:s|ed|ing)? (?:in|into|across)"
    ),
    "fr": r"vagues?|afflux|flots?|déferl\w+|marée|tsunami|raz-de-marée",
    "es": r"oleadas?|avalanchas?|marea|riadas?|tsunami",
    "ar": r"موجات?|تدفق\w*|طوفان|سيل",
    "pt": r"ondas?|vagas?|avalanches?|enxurradas?|maré|tsunami",
    "de": r"wellen?|flut(?:en)?|strom|ströme|ansturm|tsunami|lawinen?",
    "it": r"ondat[ae]|flussi|marea|invasione|valang[ae]|tsunami",
}
_OWN_ADJECTIVES = re.compile(
    r"(?i)\b(?:shocking|tragic(?:ally)?|horrif(?:ic|ying)|heart-?breaking|appalling|outrageous|"
    r"dramatic(?:ally)?|amazing|incredible|unfortunately|sadly|luckily)\b"
)
_PEOPLE_NEAR = re.compile(
    r"(?i)migra|refug|asyl|people|arriv|personnes|personas|pessoas|menschen|persone|مهاجر|لاجئ"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a line departs from the house style. `proper` is what to write instead, or ""."""

    text: str
    advice: str
    proper: str = ""


def with_proper_terms(text: str, language: str) -> str:
    """The text with the house's terms, outside quotations."""
    return _outside_quotations(text, lambda piece: _replaced(piece, language))


def _replaced(piece: str, language: str) -> str:
    for pattern, proper in _TERMS.get(language, ()):
        piece = re.sub(rf"(?i){pattern}", proper, piece)
    return piece


def _outside_quotations(text: str, change: Callable[[str], str]) -> str:
    pieces = []
    end = 0
    for quote in _QUOTED.finditer(text):
        pieces += [change(text[end : quote.start()]), quote.group()]
        end = quote.end()
    return "".join([*pieces, change(text[end:])])


def metaphors(text: str, language: str) -> Iterator[str]:
    """Words of water that are said of people; a river may flood."""
    for m in re.finditer(rf"(?i)(?<!\w)(?:{_WATER.get(language, '(?!)')})(?!\w)", text):
        if _PEOPLE_NEAR.search(text[max(0, m.start() - 50) : m.end() + 50]):
            yield m.group()


def lint(body: str, language: str = "en") -> list[Finding]:
    """Where a line's body departs from the house style, each with the proper term where there is one."""
    found = []
    ours = _QUOTED.sub(lambda m: "·" * len(m.group()), body)
    if (length := len(body.split())) > MAX_WORDS:
        found.append(Finding(f"{length} words", f"a line has at most {MAX_WORDS} words"))
    for pattern, proper in _TERMS.get(language, ()):
        for m in re.finditer(rf"(?i){pattern}", ours):
            written = re.sub(rf"(?i){pattern}", proper, m.group())
            found.append(Finding(m.group(), f"the house writes “{written}”", written))
    for word in metaphors(ours, language):
        found.append(
            Finding(word, "people are no water: say how many came", "arrivals" if language == "en" else "")
        )
    if language == "en":
        found += [Finding(m.group(), "no adjectives of our own") for m in _OWN_ADJECTIVES.finditer(ours)]
    return found
