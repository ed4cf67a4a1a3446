"""Mentions: how our own organisation appears in an article, with the passage that shows it.

Figures cited, a spokesperson quoted (whom), work described, or nothing. Names are the
organisation's own list, in all languages; nothing is guessed from a description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import place_key
from griot.press.core.language.text import fold, sentences, without_initials
from griot.press.core.lines.claims import names_in
from griot.press.core.types import Article, Mention, Organisation

_QUOTE = re.compile(r"[“”\"«»„]")
_SAID = re.compile(
    r"\b(?:said|says|told|added|stated|explained|warned|stressed|noted|called|according to|dit|declare|"
    r"explique|selon|affirme|ajoute|dijo|declaro|senalo|explico|segun|afirmo|disse|afirmou|segundo|explicou|"
    r"sagte|erklarte|laut|mitteilte|ha detto|spiega|secondo|dichiarato)\b|(?:قال|قالت|صرح|أوضح|وأضاف|بحسب|"
    r"وفقا)"
)
_FIGURES = re.compile(
    r"\b(?:according to|figures?|data|estimates?|statistics|numbers|report|count(?:ed|s)?|record(?:ed|s)?|"
    r"says?|said|selon|chiffres|donnees|segun|cifras|datos|segundo|dados|numeros|laut|zahlen|angaben|secondo|"
    r"dati|cifre|stime)\b|(?:بحسب|وفقا|أرقام|بيانات|احصاء)"
)
_OFFICES = re.compile(
    r"\b(?:spokes\w+|director|chief|head|officer|coordinator|representative|manager|commander|porte-parole|"
    r"directeur|directrice|portavoz|director[ae]?|porta-voz|sprecher\w*|leiter\w*|portavoce|direttore|"
    r"direttrice)\b"
)


def find_mentions(article: Article, organisation: Organisation) -> list[Mention]:
    """Each way in which an article shows the organisation, the first passage of each, in the order found."""
    passages = list(dict.fromkeys([article.title, *sentences(article.summary), *sentences(article.text)]))
    spokespeople = {fold(name): name for name in organisation.spokespeople}
    found: dict[tuple[str, str], Mention] = {}
    for before, passage in pairwise(["", *passages]):
        folded = fold(without_initials(passage))
        speaker = next((name for key, name in spokespeople.items() if _has(folded, key)), "")
        is_ours = any(_has(folded, fold(without_initials(name))) for name in organisation.names)
        if not (is_ours or speaker):
            continue
        # A quotation may close the sentence before the one that says whose it is.
        is_quote = bool(_SAID.search(folded)) and bool(
            _QUOTE.search(passage) or _QUOTE.search(before) or speaker
        )
        who = speaker or (_person(passage, organisation) if is_quote else "")
        if is_quote and who:
            mention = Mention("quoted", passage, article.url, who)
        elif is_ours and next(numbers_in(passage, article.language), None) and _FIGURES.search(folded):
            mention = Mention("figures", passage, article.url)
        else:
            mention = Mention("work", passage, article.url)
        found.setdefault((mention.kind, fold(mention.who)), mention)
    if any(kind != "work" for kind, _ in found):
        found.pop(("work", ""), None)  # who quotes us also describes us; the line says the stronger
    return list(found.values())


def _has(folded: str, name: str) -> bool:
    """Whether a folded text has a folded name as whole words; in Arabic a one-letter prefix may be
    glued to it.
    """
    return re.search(rf"(?:(?<!\w)|(?<=\b[وبلفك])){re.escape(name)}(?!\w)", folded) is not None


def _person(passage: str, organisation: Organisation) -> str:
    """The person who speaks for us in a passage: a full name beside an office or our own name."""
    own = {word for name in organisation.names for word in fold(name).split()}
    for start, end, words in names_in(passage, set()):
        while words and fold(re.sub(r"['’]s$", "", words[0])) in own:  # "IOM's Leonard Doyle"
            words = words[1:]
        if len(words) < 2 or {fold(w) for w in words} & own or place_key(" ".join(words)):
            continue
        around = fold(passage[max(0, start - 60) : end + 60])
        if _OFFICES.search(around) or any(_has(around, fold(name)) for name in organisation.names):
            return " ".join(words)
    return ""


def mention_sentence(
    mentions: Sequence[Mention], articles: Sequence[Article], organisation: Organisation
) -> str:
    """The line's second sentence, as the house style writes it, or "" where our organisation does not appear.

    `articles` are the story's, in the order of attribution. A copy's mention is its origin's.
    """
    if not mentions:
        return ""
    outlet_of = {a.url: a.credit for a in articles}
    outlets = list(dict.fromkeys(a.credit for a in articles if a.copy_of is None)) or list(outlet_of.values())
    by_outlet: dict[str, list[Mention]] = {}
    for mention in mentions:
        if (name := outlet_of.get(mention.url)) in outlets:
            by_outlet.setdefault(str(name), []).append(mention)
    if not by_outlet:
        return ""
    kinds = {m.kind for found in by_outlet.values() for m in found}
    people = list(dict.fromkeys(m.who for found in by_outlet.values() for m in found if m.who))
    does = []
    if "figures" in kinds:
        does.append(f"cited {organisation.name} figures")
    if people:
        does.append(f"quoted {organisation.name}'s {_listed(people)}")
    if not does:
        does.append(f"described {organisation.name}'s work")
    if len(outlets) == 1:
        subject = "It"
    elif len(by_outlet) == len(outlets) and all({m.kind for m in f} == kinds for f in by_outlet.values()):
        subject = "Both" if len(outlets) == 2 else "All"
    elif len(by_outlet) == len(outlets):
        subject = "They"
    else:
        subject = _listed([name for name in outlets if name in by_outlet])
    return f"{subject} {' and '.join(does)}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
