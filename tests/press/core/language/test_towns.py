"""Where a town is, and how it is written elsewhere."""

from __future__ import annotations

import pytest

from griot.press.core.language.towns import names_of_town, state_named, towns_named


@pytest.mark.parametrize(
    ("name", "country", "state"),
    [
        ("Omura", "JP", ""),
        ("Skegness", "GB", ""),
        ("حمص", "SY", ""),
        ("Tunisi", "TN", ""),
        ("Fort Smith", "US", "AR"),
        ("Durban", "ZA", ""),
    ],
)
def test_a_town_is_of_a_country(name, country, state):
    town = towns_named(name)[0]
    assert (town.country, town.state) == (country, state)


def test_a_name_may_be_several_towns_of_about_one_size():
    assert {town.country for town in towns_named("Homs")} == {"SY", "LY"}
    assert {town.country for town in towns_named("London")} == {"GB"}, "of London in Ontario one says so"


def test_a_town_is_known_under_its_other_names():
    assert {"napoli", "naples"} <= set(names_of_town("Napoli"))
    assert "حمص" in names_of_town("Homs")


@pytest.mark.parametrize("name", ["Xyzzy", "", "A" * 5000, "ا" * 5000, "gzi"])
def test_what_is_no_town_is_none(name):
    assert towns_named(name) == () and names_of_town(name) == ()


def test_states_of_america_are_known_by_their_people_too():
    assert [state_named(n) for n in ("Arkansas", "Alaskan", "Texan", "California")] == [
        "AR",
        "AK",
        "TX",
        "CA",
    ]
    assert state_named("Omura") == ""
