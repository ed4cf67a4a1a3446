"""What an editor knows, works out or writes in other words than a story: it is not refused, what is wrong is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from griot.press.core.language import towns
from griot.press.core.lines.checking import check
from griot.press.core.types import Article

RATIONS = Article(
    "https://c.example/1",
    "Rift Observer",
    "Rations are cut",
    language="en",
    text=(
        "The agency asks for 74 million dollars and has 19 million, its director, Amina Odhiambo, said."
        " Of 214 people questioned in Kakuma, 97 said that they had gone hungry."
        " A driver died near Lodwar in May 2022. Donors met for 72 hours in Nairobi."
        " The count of shelters was put right to 584. Some 3,100 Kurdish families came over the Thai-Myanmar border."
        " At the school a foreign pupil pays 17,900 shillings; one from Kakuma pays 4,200."
    ),
)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (
            "It has about a quarter of the 74 million dollars that it asks for.",
            "It has about a third of the 74",
        ),
        ("Almost half of 214 people questioned said that they had gone hungry.", "Almost a tenth of 214"),
        (
            "A foreign pupil pays 17,900 shillings, more than four times as much as one from Kakuma.",
            "more than six",
        ),
        ("A driver died near Lodwar in 2022.", "A driver died near Lodwar in 2021."),
        ("Donors met for three days in Nairobi.", "Donors met for five days in Nairobi."),
        ("The count of shelters was put right to fewer than 600.", "put right to fewer than 500."),
        (
            "Some 3,100 families of Kurds came over the border of Myanmar.",
            "Some 3,100 families of Tuaregs came",
        ),
        (
            "Families came over the border between Thailand and Myanmar.",
            "Families came over the border of Laos",
        ),
    ],
)
def test_what_an_editor_works_out_or_writes_otherwise_is_not_refused(line, wrong):
    def is_refused(said: str) -> bool:
        return any(claim.is_refused for claim in check(said, [RATIONS]))

    assert not is_refused(line)
    assert is_refused(wrong)


def test_what_is_written_large_and_names_nobody_is_no_name():
    said = "An NGO says that nearly two dozen people went hungry on the Thai-Myanmar border."
    claims = check(said, [RATIONS])
    assert "NGO" not in {claim.text for claim in claims}
    assert {"Thai", "Myanmar"} <= {claim.text for claim in claims if claim.kind == "place"}


def article(outlet: str, text: str, language: str = "en", title: str = "News of the day") -> Article:
    monday = datetime(2026, 11, 16, 9, tzinfo=UTC)
    return Article(
        f"https://{outlet.lower()}.example/1", outlet, title, language=language, text=text, published=monday
    )


OMURA = article(
    "Kyushu",
    "Seventeen detainees at the Omura Immigration Center refused food. A charter flight landed early today."
    " Some 3,100 have lost their homes. Fifty-three were pulled from the water. One in four residents fell ill."
    " A cannery near Anchorage dismissed 40 workers. The Norwegian tanker Nordhavn saw them at dawn.",
)


@pytest.mark.parametrize(
    "line",
    [
        "Kyushu reported that 17 detainees at a centre in Omura, Japan, refused food.",
        "Kyushu reported that a charter flight landed on Monday.",
        "Kyushu reported that around 3,100 people are homeless.",
        "Kyushu reported that 53 people were pulled from the water.",
        "Kyushu reported that a quarter of the residents fell ill.",
        "Kyushu reported that an Alaskan cannery dismissed 40 workers.",
        "Detainees refused food at a centre in Omura, Kyushu reported.",
    ],
)
def test_a_line_in_an_editors_words_is_borne_out(line):
    assert all(claim.is_supported for claim in check(line, [OMURA]))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Kyushu reported that 17 detainees at a centre in Omura, France, refused food.", "France"),
        ("Kyushu reported that a charter flight landed on Saturday.", "Saturday"),
        ("Kyushu reported that a Texan cannery dismissed 40 workers.", "Texan"),
        ("Kyushu reported that a third of the residents fell ill.", "third"),
    ],
)
def test_what_follows_from_nothing_in_the_story_is_not_borne_out(line, wrong):
    assert any(wrong in claim.text and not claim.is_supported for claim in check(line, [OMURA]))


def test_who_is_credited_is_asked_and_not_the_other_outlets():
    early = article("Wire", "The camps count 27 people dead of cholera in the east, a health agency said.")
    late = article("Infos", "Le choléra a fait 35 morts dans les camps de l'est, selon un bilan.", "fr")
    of_late = check(
        "Infos reported that 35 people in the camps in the east are dead of cholera.", [early, late]
    )
    assert all(claim.is_supported for claim in of_late), "an older figure of another is no rival"
    girl = article("Voce", "A girl of three is among the dead of Mezzano.")
    said = check("Wire reported that a girl of three is dead.", [early, girl])
    assert [c.text for c in said if c.is_undecided] == ["three"], "only another outlet has it"


def test_a_name_in_another_language_is_left_to_a_person():
    story = article("Bote", "Der Hessische Verwaltungsgerichtshof hat am Dienstag entschieden.", "de")
    said = check("Bote reported that Hesse's court ruled on Tuesday.", [story])
    assert [(c.text, c.is_undecided) for c in said if not c.is_supported] == [("Hesse", True)]


def test_a_cause_must_be_told_with_what_it_is_the_cause_of():
    story = article(
        "Reporter",
        "The clinic closes its two wards because two donors have withdrawn their money, its director said."
        " The Thai government has welcomed the clinic. Fees were raised in March.",
    )
    true = check("Reporter reported that a clinic closes its wards because donors have withdrawn.", [story])
    assert all(claim.is_supported for claim in true)
    wrong = check(
        "Reporter reported that a clinic closes its wards because fees were raised in March.", [story]
    )
    assert any("because fees" in claim.text and claim.is_undecided for claim in wrong)


def test_a_name_of_many_words_is_no_town_for_each_of_its_beginnings():
    story = article("Wire", f"On Monday {' '.join(f'Ab{i}' for i in range(3000))} went.")
    before = towns._found.cache_info().misses
    check("Wire reported that people went home in Japan.", [story])
    assert towns._found.cache_info().misses - before < 20
