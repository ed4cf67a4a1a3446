"""What a piece is: news, statement, feature, photo essay, opinion, interview, review or data.

Told by what the publisher says of it (schema.org types, sections, address, kicker), and only
then by its text. What says nothing is news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from griot.press.core.language.text import fold
from griot.press.core.types import Piece

_BY_TYPE: dict[str, Piece] = {
    "opinionnewsarticle": "opinion",
    "reviewnewsarticle": "review",
    "review": "review",
    "criticreview": "review",
    "dataset": "data",
}
_SECTIONS: tuple[tuple[Piece, str], ...] = (
    (
        "opinion",
        r"opinions?|op-?eds?|comment(?:ary|isfree)?|columns?|columnists?|editorials?|views?|viewpoint|"
        r"tribunes?|chroniques?|idees|points?-de-vue|opinion(?:es)?|tribuna|columnas?|opinia?o|"
        r"artigo-de-opiniao|meinung|kommentare?|gastbeitrag|opinioni|commenti|اراء|رأي|راي|مقالات",
    ),
    (
        "interview",
        r"interviews?|q-?and-?a|q&a|entretiens?|entrevistas?|intervist[ae]|gesprach|مقابلات?|حوار(?:ات)?",
    ),
    (
        "review",
        r"(?:book|film|movie|music|theatre|tv)-?reviews?|reviews?|critiques?|resenas?|criticas?|resenhas?|"
        r"rezension(?:en)?|kritik|recension[ei]",
    ),
    (
        "photo essay",
        r"photo[ -]?(?:essays?|stor(?:y|ies))|in[ -]pictures|en[ -]images|diaporamas?|foto-?galerias?|"
        r"fotostrecken?|bilderstrecken?|fotogallery",
    ),
    (
        "feature",
        r"features?|long-?reads?|in-depth|magazine|reportages?|grands?-reportages?|cronicas?|reportajes?|"
        r"reportagen?s?|portrats?|storie|تحقيقات?|تقارير-خاصة",
    ),
    ("data", r"datablog|data|infographics?|datos|decodeurs|chiffres"),
    (
        "statement",
        r"statements?|press-?releases?|speeches|remarks|communiques?|comunicados?|pressemitteilung(?:en)?|"
        r"comunicati(?:-stampa)?|discours|discursos?|بيانات?",
    ),
)
_SECTION = [
    (piece, re.compile(rf"(?:^|[/\s|>–-])(?:{pattern})(?:$|[/\s|>:–-])")) for piece, pattern in _SECTIONS
]
_KICKER: tuple[tuple[Piece, re.Pattern[str]], ...] = (
    (
        "opinion",
        re.compile(
            r"^(?:opinion|op-ed|comment|editorial|column|tribune|chronique|tribuna|meinung|kommentar|"
            r"opinione|رأي|راي)\s*[:|–—-]|[|–—]\s*(?:opinion|op-ed|tribune|tribuna)$"
        ),
    ),
    (
        "interview",
        re.compile(
            r"^(?:interview|exclusive interview|q&a|entretien|entrevista|intervista|im gesprach|حوار|"
            r"مقابلة)\b\s*(?:[:|–—-]|with|avec|con|com|mit|مع)|[|–—:]\s*(?:interview|entretien|entrevista|"
            r"intervista)$"
        ),
    ),
    ("feature", re.compile(r"^(?:feature|long read|reportage|reportaje|reportagem)\s*[:|–—-]")),
    (
        "review",
        re.compile(
            r"^(?:(?:film|book|movie|theatre) )?review\s*[:|–—-]|(?:^| )review\s*[–—-]|^(?:critique|resena|"
            r"recensione|rezension)\s*[:|–—-]"
        ),
    ),
    (
        "statement",
        re.compile(
            r"^(?:(?:transcript|full text)\s*[:|–—-]\s*)?"
            r"(?:statement|press release|remarks|speech|full text|communique|comunicado|pressemitteilung|"
            r"comunicato|بيان)\s*(?:[:|–—-]|by|of|from)|(?:full text|statement)$"
        ),
    ),
)
_REMARKS = re.compile(r"(?:remarks|statement|speech|address)(?: as delivered)? (?:by|of|from) ")
# Whose kickers may open a summary, too.
_SAID_BELOW: frozenset[Piece] = frozenset({"opinion", "interview"})
_SURVEY = re.compile(
    r"\b(?:survey|poll|index|census|study|dataset|enquete|sondage|encuesta|sondeo|pesquisa|umfrage|studie|"
    r"sondaggio|indagine)\b"
)
_PERCENT = re.compile(
    r"\d\s?(?:%|per ?cent|pour cent|por ciento|por cento|prozent|per cento)|\bone in\b|\b(?:two|"
    r"three) out of\b"
)


def piece_of(
    title: str, url: str = "", sections: Sequence[str] = (), text: str = "", summary: str = ""
) -> Piece:
    """What a piece is. `sections` are the page's own words for it: schema.org types, sections, kickers."""
    for section in sections:
        if piece := _BY_TYPE.get(fold(section).replace(" ", "")):
            return piece
    folded = fold(title).strip()
    for piece, pattern in _KICKER:
        if pattern.search(folded) or (piece in _SAID_BELOW and pattern.match(fold(summary).strip())):
            return piece
    path = "/" + "/".join(url.split("/")[3:-1]) + "/" if url.count("/") > 3 else ""
    for piece, pattern in _SECTION:
        if any(pattern.search(fold(place)) for place in (*sections, path)):
            return piece
    if _is_questions_and_answers(text):
        return "interview"
    if _REMARKS.match(fold(text[:200])):
        return "statement"
    if _SURVEY.search(folded) and (_PERCENT.search(folded) or _PERCENT.search(fold(text[:600]))):
        return "data"
    return "news"


def _is_questions_and_answers(text: str) -> bool:
    """Whether a text is an interview set as questions and answers: many short paragraphs that end in
    a question mark.
    """
    paragraphs = [p for p in text.splitlines() if p.strip()]
    asked = sum(p.rstrip().endswith(("?", "؟")) and len(p) < 220 for p in paragraphs)
    return len(paragraphs) >= 8 and asked >= 4 and asked >= 0.25 * len(paragraphs)
