"""Glosses: what foreign words of the press say, in the newsroom's language, as its translator puts them.

What was translated once is kept, for the desk and the drafter alike; retention lets go of it. Testimonies are
never glossed here: what a teller has said is kept with the teller's consent alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.core.cache import cache

from griot.characters import fit_text
from griot.helpers.clients import helper_from
from griot.helpers.protocols import HelperError, Translator
from griot.press.core.language.text import sentences
from griot.press.models import Article, Gloss

LEAD = 400  # characters of an article that are its lead
PATIENCE = 3.0  # seconds for which whoever waits is kept; one text is translated in any case
RESTS = 60  # seconds for which a language that the translator could not help with is not tried again


@dataclass(frozen=True, slots=True)
class Foreign:
    """Words in another language (ISO 639-1) than the newsroom's."""

    words: str
    language: str

    @property
    def digest(self) -> str:
        said = "\0".join((settings.TRANSLATOR, self.language, settings.LANGUAGE_CODE, self.words))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remembering:
    """A translator that is asked once for the same words."""

    translator: Translator

    def translate(self, text: str, source: str, target: str) -> str:
        if target != settings.LANGUAGE_CODE:
            return self.translator.translate(text, source, target)
        foreign = Foreign(text, source)
        if known := Gloss.objects.filter(digest=foreign.digest).first():
            return known.words
        words = fit_text(self.translator.translate(text, source, target))
        Gloss.objects.bulk_create([Gloss(digest=foreign.digest, words=words)], ignore_conflicts=True)
        return words


@dataclass(frozen=True, slots=True)
class Glossed:
    """What is said of each text that there was time for, and why a language could not be translated."""

    said: Mapping[Foreign, str]
    why: Mapping[str, str]


def foreign(words: str, language: str) -> Foreign | None:
    """The words, where there are any and the newsroom does not speak their language."""
    is_foreign = words.strip() and language and language != settings.LANGUAGE_CODE
    return Foreign(words, language) if is_foreign else None


def lead_of(article: Article) -> str:
    """The whole sentences that an article begins with."""
    words, lead = (article.summary or article.text)[: 2 * LEAD], ""
    for sentence in sentences(words):
        if lead and len(lead) + 1 + len(sentence) > LEAD:
            break
        lead = f"{lead} {sentence}".strip()
    return lead[:LEAD]


def known(texts: Iterable[Foreign]) -> dict[Foreign, str]:
    """What was said of them before, in one query."""
    by_digest = {text.digest: text for text in texts} if settings.TRANSLATOR else {}
    rows = Gloss.objects.in_bulk(list(by_digest), field_name="digest") if by_digest else {}
    return {by_digest[digest]: row.words for digest, row in rows.items()}


def gloss(texts: Iterable[Foreign], patience: float = PATIENCE) -> Glossed:
    """Translate what is not known yet, in order, for as long as there is patience; at least one text."""
    wanted = list(dict.fromkeys(texts))
    said, why = known(wanted), dict[str, str]()
    ends = monotonic() + patience
    translator = translator_here()
    if translator is None:
        return Glossed(said, why)
    for text in wanted:
        rests = f"gloss-rests-{text.language}"
        if text in said or text.language in why:
            continue
        if refused := cache.get(rests):
            why[text.language] = refused
            continue
        try:
            said[text] = translator.translate(text.words, text.language, settings.LANGUAGE_CODE)
        except HelperError as error:
            why[text.language] = str(error)
            cache.set(rests, str(error), RESTS)
        if monotonic() > ends:
            break
    return Glossed(said, why)


def translator_here() -> Remembering | None:
    """The translator that the settings name, or None."""
    return Remembering(helper_from(settings.TRANSLATOR)) if settings.TRANSLATOR else None
