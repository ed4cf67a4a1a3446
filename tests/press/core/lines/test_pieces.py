"""Lines of op-eds, interviews and statements: who argues, says or states what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from griot.press.core.lines.drafting import draft, draft_as
from griot.press.core.pages.pieces import piece_of
from griot.press.core.types import Article, Line


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


def test_what_is_asked_for_in_an_answer_is_what_an_interview_tells():
    text = (
        "Marites Cruz, president of a nurses' union in Norway, came in 2011 with a dictionary.\n\n"
        "Q: What do you ask for?\nA: One thing. Agencies must be banned from charging nurses any fee."
    )
    assert body("Interview: ‘We are no spare part’", text) == (
        "spoke with Marites Cruz, president of a nurses' union in Norway, who said that agencies must be banned"
        " from charging nurses any fee."
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


def test_a_speech_is_its_speakers_whose_words_the_text_gives():
    first = "Remarks of the Most Rev. Colm Hennessy, Catholic Bishop of Darwin, at the harvest Mass."
    text = (
        "Good morning.\n\nAustralia must let Pacific workers change their employer without losing their visa."
    )
    assert body("'They sleep in our sheds'", f"{first}\n\n{text}") == (
        "published remarks from the Most Rev. Colm Hennessy, who stated that Australia must let Pacific workers"
        " change their employer without losing their visa."
    )
    note = "The following is the address that the minister gave in Cologne on November 19.\n\n"
    assert body(
        "Full text: Labour minister Vosswinkel on migration", f"{note}Germany needs 400,000 workers a year."
    ) == (
        "published remarks from Labour minister Vosswinkel, who stated that Germany needs 400,000 workers a year."
    )


def test_a_feature_is_told_by_what_is_new_in_it():
    text = (
        "NAGANO, Japan -- At ten past four, Maricel Cruz warms a towel for Mr. Hayashi, who is 97.\n\n"
        "Outside, snow is falling.\n\n"
        "Japan will let foreign care workers stay for good from April 2027, under a law passed on Friday."
    )
    assert body("FEATURE: The night shift speaks Tagalog", text) == (
        "reported that Japan will let foreign care workers stay for good from April 2027, under a law passed on"
        " Friday."
    )


def test_a_lead_that_names_no_place_and_no_figure_yields_to_one_that_does():
    text = (
        "The accordion does not play any more.\n\n"
        "A museum of immigration with 12,000 objects opened on Saturday in Rosario in Argentina."
    )
    assert "museum of immigration with 12,000 objects" in body(
        "Arts & letters / Museums: a trunk, an accordion", text
    )


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "THE last asylum-seekers have left a hotel in Skegness in Lincolnshire after three years.",
            "the last asylum-seekers have left a hotel in Skegness in Lincolnshire after three years.",
        ),
        (
            "NAIROBI (Post) _ Two shops burned in Kenya's Kakuma camp on Saturday, witnesses said.",
            "two shops burned in Kenya's Kakuma camp on Saturday, according to witnesses.",
        ),
        (
            "Santo Domingo.- The Dominican Republic deported 31,447 Haitians in October by land.",
            "the Dominican Republic deported 31,447 Haitians in October by land.",
        ),
        (
            "10:20 a.m. Four Rohingya refugees were killed in a fire in the camp of Balukhali.",
            "four Rohingya refugees were killed in a fire in the camp of Balukhali.",
        ),
        (
            "More than 400,000 refugees have gone home to Syria, the minister said on Wednesday as a convoy left.",
            "more than 400,000 refugees have gone home to Syria, according to the minister.",
        ),
        (
            "The first plane landed here in Honduras on Tuesday with 134 people on board.",
            "the first plane landed in Honduras on Tuesday with 134 people on board.",
        ),
        (
            "The ministry has moved all 186 guests to barracks near Catterick, the Trumpet can reveal.",
            "the ministry has moved all 186 guests to barracks near Catterick.",
        ),
    ],
)
def test_what_is_no_part_of_the_news_is_left_out(text, clause):
    assert body("News of the day", text) == f"reported that {clause}"


def told_by(*told: tuple[str, str, str, int]) -> Line:
    return draft(
        [
            Article(
                f"https://{outlet.lower()}.example/x",
                outlet,
                title,
                language="en",
                text=text,
                published=datetime(2026, 11, 23, hour, tzinfo=UTC),
            )
            for outlet, title, text, hour in told
        ]
    )


def test_the_latest_toll_is_told_by_those_who_have_it():
    line = told_by(
        ("Wire", "At least 18 dead off Sfax", "At least 18 migrants drowned when a boat sank off Sfax.", 1),
        (
            "Post",
            "Toll off Sfax climbs to 27",
            "The toll of a boat that sank off Sfax rose to 27 on Monday.",
            20,
        ),
    )
    assert line.body == "reported that the toll of a boat that sank off Sfax rose to 27 on Monday."
    assert [o.name for o in line.outlets] == ["Post"] and [o.name for o in line.also] == ["Wire"]


def test_bodies_are_people_whom_an_older_toll_counts():
    italian = Article(
        "https://corriere.example/x",
        "Corriere",
        "Naufragio al largo di Tobruk",
        language="it",
        text="Nove corpi sono stati recuperati al largo di Tobruk.",
    )
    wire = Article(
        "https://wire.example/x",
        "Wire",
        "Bodies recovered",
        language="en",
        text="Seventeen bodies have been recovered off the Libyan city of Tobruk, the Red Crescent said.",
    )
    line = draft([wire, italian])
    assert "seventeen bodies" in line.body and [o.name for o in line.outlets] == ["Wire"]


def test_what_was_to_be_yields_to_what_was():
    adopted = (
        "Denmark's parliament adopted by 94 votes to 81 a law that cuts the residence permits to one year."
    )
    expected = (
        "Denmark's parliament is expected to vote on a law that would cut the residence permits to one year."
    )
    line = told_by(
        ("Mail", "Parliament to vote on one-year permits", expected, 7),
        ("Desk", "Danish lawmakers cut refugee permits to one year", adopted, 16),
    )
    assert line.body == f"reported that {adopted}"


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


FERRY = (
    "By Ilze Bērziņa\n\nThe last ferry of Al Marsa left on Sunday with 40 passengers.\n\n"
    "According to a survey of the harbour board, 62 per cent of villagers would rather stay.\n\n"
    "The harbour board must keep one boat until the bridge stands."
)


@pytest.mark.parametrize(
    ("piece", "begins"),
    [
        ("news", "reported that "),
        ("opinion", "ran an op-ed by Ilze Bērziņa arguing that the harbour board must keep one boat"),
        ("interview", "ran an interview headlined “The last ferry”."),
        ("feature", "ran a story headlined “The last ferry”."),
        ("photo essay", "published a photo essay headlined “The last ferry”."),
        ("review", "ran a review headlined “The last ferry”."),
        ("data", "reported that "),
    ],
)
def test_a_line_is_told_as_what_its_editor_knows_it_to_be(piece, begins):
    line = draft_as(
        [Article("https://a.example/x", "Review", "The last ferry", FERRY, language="en", text=FERRY)], piece
    )
    assert line is not None and line.ok and line.piece == piece
    assert line.body.startswith(begins)
    if piece == "data":
        assert "survey" in line.body and "62 per cent" in line.body


def test_remarks_that_nobody_made_are_not_made_up():
    article = Article(
        "https://a.example/x", "Review", "The last ferry", "", language="en", text="It left. It was full."
    )
    assert draft_as([article], "statement") is None
    assert draft_as([article], "news") is not None, "there is always a headline"


def test_the_article_of_the_kind_is_the_one_that_is_told():
    news = Article(
        "https://a.example/1", "Post", "The last ferry leaves", language="en", text=FERRY, weight=2
    )
    essay = Article(
        "https://b.example/2",
        "Mirror",
        "Ropes and salt",
        language="en",
        text="Ropes, salt.",
        piece="photo essay",
    )
    line = draft_as([news, essay], "photo essay")
    assert line is not None and [o.name for o in line.outlets] == ["Mirror"]
    assert line.body == "published a photo essay headlined “Ropes and salt”."


@pytest.mark.parametrize(
    "sections", [("Photo essay",), ("In pictures",), ("Photo story",), ("Diaporama",), ("Fotogalería",)]
)
def test_what_a_publisher_calls_a_photo_essay_is_one(sections):
    assert piece_of("Ropes and salt", "https://a.example/x", sections) == "photo essay"
