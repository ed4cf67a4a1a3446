"""What speaks for and against two articles telling of one event."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from griot.press.core.language.vectors import default_encoder
from griot.press.core.stories.clustering import cluster, view_of
from griot.press.core.stories.pairs import DECISION, FEATURES, REFUSED, compare, evidence
from griot.press.core.stories.traits import is_column, naming
from griot.press.core.types import Article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def piece(outlet: str, title: str, lead: str, hours: float = 0, language: str = "en") -> Article:
    url = f"https://{outlet}.example/{abs(hash((title, lead)))}"
    return Article(url, outlet, title, lead, published=NOW + timedelta(hours=hours), language=language)


def compared(*articles: Article, background: tuple[Article, ...] = ()):
    vectors = default_encoder().encode([view_of(a) for a in articles])
    reach = np.ones((len(articles), len(articles)), dtype=bool)
    pairs = compare(articles, vectors, background, reach)
    assert len(pairs.rows) == 1
    return dict(zip(FEATURES, pairs.features[0].tolist(), strict=True)), float(evidence(pairs)[0])


def test_the_decision_weighs_every_feature():
    assert set(json.loads(DECISION.read_text())["weights"]) == set(FEATURES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # One contest has one score.
        (
            piece("a", "Zambia women beat Ghana 3-2 in Ndola final", "Zambia won the cup 3-2 in Ndola."),
            piece("b", "Zambia men beat Mali 5-1 in Ndola final", "Zambia won the cup 5-1 in Ndola."),
        ),
        # Other numbers in the titles, and another number of the same thing.
        (
            piece("a", "Boat sinks off Cape Orr, 11 dead", "Eleven people died when a boat sank on Sunday."),
            piece(
                "b", "Boat sinks off Cape Lind, 14 dead", "Fourteen people died when a boat sank on Monday."
            ),
        ),
        # A column that sums up several events is part of none.
        (
            piece("a", "Morning briefing: quake in Bam", "A quake hit Bam; and what else to know."),
            piece("b", "Quake in Bam kills 12", "Twelve people died in a quake in Bam, rescuers said."),
        ),
        # A column has another subject each time.
        (
            piece("a", "Our reader asks: why is milk dear?", "Milk costs more than last year; the answers."),
            piece(
                "a", "Our reader asks: why is bread dear?", "Bread costs more than last year; the answers."
            ),
        ),
    ],
)
def test_facts_that_exclude_each_other_outweigh_all_else(one, other):
    assert compared(one, other)[1] == REFUSED
    assert len(cluster([one, other])) == 2


def test_a_toll_may_grow():
    first = piece("a", "Lorry overturns near Séguédine, 8 dead", "Eight migrants died near Séguédine.")
    later = piece("b", "Séguédine lorry toll rises to 13", "Thirteen people have died near Séguédine.", 20)
    assert compared(first, later)[1] > REFUSED
    assert (
        compared(piece("a", first.title, first.lead, 20), piece("b", later.title, later.lead))[1] == REFUSED
    )


def test_a_name_is_found_in_another_script():
    latin = piece("a", "Tanker rescues 47 off Gavdos", "A tanker took 47 people from a boat off Gavdos.")
    arabic = piece("b", "ناقلة تنقذ 47 مهاجرا قرب غافدوس", "أنقذت ناقلة سبعة وأربعين مهاجرا.", language="ar")
    features, _ = compared(latin, arabic)
    assert features["rarest_name"] > 0.5 and features["numbers"] > 0.5


def test_a_name_that_many_share_says_less():
    one = piece("a", "Rohingya boat lands in Aceh", "Villagers let Rohingya come ashore in Aceh.")
    other = piece("b", "Fire in Rohingya camp", "A fire destroyed huts of Rohingya; boats were not hit.")
    crowd = tuple(piece(f"c{n}", f"Report {n}", "The Rohingya are in the news again.") for n in range(20))
    alone, among = (compared(one, other, background=b)[0]["rarest_name"] for b in ((), crowd))
    assert among < 0.5 * alone


def test_what_one_outlet_alone_writes_is_no_name_of_an_event():
    one = piece(
        "a", "Ghana: hospitals lack beds", "[Xyloph Times] Hospitals in Ghana lack beds, Xyloph reports."
    )
    other = piece(
        "a", "Ghana: embassy responds", "[Xyloph Times] An embassy in Ghana responds, Xyloph reports."
    )
    assert compared(one, other)[0]["rarest_name"] < 0.3
    assert compared(one, piece("b", other.title, other.lead))[0]["rarest_name"] > 1


def test_numbers_of_different_things_are_not_shared():
    one = piece("a", "Gale of 90 miles an hour hits Tiree", "The wind reached 90 miles an hour on Tiree.")
    other = piece("b", "Tiree boats may land ninety tonnes", "Tiree's boats may land ninety tonnes more.")
    assert compared(one, other)[0]["numbers"] == 0


def test_names_at_the_beginning_of_a_sentence_are_names_where_another_article_says_so():
    sure = piece("a", "EU opens inquiry into Shein", "The EU is investigating Shein over toys.")
    unsure = piece("b", "Shein under EU investigation", "Europe examines whether the retailer broke rules.")
    assert "sein" not in naming(unsure).names
    assert compared(sure, unsure)[0]["title_named"] > 0


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tuesday quiz: how closely did you follow the news?", True),
        ("Le brief du matin : grève, neige et budget", True),
        ("Magazine solutions - February 27, 2026", True),
        ("Fact check: No, this video does not show a riot", True),
        ("Quiz show host dies at 80", False),
        ("Morning fire kills two in Cox's Bazar", False),
        ("Live: quake toll in Bam rises", False),
    ],
)
def test_columns_are_told_by_their_titles(title, expected):
    assert is_column(title) is expected
