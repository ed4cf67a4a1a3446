"""Numbers, dates and places as the press of seven languages writes them."""

from __future__ import annotations

import pytest

from griot.press.core.language.calendars import dates_in
from griot.press.core.language.numbers import agrees, numbers_in
from griot.press.core.language.places import people_of, place_key
from griot.press.core.language.text import sentences


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3.5 lakh people and two crore", "en", [(350_000, ""), (20_000_000, "")]),
        ("some 1,20,000 labourers of 12,34,567", "en", [(120_000, ""), (1_234_567, "")]),
        ("it paid $3m, A$12.4m and 45k euros", "en", [(3e6, "dollar"), (12.4e6, "dollar"), (45_000, "euro")]),
        ("a wall of 5m and a road of 5km", "en", [(5, "metre"), (5, "kilometre")]),
        ("a hundred migrants, half a million people", "en", [(100, ""), (500_000, "")]),
        ("a hundred and six people", "en", [(106, "")]),
        ("a quarter of them, two-thirds of the rest", "en", [(25, "percent"), (200 / 3, "percent")]),
        ("40 nautical miles, 40 miles", "en", [(40, "naut mile"), (40, "mile")]),
        ("trente milles nautiques", "fr", [(30, "naut mile")]),
        ("40 million kroner, 15 dinars", "en", [(4e7, "krone"), (15, "dinar")]),
        ("مئة ألف نازح", "ar", [(100_000, "")]),
        ("خمسة آلاف شخص", "ar", [(5000, "")]),
        ("قاربان على متنهما مئتا مهاجر منذ يومين", "ar", [(2, ""), (200, ""), (2, "day")]),
        ("in October, 4.1 percent", "en", [(4.1, "percent")]),
        ("one in four, three in five of them", "en", [(25, "percent"), (60, "percent")]),
        ("die Hälfte des Preises", "de", [(50, "percent")]),
        ("dos tercios de los vecinos, la mitad", "es", [(200 / 3, "percent"), (50, "percent")]),
        ("um quarto dos casos", "pt", [(25, "percent")]),
        ("un quarto d'ora", "it", []),
        ("نصف السكان", "ar", [(50, "percent")]),
        ("الناجين الواحد والأربعين", "ar", [(2, ""), (41, "")]),
        ("القافلة التاسعة", "ar", [(9, "")]),
        ("le septième vol", "fr", [(7, "")]),
        ("der dritte Flug, am siebten Tag", "de", [(3, ""), (7, "day")]),
    ],
)
def test_a_quantity_is_read_with_what_it_counts(text, language, expected):
    assert [(pytest.approx(n.value), n.unit) for n in numbers_in(text, language)] == expected


@pytest.mark.parametrize(
    ("said", "found", "holds"),
    [
        ("tens of thousands", "12,400", True),
        ("tens of thousands", "tens of thousands", True),
        ("hundreds of thousands", "tens of thousands", False),
        ("hundreds", "36", False),
        ("dozens", "36", True),
        ("36", "dozens", False),
        ("a third of them", "33 percent of them", True),
        ("a third of them", "two thirds of them", False),
    ],
)
def test_how_large_is_borne_out_by_how_many(said, found, holds):
    one, other = next(numbers_in(said)), next(numbers_in(found))
    assert agrees(one, "", other) is holds


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("on the 23rd of November", "en", [(11, 23, 0)]),
        ("el 23 de noviembre de 2026", "es", [(11, 23, 2026)]),
        ("bis zum 11. März", "de", [(3, 11, 0)]),
        ("closes on 2026-12-03 or 3.12.2026", "en", [(12, 3, 2026), (12, 3, 2026)]),
        ("on 25/12/2026, on 12/25/2026", "en", [(12, 25, 2026), (12, 25, 2026)]),
        ("in October, 4.1 percent", "en", [(10, 0, 0)]),
        ("in October, 4 percent", "en", [(10, 0, 0)]),
        ("1,450 October workers", "en", [(10, 0, 0)]),
    ],
)
def test_a_date_is_read_however_it_is_written(text, language, expected):
    assert [(d.month, d.day, d.year) for d in dates_in(text, language)] == expected


def test_a_date_in_figures_may_be_read_either_way():
    written = next(dates_in("on 03/12/2026", "en"))
    holds = {
        day: next(dates_in(day, "en")).is_borne_out_by(written) for day in ("3 December", "12 March", "3 May")
    }
    assert holds == {"3 December": True, "12 March": True, "3 May": False}


def test_an_ordinal_before_a_german_month_ends_no_sentence():
    assert len(sentences("Verhandelt wird am 11. März. Danach ist Schluss.")) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kiev", "Kyiv"),
        ("Calcutta", "Kolkata"),
        ("East Timor", "Timor-Leste"),
        ("the Democratic Republic of the Congo", "DR Congo"),
        ("Cape Verdeans", "Cape Verde"),
        ("Bissau-Guinean", "Guinea-Bissau"),
        ("Burkinabé", "Burkina Faso"),
        ("Sri Lankans", "Sri Lanka"),
        ("Sierra Leonean", "Sierra Leone"),
        ("Filipinos", "Philippines"),
        ("South Sudanese", "South Sudan"),
        ("Nigeriens", "Niger"),
        ("Danes", "Denmark"),
    ],
)
def test_a_place_is_known_by_each_of_its_names_and_peoples(one, other):
    assert place_key(one) == place_key(other) is not None


def test_neighbours_are_told_apart():
    assert place_key("Nigerien") != place_key("Nigerian") and people_of("niger") is None
    assert place_key("Guinean") != place_key("Equatorial Guinean") != place_key("Bissau-Guinean")
