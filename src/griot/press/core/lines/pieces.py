"""Lines whose verb is not "reported": whom an outlet interviewed, who argues or states what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import places_in
from griot.press.core.language.syntax import PARSED, default_parser
from griot.press.core.language.text import fold, sentences
from griot.press.core.lines.choosing import NOT_ALONE
from griot.press.core.lines.clauses import clauses, faults, person_in_front
from griot.press.core.lines.furniture import sentences_told
from griot.press.core.lines.house import MAX_WORDS, with_proper_terms
from griot.press.core.lines.telling import told_as_clauses
from griot.press.core.types import Article, Piece

_Teller = Callable[[Article, Sequence[Article], str], Iterator[tuple[Article, str]]]
_SURVEY = re.compile(r"(?i)\b(survey|poll|opinion poll|census)\b")
_KICKER = re.compile(
    r"(?i)^(?:opinion|op-ed|comment|editorial|interview|review|film review|book review|statement|photo"
    r" essay|in pictures|feature|poll|survey)\s*[:|"
    r"–—-]\s*|\s*[|–—]\s*(?:opinion|op-ed)$"
)
_NAME = r"(?:[A-ZÀ-Þ][\w'’.-]+\s?){2,4}"
_INTERVIEWED = re.compile(rf"(?:[Ii]nterview with|[Ii]nterview:|Q&A with|[Cc]onversation with)\s+({_NAME})")
_STATED = re.compile(
    r"^((?:[A-ZÀ-Þ][\w'’.-]+[ ,]*){2,8}(?:[^,“\"]{0,40})?) (?:said|stated|declared|"
    r"told [\w ]{3,30})(?: on [A-Z]\w+day)? that (.+\.)$"
)
_REMARKS = re.compile(
    r"(?i)\b(?:remarks|statement|speech|address)(?: as delivered)? (?:by|of|from) "
    r"((?:the )?[A-ZÀ-Þ][^:,|–—]*?)"
    r"(?=,| (?:on|at|to|in|before|during|about)\b|$)"
)
_HEADED = re.compile(
    r"(?i)^(?:full text|transcript|speech|statement|remarks)\s*[:|–—-]\s*"
    r"((?:the )?[A-ZÀ-Þ][^:,|–—]*?) (?:on|to|at|about) "
)
_BYLINE = re.compile(rf"(?m)^[Bb][Yy] ({_NAME})$")
_ARGUED = re.compile(r"\b(?:should|must|ought to|needs? to|ha(?:s|ve) to)\b")
_ANSWER = re.compile(r"(?m)^A(?:nswer)?\s?[:.]\s+(.+)$")
_OF_PERSON = re.compile(r"^(?:She|He|Her|His)\b")
_ANSWERS = 4000  # characters of answers that are read
_OPENING = 200  # characters of a text in which it says whose words it gives
_SAID = 8  # sentences of a piece in which what is argued or said is looked for
_FAULT = 0.3  # from which a clause is left
_LOOKED_AT = 3  # of those that may be told


def by_piece(members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    """The article and body of lines by what most of the pieces in this language are, the best first; none for
    news. Each may say more than its article bears out.
    """
    speaking = [a for a in members if a.language in (language, "")]
    kinds = Counter(a.piece for a in speaking)
    if not speaking or kinds["news"]:
        return
    source = speaking[0]
    if source.piece == "feature":
        yield from ((source, f"reported that {clause}") for clause in _news_of(source, members, language))
    yield from _TELL[source.piece](source, members, language)


def told_as(piece: Piece, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    """The article and body of lines that tell a story as this kind of piece, the best first: of the first
    article of that kind in the language, or of its first. None for news.
    """
    speaking = [a for a in members if a.language in (language, "")]
    if speaking and piece != "news":
        source = next((a for a in speaking if a.piece == piece), speaking[0])
        yield from _TELL[piece](source, members, language)


def _title(source: Article) -> str:
    return _KICKER.sub("", quotable(source.title)).strip()


def _opinion(source: Article, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    author = _author(source, language)
    by = f" by {author}" if author else ""
    for argument in _argued(source, members, language):
        yield source, f"ran an op-ed{by}{',' if ',' in author else ''} arguing that {argument}"
    by = f" by {source.author}" if source.author else ""
    yield source, f"ran an op-ed{by} headlined “{_title(source)}”."


def _interview(source: Article, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    found = _INTERVIEWED.search(source.title)
    if not found:
        yield from ((source, body) for body in _spoken_with(source, members, language))
    whom = f" with {found.group(1).strip()}" if found else ""
    yield source, f"ran an interview{whom} headlined “{_title(source)}”."


def _statement(source: Article, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    yield from ((source, body) for body in _stated(source, members, language))


def _poll(source: Article, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
    """ "reported that, according to a survey, …": what is told in shares and numbers first."""
    kind = _SURVEY.search(f"{source.title}\n{source.summary}\n{source.text[:_ANSWERS]}")
    told = [(i, s) for i, s in sentences_told(source, 0, 2 * _SAID) if any(True for _ in numbers_in(s))]
    told.sort(key=lambda t: (not _SURVEY.search(t[1]), t[0]))
    found = told_as_clauses(told[:_LOOKED_AT], members, language)
    for _, clause, _ in sorted(found, key=lambda f: f[2]):
        says_so = kind is None or _SURVEY.search(clause) or "according to" in clause
        according = "" if says_so or kind is None else f", according to a {kind.group(1).lower()},"
        yield source, f"reported that{according} {clause}"


def _headlined(what: str) -> _Teller:
    def tell(source: Article, members: Sequence[Article], language: str) -> Iterator[tuple[Article, str]]:
        yield source, f"{what} headlined “{_title(source)}”."

    return tell


_TELL: dict[str, _Teller] = {
    "opinion": _opinion,
    "interview": _interview,
    "review": _headlined("ran a review"),
    "feature": _headlined("ran a story"),
    "photo essay": _headlined("published a photo essay"),
    "statement": _statement,
    "data": _poll,
}


def quotable(title: str) -> str:
    """A title as it stands within quotation marks."""
    return re.sub(r"[“”\"«»]", "'", title).rstrip(".").strip()


def _author(opinion: Article, language: str) -> str:
    """Who wrote an op-ed, and who that is where the summary says so; or ""."""
    byline = _BYLINE.search(opinion.text[:400])
    name = opinion.author or (byline.group(1).strip() if byline else "")
    if language == PARSED:
        for sentence in clauses([(0, s) for s in sentences(opinion.summary)[:1]], default_parser()):
            person, does = person_in_front(sentence) if sentence else ("", "")
            if person and (not name or fold(name) == fold(person)):
                return f"{person}, who {does.rstrip('.')}"
    return name


def _argued(opinion: Article, members: Sequence[Article], language: str) -> Iterator[str]:
    """What an op-ed says should be, the best made clause first."""
    told = [(place, s) for place, s in sentences_told(opinion, 0, 3 * _SAID) if _ARGUED.search(s)]
    found = told_as_clauses(told[:_LOOKED_AT], members, language)
    yield from (clause for _, clause, _ in sorted(found, key=lambda f: f[2]) if _ARGUED.search(clause))


def _spoken_with(interview: Article, members: Sequence[Article], language: str) -> Iterator[str]:
    """ "spoke with Ana Cruz, who …": by the sentence that introduces whom title or summary name, or says who
    that is, and what else is told of them, first what has figures and places.
    """
    if language != PARSED:
        return
    told = list(sentences_told(interview, 2, _SAID))
    named = fold(f"{interview.title} {interview.summary}")
    for at, sentence in enumerate(clauses(told[: 2 + _LOOKED_AT], default_parser())):
        if sentence is None or faults(sentence) is None or sentence.tail:
            continue
        person, does = person_in_front(sentence)
        if person and (fold(person.split(",")[0]) in named or "," in person):
            person = person.rstrip(",")
            others = [s for _, s in told[at + 1 :] if _OF_PERSON.match(s)]
            heavy = sorted((s for s in others if _weight(s) > _weight(does)), key=_weight, reverse=True)
            answers = [f"who said that {clause}" for clause in _answered(interview, members, language)]
            for said in (*answers, *map(_relative, heavy[:_LOOKED_AT]), f"who {does}"):
                body = with_proper_terms(f"spoke with {person}, {said}", language)
                if len(body.split()) <= MAX_WORDS:
                    yield body
            return


def _answered(interview: Article, members: Sequence[Article], language: str) -> Iterator[str]:
    """What is demanded in an answer that is marked as one."""
    answers = "\n".join(m.group(1) for m in _ANSWER.finditer(interview.text))
    told = [(0, s) for s in sentences(answers[:_ANSWERS]) if _ARGUED.search(s)]
    found = told_as_clauses(told[:_LOOKED_AT], members, language)
    yield from (clause for _, clause, _ in sorted(found, key=lambda f: f[2]) if _ARGUED.search(clause))


def _relative(sentence: str) -> str:
    """ "Her office pays" as it stands behind her name: whose office pays."""
    return re.sub(r"^(?:Her|His)\b", "whose", re.sub(r"^(?:She|He)\b", "who", sentence))


def _weight(sentence: str) -> int:
    return sum(1 for _ in numbers_in(sentence)) + len(places_in(sentence))


def _news_of(feature: Article, members: Sequence[Article], language: str) -> Iterator[str]:
    """What is new in a feature that begins with somebody's night: sentences of a place and a figure."""
    told = [(i, s) for i, s in sentences_told(feature, 2, 2 * _SAID) if places_in(s) and _weight(s) > 1]
    found = told_as_clauses(told[:_LOOKED_AT], members, language)
    yield from (clause for _, clause, fault in sorted(found, key=lambda f: (f[2], f[0])) if fault < _FAULT)


def _stated(statement: Article, members: Sequence[Article], language: str) -> Iterator[str]:
    """Who stated what: in one of the first sentences, or by the title."""
    told = [(i, s) for i, s in sentences_told(statement, 3, _SAID) if not NOT_ALONE.match(s)]
    for _, sentence in told:
        if (said := _STATED.match(sentence)) and len(sentence.split()) <= MAX_WORDS:
            yield f"published remarks from {said.group(1)}, who stated that {said.group(2)}"
            return
    whom = _REMARKS.search(statement.title) or _HEADED.match(statement.title)
    if whom := whom or _REMARKS.match(statement.text[:_OPENING].split("\n")[0]):
        heavy = sorted(told, key=lambda t: (-_weight(t[1]) - bool(_ARGUED.search(t[1])), t[0]))[:_LOOKED_AT]
        found = sorted(told_as_clauses(heavy, members, language), key=lambda f: f[2])
        for _, clause, _ in found:
            if "according to" not in clause:
                yield f"published remarks from {whom.group(1)}, who stated that {clause}"
