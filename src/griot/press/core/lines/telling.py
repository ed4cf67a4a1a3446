"""Sentences of a story as clauses in the middle of a line: house terms, first letters, words in capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from griot.press.core.language.places import country_code, looks_like_demonym
from griot.press.core.language.rarity import as_written
from griot.press.core.language.syntax import PARSED, Parse, default_parser
from griot.press.core.language.text import sentences, stop_words
from griot.press.core.lines.clauses import (
    Sentence,
    clauses,
    counted_nouns,
    faults,
    is_function_word,
    is_name_in_words,
)
from griot.press.core.lines.house import with_proper_terms
from griot.press.core.types import Article

LIKELIER = 1.0  # log-probabilities by which a word is written small, in the world, rather than as a name
COMMON = -16.0  # log-probability from which a word is known to be a word
_LEAD_IN = re.compile(r"(?:(?!US\b|UN\b|EU\b|UK\b)[A-Z]{2,}\s+){1,6}(?=\d|[a-z])")
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")


def told_as_clauses(
    told: Sequence[tuple[int, str]], members: Sequence[Article], language: str
) -> list[tuple[int, str, float]]:
    """The sentences, given with their places in their articles, that can be clauses: which of them, the
    clause, and how far it falls short.
    """
    if language != PARSED or not told:
        return []
    shaped = clauses(told, default_parser())
    counted = counted_nouns([s.parse for s in shaped if s])
    found = []
    for i, sentence in enumerate(shaped):
        if sentence and (fault := faults(sentence, counted)) is not None:
            found.append((i, _as_clause(sentence, members, language), fault))
    return found


def _as_clause(sentence: Sentence, members: Sequence[Article], language: str) -> str:
    """The sentence in the middle of a line: house terms, small first letter, one full stop."""
    text = _without_capitals(sentence.whole)
    if text != sentence.whole or not _stays_capital(sentence.parse, members):
        text = text[0].lower() + text[1:]
    text = _SHOUTED.sub(lambda word: _in_small(word.group(), members), text)
    return re.sub(r"[.,]+([\"”])\.?$", r"\1.", with_proper_terms(text, language))


def _without_capitals(text: str) -> str:
    """A text without the capitals that a paper begins its pieces with: "THE last guests", "MORE THAN 100"."""
    found = _LEAD_IN.match(text)
    if not found or not any(w in stop_words(PARSED) for w in found.group().lower().split()):
        return text
    return found.group().lower() + text[found.end() :]


def _in_small(word: str, members: Sequence[Article]) -> str:
    """A word in capitals in small letters, if the story writes it so elsewhere: "a HERO fisherman"."""
    written = {w for a in members for w in re.findall(rf"(?i)\b{word}\b", f"{a.title} {a.summary} {a.text}")}
    is_word = word.lower() in written or word.capitalize() in written
    return word.lower() if is_word and as_written(word.lower()) > COMMON else word


def _stays_capital(parse: Parse, members: Sequence[Article]) -> bool:
    """Whether the first word is a name: by its kind, and by how the story's articles write it elsewhere."""
    first = parse[0]
    bare = re.sub(r"['’]s?$", "", first.text)
    if not bare[:1].isupper() or any(c.isupper() or c.isdigit() for c in bare[1:]):
        return True
    if is_function_word(first):
        return is_name_in_words(parse)
    if country_code(bare) or looks_like_demonym(bare):
        return True
    big = small = 0
    for article in members:
        titles = [] if _is_title_case(article.title) else [article.title]
        for passage in [*sentences(article.summary), *sentences(article.text), *titles]:
            inside = re.findall(r"[\w’'-]+", passage)[1:]
            big += sum(re.sub(r"['’]s?$", "", w) == bare for w in inside)
            small += sum(w == bare.lower() for w in inside)
    if len(parse) > 1 and parse[1].text[:1].isupper():
        return first.tag.startswith("NNP")
    small_in_the_world = as_written(bare.lower()) - as_written(bare) > LIKELIER
    is_name = first.tag.startswith("NNP") and not (small_in_the_world and as_written(bare.lower()) > COMMON)
    return big > small if big + small > 1 or (small and not big) else is_name


def _is_title_case(title: str) -> bool:
    inner = re.findall(r"[A-Za-zÀ-ÿ]{4,}", title)[1:]
    return bool(inner) and sum(w[0].isupper() for w in inner) / len(inner) > 0.7
