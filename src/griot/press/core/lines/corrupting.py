"""Lines with one fact changed: what the check is measured against.

The changes are those that drafting models and hurried people make: a figure mistaken for
another of the same story, two names changed about, a neighbouring country, the wrong day, a
"not" lost or added, a verb turned into its opposite, a quotation retold, an outlet mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from griot.press.core.language.places import place_key
from griot.press.core.lines.attribution import ATTRIBUTION_VERB
from griot.press.core.lines.facts import Fact
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


@dataclass(frozen=True, slots=True)
class _Told:
    """A line, cut before its verb of attribution; `facts` are those behind it that stand in no quotation."""

    head: str
    body: str
    verb_end: int  # in `body`
    facts: Sequence[Fact]
    quotes: Sequence[re.Match[str]]

    def replaced(self, start: int, end: int, new: str) -> str:
        return self.head + self.body[:start] + new + self.body[end:]

    def is_quoted(self, position: int) -> bool:
        return any(q.start() <= position < q.end() for q in self.quotes)


def corruptions(line: str, articles: Sequence[Article], random: Random) -> Iterator[tuple[str, str]]:
    """Ways to change one fact of an English line, as (what was changed, the line); deterministic for a
    `random`.
    """
    told, story = _told(line), _facts_of(articles)
    for fact in told.facts:
        others = sorted({o.text for o in story if o.kind == fact.kind} - {fact.text})
        for what, new in _changes(fact, others, random):
            yield what, told.replaced(fact.start, fact.end + (not new), new)
    names = [f for f in told.facts if f.kind == "name"]
    if len(names) > 1 and not _words(names[0].text) & _words(names[-1].text):
        a, b, body = names[0], names[-1], told.body
        between = body[a.end : b.start]
        yield "two names", told.head + body[: a.start] + b.text + between + a.text + body[b.end :]
    found = _AUXILIARY.search(told.body, told.verb_end)
    if found and not told.is_quoted(found.start()):
        yield "negation", told.replaced(found.end(), found.end(), " not")
    for quote in told.quotes[:1]:
        words = quote.group(1).split()
        if len(words) > 3:
            words[len(words) // 2] = "never" if words[len(words) // 2] != "never" else "always"
            yield "quotation", told.replaced(quote.start(1), quote.end(1), " ".join(words))
    if told.head:
        yield "outlet", "The Evening Chronicle" + told.body


def _told(line: str) -> _Told:
    verb = ATTRIBUTION_VERB.search(line)
    split = verb.start() if verb else 0
    head, body = line[:split], line[split:]
    said = Text(body, "en")
    if said.text != body:  # initials were folded: positions would be wrong
        head, body = "", Text(line, "en").text
        said = Text(body, "en")
    told = _Told(head, body, verb.end() - split if verb else 0, (), list(re.finditer(r"“([^”]+)”", body)))
    facts = [f for f in said.facts if f.start >= told.verb_end and not told.is_quoted(f.start)]
    return replace(told, facts=facts)


def _facts_of(articles: Sequence[Article]) -> list[Fact]:
    """What may be mistaken for a fact of the line.

    A word that opens a sentence or stands in a headline may be no name at all.
    """
    titles = {fact.text for a in articles for fact in Text(a.title, "en").facts}
    titles -= {fact.text for a in articles for fact in Text(a.lead, "en").facts}
    found = [f for p in passages_of(articles) for f in p.facts if p.language == "en"]
    inside = [f for f in found if f.start > 0 or " " in f.text]
    return [f for f in inside if f.kind != "name" or f.text not in titles]


def _changes(fact: Fact, others: Sequence[str], random: Random) -> Iterator[tuple[str, str]]:
    """What a fact may be made into, `others` being the story's of its kind; "": it goes."""
    match fact.kind:
        case "number" if re.fullmatch(r"[\d.,]+", fact.text):
            is_longer = random.random() < 0.5
            longer = str(random.choice([7, 3, 9])) + fact.text if is_longer else ""
            yield "number", longer or _other_digit(fact.text, random)
            numbers = [o for o in others if re.fullmatch(r"[\d.,]+", o)]
            if swaps := [o for o in numbers if o.strip(".,") != fact.text.strip(".,")]:
                yield "number of the story", random.choice(swaps)
        case "name":
            yield "name", random.choice(_STRANGERS)
            if swaps := [o for o in others if not _words(fact.text) & _words(o) and len(o) > 3]:
                yield "name of the story", random.choice(swaps)
        case "place":
            keys = set(map(place_key, others)) | {place_key(fact.text)}
            yield "place", random.choice([e for e in _ELSEWHERE if place_key(e) not in keys])
        case "date" if fact.text in _DAYS:
            yield "date", random.choice([d for d in _DAYS if d != fact.text])
        case "negation":
            yield "negation", ""
        case "verb" if fact.text in _OPPOSITE:
            yield "verb", _OPPOSITE[fact.text]


def _words(name: str) -> set[str]:
    return set(name.lower().split())


def _other_digit(digits: str, random: Random) -> str:
    place = next(i for i, c in enumerate(digits) if c.isdigit())
    return (
        digits[:place] + random.choice([c for c in "123456789" if c != digits[place]]) + digits[place + 1 :]
    )
