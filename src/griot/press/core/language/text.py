"""Words, stems, names and sentences in the languages we know."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import justext
import snowballstemmer

LANGUAGE_NAMES = {
    "en": "English",
    "fr": "French",
    "es": "Spanish",
    "ar": "Arabic",
    "pt": "Portuguese",
    "de": "German",
    "it": "Italian",
}

# Apostrophes, and letters that have no accent to lose: Łódź is written Lodz, Søren Soren.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ð": "d",
        "þ": "th",
    }
)
_WORD = re.compile(r"\d[\d.,  ]*\d|\w+(?:['’-]\w+)*")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_SENTENCE_END = re.compile(r"(?<=[.!?؟…])[\"”’'»)]*\s+(?=[\"“‘'«(¿¡]*[\w“])")
# After these a full stop ends no sentence. Titles and initials, in our Latin-script languages.
LONGEST_ABBREVIATION = 40
_GERMAN_DATE = re.compile(
    r"\s*(?:Jan|Jän|Feb|März|April|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez|Jahr|Tag|Mal|Stock)"
)  # behind an ordinal: am 11. März
# Titles, initials and "No." end none; "a.m." or "U.S." may, where a word follows that opens sentences.
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Cmdr|Cdr|Adm|Sgt|Cpl|Brig|Sen|Rep|Gov|Hon|Rev|Msgr|Fr|St|No|"
    r"Nos|Nr|vs|approx|Sra?|Dra?|Mme|Mlle|M|art|ca|bzw|z\.B|u\.a|d\.h)|(?<![.\w])[^\W\d])\.$"
)
_ABBREVIATION_AT_AN_END = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Jr|Inc|Ltd|Co|Corp|etc|al|(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
_OPENS_A_SENTENCE = re.compile(
    r"\s*[\"“‘']?(?:The|A|An|In|On|At|It|Its|He|His|She|Her|They|Their|There|This|That|These|Those|We|But|And|Most|"
    r"All|Some|About|More|After|Before|As|For|From|No|None|Nobody|One|Two|Both|If|When|While|Since|According)\s"
)


def fold(text: str) -> str:
    """`text` lower-case, without accents, with straight quotes: for comparing, never for showing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def without_initials(text: str) -> str:
    """U.S. and U.N. written as US and UN."""
    return _INITIALS.sub(lambda m: m.group().replace(".", ""), text)


def words(text: str) -> list[str]:
    """The words and numbers of `text` as written, without possessive 's."""
    return [re.sub(r"['’]s$", "", w) for w in _WORD.findall(without_initials(text))]


@cache
def stop_words(language: str) -> frozenset[str]:
    name = LANGUAGE_NAMES.get(language)
    return frozenset(fold(w) for w in justext.get_stoplist(name)) if name else frozenset()


@cache
def _stemmer(language: str) -> object | None:
    name = LANGUAGE_NAMES.get(language, "").lower()
    return snowballstemmer.stemmer(name) if name else None


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a folded word; the word itself in languages without a stemmer."""
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer is not None else word  # type: ignore[attr-defined]


def stems(text: str, language: str) -> list[str]:
    """Stems of the words that carry meaning; names (capitalised) stay even where they are frequent words."""
    stop = stop_words(language)
    found = []
    for word in words(text):
        folded = fold(word)
        if len(folded) > 1 and (folded not in stop or (word[0].isupper() and language not in ("de", ""))):
            found.append(stem(folded, language))
    return found


def names(text: str, language: str) -> list[str]:
    """Folded capitalised words and numbers: what two languages may share as it stands.

    Names inflect little between languages that share a script, so they are not stemmed.
    """
    stop = stop_words(language)
    return [
        folded
        for word in words(text)
        if (word[0].isupper() or word[0].isdigit()) and (folded := fold(word)) not in stop and len(folded) > 1
    ]


def sentences(text: str) -> list[str]:
    """`text` cut into sentences; paragraphs (newlines) always end one."""
    found: list[str] = []
    for paragraph in text.splitlines():
        start = 0
        for end in _SENTENCE_END.finditer(paragraph):
            # An abbreviation is looked for in the last characters alone: a piece may be as long as it likes.
            is_ordinal = re.search(r"\b\d{1,2}\.$", paragraph[max(start, end.start() - 4) : end.start()])
            if is_ordinal and _GERMAN_DATE.match(paragraph, end.end()):
                continue
            reach = max(start, end.start() - LONGEST_ABBREVIATION), end.start()
            if not _ABBREVIATION.search(paragraph, *reach) and (
                not _ABBREVIATION_AT_AN_END.search(paragraph, *reach)
                or _OPENS_A_SENTENCE.match(paragraph, end.end())
            ):
                found.append(paragraph[start : end.end()].strip())
                start = end.end()
        if rest := paragraph[start:].strip():
            found.append(rest)
    return found
