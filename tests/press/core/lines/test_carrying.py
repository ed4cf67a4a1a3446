"""A line names those outlets alone of whom an article of their own carries what it says."""

from __future__ import annotations

import pytest

from griot.press.core.lines.checking import check
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.lines import line_text
from griot.press.core.types import Article


def article(outlet: str, text: str, title: str = "At sea", language: str = "en") -> Article:
    return Article(f"https://{outlet.lower()}.example/1", outlet, title, "", text=text, language=language)


KAYAR = article("Wire", "Forty-one people drowned when a boat sank off Kayar on Monday, the navy said.")
BODY = "reported that 41 people drowned when a boat sank off Kayar."


def judged(body: str, *others: Article) -> dict[str, str]:
    """What the check says of each outlet that a line names."""
    names = " and ".join(a.outlet for a in (KAYAR, *others))
    claims = [c for c in check(f"{names} {body}", [KAYAR, *others]) if c.kind == "outlet"]
    return {c.text: "" if c.is_supported else "open" if c.is_undecided else "refused" for c in claims}


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        (article("Post", "At least 41 drowned when their boat capsized near Kayar, officials said."), ""),
        (article("Post", "Some 35 people drowned when a boat sank off Kayar on Monday."), "refused"),
        (
            article("Post", "Minister Diop wept at the harbour. He had known several of the victims."),
            "refused",
        ),
        (article("Post", "A boat sank off Kayar. The search goes on."), ""),
        (article("Matin", "Naufrage au large de Kayar : 41 personnes noyées.", language="fr"), ""),
        (article("Matin", "Naufrage à Kayar : 35 personnes sont mortes.", language="fr"), "refused"),
        (article("Matin", "Le ministre a pleuré sur le quai.", language="fr"), "refused"),
    ],
)
def test_an_outlet_is_named_for_what_it_reported(other, answer):
    assert judged(BODY, other) == {"Wire": "", other.outlet: answer}


def test_what_can_not_be_compared_is_left_to_a_person():
    other = article("Matin", "Le ministre a pleuré sur le quai.", language="fr")
    assert judged("reported that the victims were not known by name.", other)["Matin"] == "open"
    assert judged("reported that Senegal mourns the victims.", other)["Matin"] == "open", (
        "at home nobody says so"
    )


def test_what_nobody_tells_is_not_the_outlets_matter():
    other = article("Post", "At least 41 drowned when their boat capsized near Kayar.")
    assert judged("reported that 99 people drowned when a boat sank off Kayar.", other)["Post"] == ""


def test_a_headline_is_of_the_outlet_that_ran_it():
    one, other = (
        article("Post", "Read more.", "The sea gives back what it took"),
        article("Wire", "Read more.", "Kayar mourns"),
    )
    line = draft([one, other])
    assert [o.name for o in line.outlets] == ["Post"] and [o.name for o in line.also] == ["Wire"]
    refused = [c for c in check(f"Wire and Post {line.body}", [one, other]) if c.is_refused]
    assert [(c.text, c.kind, c.against and c.against.passage) for c in refused] == [
        ("Wire", "outlet", "Kayar mourns")
    ]


def test_who_has_another_figure_is_told_beside_the_line_and_not_in_it():
    other = article("Post", "Thirty-five people drowned when a boat sank off Kayar on Monday, a mayor said.")
    line = draft([KAYAR, other])
    assert line_text(line).startswith("Post reported that") and line.ok
    assert [o.name for o in line.also] == ["Wire"]


def test_a_headline_links_to_the_article_that_bears_it_whatever_else_the_story_holds():
    """A merged story gave one article's headline with another's outlet and link."""
    foreign = Article(
        "https://nius.example/1", "Nius", "Naufragio", "", text="Nada más.", language="es", weight=9
    )
    ours = Article("https://wire.example/2", "Wire", "A boat sinks off Kayar", "", text="", language="en")
    line = draft([foreign, ours])
    assert "“A boat sinks off Kayar”" in line.body and [o.url for o in line.outlets] == [ours.url]


def test_of_two_articles_of_an_outlet_the_one_that_carries_the_line_is_linked():
    wept = Article(
        "https://matin.example/0",
        "Matin",
        "Deuil",
        "",
        text="Le ministre a pleuré sur le quai.",
        language="fr",
    )
    told = article("Matin", "Naufrage au large de Kayar : 41 personnes noyées.", "Naufrage", language="fr")
    for story in ([KAYAR, wept, told], [told, wept, KAYAR]):
        urls = {o.name: o.url for o in draft(story).outlets}
        assert urls == {"Wire": KAYAR.url, "Matin": told.url}
