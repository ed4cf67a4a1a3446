"""The check of who did what: one line of each kind that the story bears out, and one that it does not."""

from __future__ import annotations

import pytest

from griot.press.core.lines.checking import check
from griot.press.core.types import Article


def answer(told: str, line: str) -> str:
    """What the check says of a line about a story of one article."""
    article = Article("https://a.example/1", "The Tally", "News of the day", text=told, language="en")
    claims = check(f"The Tally reported that {line}", [article])
    if any(c.is_refused for c in claims):
        return "refused"
    return "undecided" if any(c.is_undecided for c in claims) else "supported"


CASES = {
    "exchanged": (
        "The union of dockers sued the harbour company on Monday, lawyers said.",
        "the dockers' union has sued the company that runs the harbour.",
        "the harbour company has sued the dockers' union.",
    ),
    "passive": (
        "A painter was photographed by a fisherman near the old mill, officers said.",
        "a fisherman photographed a painter near the mill.",
        "a painter photographed a fisherman near the mill.",
    ),
    "denied": (
        "The governor did not sign the order that would have moved the families to the coast.",
        "the governor has not signed an order to move families to the coast.",
        "the governor has signed the order that moves families to the coast.",
    ),
    "denied by its verb": (
        "The bakers refused to lower the price of bread, the chamber said on Friday.",
        "bakers refused to lower the price of bread.",
        "bakers lowered the price of bread.",
    ),
    "a party denied": (
        "The engineer blamed the collapse on rust, not on the flood.",
        "an engineer blamed rust for the collapse.",
        "an engineer blamed the collapse on the flood.",
    ),
    "feared": (
        "Aid workers fear that the river could reach the hospital by Sunday.",
        "aid workers fear that the river could reach the hospital.",
        "the river has reached the hospital, to the alarm of aid workers.",
    ),
    "for and against": (
        "The small farmers' party said that it would vote against the water bill.",
        "the small farmers' party will vote against the water bill.",
        "the small farmers' party will vote for the water bill.",
    ),
    "the largest": (
        "Sales of honey, the largest export, fell; those of sesame, the second, held.",
        "honey remains the largest export.",
        "sesame remains the largest export.",
    ),
    "rank": (
        "Former minister Odile Marchetti opened the exhibition in the old customs house.",
        "former minister Odile Marchetti opened an exhibition in the customs house.",
        "minister Odile Marchetti opened an exhibition in the customs house.",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_line_says_who_did_what_as_its_story_does(kind):
    told, true, wrong = CASES[kind]
    assert answer(told, true) != "refused"
    assert answer(told, wrong) == "refused"


OPEN = {
    "of another": (
        "The lighthouse keeper rescued three children from the reef at night.",
        "three children were rescued from the reef by a lighthouse keeper.",
        "fishermen rescued three children from the reef.",
    ),
    "in other words": (
        "The council tore down the chapel on the hill in spite of the protests.",
        "the council tore down the chapel on the hill.",
        "the council restored the chapel on the hill.",
    ),
    "said by another": (
        "The pilot said that the engine had failed. The airline said that the fuel had run out.",
        "the pilot said that the engine had failed.",
        "the airline said that the engine had failed.",
    ),
}


@pytest.mark.parametrize("kind", OPEN)
def test_what_the_story_leaves_open_is_left_to_a_person(kind):
    told, true, wrong = OPEN[kind]
    assert answer(told, true) == "supported"
    assert answer(told, wrong) == "undecided"


def test_what_is_undecided_keeps_the_nearest_passage_of_each_outlet():
    stories = ("The lighthouse keeper rescued three children.", "Three children were saved on the reef.")
    articles = [
        Article(f"https://{i}.example/", f"Outlet {i}", "News", text=text, language="en")
        for i, text in enumerate(stories)
    ]
    claims = check("Outlet 0 and Outlet 1 reported that fishermen rescued three children.", articles)
    doubt = next(c for c in claims if c.is_undecided)
    assert doubt.kind == "deed"
    assert [n.passage for n in doubt.nearest] == list(stories)
    assert not any(c.is_refused for c in claims)


def test_a_strangers_endless_sentence_costs_little():
    told = "The guard " + " ".join(f"saw and told and heard and took {i}" for i in range(30)) + "."
    assert answer(told, "the guard told the mayor.") in {"supported", "undecided", "refused"}


FIGURES = {
    "a rise for a fall": (
        "There were 9 per cent fewer apprentices this year, 418 in all. Their pay rose by 3 per cent.",
        "the number of apprentices fell by 9 per cent.",
        "the number of apprentices rose by 9 per cent.",
        "refused",
    ),
    "by the day": (
        "The divers were paid 14 euros an hour and slept on the boat.",
        "divers were paid 14 euros an hour.",
        "divers were paid 14 euros a day.",
        "refused",
    ),
    "in the afternoon": (
        "The train left Orsk at 4 a.m. and stopped at noon.",
        "the train left Orsk at 4 a.m.",
        "the train left Orsk at 4 p.m.",
        "refused",
    ),
    "what was before": (
        "The library had 512 readers at the end of May, against 734 a year before.",
        "the library had 512 readers at the end of May.",
        "the library counted 734 readers at the end of this May.",
        "undecided",
    ),
    "most": (
        "Of the 40 beekeepers asked, 12 want to sell and 9 want to wait.",
        "12 of the 40 beekeepers want to sell.",
        "most of the 40 beekeepers want to sell.",
        "undecided",
    ),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_a_figure_is_told_as_its_story_tells_it(kind):
    told, true, wrong, expected = FIGURES[kind]
    assert answer(told, true) == "supported"
    assert answer(told, wrong) == expected


ABROAD = {
    "apart": (
        "Trois cents pêcheurs ont manifesté à Agadir.\nLa coopérative a licencié 45 ouvriers.\nLe ministre se tait.\n"
        "À Tanger, le port est fermé.\nLe syndicat attend.\nOn a compté 61 bateaux à quai.",
        "300 fishermen have demonstrated in Agadir.",
        "300 fishermen lost 61 boats.",
    ),
    "a cause": (
        "Le marché de 12 communes a fermé lundi à Agadir.",
        "markets of 12 towns closed in Agadir.",
        "markets of 12 towns closed in Agadir because of a strike.",
    ),
    "denied there": (
        "12 % des éleveurs ne veulent pas vendre.",
        "12 percent of the herders do not want to sell.",
        "12 percent of the herders want to sell.",
    ),
    "a span of time": (
        "Les 12 éleveurs auront un permis de deux ans.",
        "12 herders will get permits for two years.",
        "12 herders will get permits for two months.",
    ),
}


@pytest.mark.parametrize("kind", ABROAD)
def test_what_passages_in_another_language_leave_open(kind):
    told, true, wrong = ABROAD[kind]
    article = Article("https://a.example/1", "La Dépêche", "Nouvelles", text=told, language="fr")
    for line, expected in ((true, False), (wrong, True)):
        claims = check(f"La Dépêche reported that {line}", [article])
        assert any(not c.is_supported for c in claims) is expected, [c for c in claims if not c.is_supported]


def test_a_figure_that_an_editor_worked_out_is_left_to_a_person():
    told = "After the storm shepherds counted 120 dead ewes on the hills, and 35 in the barns of the valley."
    assert answer(told, "a storm has cost shepherds 155 animals.") == "undecided"
    assert answer(told, "a storm has cost shepherds 157 animals.") == "refused"
