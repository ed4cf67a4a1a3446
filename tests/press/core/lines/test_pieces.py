"""Lines of op-eds, interviews and statements: who argues, says or states what."""

from __future__ import annotations

import pytest

from griot.press.core.lines.drafting import draft
from griot.press.core.pages.pieces import piece_of
from griot.press.core.types import Article


def body(title: str, text: str, summary: str = "") -> str:
    piece = piece_of(title, "https://a.example/x", (), text, summary)
    article = Article("https://a.example/x", "Review", title, summary, language="en", text=text, piece=piece)
    line = draft([article])
    assert line.ok
    return line.body


OP_ED = (
    "By Ilze Bērziņa\n\nMy mother crossed the river in a boat. I think of her often.\n\n"
    "Latvia should open two crossing points and let judges decide who may stay.\n\nThey had names."
)


def test_an_op_ed_says_who_argues_what():
    assert body("Opinion: A fence is not a policy", OP_ED, "Ilze Bērziņa teaches law in Riga.") == (
        "ran an op-ed by Ilze Bērziņa, who teaches law in Riga, arguing that Latvia should open two crossing"
        " points and let judges decide who may stay."
    )
    assert body("Opinion: A fence is not a policy", OP_ED) == (
        "ran an op-ed by Ilze Bērziņa arguing that Latvia should open two crossing points and let judges decide"
        " who may stay."
    )


def test_an_op_ed_that_asks_for_nothing_has_its_title():
    text = "My mother crossed the river in a boat. I think of her often, as one does of the sea."
    assert (
        body("Opinion: A fence is not a policy", text) == "ran an op-ed headlined “A fence is not a policy”."
    )


def test_an_interview_tells_what_weighs_most():
    text = (
        "Vera Munteanu, Moldova's commissioner for the diaspora, has a map on her wall. She lives in Bender.\n\n"
        "Her office will pay up to 12,000 euros to any Moldovan who opens a business at home."
    )
    assert body("‘Nobody counts’", text, "Interview with the diaspora commissioner.") == (
        "spoke with Vera Munteanu, Moldova's commissioner for the diaspora, whose office will pay up to 12,000"
        " euros to any Moldovan who opens a business at home."
    )


@pytest.mark.parametrize(
    "title",
    [
        "Transcript: Remarks by the Minister of Immigration on the 2027 levels plan",
        "Remarks by the Minister of Immigration, Ottawa",
        "Statement by the Minister of Immigration",
    ],
)
def test_remarks_say_whose_they_are(title):
    text = (
        "Thank you all. Canada will admit 365,000 permanent residents in 2027, 15,000 fewer than this year."
    )
    assert body(title, text) == (
        "published remarks from the Minister of Immigration, who stated that Canada will admit 365,000 permanent"
        " residents in 2027, 15,000 fewer than this year."
    )


def test_nobody_shouts_in_a_line():
    text = "A HERO fisherman saved nine people off Kent on Wednesday, police said. UNHCR thanked him."
    assert body("HERO saves nine", f"{text} The hero was shy.") == (
        "reported that a hero fisherman saved nine people off Kent on Wednesday, according to police."
    )


def test_a_speaker_may_be_told_by_what_they_do():
    text = (
        "A shelter in Eagle Pass will close on December 31, the nuns who founded the shelter said Thursday."
    )
    assert body("Shelter to close", text) == (
        "reported that a shelter in Eagle Pass will close on December 31, according to the nuns who founded the"
        " shelter."
    )


def test_a_dateline_may_have_small_words():
    text = "Zaatari camp, Jordan — Half of the camp's schools have closed as families go home to Syria."
    assert body("Schools close", text) == (
        "reported that half of the camp's schools have closed as families go home to Syria."
    )
