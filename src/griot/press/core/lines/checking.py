"""The check: is every fact of a line in an article of its story?

Facts are numbers, names, places, dates, quotations, negations, verbs that have an opposite, and
the outlets credited. Each must stand in a passage (a title or sentence) of an article, in the
company it keeps in the line. Where a passage says the same thing with *another* fact in its
place, that contradicts the line, even if the fact stands somewhere else in the story: so a
true figure moved to another subject, or two names changed about, are found.

What is found keeps its passage. What is contradicted, or nowhere, is refused; what the story has without
clearly bearing it out is undecided, and keeps the passages between which a person decides. So it is with
deeds, too: who did what to whom, in English, by the grammar of the nearest passages.

    attribution.py        whom the line credits
    carrying.py           whether each of them carries what it says
    quoting.py            what it quotes
    claims.py, facts.py   the facts that stand in a text
    passages.py           the texts of the story, as they are compared
    comparing/            the facts of the line against those of the passages
"""

from __future__ import annotations

from collections.abc import Sequence

from griot.press.core.lines.attribution import outlets_credited, parted
from griot.press.core.lines.carrying import carriage
from griot.press.core.lines.comparing.judging import compare
from griot.press.core.lines.passages import Text, passages_of
from griot.press.core.lines.quoting import quotations, without_quotations
from griot.press.core.types import Article, Claim, Nearest


def check(
    line: str, articles: Sequence[Article], language: str = "en", passages: Sequence[Text] | None = None
) -> tuple[Claim, ...]:
    """The claims of a line in plain text, each with the passage that supports it or without.

    `articles` are all of the line's story; `passages` are theirs (`passages_of`) where several lines
    of one story are checked. A line without a single fact has no claims.
    """
    if passages is None:
        passages = passages_of(articles)
    parts = parted(" ".join(line.split()), articles)
    outlets = list(outlets_credited(parts.credited, articles))
    credited = {claim.text for claim in outlets}
    urls = {a.url for a in articles if a.outlet in credited}
    outlets = [_carried(o, Text(parts.said, language), articles, passages) for o in outlets]
    claims = [
        *outlets,
        *quotations(parts.said, passages, language),
        *compare(
            Text(without_quotations(parts.said), language), passages, [p for p in passages if p.url in urls]
        ),
    ]
    return tuple(dict.fromkeys(claims))


def _carried(outlet: Claim, said: Text, articles: Sequence[Article], passages: Sequence[Text]) -> Claim:
    """The claim that an outlet reported what the line says, by an article of its own."""
    urls = {a.url for a in articles if a.outlet == outlet.text}
    own, others = [p for p in passages if p.url in urls], [p for p in passages if p.url not in urls]
    if not own or not others:  # it has no part in the story, or nobody else has
        return outlet
    found = carriage(said, own, others)
    where = Nearest(found.passage.url, found.passage.text)
    if found.holds:
        return Claim(outlet.text, "outlet", where.url, where.passage)
    if found.is_open:
        return Claim(outlet.text, "outlet", nearest=(where,))
    return Claim(outlet.text, "outlet", against=where)
