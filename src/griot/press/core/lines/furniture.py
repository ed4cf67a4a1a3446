"""What stands around a piece's sentences and is none of its news: datelines, kickers, bylines, bullets,
agencies' signatures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from griot.press.core.language.places import country_code
from griot.press.core.language.text import sentences
from griot.press.core.types import Article

REACH = 110  # characters in which a dateline ends
_BULLET = re.compile(r"^[^\w“\"‘'«„\[(¿¡$€£]+")
_SEPARATOR = re.compile(
    r"\s*/?\s+(?:[–—-]{1,3}|_)\s+|\.[–—-]{1,2}\s+|\s*[–—]+\s*|\s*--\s*|\s*\|\s*|:\s+|(?<=[)\]])\s+"
)
_BRACKETED = re.compile(r"\([^()]{2,50}\)|\[[^\[\]]{2,50}\]|/[^/]{2,40}/?")
_WORD = re.compile(r"[^\s,.:;()\[\]]+")
_SMALL = re.compile(
    r"(?i)(?:\d{1,4}(?:st|nd|rd|th)?|of|and|the|de|del|la|le|al|el|en|in|on|with|from|by|d[aeo]s?)"
)
_SIGNATURE = re.compile(r"\s*(?:\([A-ZÀ-Þ][^()]{1,40}\)|[–—]\s?[A-ZÀ-Þ][\w/]{1,20})(?=\.?$)")
_REVEALED = re.compile(
    r",\s(?:the\s)?[A-Z]\w+(?:\s[A-Z]\w+){0,3}\s"
    r"(?:can\s(?:exclusively\s)?reveal|has\slearn(?:ed|t)|understands)(?=\.?$)"
)
_CLOCK = re.compile(
    r"^\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:GMT|CET|EST|UTC))?\s*[–—:-]?\s+(?=[A-Z“\"])", re.I
)
_ENDED = re.compile(r"[.!?…][\"”’'»)]*$")  # a byline, a caption or "Read more" has no full stop
MOST_KICKER_WORDS = 5
MOST_PLACE_WORDS = 6  # "Zaatari camp, Jordan"


def sentences_told(article: Article, of_summary: int, of_text: int) -> Iterator[tuple[int, str]]:
    """The first sentences of an article's summary and text, without furniture, each with its place there."""
    seen = set()
    for text, most in ((article.summary, of_summary), (article.text, of_text)):
        # So much holds more sentences than are asked for; the rest is not looked at.
        found = [s for p in text[: most * 700].splitlines() for s in sentences(without_furniture(p))]
        ended = [
            s for s in (_REVEALED.sub("", _SIGNATURE.sub("", s.strip())) for s in found) if _ENDED.search(s)
        ]
        for place, bare in enumerate(ended[:most]):
            if bare not in seen:
                seen.add(bare)
                yield place, bare


def without_furniture(paragraph: str) -> str:
    """A paragraph from its first sentence on."""
    rest = _CLOCK.sub("", _BULLET.sub("", paragraph.strip()))
    while end := _dateline(rest):
        rest = _BULLET.sub("", rest[end:])
    return rest


def _dateline(paragraph: str) -> int:
    """Where a dateline or kicker at the beginning ends, or 0.

    It is made of names, dates and what stands in brackets, and a sentence begins behind it.
    """
    for mark in _SEPARATOR.finditer(paragraph[:REACH]):
        head, rest = paragraph[: mark.start()], paragraph[mark.end() :]
        if not head or not re.match(r"[“\"‘']?[A-ZÀ-Þ\d$€£]|[\[(]", rest):
            continue
        bare = _BRACKETED.sub("", head)
        words = _WORD.findall(bare)
        is_of_names = all(w[0].isupper() or _SMALL.fullmatch(w) for w in words)
        if not is_of_names and not (len(words) <= MOST_PLACE_WORDS and _ends_with_country(bare)):
            return 0
        sign = mark.group().strip()
        is_furnished = len(bare) < len(head) or "," in bare or bare.isupper()
        if sign == ":" and len(words) > MOST_KICKER_WORDS:
            return 0
        if sign in {"", "–", "—"} and not mark.group().startswith(" ") and not is_furnished:
            continue  # "Ana Cruz—Mexico's best—won": no dateline
        if sign == "" and len(words) > 1 and not bare.isupper() and "," not in bare:
            continue  # "Ana Cruz (CDU) Minister"
        return mark.end()
    return 0


def _ends_with_country(head: str) -> bool:
    place, comma, country = head.rpartition(",")
    return bool(comma) and place[:1].isupper() and country_code(country.strip()) is not None
