"""Sentences of articles made clauses that stand behind "reported that", by their grammar.

A clause is a main clause with a finite verb and a subject that says what it is about; it says nothing
relative to the day or place of writing, and names its speaker where it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from griot.press.core.language.syntax import Parse, Parser, Token
from griot.press.core.lines.house import MAX_WORDS
from griot.press.core.lines.reporting import Attributed, attributed, quoted, segments, speakers, subtree

MIN_WORDS = 6
ROUNDS = 3  # a sentence is parsed again where it was changed within, at most so often
MOST_STEPS = 6
_RELATIVE_DAYS = set("yesterday today tomorrow tonight".split())
_TIMES_OF_DAY = set("morning afternoon evening night".split())
_SUBJECTS = {"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"}
_PAST_OR_PRESENT = {"VBD", "VBZ", "VBP", "MD"}
_LOOSE = {"advcl", "relcl", "appos", "acl", "prep", "conj", "ccomp", "parataxis", "npadvmod", "advmod", "dep"}
_FIRST_PERSONS = set("i we me us my our ours you your yours".split())
_POINTING = set("this that these those such another".split())
# What is done about an event rather than in it (VerbNet's judgment verbs, class 33, as the press uses them).
_REACTING = set(
    "welcome condemn criticise criticize praise denounce deplore applaud thank mourn regret lament urge hail"
    " slam congratulate blame salute decry".split()
)
_QUOTED_MOST = 0.5  # share of a clause's words in quotation marks


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its parse, and whether its attribution was taken in hand.

    `place` is that in the article, 0 for a first sentence; `tail` is to stand behind it.
    """

    text: str
    parse: Parse
    place: int = 0
    tail: str = ""
    is_turned: bool = False

    @property
    def whole(self) -> str:
        return f"{self.text.rstrip(' ,;.')}{self.tail}."


def clauses(told: Sequence[tuple[int, str]], parser: Parser) -> list[Sentence | None]:
    """Each sentence, given with its place in its article, as it may stand in a line; None where it can't be
    brought into shape.
    """
    found: list[Sentence | None] = [Sentence(text, (), place) for place, text in told]
    for _ in range(ROUNDS):
        waiting = [(i, s) for i, s in enumerate(found) if s and not s.parse]
        parses = parser.parse([s.text for _, s in waiting]) if waiting else []
        for (i, sentence), parse in zip(waiting, parses, strict=True):
            found[i] = _settled(replace(sentence, parse=parse)) if parse else None
    return [s if s and s.parse and _fits(s) else None for s in found]


def _settled(sentence: Sentence) -> Sentence | None:
    """A sentence rewritten until nothing is left to do, or until it must be parsed again."""
    for _ in range(MOST_STEPS):
        better = _changed(sentence)
        if better is None:
            return None
        if better.text == sentence.text:
            return better
        sentence = replace(better, parse=_stretch(sentence, better.text))
        if not sentence.parse:
            return sentence
    return None


def _stretch(sentence: Sentence, text: str) -> Parse:
    """The parse of a text that is a stretch of a sentence, cut out of the sentence's; none where it is no
    stretch, or has no subject that way.
    """
    bare = text.rstrip(".")
    start = sentence.text.find(bare[1:], 1) - 1
    if start < 0 or sentence.text[start].lower() != text[0].lower():
        return ()
    kept = [i for i, t in enumerate(sentence.parse) if start <= t.start and t.end <= start + len(bare)]
    new = {old: n for n, old in enumerate(kept)}
    loose = [i for i in kept if sentence.parse[i].head not in new or sentence.parse[i].head == i]
    if not loose:
        return ()
    root = next((i for i in loose if sentence.parse[i].relation in {"ROOT", "ccomp"}), loose[0])
    parse = tuple(
        replace(
            token := sentence.parse[i],
            start=token.start - start,
            text=text[0] + token.text[1:] if token.start == start else token.text,
            head=new[root] if i in loose else new[token.head],
            relation="ROOT" if i == root else token.relation,
        )
        for i in kept
    )
    return parse if _subject(parse) is not None else ()


def _fits(sentence: Sentence) -> bool:
    return MIN_WORDS <= len(sentence.whole.split()) <= MAX_WORDS


def _changed(sentence: Sentence) -> Sentence | None:
    """One step of rewriting; the same text where nothing is left to do."""
    text, parse = sentence.text, sentence.parse
    if (bare := _without(text, [*_relative_days(parse), *_opening(parse)])) != text:
        return replace(sentence, text=bare)
    if not sentence.is_turned:
        found = attributed(text, parse)
        sentence = replace(sentence, is_turned=True)
        if found:
            return _turned(sentence, found)
    if len(sentence.whole.split()) > MAX_WORDS:
        if (shorter := _shorter(sentence)) != text:
            return replace(sentence, text=shorter)
        if sentence.tail and '"' not in text and "“" not in text:
            return replace(sentence, tail="")
        return None
    return sentence


def _turned(sentence: Sentence, found: Attributed) -> Sentence | None:
    told = found.told.rstrip(" ,;.")
    told = re.sub(r",([\"”»])$", r"\1", told)
    if not told:
        return None
    has_quotation = bool(re.search(r"[\"“«]", told))
    if not found.speaker:
        return None if has_quotation else replace(sentence, text=f"{told}.")
    if not found.only_says and not re.match(r"(?i)(?:its|his|her|their)\b", found.speaker):
        return replace(
            sentence, text=f"{_capital(found.speaker)} {found.verb} that {_small(told, sentence.parse)}."
        )
    if "according to" in told:
        return replace(sentence, text=f"{_capital(told)}.")
    return replace(
        sentence, text=f"{_capital(told)}.", tail=f", according to {_small(found.speaker, sentence.parse)}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str, parse: Parse) -> str:
    """What stood at a sentence's beginning, within one."""
    first = parse[0]
    if text.startswith(first.text) and keeps_small(first) and not is_name_in_words(parse):
        return text[:1].lower() + text[1:]
    return text


def keeps_small(first: Token) -> bool:
    """Whether a word owes its capital to the sentence that it opens, as far as its kind tells."""
    return first.text[1:].islower() and first.tag in _FUNCTION_TAGS | _SMALL_TAGS


_FUNCTION_TAGS = set("DT IN CD CC PRP PRP$ PDT EX TO WDT WP WRB RBR RBS MD".split())
_SMALL_TAGS = set("NN NNS VBG VBN RB JJR JJS".split())


def is_function_word(token: Token) -> bool:
    return token.tag in _FUNCTION_TAGS


def is_name_in_words(parse: Parse) -> bool:
    """Whether a number at the beginning is part of a name: "Six Nations"; not of "Four Rohingya refugees"."""
    return (
        len(parse) > 1
        and parse[0].tag == "CD"
        and parse[1].tag.startswith("NNP")
        and parse[0].text.isalpha()
        and parse[parse[0].head].tag.startswith("NNP")
    )


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without stretches of it, a capital at its beginning."""
    for start, end in sorted(spans, reverse=True):
        left, right = text[:start].rstrip(), text[end:].lstrip()
        left = left.rstrip(",").rstrip() if right[:1] in {",", "."} else left
        text = f"{left}{'' if right[:1] in {',', '.', ';', ':'} or not left else ' '}{right}"
    return _capital(text.lstrip(" ,")) if spans else text


def _relative_days(parse: Parse) -> Iterator[tuple[int, int]]:
    """Stretches of text that a reader tomorrow or elsewhere would take for another day or place."""
    inside = quoted(parse)
    for i, token in enumerate(parse):
        word, before = token.text.lower(), parse[i - 1].text.lower() if i else ""
        after = parse[i + 1].text.lower() if i + 1 < len(parse) else ""
        if inside[i] or after in {"'s", "’s"} or token.relation in {"nsubj", "pobj", "poss"}:
            continue
        if word == "here" and token.relation == "advmod" and token.tag == "RB" and i:
            yield token.start, token.end
        elif word in _RELATIVE_DAYS:
            first = parse[i - 1] if before in {"earlier", "late", "early", "later"} else token
            last = parse[i + 1] if after in _TIMES_OF_DAY else token
            yield first.start, last.end
        elif word in _TIMES_OF_DAY and (before == "this" or (before == "last" and word == "night")):
            yield parse[i - 1].start, token.end


def _opening(parse: Parse) -> Iterator[tuple[int, int]]:
    """ "But", "However,", "Meanwhile,": what ties a sentence to the one before."""
    first = parse[0]
    if (
        first.tag == "CC"
        and first.relation in {"cc", "preconj"}
        and first.text.lower() not in {"both", "either", "neither"}
    ):
        yield first.start, first.end
    elif first.tag in {"RB", "UH"} and len(parse) > 1 and parse[1].text == ",":
        yield first.start, parse[1].end


def _shorter(sentence: Sentence) -> str:
    """The text without its last loose part: a clause, apposition or list that a comma or dash sets off."""
    text, parse = sentence.text, sentence.parse
    inside = quoted(parse)
    too_many = len(sentence.whole.split()) - MAX_WORDS
    parts: list[tuple[int, int, int]] = []
    for top, token in enumerate(parse):
        if token.relation not in _LOOSE:
            continue
        a, b = subtree(parse, top)
        if a and parse[a - 1].tag == "CC":
            a -= 1
        if a == 0 or inside[a] or parse[a - 1].text not in {",", "–", "—", ";", "-"}:
            continue
        while parse[b - 1].text in {".", ","} and b > a + 1:
            b -= 1
        if b < len(parse) and parse[b].text not in {",", ".", "–", "—", ";"}:
            continue
        parts.append((len(text[parse[a].start : parse[b - 1].end].split()), a, b))
    enough = [p for p in parts if p[0] >= too_many]
    # As little as does it; else the largest, and again.
    chosen = min(enough, default=max(parts, default=None), key=lambda p: (p[0], -p[1])) if parts else None
    if chosen:
        _, a, b = chosen
        return _without(text, [(parse[a - 1].start, parse[b - 1].end)])
    for a, _ in reversed(segments(parse)[1:]):
        head = text[: parse[a - 1].start].rstrip(" ,")
        if len(head.split()) + len(sentence.tail.split()) <= MAX_WORDS and head.count('"') % 2 == 0:
            return f"{head}."
    return text


# --- faults ------------------------------------------------------------------------------


def faults(sentence: Sentence, counted: frozenset[str] = frozenset()) -> float | None:
    """How far a clause is from one that can be signed; 0 for well made, None for not at all.

    `counted` are nouns that the story writes with an article elsewhere: without one they are a headline's.
    """
    text, parse = sentence.whole, sentence.parse
    inside = quoted(parse)
    outside = [t for t, within in zip(parse, inside, strict=True) if not within]
    unquoted = [t.text.lower() for t in outside]
    if (
        not text[0].isalnum()
        or not re.search(r"[.!][\"”»]?$", sentence.text)
        or text.rstrip('."”').endswith(("?", "!", "…", ":"))
        or "?" in unquoted
        or text.count('"') % 2
        or text.count("“") != text.count("”")
        or text.count("(") != text.count(")")
        or _FIRST_PERSONS & set(unquoted)
    ):
        return None
    subject = _subject(parse)
    if subject is None or inside[subject]:
        return None
    fault = 0.2 if parse[subject].head == subject else 0.0 if _is_main(parse, subject) else 0.4
    head = parse[subject]
    children = [t for t in parse if parse[t.head] is head and t is not head]
    if head.tag in {"PRP", "WP", "WDT"} or head.text.lower() in _POINTING:
        return None
    if any(t.text.lower() in _POINTING and t.relation == "det" for t in children):
        return None
    if any(t.tag == "PRP$" and t.start < head.start for t in outside) or _begins_with_pronoun(outside):
        return None
    if head.tag in {"DT", "CD", "JJ", "PDT", "JJR", "JJS"} and not any(
        t.relation in {"prep", "relcl"} for t in children
    ):
        fault += 0.5  # "Both are guilty", "Ten will arrive": of whom?
    if _lacks_determiner(parse, subject, counted):
        fault += 0.6
    if _is_bare(sentence.tail):
        fault += 0.4
    if sentence.place and _points_back(parse, subject):
        fault += 0.3
    if parse[head.head].lemma in _REACTING:
        fault += 0.25
    if any(inside):
        share = sum(inside) / len(inside)
        fault += 0.5 if share > _QUOTED_MOST else 0.1
        if not sentence.tail and not any(True for _ in speakers(parse)):
            fault += 0.2
    if any(t.text.lower() in _RELATIVE_DAYS for t in outside):
        fault += 0.3
    return fault


def person_in_front(sentence: Sentence) -> tuple[str, str]:
    """A sentence that begins with a name as its subject, in two: the name with what follows it, and the rest;
    two empty texts where it is none.
    """
    parse = sentence.parse
    subject = _subject(parse)
    if subject is None or not parse[subject].tag.startswith("NNP"):
        return "", ""
    a, b = subtree(parse, subject)
    if a or b == len(parse):
        return "", ""
    text = sentence.whole
    return text[: parse[b - 1].end].rstrip(" ,"), text[parse[b - 1].end :].lstrip(" ,")


def _subject(parse: Parse) -> int | None:
    """The subject of the finite verb that the sentence hangs on; else of the first that has one."""
    tops = [i for i, t in enumerate(parse) if t.head == i]
    verbs = tops + [
        i for i, t in enumerate(parse) if t.tag in _PAST_OR_PRESENT | {"VBN", "VB"} and t.head != i
    ]
    for verb in verbs:
        if not _is_finite(parse, verb):
            continue
        found = [i for i, t in enumerate(parse) if t.head == verb and i != verb and t.relation in _SUBJECTS]
        # "There were": what there was is the subject.
        named = [i for i in found if parse[i].relation != "expl"] or found
        if named:
            return named[0]
    return next((i for i in tops if _is_cut_short(parse, i)), None)


def _is_cut_short(parse: Parse, top: int) -> bool:
    """Whether the parser hung a sentence on its subject: "Two clinics opened" taken for "clinics that were
    opened".
    """
    a, b = subtree(parse, top)
    return parse[top].tag.startswith("NN") and any(
        t.relation == "acl" and t.tag in {"VBN", "VBD"} for t in parse[a:b]
    )


def _is_finite(parse: Parse, verb: int) -> bool:
    """Whether a verb has a time; a participle with an active subject is the past, mistaken."""
    tag = parse[verb].tag
    relations = {t.relation for t in parse if t.head == verb and t is not parse[verb]}
    helped = {t.tag for t in parse if t.head == verb and t.relation in {"aux", "auxpass"}}
    return (
        tag in _PAST_OR_PRESENT
        or bool(helped & _PAST_OR_PRESENT)
        or (tag == "VBN" and not helped and "nsubj" in relations)
    )


def _is_main(parse: Parse, subject: int) -> bool:
    verb = parse[parse[subject].head]
    return verb.relation == "ROOT"


def _begins_with_pronoun(outside: Sequence[Token]) -> bool:
    """Whether a sentence speaks of "he" or "it" before it names anything."""
    for token in outside:
        if token.tag.startswith("NN"):
            return False
        if token.tag == "PRP" and token.text.lower() not in {"it", "there"}:
            return True
    return True


def _lacks_determiner(parse: Parse, subject: int, counted: frozenset[str]) -> bool:
    head = parse[subject]
    if head.tag != "NN" or head.lemma.lower() not in counted:
        return False
    a, _ = subtree(parse, subject)
    return (
        not any(t.tag in {"DT", "PRP$", "CD", "PDT", "POS", "NNP", "WDT"} for t in parse[a:subject])
        and parse[head.head].tag != "VBP"
    )


_BARE = re.compile(
    r", according to (?!(?:the|an?|his|her|its|their|one|two|some|many|several|most)\b)[^A-Z]+$"
)
_PLURAL = re.compile(r"\b\w+(?<!s)s\b|\b(?:police|people|men|women|media)\b")


def _is_bare(tail: str) -> bool:
    """Whether a speaker is written as in a headline: "according to officer"."""
    return bool(_BARE.match(tail)) and not _PLURAL.search(tail.removeprefix(", according to "))


def _points_back(parse: Parse, subject: int) -> bool:
    """Whether a subject was told before: "the site", "the plan", with nothing that says which."""
    a, b = subtree(parse, subject)
    return parse[a].text.lower() == "the" and b - a == 2 and parse[subject].tag in {"NN", "NNS"}


def counted_nouns(parses: Sequence[Parse]) -> frozenset[str]:
    """Nouns that stand with an article, in small letters."""
    found = set()
    for parse in parses:
        for token in parse:
            if token.relation == "det" and token.text.lower() in {"a", "an", "the"}:
                noun = parse[token.head]
                if noun.tag == "NN":
                    found.add(noun.lemma.lower())
    return frozenset(found)
