"""What kind of piece a past issue's line tells of, by how it goes on behind its outlets."""

from __future__ import annotations

import re

from griot.press.core.types import Piece

# The first that is found counts. Where none is, the line tells news.
_KINDS: tuple[tuple[Piece, re.Pattern[str]], ...] = (
    (
        "photo essay",
        re.compile(
            r"(?:photo(?:graphic)?|picture|visual)[ -](?:essay|story|gallery|series)|"
            r"(?:series|gallery|collection|selection) of (?:photo(?:graph)?s|pictures|images)"
        ),
    ),
    (
        "opinion",
        re.compile(
            r"\b(?:op-?eds?|opinion (?:piece|article|column)s?|opinions? by|editorials?|commentar(?:y|ies)|"
            r"columns? by|"
            r"(?:opined|argue[sd]?|argues)\b)"
        ),
    ),
    (
        "interview",
        re.compile(
            r"^(?:\w+ ){0,4}?interview(?:s|ed)\b|\binterviews? (?:with|of)\b|"
            r"^(?:\w+ ){0,2}?sp(?:oke|eaks) (?:with|to)\b"
        ),
    ),
    ("review", re.compile(r"^(?:\w+ ){0,4}?review(?:s|ed)\b|\breviews? of\b")),
    (
        "statement",
        re.compile(r"\b(?:remarks|(?:a|the) (?:statement|speech|address)) (?:by|from|of)\b"),
    ),
    (
        "data",
        re.compile(
            r"\b(?:according to (?:a|an|its|the) (?:\w+ ){0,3}(?:survey|poll|census)|"
            r"(?:survey|poll)s? (?:found|shows?|showed))\b"
        ),
    ),
    (
        "feature",
        re.compile(
            r"^(?:\w+ ){0,4}?(?:featur(?:e[sd]?|ing)|profil(?:e[sd]?|ing))\b|\b(?:ran|runs|published) (?:a|"
            r"the) (?:\w+ )?"
            r"(?:story|stories|feature|profile|portrait)\b"
        ),
    ),
)
_FIRST = 300  # characters in which a line says what it tells of


def piece_told(body: str) -> Piece:
    """The kind of piece that a line's body says the outlet brought: "ran an op-ed by …" → opinion."""
    said = body[:_FIRST].lower()
    # What is quoted is not the outlet's own.
    said = re.sub(r"[“\"«][^”\"»]*+[”\"»]", " ", said)
    # Behind "that" stands what is told, not how: "reported that the minister argued".
    how = said.partition(" that ")[0].partition(" that, ")[0]
    return next(
        (piece for piece, pattern in _KINDS if pattern.search(said if piece == "data" else how)), "news"
    )
