"""The check: is every fact of a line in an article of its story?

Facts are numbers, names, dates, quotations and the outlets credited. Each must be found in one
passage (a title or sentence) of an article; a number or name must also stand there in the
company that it keeps in the line, so that a true figure moved to another subject is not
found. What is found keeps its passage; what is not has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from griot.press.countries import country_code, country_names
from griot.press.numbers import Number, numbers_in
from griot.press.text import fold, sentences, stem, stop_words, without_initials
from griot.press.types import Article, Claim, ClaimKind

ATTRIBUTION_VERB = re.compile(
    r"\s(?:all )?(?:also )?(reported|ran|published|featured|interviewed|spoke|reviewed|carried|wrote|told|looked|quoted|cited|described|profiled)\b"
)
MIN_COMPANY = 3  # content words; with fewer the company says nothing
_IN_LANGUAGE = re.compile(r"^\s*reported, in [A-Z]\w+, under")  # says what the article itself is
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_TOKEN = re.compile(r"\w+")
_CONNECTORS = {"of", "the", "de", "du", "des", "la", "le", "el", "al", "bin", "ibn", "van", "von", "der", "den", "da",
               "do", "dos", "di", "del", "y", "e"}  # fmt: skip
_DATE_WORDS = set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december".split()
)
# Words that stand before a name without belonging to it: a name split here is still the same name.
_TITLES = set(
    "president prime minister foreign secretary state king queen pope mr mrs ms dr chief general director spokesperson "
    "spokeswoman spokesman justice interior us uk un eu former vice senator governor mayor ambassador commissioner".split()
)
_OPENING_WORDS = set("the a an it they he she this that these those in on at for to from and but all both some".split())


def tokens(text: str) -> list[str]:
    """Folded words for comparing; initials joined, possessives cut."""
    return _TOKEN.findall(re.sub(r"'s\b", "", fold(without_initials(text))))


@dataclass(frozen=True)
class Passage:
    """A title or sentence of an article."""

    text: str
    url: str
    language: str

    @cached_property
    def tokens(self) -> list[str]:
        return tokens(self.text)

    @cached_property
    def spaced(self) -> str:
        return f" {' '.join(self.tokens)} "

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(t, self.language) for t in self.tokens)

    @cached_property
    def numbers(self) -> frozenset[float]:
        return frozenset(n.value for n in numbers_in(without_initials(self.text)))


def passages_of(articles: Sequence[Article]) -> list[Passage]:
    return [
        Passage(sentence, article.url, article.language)
        for article in articles
        for sentence in [article.title, *sentences(article.summary), *sentences(article.text)]
        if sentence
    ]


def check(line: str, articles: Sequence[Article], language: str = "en") -> tuple[Claim, ...]:
    """The claims of a line in plain text, each with the passage that supports it or without.

    `articles` are all of the line's story. A line without a single fact has no claims.
    """
    line = " ".join(line.split())
    verb = ATTRIBUTION_VERB.search(line)
    head, body = (line[: verb.start()], line[verb.start() :]) if verb else ("", line)
    passages = passages_of(articles)
    body = _IN_LANGUAGE.sub(" reported under", body)
    claims = [*_outlets(head, articles)]
    quotes = list(_QUOTED.finditer(body))
    claims += [_quotation(m.group(1) or m.group(2) or m.group(3), passages) for m in quotes]
    company = _content_stems(body, language)
    # What stands in quotation marks was compared word for word; blank it, keeping positions.
    for m in quotes:
        body = body[: m.start()] + "·" * (m.end() - m.start()) + body[m.end() :]
    found_numbers = list(numbers_in(body))
    claims += [_number(n, body, passages, language) for n in found_numbers]
    claims += [_name(words, company, passages, language) for words in _names(body, found_numbers)]
    return tuple(dict.fromkeys(claims))


def _outlets(head: str, articles: Sequence[Article]) -> Iterator[Claim]:
    """Each outlet that the attribution names must be one of the story's."""
    known = {fold(name): a for a in articles for name in (a.outlet, a.credit)}
    head = re.sub(r"\s+and others$", "", head.strip())
    # Longest first, so that a name with a comma or "and" in it is taken whole.
    rest = fold(head)
    for name in sorted(known, key=len, reverse=True):
        pattern = rf"(?:(?:^|(?<=, )|(?<= and ))(?:the )?){re.escape(name)}(?=$|, | and )"
        if re.search(pattern, rest):
            rest = re.sub(pattern, "", rest)
            yield Claim(known[name].outlet, "outlet", known[name].url, known[name].title)
    for name in re.split(r", | and ", rest):
        if left := name.strip(" ,"):
            start = fold(head).find(left)
            yield Claim(head[start : start + len(left)] if start >= 0 else left, "outlet")


def _quotation(quoted: str, passages: Sequence[Passage]) -> Claim:
    wanted = f" {' '.join(tokens(quoted))} "
    for i, passage in enumerate(passages):
        following = passages[i + 1 : i + 3]
        joined = passage.spaced + "".join(p.spaced[1:] for p in following if p.url == passage.url)
        if wanted in joined:
            return Claim(quoted, "quotation", passage.url, passage.text)
    return Claim(quoted, "quotation")


def _content_stems(text: str, language: str) -> frozenset[str]:
    stop = stop_words(language) | _OPENING_WORDS
    return frozenset(stem(t, language) for t in tokens(text) if t not in stop and len(t) > 2 and not t.isdigit())


def _number(number: Number, body: str, passages: Sequence[Passage], language: str) -> Claim:
    """The value must stand in a sentence that also has a content word of the number's neighbourhood."""
    text = body[number.start : number.end]
    before = " ".join(body[: number.start].split()[-3:])
    after = " ".join(body[number.end :].split()[:4])
    company = _content_stems(f"{before} {after}", language)
    for passage in passages:
        if number.value in passage.numbers and _keeps_company(company, passage, language):
            return Claim(text, "number", passage.url, passage.text)
    return Claim(text, "number")


def _keeps_company(company: frozenset[str], passage: Passage, language: str) -> bool:
    """Whether a passage has one of the words around the fact.

    Passages in another language can't share words, and a very short line has too few to tell;
    there the fact alone must do.
    """
    return len(company) < MIN_COMPANY or passage.language != language or bool(company & passage.stems)


def _names(body: str, numbers: Sequence[Number]) -> Iterator[list[str]]:
    """Runs of capitalised words in a line, with the small words inside them."""
    spelt = {p for n in numbers for p in range(n.start, n.end)}
    run: list[str] = []
    end = -1
    opening = True
    for m in re.finditer(r"\w+(?:[.'’-]\w+)*\.?", body):
        word = m.group()
        plain = without_initials(word).rstrip(".")
        gap = body[end : m.start()] if end >= 0 else ""
        starts = plain[:1].isupper() and m.start() not in spelt and not (opening and plain.lower() in _OPENING_WORDS)
        if (run and gap.strip()) or (run and not starts and plain not in _CONNECTORS):
            yield from _trimmed(run)
            run = []
        if starts or (run and plain in _CONNECTORS):
            run.append(plain)
        end = m.end() - (1 if word.endswith(".") and not _is_initials(word) else 0)
        opening = word.endswith(".") and not _is_initials(word)
    yield from _trimmed(run)


def _is_initials(word: str) -> bool:
    return bool(re.fullmatch(r"(?:[A-Z]\.)+", word))


def _trimmed(run: list[str]) -> Iterator[list[str]]:
    while run and run[-1] in _CONNECTORS:
        run = run[:-1]
    if run:
        yield [*run[:-1], re.sub(r"['’]s$", "", run[-1])]


def _name(words: list[str], company: frozenset[str], passages: Sequence[Passage], language: str) -> Claim:
    text = " ".join(words)
    kind: ClaimKind = "date" if {fold(w) for w in words} <= _DATE_WORDS else "name"
    own_tokens, code = tokens(text), country_code(text)
    own = frozenset(stem(t, language) for t in own_tokens)
    for i, passage in enumerate(passages):
        if _stands(own_tokens, passage) or (code and _names_country(code, passage)):
            # A name is introduced in one sentence and acts in the next: neighbours count as company.
            around = [p for p in passages[max(0, i - 1) : i + 2] if p.url == passage.url]
            if any(_keeps_company(company - own, p, language) for p in around):
                return Claim(text, kind, passage.url, passage.text)
    pieces = _without_titles(words)
    if len(pieces) > 1:
        found = [_name(piece, company, passages, language) for piece in pieces]
        if all(claim.is_supported for claim in found):
            return Claim(text, kind, found[-1].url, found[-1].passage)
    return Claim(text, kind)


def _stands(part: list[str], passage: Passage) -> bool:
    return f" {' '.join(part)} " in passage.spaced


def _names_country(code: str, passage: Passage) -> bool:
    return any(_stands(tokens(name), passage) for name in country_names(code))


def _without_titles(words: list[str]) -> list[list[str]]:
    """A name cut where a title or country ends: "Hungarian Prime Minister | Viktor Orban"."""
    pieces: list[list[str]] = [[]]
    for word in words:
        if word in _CONNECTORS:
            pieces.append([])
            continue
        is_title = fold(word) in _TITLES or country_code(word) is not None
        if pieces[-1] and is_title != (fold(pieces[-1][-1]) in _TITLES or country_code(pieces[-1][-1]) is not None):
            pieces.append([])
        pieces[-1].append(word)
    return [p for p in pieces if p]
