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
    "less than": (
        "The dam holds more than the farmers along the old canal had asked for, engineers said.",
        "the dam holds more than the farmers along the canal had asked for.",
        "the dam holds less than the farmers along the canal had asked for.",
    ),
    "until a month that is a word": (
        "Bathers may use the old pier in Zadar until March.",
        "bathers may use the old pier in Zadar until March.",
        "bathers may use the old pier in Zadar until May.",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_line_says_who_did_what_as_its_story_does(kind):
    told, true, wrong = CASES[kind]
    assert answer(told, true) != "refused"
    assert answer(told, wrong) == "refused"


OPEN = {
    "measured against": (
        "The harvest owed more to the rain of April than to the new pumps, growers said.",
        "growers put the harvest down to rain.",
        "growers put the harvest down to pumps.",
    ),
    "denied in a short sentence": (
        "The baker waited for the mayor in front of the hall with his sons. No refund has been paid.",
        "the baker and his sons waited for the mayor in front of the hall.",
        "the mayor refunded the baker who waited in front of the hall.",
    ),
    "nobody": (
        "Two men who sold the boat are being questioned, but nobody has been punished.",
        "two men who sold the boat are being questioned.",
        "two men who sold the boat have been punished.",
    ),
    "of another country": (
        "Potters from Malta will teach in Cypriot schools from autumn, the guild said.",
        "Maltese potters will teach in Cyprus from autumn.",
        "Cypriot potters will teach in Malta from autumn.",
    ),
    "to another country": (
        "The stolen icon was handed over to Maltese curators on Tuesday; Cyprus wanted it, too.",
        "a stolen icon was handed over to Malta.",
        "a stolen icon was handed over to Cyprus.",
    ),
    "a cause that nobody gave": (
        "The ferry stayed in port because of fog, the harbour master said.",
        "the ferry stayed in port because of fog.",
        "the ferry stayed in port because pirates had sunk its tender.",
    ),
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


def test_a_figure_that_only_another_outlet_has_is_left_to_a_person():
    stories = ("The mill in Aalst burnt down on Monday.", "The fire in Aalst cost 4,500 bees their hives.")
    articles = [
        Article(f"https://{i}.example/", f"Outlet {i}", "News", text=text, language="en")
        for i, text in enumerate(stories)
    ]
    for outlet, expected in enumerate((True, False)):
        claims = check(
            f"Outlet {outlet} reported that a fire in Aalst cost 4,500 bees their hives.", articles
        )
        assert any(not c.is_supported for c in claims) is expected


FIGURES = {
    "fewer than last year": (
        "Since May 740 pilgrims came, 9 per cent more than last year.",
        "740 pilgrims came since May, 9 per cent more than last year.",
        "the number of pilgrims since May was 740, nine per cent fewer than last year.",
        "refused",
    ),
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
    "of another month": (
        "The mint struck 61,000 coins in October; in September it had stood still.",
        "the mint struck 61,000 coins in October.",
        "the mint struck 61,000 coins in September.",
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
    "of another figure there": (
        "Parmi les éleveurs, 46 % veulent vendre et 12 % ont déménagé.",
        "12 percent of the herders have moved.",
        "46 percent of the herders have moved.",
    ),
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


def test_a_figure_that_the_line_works_out_from_one_that_it_gives_is_borne_out():
    told = "The abbey will press 3,100 bottles next year, after 4,500 in this one."
    assert answer(told, "the abbey is to press 3,100 bottles next year, 1,400 fewer.") == "supported"
    assert answer(told, "the abbey is to press 3,100 bottles next year, 1,400 more.") == "refused"
    assert answer(told, "the abbey is to press 3,100 bottles next year, 1,300 fewer.") == "refused"


def test_a_figure_alone_of_its_sort_belongs_to_its_verb():
    told = "It was dark. The ferry turned back and took 38 people aboard; a tug followed."
    assert answer(told, "sailors of a vessel bound for Malta took 38 people with them.") != "undecided"
