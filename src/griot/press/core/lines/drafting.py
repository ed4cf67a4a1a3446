"""A line for a story, in the house style: attribution, verb, clause.

Drafting is extractive. The clause is a sentence that an article of the story really has,
chosen because it says what the story's titles say; where no sentence can stand after
"reported that", the line gives the headline as a quotation, which is always true and
always grammatical. The verb follows from what the pieces are. The outlets come from the story's
membership and from nowhere else.

A translator and a drafting model may help where they are configured. What they propose passes
the same check, and falls to the extractive line where it does not hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from babel import Locale

from griot.helpers.protocols import Drafter, HelperError, Translator
from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import country_code, looks_like_demonym
from griot.press.core.language.text import fold, sentences, stems, stop_words, words
from griot.press.core.lines.checking import check
from griot.press.core.lines.house import MAX_WORDS, lint, metaphors, with_proper_terms
from griot.press.core.lines.lines import line_text
from griot.press.core.lines.passages import Text, passages_of
from griot.press.core.types import Article, BadInput, Line, OutletLink

MIN_WORDS = 7
_FAR = datetime.max.replace(tzinfo=UTC)

# "DAKAR, 3 Mar (Reuters) - ", "KHARTOUM: ", "Dakar (IPS) – ", "Nairobi -- ", "[Ayin Network] IN SHORT: "
_DATELINE = re.compile(
    r"^(?:\[[^\]]{2,40}\]\s*|[A-ZÀ-Þ][A-ZÀ-Þ .'’/-]{2,40}:\s+|"
    r"[A-ZÀ-Þ][\w .'’/-]{1,40}(?:,\s*[^()–—-]{1,30})?\s*\([\w .&'’/-]{2,30}\)\s*[–—-]+\s+|"
    r"[A-ZÀ-Þ]{3}[A-ZÀ-Þ .'’/,-]*(?:,\s*\w+\.?\s*\d{1,2})?\s+[–—-]+\s+|"
    r"[A-ZÀ-Þ]\w+(?:[ ’'-]\w+){0,2}\s+(?:--|—)\s+)+"
)
_BAD_OPENING = set(
    "it he she they we i you this that these those here there his her their its our my your but and or so yet"
    " because how why what where who whom when which if read watch listen see click also meanwhile however"
    " subscribe photo photos according not then now still instead both such".split()
)
_FIRST_PERSON = re.compile(r"(?i)\b(?:we|our|us all|my|i'm|i've|you|your)\b")
_FINITE = re.compile(
    r"(?i)\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|do|does|did|says?|"
    r"said|told|began|begun|came|found|gave|held|killed|knew|led|left|lost|made|met|put|ran|saw|sent|set|"
    r"shot|sought|spoke|spent|stood|took|went|won|wrote|fell|felt|kept|built|brought|broke|fled|drew|grew|"
    r"rose|struck|urges?|calls?|plans?|faces?|wants?|seeks?|remains?|continues?|shows?|warns?|\w{3,}ed)\b"
)
# Relative days mean nothing to tomorrow's reader; a sentence without them is preferred.
_DEICTIC = re.compile(r"(?i)\b(?:today|yesterday|tomorrow|tonight|this morning|last night)\b")
_PROPOSED = re.compile(r"(?:reported|published|featured|ran|interviewed|spoke with|reviewed)\b")
_KICKER = re.compile(
    r"(?i)^(?:opinion|op-ed|comment|editorial|interview|review|film review|book review|statement)\s*[:|"
    r"–—-]\s*|\s*[|–—]\s*(?:opinion|op-ed)$"
)
_INTERVIEWED = re.compile(
    r"(?:[Ii]nterview with|[Ii]nterview:|Q&A with|[Cc]onversation with)\s+((?:[A-ZÀ-Þ][\w'’.-]+\s?){2,4})"
)
_STATED = re.compile(
    r"^((?:[A-ZÀ-Þ][\w'’.-]+[ ,]*){2,8}(?:[^,“\"]{0,40})?) (?:said|stated|declared|"
    r"told [\w ]{3,30})(?: on [A-Z]\w+day)? that (.+\.)$"
)
_CUT = re.compile(r",? (?:as|while|after|amid|with|which|who|where|although|though) | [–—] |; ")


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: str
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
    """Draft the line of one story. `articles` are all of its members, at least one.

    Every claim of the line has been checked against the articles; a candidate that does not
    hold is passed over. Raises BadInput for an empty story.
    """
    if not articles:
        raise BadInput("a story needs at least one article")
    members = ordered(articles)
    passages = passages_of(members)
    if drafter is not None and (line := _proposed(members, language, drafter, passages)):
        return line
    if special := _by_piece(members, language):
        source, body = special
        if (line := _line(members, source, body, language, passages)).ok:
            return line
    for candidate in _candidates(members, language):
        clause = _as_clause(candidate.sentence, members, language)
        line = _line(members, candidate.article, f"reported that {clause}", language, passages)
        if line.ok:
            return line
    if translator is not None and (line := _translated(members, language, translator, passages)):
        return line
    return _line(members, members[0], *_headline(members, language), passages)


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
    line = _line(members, members[0], body, language, passages)
    says_something = any(c.kind in {"number", "name", "place", "date", "quotation"} for c in line.claims)
    return line if line.ok and says_something else None


def _translated(
    members: Sequence[Article], language: str, translator: Translator, passages: Sequence[Text]
) -> Line | None:
    """The best sentence of a foreign member in the issue's language, where its facts survive the
    translation.
    """
    for source in members:
        told = [*sentences(source.summary)[:2], *sentences(source.text)[:2], source.title]
        for sentence in [s for s in dict.fromkeys(told) if 3 < len(s.split()) <= MAX_WORDS * 1.5][:3]:
            try:
                translated = translator.translate(_DATELINE.sub("", sentence), source.language, language)
            except HelperError:
                return None
            if not _is_usable(translated):
                continue
            clause = _as_clause(translated, members, language)
            line = _line(members, source, f"reported that {clause}", language, passages)
            if line.ok:
                return line
    return None


def _by_piece(members: Sequence[Article], language: str) -> tuple[Article, str] | None:
    """The article and body of a line whose verb is not "reported": by what most of the pieces in
    this language are.
    """
    speaking = [a for a in members if a.language in (language, "")]
    kinds = Counter(a.piece for a in speaking)
    if not speaking or kinds["news"] or kinds["data"] or not kinds:
        return None
    source = speaking[0]
    title = _KICKER.sub("", _quotable(source.title)).strip()
    if source.piece == "opinion":
        return (
            source,
            f"ran an op-ed{f' by {source.author}' if source.author else ''} headlined “{title}”.",
        )
    if source.piece == "interview":
        found = _INTERVIEWED.search(source.title)
        whom = f" with {found.group(1)}" if found else ""
        return source, f"ran an interview{whom} headlined “{title}”."
    if source.piece == "review":
        return source, f"ran a review headlined “{title}”."
    if source.piece == "feature":
        return source, f"ran a story headlined “{title}”."
    for sentence in [*sentences(source.summary)[:3], *sentences(source.text)[:8]]:
        stripped = _DATELINE.sub("", sentence.strip())
        if (said := _STATED.match(stripped)) and _is_usable(stripped):
            return source, f"published remarks from {said.group(1)}, who stated that {said.group(2)}"
    return None


def _line(
    members: Sequence[Article], source: Article, body: str, language: str, passages: Sequence[Text]
) -> Line:
    """The line with its outlets in order, each linked to the article that tells it best."""
    urls = {a.url for a in members}
    agencies = {a.url for a in members if a.is_agency}
    # Agency copy is credited to the agency; who only carries it is told on the web page, not in the line.
    by_url = {a.url: a for a in members}
    named = [
        a
        for a in members
        if not (a.copy_of in agencies and a.copy_of in urls) or _adds_something(a, by_url[str(a.copy_of)])
    ]
    links: dict[str, OutletLink] = {}
    for article in sorted(
        named, key=lambda a: a.url != source.url
    ):  # the clause's own article wins its outlet's link
        links.setdefault(article.credit, OutletLink(article.credit, article.url))
    outlets = tuple(links[name] for name in dict.fromkeys(a.credit for a in named))
    line = Line(outlets, body, language)
    return Line(outlets, body, language, check(line_text(line), members, language, passages))


def _adds_something(copy: Article, origin: Article) -> bool:
    """Whether a carrier has a sentence of its own beside the agency's text."""
    known = {fold(w) for w in words(f"{origin.title} {origin.summary} {origin.text}")}
    for sentence in sentences(copy.text or copy.summary):
        own = [fold(w) for w in words(_DATELINE.sub("", sentence))]
        if len(own) >= 6 and sum(w not in known for w in own) > 0.4 * len(own):
            return True
    return False


def _quotable(title: str) -> str:
    return re.sub(r"[“”\"«»]", "'", title).rstrip(".").strip()


def _headline(members: Sequence[Article], language: str) -> tuple[str, str]:
    source = next((a for a in members if a.language in (language, "")), members[0])
    title = _quotable(source.title)
    if source.language in (language, ""):
        return f"ran a story headlined “{title}”.", language
    name = Locale("en").languages.get(source.language, source.language)
    return f"reported, in {name}, under the headline “{title}”.", language


def _candidates(members: Sequence[Article], language: str) -> Iterator[_Candidate]:
    """Sentences that can stand after "reported that", the best first."""
    speaking = [a for a in members if a.language in (language, "")]
    wanted = Counter(s for a in speaking for s in set(stems(a.title, language)))
    latest = max((a.published for a in speaking if a.published), default=None)
    found: list[_Candidate] = []
    for rank, article in enumerate(speaking):
        age = (latest - article.published).total_seconds() / 3600 if latest and article.published else 0.0
        own_title = set(stems(article.title, language))
        pool = [*sentences(article.summary)[:3], *sentences(article.text)[:6]]
        for place, raw in enumerate(dict.fromkeys(pool)):
            sentence = _shortened(_DATELINE.sub("", raw.strip()).strip())
            if _is_usable(sentence):
                present = set(stems(sentence, language))
                shared = sum(n for s, n in wanted.items() if s in present) / (sum(wanted.values()) or 1)
                own = len(own_title & present) / (len(own_title) or 1)
                score = (
                    1.5 * shared + own - 0.12 * place - 0.02 * rank - 0.012 * min(age, 48) + _manner(sentence)
                )
                found.append(_Candidate(sentence, article, score))
    found.sort(key=lambda c: (-c.score, c.article.url, c.sentence))
    yield from found


def _manner(sentence: str) -> float:
    length = len(sentence.split())
    return (
        (0.3 if _FINITE.search(sentence) else -0.4)
        + (0.15 if re.search(r"\d", sentence) else 0.0)
        - 0.02 * max(0, length - 32)
        - (0.3 if next(metaphors(sentence, "en"), None) else 0.0)
        - (0.2 if _DEICTIC.search(sentence) else 0.0)
    )


def _is_usable(sentence: str) -> bool:
    tokens = words(sentence)
    if not tokens or not MIN_WORDS <= len(sentence.split()) <= MAX_WORDS:
        return False
    balanced = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    unquoted = re.sub(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’", "", sentence)
    return (
        sentence[0].isalnum()
        and sentence.endswith((".", '."', ".”"))
        and not sentence.endswith(("...", "…"))
        and balanced
        and sentence.count("(") == sentence.count(")")
        and ": “" not in sentence
        and ': "' not in sentence
        and "appeared first on" not in sentence
        and fold(tokens[0]) not in _BAD_OPENING
        and not _FIRST_PERSON.search(unquoted)
        and bool(_FINITE.search(unquoted))
    )


def _shortened(sentence: str) -> str:
    """A sentence over MAX_WORDS, cut before a subordinate clause where a whole one remains."""
    if len(sentence.split()) <= MAX_WORDS:
        return sentence
    for cut in reversed(list(_CUT.finditer(sentence))):
        head = sentence[: cut.start()].rstrip(" ,;")
        if MIN_WORDS + 3 <= len(head.split()) <= MAX_WORDS and head.count('"') % 2 == 0:
            return f"{head}."
    return sentence


def _as_clause(sentence: str, members: Sequence[Article], language: str) -> str:
    """The sentence as a clause in the middle of a line: house terms, small first letter, one full stop."""
    clause = with_proper_terms(sentence, language)
    if not _stays_capital(clause, members, language):
        clause = clause[0].lower() + clause[1:]
    return re.sub(r"\.([\"”])$", r"\1.", clause)


def _stays_capital(clause: str, members: Sequence[Article], language: str) -> bool:
    """Whether the first word is a name: judged by how the story's own articles write it elsewhere."""
    pair = re.findall(r"[\w’'.-]+", clause)[:2]
    first, second = pair[0], pair[1] if len(pair) > 1 else ""
    bare = re.sub(r"['’]s?$", "", first)
    if not first[0].isupper() or any(c.isupper() or c.isdigit() for c in first[1:]):
        return True
    if fold(first) in _SMALL_BEFORE_A_NAME or next((n.start == 0 for n in numbers_in(first)), False):
        return False
    if first in {"Secretary", "Minister", "President", "Ministry", "Department"} and second == "of":
        return True
    if second[:1].isupper() and not re.match(r"(?:U\.?S|U\.?N|E\.?U|U\.?K)\b", second):
        return True
    if (
        fold(first) in stop_words(language)
        and fold(first) not in _NATIONS_AND_DAYS
        and country_code(first) is None
    ):
        return False
    if country_code(bare) or country_code(f"{first} {second}") or looks_like_demonym(bare):
        return True
    big = small = 0
    for article in members:
        for passage in [*sentences(article.summary), *sentences(article.text)]:
            inside = re.findall(r"[\w’'-]+", passage)[1:]
            big += sum(re.sub(r"['’]s?$", "", w) == bare for w in inside)
            small += sum(w == bare.lower() for w in inside)
        if not _is_title_case(article.title):
            inside = re.findall(r"[\w’'-]+", article.title)[1:]
            big += sum(re.sub(r"['’]s?$", "", w) == bare for w in inside)
            small += sum(w == bare.lower() for w in inside)
    if big or small:
        return big > small
    return bool(_FINITE.fullmatch(second)) and not bare.endswith("s")


# Words that open a sentence in front of a name and are none themselves.
_SMALL_BEFORE_A_NAME = set(
    "the a an in on at for to from by with of as after before amid while when since under over about around"
    " nearly almost more most many some several all every each two-thirds half both no former late accused"
    " convicted outgoing acting top senior prominent another other new young defending reigning tech"
    " thousands hundreds dozens millions residents officials police authorities lawyers families".split()
)
_NATIONS_AND_DAYS = set(
    "american british french german italian spanish russian chinese indian african european monday tuesday"
    " wednesday thursday friday saturday sunday january february march april june july august september"
    " october november december".split()
)


def _is_title_case(title: str) -> bool:
    inner = re.findall(r"[A-Za-zÀ-ÿ]{4,}", title)[1:]
    return bool(inner) and sum(w[0].isupper() for w in inner) / len(inner) > 0.7
