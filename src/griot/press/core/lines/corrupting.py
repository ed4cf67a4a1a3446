"""Lines with one fact changed: what the check is measured against.

The changes are those that drafting models and hurried people make: a figure mistaken for
another of the same story, two names changed about, a neighbouring country, the wrong day, a
"not" lost or added, a verb turned into its opposite, a quotation retold, an outlet mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from griot.press.core.language.places import place_key
from griot.press.core.lines.attribution import ATTRIBUTION_VERB
from griot.press.core.lines.passages import Text, passages_of
from griot.press.core.types import Article

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_AUXILIARY = re.compile(r"\b(was|were|is|are|has|have|had|will|would|can|could|should|must)\b(?! not|n't)")
_OPPOSITE = {
    "rose": "fell",
    "fell": "rose",
    "increased": "decreased",
    "rescued": "killed",
    "arrested": "released",
    "accepted": "rejected",
    "rejected": "accepted",
    "approved": "rejected",
    "confirmed": "denied",
    "denied": "confirmed",
    "opened": "closed",
    "closed": "opened",
    "began": "ended",
    "before": "after",
    "after": "before",
    "more": "fewer",
    "north": "south",
    "south": "north",
    "northern": "southern",
    "southern": "northern",
    "banned": "allowed",
    "supported": "condemned",
    "condemned": "praised",
    "women": "men",
    "men": "women",
    "won": "lost",
    "lost": "won",
    "detained": "released",
    "released": "detained",
    "survived": "drowned",
    "drowned": "survived",
    "west": "east",
    "east": "west",
}
_ELSEWHERE = ("Peru", "Kenya", "Norway", "Nepal", "Chad", "Oman", "Fiji", "Malta")
_STRANGERS = ("Amina Castell", "Robert Okello", "Helga Brandt", "Tariq Solis")


def corruptions(line: str, articles: Sequence[Article], random: Random) -> Iterator[tuple[str, str]]:
    """Ways to change one fact of an English line, as (what was changed, the line); deterministic for a
    `random`.
    """
    verb = ATTRIBUTION_VERB.search(line)
    split = verb.start() if verb else 0
    head, body = line[:split], line[split:]
    said = Text(body, "en")
    if said.text != body:  # initials were folded: positions would be wrong
        head, body = "", Text(line, "en").text
        said = Text(body, "en")
    # A word that opens a sentence or stands in a headline may be no name at all.
    story = [
        f
        for p in passages_of(articles)
        for f in p.facts
        if p.language == "en" and (f.start > 0 or " " in f.text)
    ]
    titles = {fact.text for a in articles for fact in Text(a.title, "en").facts} - {
        f.text for a in articles for f in Text(a.lead, "en").facts
    }
    story = [f for f in story if f.kind != "name" or f.text not in titles]
    quotes = list(re.finditer(r"“([^”]+)”", body))

    def replaced(start: int, end: int, new: str) -> str:
        return head + body[:start] + new + body[end:]

    facts = [f for f in said.facts if not any(q.start() <= f.start < q.end() for q in quotes)]
    verb_end = verb.end() - split if verb else 0
    facts = [f for f in facts if f.start >= verb_end]
    for fact in facts:
        others = sorted({o.text for o in story if o.kind == fact.kind} - {fact.text})
        if fact.kind == "number" and re.fullmatch(r"[\d.,]+", fact.text):
            digits = fact.text
            yield (
                "number",
                replaced(
                    fact.start,
                    fact.end,
                    str(random.choice([7, 3, 9])) + digits
                    if random.random() < 0.5
                    else _other_digit(digits, random),
                ),
            )
            if swaps := [
                o for o in others if re.fullmatch(r"[\d.,]+", o) and o.strip(".,") != digits.strip(".,")
            ]:
                yield "number of the story", replaced(fact.start, fact.end, random.choice(swaps))
        elif fact.kind == "name":
            yield "name", replaced(fact.start, fact.end, random.choice(_STRANGERS))
            mine = set(fact.text.lower().split())
            if swaps := [o for o in others if not mine & set(o.lower().split()) and len(o) > 3]:
                yield "name of the story", replaced(fact.start, fact.end, random.choice(swaps))
        elif fact.kind == "place":
            keys = {place_key(o.text) for o in story if o.kind == "place"}
            yield (
                "place",
                replaced(
                    fact.start, fact.end, random.choice([e for e in _ELSEWHERE if place_key(e) not in keys])
                ),
            )
        elif fact.kind == "date" and fact.text in _DAYS:
            yield "date", replaced(fact.start, fact.end, random.choice([d for d in _DAYS if d != fact.text]))
        elif fact.kind == "negation":
            yield "negation", replaced(fact.start, fact.end + 1, "")
        elif fact.kind == "verb" and fact.text in _OPPOSITE:
            yield "verb", replaced(fact.start, fact.end, _OPPOSITE[fact.text])
    if len(names := [f for f in facts if f.kind == "name"]) > 1:
        a, b = names[0], names[-1]
        if not set(a.text.lower().split()) & set(b.text.lower().split()):
            yield (
                "two names",
                head + body[: a.start] + b.text + body[a.end : b.start] + a.text + body[b.end :],
            )
    if (found := _AUXILIARY.search(body, verb_end)) and not any(
        q.start() <= found.start() < q.end() for q in quotes
    ):
        yield "negation", replaced(found.end(), found.end(), " not")
    for quote in quotes[:1]:
        words = quote.group(1).split()
        if len(words) > 3:
            words[len(words) // 2] = "never" if words[len(words) // 2] != "never" else "always"
            yield "quotation", replaced(quote.start(1), quote.end(1), " ".join(words))
    if head:
        yield "outlet", "The Evening Chronicle" + body


def _other_digit(digits: str, random: Random) -> str:
    place = next(i for i, c in enumerate(digits) if c.isdigit())
    return (
        digits[:place] + random.choice([c for c in "123456789" if c != digits[place]]) + digits[place + 1 :]
    )
