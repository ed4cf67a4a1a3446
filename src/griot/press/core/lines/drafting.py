"""A line for a story, in the house style: attribution, verb, clause.

Drafting is extractive. The clause is a sentence that an article of the story really has, chosen because it
says what the story's titles and leads say, and brought into shape by its grammar; where no sentence can stand
after "reported that", the line gives the headline as a quotation, which is always true and always
grammatical. The verb follows from what the pieces are. The outlets are those of the story that carry what
the line says.

A translator and a drafting model may help where they are configured. What they propose passes
the same check, and falls to the extractive line where it does not hold.

    furniture.py          datelines, bylines, bullets
    choosing.py           which sentences say the story's news
    reporting.py          who says so: attributions found, to be turned
    clauses.py            a sentence as a clause: its grammar, its length, what is wrong with it
    telling.py            the clause in the middle of a line
    pieces.py             op-eds, interviews, reviews, statements: what else a line says of them
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import cast

from babel import Locale

from griot.helpers.protocols import Drafter, HelperError, Translator
from griot.press.core.language.text import fold, sentences, words
from griot.press.core.lines.carrying import Carriage, carriage
from griot.press.core.lines.checking import check
from griot.press.core.lines.choosing import candidates
from griot.press.core.lines.furniture import sentences_told, without_furniture
from griot.press.core.lines.house import MAX_WORDS, lint
from griot.press.core.lines.lines import line_text
from griot.press.core.lines.passages import Text, passages_of
from griot.press.core.lines.pieces import by_piece, quotable, told_as
from griot.press.core.lines.telling import told_as_clauses
from griot.press.core.types import Article, BadInput, Line, OutletLink, Piece

PROPOSALS = 3
AT_ONCE = 2  # sentences parsed in a batch; the first two mostly hold the line
_FAR = datetime.max.replace(tzinfo=UTC)
_PROPOSED = re.compile(r"(?:reported|published|featured|ran|interviewed|spoke with|reviewed)\b")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A clause in its final form, whose article it is, and how good a line it would make."""

    clause: str
    article: Article
    score: float


def ordered(articles: Sequence[Article]) -> list[Article]:
    """Originals before copies, notable outlets first, then by time: the order of attribution.

    Copies of an agency's text are left to the agency: they come last and are not named where it is there.
    """
    return sorted(articles, key=lambda a: (a.copy_of is not None, -a.weight, a.published or _FAR, a.url))


def draft(
    articles: Sequence[Article],
    language: str = "en",
    translator: Translator | None = None,
    drafter: Drafter | None = None,
) -> Line:
    """Draft the line of one story: the first of its `drafts`."""
    return next(drafts(articles, language, translator, drafter))


def drafts(
    articles: Sequence[Article],
    language: str = "en",
    translator: Translator | None = None,
    drafter: Drafter | None = None,
) -> Iterator[Line]:
    """Lines for one story, the best first, each told in another sentence; always one, at most PROPOSALS.

    `articles` are all of its members. Every claim of a line has been checked against them; what does not hold
    is passed over. Raises BadInput for an empty story.
    """
    if not articles:
        raise BadInput("a story needs at least one article")
    return islice(_drafted(ordered(articles), language, translator, drafter), PROPOSALS)


def draft_as(articles: Sequence[Article], piece: Piece, language: str = "en") -> Line | None:
    """The line of a story told as one kind of piece, as an editor knows it to be. None where no article in
    the language bears out a sentence of that kind. Raises BadInput for an empty story.
    """
    if not articles:
        raise BadInput("a story needs at least one article")
    members = ordered(articles)
    passages = passages_of(members)
    for source, body in told_as(piece, members, language):
        if (line := _line(members, source, body, language, passages)).ok:
            return replace(line, piece=piece)
    if piece != "news":
        return None
    reported = _reported(members, language, passages)
    return next(reported, None) or _line(members, *_headline(members, language), passages)


def _drafted(
    members: Sequence[Article], language: str, translator: Translator | None, drafter: Drafter | None
) -> Iterator[Line]:
    passages = passages_of(members)
    is_told = False
    for line in _extracted(members, language, drafter, passages):
        is_told = True
        yield line
    if not is_told:
        translated = _translated(members, language, translator, passages) if translator else None
        yield translated or _line(members, *_headline(members, language), passages)


def _extracted(
    members: Sequence[Article], language: str, drafter: Drafter | None, passages: Sequence[Text]
) -> Iterator[Line]:
    if drafter is not None and (line := _proposed(members, language, drafter, passages)):
        yield line
    for source, body in by_piece(members, language):
        if (line := _line(members, source, body, language, passages)).ok:
            yield replace(line, piece=cast(Piece, source.piece))
            break
    yield from _reported(members, language, passages)


def _reported(members: Sequence[Article], language: str, passages: Sequence[Text]) -> Iterator[Line]:
    for proposal in _proposals(members, language):
        line = _line(members, proposal.article, f"reported that {proposal.clause}", language, passages)
        if line.ok:
            yield line


def _proposed(
    members: Sequence[Article], language: str, drafter: Drafter, passages: Sequence[Text]
) -> Line | None:
    """What a drafting model proposes, where it holds: supported whole, in the house style, one sentence."""
    try:
        body = drafter.propose(members, language).strip()
    except HelperError:
        return None
    if (
        not body.endswith((".", ".”"))
        or len(sentences(body)) != 1
        or not _PROPOSED.match(body)
        or lint(body, language)
    ):
        return None
    line = _line(members, None, body, language, passages)
    says_something = any(c.kind in {"number", "name", "place", "date", "quotation"} for c in line.claims)
    return line if line.ok and line.outlets and says_something else None


def _translated(
    members: Sequence[Article], language: str, translator: Translator, passages: Sequence[Text]
) -> Line | None:
    """The best sentence of a foreign member in the issue's language, where its facts survive the
    translation.
    """
    for source in members:
        told = [*(sentence for _, sentence in sentences_told(source, 2, 2)), source.title]
        for sentence in [s for s in told if 3 < len(s.split()) <= MAX_WORDS * 1.5][:3]:
            try:
                translated = translator.translate(sentence, source.language, language)
            except HelperError:
                return None
            for _, clause, _ in told_as_clauses([(0, translated)], members, language):
                line = _line(members, source, f"reported that {clause}", language, passages)
                if line.ok:
                    return line
    return None


def _line(
    members: Sequence[Article], source: Article | None, body: str, language: str, passages: Sequence[Text]
) -> Line:
    """The line with its outlets in order, each linked to the article that carries it: the `source`, whose
    sentence it is, and of the others the one whose passage is nearest.
    """
    urls = {a.url for a in members}
    agencies = {a.url for a in members if a.is_agency}
    # Agency copy is credited to the agency; who only carries it is told on the web page, not in the line.
    by_url = {a.url: a for a in members}
    named = [
        a
        for a in members
        if not (a.copy_of in agencies and a.copy_of in urls) or _adds_something(a, by_url[str(a.copy_of)])
    ]
    said, own = Text(body, language), _by_credit(named, passages)
    carried = {name: _carried(name, said, own) for name in own}
    links = {name: OutletLink(name, carried[name].passage.url) for name in own}
    does = {name for name in own if carried[name].holds}
    if source is not None and source.credit in own:
        does.add(source.credit)
        links[source.credit] = OutletLink(source.credit, source.url)
    outlets = tuple(links[name] for name in own if name in does)
    also = tuple(links[name] for name in own if name not in does)
    line = Line(outlets, body, language, also=also)
    return replace(line, claims=check(line_text(line), members, language, passages))


def carriers(articles: Sequence[Article], body: str, language: str) -> list[Article]:
    """The articles that carry a line by what they say themselves, in the order of attribution; of an outlet
    the one that carries it best.
    """
    members = ordered(articles)
    own, by_url = _by_credit(members, passages_of(members)), {a.url: a for a in members}
    carried = [_carried(name, Text(body, language), own) for name in own]
    return [by_url[c.passage.url] for c in carried if c.holds]


def _carried(name: str, said: Text, passages: Mapping[str, Sequence[Text]]) -> Carriage:
    others = [p for other, theirs in passages.items() if other != name for p in theirs]
    own = passages[name]
    return carriage(said, own, others) if own else Carriage(False, Text("", said.language))


def _by_credit(articles: Sequence[Article], passages: Sequence[Text]) -> dict[str, list[Text]]:
    """Each outlet's own passages, by the name that it is credited by, in the order of the articles."""
    credit = {a.url: a.credit for a in articles}
    found: dict[str, list[Text]] = {a.credit: [] for a in articles}
    for passage in passages:
        if passage.url in credit:
            found[credit[passage.url]].append(passage)
    return found


def _adds_something(copy: Article, origin: Article) -> bool:
    """Whether a carrier has a sentence of its own beside the agency's text."""
    known = {fold(w) for w in words(f"{origin.title} {origin.summary} {origin.text}")}
    for sentence in sentences(copy.text or copy.summary):
        own = [fold(w) for w in words(without_furniture(sentence))]
        if len(own) >= 6 and sum(w not in known for w in own) > 0.4 * len(own):
            return True
    return False


def is_untranslated(line: Line, members: Sequence[Article]) -> bool:
    """Whether a line gives the headline of a foreign article, for want of a translation that holds."""
    foreign = [a for a in members if a.language not in (line.language, "")]
    return len(foreign) == len(members) and any(f"“{quotable(a.title)}”" in line.body for a in foreign)


def _headline(members: Sequence[Article], language: str) -> tuple[Article, str, str]:
    source = next((a for a in members if a.language in (language, "")), members[0])
    title = quotable(source.title)
    if source.language in (language, ""):
        return source, f"ran a story headlined “{title}”.", language
    name = Locale("en").languages.get(source.language, source.language)
    return source, f"reported, in {name}, under the headline “{title}”.", language


def _proposals(members: Sequence[Article], language: str) -> Iterator[Proposal]:
    """Clauses for the story, the best first.

    A fault only lowers a score: what is left is parsed when no clause at hand is sure to be the best.
    """
    found = candidates([a for a in members if a.language in (language, "")], language)
    ready: list[Proposal] = []
    while found or ready:
        ready.sort(key=lambda p: -p.score)
        if ready and (not found or ready[0].score >= found[0].score):
            yield ready.pop(0)
            continue
        batch, found = found[:AT_ONCE], found[AT_ONCE:]
        told = told_as_clauses([(c.place, c.sentence) for c in batch], members, language)
        ready += [Proposal(clause, batch[i].article, batch[i].score - fault) for i, clause, fault in told]
