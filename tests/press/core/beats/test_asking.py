"""A search is never an error: what is no query is read as words."""

from __future__ import annotations

import pytest
from hypothesis import given

from griot.press.core.beats.asking import read_search
from griot.press.core.beats.query import Document
from tests.press.core.beats.searches import searches

DOCUMENT = Document(
    "1,800 migrants land", "the coast guard at lampedusa, italy", "in 2 boats and ferries", "en", ("IT",)
)


@pytest.mark.parametrize(
    "text",
    [
        "1,800 migrants",
        "1.800 migrants",
        "1 800 migrants",
        "Lampedusa, Italy",
        "Italy,Lampedusa",
        "Italy/Lampedusa",
        "Italy & Lampedusa",
        "Italy | Lampedusa",
        "Lampedusa: migrants",
        "Lampedusa – migrants",
        "“coast guard” migrants",
        "«\u00a0coast guard\u00a0»",
        "migrants 🙂",
        'migrants ""',
        "migrants *",
        "migrants ؟",
        "country:IT, migrants",
        "(migrants, land) OR sport",
        "mig\0rants",
    ],
)
def test_signs_between_words_say_nothing(text):
    search = read_search(text)
    assert search.node is not None and search.node.match(DOCUMENT) and search.why == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(migrants", "open_bracket"),
        ("migrants) land", "shut_bracket"),
        (")migrants(", "shut_bracket"),
        ('"coast guard', "open_quote"),
        ("migrants AND", "lone_operator"),
        ("NEAR/3 migrants", "lone_operator"),
        ("migrants^ land", "lone_operator"),
        ("migrants lang:", "lone_operator"),
        ("country:guard migrants", "no_country"),
        ("coast:migrants", "no_field"),
        ("guard:coast (migrants)", "no_field"),
    ],
)
def test_what_is_no_query_is_read_as_words_and_says_why(text, why):
    search = read_search(text)
    assert search.node is not None and search.node.match(DOCUMENT) and search.why == why


@pytest.mark.parametrize("text", ["", " ", "\0", "🙂", "()", '""', "*", "?!", "، ؛ ؟", "-", '"…" "—"'])
def test_what_has_no_word_in_it_is_told(text):
    assert read_search(text).why == "no_words" and read_search(text).node is None


@pytest.mark.parametrize("text", ["AND", "OR", "NOT", "NEAR", "NEAR/3", "and"])
def test_an_operator_alone_is_a_word(text):
    assert read_search(text).node is not None


def test_a_filter_that_means_nothing_here_is_a_word():
    assert read_search("author:lampedusa", ("lang", "country")).why == "no_field"
    assert read_search("author:lampedusa").why == ""


@given(searches)
def test_whatever_is_typed_is_read(text):
    search = read_search(text)
    assert (search.node is None) == (search.why == "no_words")
    if search.node is not None:
        search.node.match(DOCUMENT)
