"""Foreign headlines and leads on the desk, with what they say in its language beneath them.

The page draws what is known and marks the rest; the browser asks for the marks that come into view.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.conf import settings

from griot.press.models import Article, Story
from griot.press.stories.glosses import Foreign, foreign, gloss, known, lead_of

MOST_MARKS = 30  # that are asked for at once
# A story's headline, an article's, an article's lead: `s12`, `h7`, `l7`.
_MARK = re.compile(r"([shl])([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Beneath:
    """What stands beneath foreign words: a gloss, or the mark to ask for it by."""

    mark: str
    said: str = ""

    @property
    def language(self) -> str:
        return settings.LANGUAGE_CODE


def headline_of(story: Story, articles: Iterable[Article]) -> Foreign | None:
    """A story's headline where it is foreign. `articles` are the story's."""
    if settings.LANGUAGE_CODE in story.languages:
        return None  # it is of one of the articles in this language
    of = (a.language for a in articles if a.title.startswith(story.headline))
    return foreign(story.headline, next(of, next(iter(story.languages), "")))


def beneath(texts: Mapping[str, Foreign | None]) -> dict[str, Beneath]:
    """By mark, what stands beneath each text that is foreign; nothing without a translator."""
    if not settings.TRANSLATOR:
        return {}
    marked = {mark: text for mark, text in texts.items() if text}
    said = known(marked.values())
    return {mark: Beneath(mark, said.get(text, "")) for mark, text in marked.items()}


def article_texts(articles: Iterable[Article]) -> dict[str, Foreign | None]:
    """Each article's headline and lead, by mark."""
    return {
        mark: foreign(words, a.language)
        for a in articles
        if a.language != settings.LANGUAGE_CODE  # no lead is cut that nothing stands beneath
        for mark, words in ((f"h{a.pk}", a.title), (f"l{a.pk}", lead_of(a)))
    }


def answer_marks(marks: Sequence[Any]) -> dict[str, Any]:
    """The glosses of marks as far as there was time for them, which of them to ask for again, and, for each
    language that could not be translated, why not.
    """
    texts = _texts_of(marks[:MOST_MARKS]) if settings.TRANSLATOR else {}
    glossed = gloss(texts.values())
    return {
        "said": {mark: glossed.said[text] for mark, text in texts.items() if text in glossed.said},
        "left": [
            mark
            for mark, text in texts.items()
            if text not in glossed.said and text.language not in glossed.why
        ],
        "why": [f"{_name(code)} is not translated: {why}." for code, why in glossed.why.items()],
    }


def _texts_of(marks: Iterable[Any]) -> dict[str, Foreign]:
    found = [match for mark in marks if isinstance(mark, str) and (match := _MARK.fullmatch(mark))]
    ids = {kind: [int(m[2]) for m in found if m[1] == kind] for kind in "shl"}
    articles = Article.objects.filter(pk__in=ids["h"] + ids["l"]).only("title", "summary", "text", "language")
    texts = article_texts(articles)
    for story in Story.objects.filter(pk__in=ids["s"]):
        texts[f"s{story.pk}"] = headline_of(story, story.articles.only("title", "language", "story_id"))
    return {m[0]: text for m in found if (text := texts.get(m[0]))}


def _name(language: str) -> str:
    return Locale.parse(settings.LANGUAGE_CODE).languages.get(language, language)
