"""The query language and the ranker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.beats.query import Document, QueryError, parse_query
from griot.press.core.beats.relevance import MIGRATION, Beat, learn, score_story
from griot.press.core.types import Article

ARTICLE = Article(
    "https://a.example/1",
    "The Harbour Times",
    "Coast guard rescues 57 migrants",
    language="en",
    places=("IT", "LY"),
    author="Ada Lovell",
    summary="A wooden boat with réfugiés was adrift south of Lampedusa.",
    text="x" * 400 + " The mayor spoke of asylum.",
)
DOCUMENT = Document.of(ARTICLE)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("migrants", True),
        ("migrant", False),
        ("migrant*", True),
        ("refugies", True),
        ('"coast guard"', True),
        ('"guard coast"', False),
        ("migrants tourists", False),
        ("migrants AND boat", True),
        ("migrants OR tourists", True),
        ("NOT tourists", True),
        ("migrants NOT boat", False),
        ("(tourists OR boat) migrants", True),
        ("title:boat", False),
        ("lead:boat", True),
        ("text:asylum", True),
        ("title:(guard migrants)", True),
        ("guard NEAR/2 rescues", True),
        ("guard NEAR/1 migrants", False),
        ("migrants NEAR/3 guard", True),
        ("lang:en", True),
        ("lang:fr,en", True),
        ("lang:fr", False),
        ("country:LY", True),
        ("country:Libya", True),
        ("country:Libia", True),
        ("country:FR", False),
        ('outlet:"The Harbour Times"', True),
        ('author:"Ada Lovell"', True),
        ("piece:opinion", False),
        ("(boat)^0.5", True),
        ("ORlando", False),
    ],
)
def test_a_query_holds_or_not(query, holds):
    assert (parse_query(query).match(DOCUMENT) is not None) is holds


@pytest.mark.parametrize(
    ("query", "position", "said"),
    [
        ("", 0, "the query is empty"),
        ("(boat OR", 8, "at character 9, at the end: expected"),
        ("boat )", 5, "at character 6, near “boat )”"),
        ("country:Atlantis", 0, "no country is called 'Atlantis'"),
        ("boat NEAR/3 (a b)", 5, "NEAR stands between words or phrases"),
        ('""', 0, "an empty phrase"),
        ("colour:red", 6, "at character 7"),
    ],
)
def test_a_query_that_is_wrong_says_where(query, position, said):
    with pytest.raises(QueryError) as error:
        parse_query(query)
    assert error.value.position == position
    assert said in str(error.value)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_an_error_in_words(text):
    try:
        parse_query(text).match(DOCUMENT)
    except QueryError as error:
        assert 0 <= error.position <= len(text)


def test_a_score_says_why():
    copies = [
        ARTICLE,
        Article("https://b.example/1", "Wire", "57 migrants rescued", language="en"),
        Article("https://c.example/1", "Post", "57 migrants", language="en", copy_of="https://b.example/1"),
    ]
    scored = score_story(copies, MIGRATION, [0.5, 0.4, 0.4], is_mentioned=True)
    assert "says “migrants”, “coast guard”, “rescues” in the title" in scored.reasons
    assert {
        "two independent outlets",
        "names our organisation",
        "means what the beat “migration” is about",
    } <= set(scored.reasons)
    alone = score_story(copies[:1], MIGRATION, [0.5])
    assert scored.score > alone.score
    assert score_story([ARTICLE], Beat("sea", "tourists"), [0.0]).score == 0


def test_what_is_accepted_rises_and_what_is_discarded_falls_but_neither_runs_away():
    beat = Beat("sea", "boat")
    features = score_story([ARTICLE], beat, [0.0]).features
    accepted = Beat("sea", "boat", learned=learn(beat, features, True))
    discarded = Beat("sea", "boat", learned=learn(beat, features, False))

    def score(b):
        return score_story([ARTICLE], b, [0.0]).score

    assert score(discarded) < score(beat) < score(accepted)
    for _ in range(500):
        accepted = Beat("sea", "boat", learned=learn(accepted, features, True))
    assert score(accepted) < 10
