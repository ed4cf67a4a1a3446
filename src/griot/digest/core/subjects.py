"""What an issue's mail is called in an inbox: the day's news, and what the line beside it goes on with.

A topic is a feature's title, or what a press line says was reported, cut where what stays says the same. What
a teller told is never one: a subject can't be taken back out of an inbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from griot.digest.core.types import Feature, Issue, PressReview
from griot.press.core.language.syntax import Parse, default_parser
from griot.press.core.language.text import fold
from griot.press.core.lines.checking import check
from griot.press.core.lines.reporting import quoted
from griot.press.core.types import Article, Claim

LONGEST = 70  # characters; phones show fewer, and no inbox more
LONGEST_PREHEADER = 140
FEWEST_WORDS = 4  # of what a line is cut to
MOST_TOPICS = 3
_JOINT = {"ar": "؛ "}
# What an issue is said to hold until somebody says it in their own words.
COUNTED = re.compile(r"\b[0-9]{1,3} stor(?:y|ies) from the night’s press\b")
# How a line says that somebody reported something, before what was reported.
_REPORTED = {
    "en": r"(?:has |have )?reported that ",
    "fr": r"(?:(?:a|ont) rapporté|rapport(?:e|ent|ait|aient)) (?:que |qu[’'])",
    "es": r"(?:(?:ha|han) informado|inform(?:ó|aron|a|an)) (?:de )?que ",
    "ar": r"(?:ذكرت|ذكر|أفادت|أفاد|نقلت|أوردت) (?:أن |بأن |أنّ |بأنّ )",
}
# What may follow the place where a sentence is cut: it tells when, where or how, and takes nothing back.
_LOOSE = {
    "en": "after|as|while|amid|following|since|during|who|which|where|in|on|at|near|from|with",
    "fr": "après|alors que|tandis que|depuis|pendant|lors|qui|où|dans|au large|près",
    "es": "después de|tras|mientras|desde|durante|que|donde|en|frente a|cerca de",
    "ar": "بعد|فيما|بينما|منذ|خلال|الذي|التي|الذين|حيث|قبالة|قرب|في",
}
# A reason may follow, too, where what it is of is not denied: it says only why.
_REASON = {"en": "because", "fr": "parce que|parce qu[’']", "es": "porque|debido a", "ar": "لأن|بسبب"}
# What is cut off must not be what the rest depends on.
_TURNING = re.compile(
    r"(?i)\b(?:if|unless|until|but|without|except|only|provided|alleged\w*|sauf|si|mais|sans|à moins|salvo"
    r"|pero|sin|excepto|a menos)\b|(?<!\w)(?:إذا|لكن|إلا|دون|غير)(?!\w)"
)
_DENIED = re.compile(
    r"(?i)\b(?:not|no|den(?:y|ied|ies)|pas|aucun\w*|ne|nunca)\b|\bn[’']|(?<!\w)(?:لم|لن)(?!\w)"
)
# What tells when or where beside a verb; any other of its prepositions is its own: "turned … into".
_ASIDE = {"in", "on", "at", "near", "after", "as", "amid", "following", "since", "during", "from", "with"}
_SUBJECTS = {"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"}
_OPEN_ENDS = {"IN", "DT", "PRP$", "TO", "CC", "JJ", "CD", "RB", "MD"}  # a cut sentence does not end on one


def topics(issue: Issue, longest: int = LONGEST) -> Iterator[str]:
    """What the issue tells, in its order, each in at most `longest` characters; what can't be said in so few
    is left out.
    """
    for said in _told(issue):
        if short := _within(said, issue.language, longest):
            yield short


def propose(issue: Issue) -> str:
    """A subject of at most LONGEST characters: the first topic, and those after it that there is room for.
    Each is borne out by the issue. Where nothing can be said in so few, the first item's beginning, which
    shows that it goes on; the title of an issue that tells nothing.
    """
    joint = _JOINT.get(issue.language, "; ")
    chosen: list[str] = []
    for topic in topics(issue):
        is_room = len(joint.join([*chosen, topic])) <= LONGEST
        if is_room and topic not in chosen and not unsupported(topic, issue):
            chosen.append(topic)
        if len(chosen) == MOST_TOPICS:
            break
    return joint.join(chosen) or _begun(next(_told(issue), "")) or issue.title[:LONGEST]


def _begun(said: str) -> str:
    words = said[: LONGEST - 1].rsplit(" ", 1)[0] if len(said) > LONGEST else ""
    return f"{words.rstrip(' ,;:–-')}…" if words else ""


def preheader(issue: Issue, subject: str) -> str:
    """What inboxes show beside the subject: the summary, or the topics that the subject leaves, where the
    summary only says it again.
    """
    said = fold(subject)
    summary = "" if COUNTED.fullmatch(issue.summary.strip()) else issue.summary.strip()
    opening = fold(" ".join(summary.split()[:FEWEST_WORDS]))
    if (
        summary
        and not any(fold(t) in fold(summary) for t in re.split("[;؛]", subject))
        and opening not in said
    ):
        return summary
    found = ""
    for topic in topics(issue, LONGEST_PREHEADER):
        more = f"{found} · {topic}" if found else topic
        if fold(topic)[:20] not in said and len(more) <= LONGEST_PREHEADER:
            found = more
    return found or issue.summary.strip()


def unsupported(subject: str, issue: Issue) -> list[Claim]:
    """The claims of a subject that nothing in the issue bears out; checked as a line is against articles."""
    articles = [
        Article(f"urn:item:{n}", f"item {n}", said, text=text, language=issue.language)
        for n, (said, text) in enumerate(_items(issue))
    ]
    return [c for c in check(subject, articles, issue.language) if c.is_refused and c.kind != "outlet"]


def text_of(issue: Issue) -> str:
    """All words that a subject may have from an issue, but for its title and summary."""
    return " ".join(text for said, text in _items(issue) if said != issue.title)


def _told(issue: Issue) -> Iterator[str]:
    """What each feature and line says, without who says so: the lead and the lines as they stand, the further
    features after them.
    """
    verb = re.compile(_REPORTED.get(issue.language.split("-")[0], "(?!)"))
    further: list[str] = []
    has_lead = False
    for block in issue.blocks:
        if isinstance(block, Feature) and not block.state:
            title = " ".join(block.title.split()).rstrip(".")
            if has_lead:
                further.append(title)
            else:
                yield title
            has_lead = True
        elif isinstance(block, PressReview):
            for line in block.lines:
                if not line.state and (reported := verb.match(line.body)):
                    said = " ".join(line.body[reported.end() :].split()).rstrip(".")
                    yield said[:1].upper() + said[1:]
    yield from further


def _items(issue: Issue) -> Iterator[tuple[str, str]]:
    """A heading and a text of everything that a subject may speak of."""
    for block in issue.blocks:
        if isinstance(block, PressReview):
            for line in block.lines:
                yield line.body, f"{''.join(line.names)} {line.body} {line.mention}".strip()
        elif title := getattr(block, "title", "") or getattr(block, "name", ""):
            html = re.sub(r"<[^>]*>", " ", getattr(block, "html", ""))
            yield title, f"{title}. {html} {getattr(block, 'text', '')}"
    yield issue.title, issue.summary


def _within(said: str, language: str, longest: int) -> str:
    """A sentence in so many characters, cut where what stays says the same; "" where it can't be."""
    if len(said) <= longest:
        return said
    loose = _LOOSE.get(language.split("-")[0])
    if not loose:
        return ""
    parse = default_parser().parse([said])[0] if language == "en" else ()
    reason = _REASON[language.split("-")[0]]
    for cut in reversed(list(re.finditer(rf",? (?=(?:(?P<why>{reason})|{loose})\b)", said[: longest + 12]))):
        kept, left = said[: cut.start()], said[cut.end() :]
        if len(kept) > longest or len(kept.split()) < FEWEST_WORDS:
            continue
        if _TURNING.search(left) or _DENIED.search(kept if cut["why"] else left):
            continue
        if kept.count("“") == kept.count("”") and (language != "en" or _stands(parse, len(kept))):
            return kept
    return ""


def _stands(parse: Parse, end: int) -> bool:
    """Whether an English sentence is whole up to there: it has its verb and subject, ends on no word that
    waits for another, and nothing that its verb needs is cut off.
    """
    kept = [i for i, token in enumerate(parse) if token.end <= end]
    if not kept or any(quoted(parse)[i] for i in kept[-1:]) or parse[kept[-1]].tag in _OPEN_ENDS:
        return False
    root = next(i for i, token in enumerate(parse) if token.head == i)
    has_subject = any(parse[i].head == root and parse[i].relation in _SUBJECTS for i in kept)
    return root in kept and has_subject and not any(_is_needed(parse, i, kept) for i in range(len(parse)))


def _is_needed(parse: Parse, i: int, kept: list[int]) -> bool:
    """Whether a word that is cut off belongs closely to one that stays."""
    token = parse[i]
    is_of_the_verb = (
        token.relation == "prep"
        and parse[token.head].tag[:2] == "VB"
        and (token.head == i - 1 or token.lemma not in _ASIDE)
    )
    close = {"dobj", "ccomp", "xcomp", "attr", "acomp", "oprd", "pobj", "aux", "neg", "prt", "conj", "dative"}
    if i in kept or token.head not in kept or token.head == i:
        return False
    return is_of_the_verb or token.relation in close  # "have agreed | on …"
