"""Past issues of other layouts: each kind of piece finds its block, nothing is invented, and every word stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.digest.core.importing.attributing import attribute, separate
from griot.digest.core.importing.describing import described
from griot.digest.core.importing.importing import NO_ISSUE, Imported, read_issue
from griot.digest.core.rendering import render
from griot.digest.core.rendering.text import render_text
from griot.digest.core.types import Gallery, PressReview, Quote
from griot.digest.core.types import Text as Paragraphs

BULLETED = """\
3 May 2017

Questions: desk@example.org

Photo: Harbour Agency/Ilse Brandt

Samira Osei said she had kept the key of a house that the river took. She shows it to whoever asks.

Quote of the Day

“A road is only as long as the person who waits at its end,” said Kwame Addo, a ferryman in Port Lume.

Press Review

• Guyana's Kaieteur News and the state-owned daily The Herald reported that eleven boats were found.

• The North German public TV station NDR interviewed a baker who feeds the queue.

• Radio Costa ran an op-ed by Layla Haddad arguing that contracts should be translated.

• Agence Costa, via Yahoo News, published a photo essay on the last ferry.

• Pollwatch reported that, according to a survey, half of all villagers would rather stay.

Trending on the Internet

The Economist: How a map of winds became a map of boats.

A new report reveals that remittances rose faster than wages.

Public broadcaster NHK aired a film about a village of grandmothers.

Upcoming Events

8 May – Film evening in Port Lume

A debate on seasonal work, Geneva, 11 May.

This digest is compiled by the press office of the Passage Network.

The views expressed in it are those of the outlets.
"""
UNBULLETED = """\
Wednesday, 21 June 2017

Harbour Agency/Bo Lind

CNN: A boy looks at the sea from a bus. “I count the waves,” Ali Hassan said.

Harbour Agency/Bo Lind

Ali Hassan carries his brother over the ford near Al Marsa.

QUOTE OF THE WEEK

“Nobody packs a river.”

– Rosa Menchaca, bus driver

Media Highlights

Lebanese newspaper L'Orient-Le Jour, Kenya's Daily Nation and New York-based Quartz reported that the ford is open.

Trud, a Bulgarian daily, spoke with the ferryman on his last day.

The Gulf Courier featured the ferry's choir.

What's Trending

This short film shows a day at the ford.

Kora Explains: Five myths about the ferry

Opinion

The Spanish-language daily La Ribera ran an editorial saying that the ford needs a bridge.

To unsubscribe, write to desk@example.org
"""
REGIONS = """\
Quote of the day: «Le gué est à tous.» – Awa Diop, piroguière

Africa

- South Africa's Mail & Guardian reported that the ferry sank.
- The Kenyan dailies The Star and Daily Nation interviewed its captain.

Asia and the Pacific

- Papua New Guinea's The National reported that no one drowned.
- Xinhua news agency said the search is over.

Photo: Harbour Agency

The last ferry, seen from the choir loft

Please note that links may expire.
"""


def issue(text: str) -> Imported:
    return read_issue(text, date(2017, 5, 3))


def outlets(found: Imported) -> list[list[str]]:
    reviews = [b for b in found.blocks if isinstance(b, PressReview)]
    return [[name for name, _ in line.urls] for review in reviews for line in review.lines]


@pytest.mark.parametrize("text", [BULLETED, UNBULLETED, REGIONS])
def test_every_word_of_a_sister_issue_stays_in_its_place(text):
    found = issue(text)
    assert not found.unplaced
    again = render_text(replace(NO_ISSUE, printed_head=found.head, blocks=found.blocks))
    assert again.split() == text.split()
    for names in outlets(found):
        assert all(name in text for name in names)


def test_a_bulleted_issue_is_understood():
    found = issue(BULLETED)
    kinds = [b.kind for b in found.blocks]
    assert kinds == ["gallery", "quote", "press_review", "press_review", "text", "text"]
    assert outlets(found) == [
        ["Kaieteur News", "The Herald"],
        ["NDR"],
        ["Radio Costa"],
        ["Agence Costa", "Yahoo News"],
        ["Pollwatch"],
        ["The Economist"],
        [],
        ["NHK"],
    ]
    picture, quote = found.blocks[:2]
    assert isinstance(picture, Gallery) and picture.pictures[0].caption.startswith("Samira Osei said")
    assert isinstance(quote, Quote) and quote.title == "Quote of the Day"
    assert (quote.name, quote.by) == (
        "Kwame Addo, a ferryman in Port Lume",
        "said Kwame Addo, a ferryman in Port Lume.",
    )
    events, closing = found.blocks[-2:]
    assert isinstance(events, Paragraphs) and "Film evening" in events.html
    assert isinstance(closing, Paragraphs) and "views expressed" in closing.html


def test_an_issue_without_bullets_is_understood():
    found = issue(UNBULLETED)
    assert [b.kind for b in found.blocks] == [
        "gallery",
        "quote",
        "press_review",
        "press_review",
        "press_review",
        "text",
    ]
    gallery, quote = found.blocks[:2]
    assert isinstance(gallery, Gallery) and [p.source for p in gallery.pictures] == ["CNN", ""]
    assert isinstance(quote, Quote)
    assert (quote.title, quote.name, quote.by) == (
        "QUOTE OF THE WEEK",
        "Rosa Menchaca, bus driver",
        "– Rosa Menchaca, bus driver",
    )
    assert outlets(found) == [
        ["L'Orient-Le Jour", "Daily Nation", "Quartz"],
        ["Trud"],
        ["The Gulf Courier"],
        [],
        ["Kora Explains"],
        ["La Ribera"],
    ]


def test_an_issue_by_regions_is_understood():
    found = issue(REGIONS)
    assert [b.kind for b in found.blocks] == ["quote", "press_review", "press_review", "gallery", "text"]
    assert [b.title for b in found.blocks if isinstance(b, PressReview)] == ["Africa", "Asia and the Pacific"]
    assert outlets(found) == [["Mail & Guardian"], ["The Star", "Daily Nation"], ["The National"], ["Xinhua"]]


def test_the_web_s_pages_and_mails_show_a_sister_issue():
    found = issue(BULLETED)
    value = replace(NO_ISSUE, printed_head=found.head, blocks=found.blocks, language="en")
    for format in ("html", "email", "json"):
        shown = render(value, format)
        for words in ("Kaieteur News", "A new report reveals", "said Kwame Addo", "Film evening"):
            assert words in shown, (format, words)


COUNTRIES = [
    "Guyana", "the Netherlands", "South Sudan", "Trinidad and Tobago", "the UAE", "Côte d’Ivoire", "Sri Lanka",
    "the Philippines", "Bosnia and Herzegovina", "New Zealand", "the United States", "Hong Kong", "El Salvador",
    "Papua New Guinea", "Saudi Arabia", "Northern Ireland", "the UK", "Germany", "Timor-Leste", "Kurdistan",
]  # fmt: skip
PEOPLES = [
    "Kenyan", "Lebanese", "Swiss", "South African", "Dutch", "Greek", "Sri Lankan", "North German", "Bulgarian",
    "Saudi", "US", "British", "Turkish", "Papua New Guinean", "Libyan", "Senegalese", "Thai", "Spanish",
]  # fmt: skip
WHAT = [
    "daily", "state-owned daily", "public broadcaster", "public TV station", "news agency", "online newspaper",
    "weekly magazine", "independent news website", "tabloid", "private radio station", "business daily",
]  # fmt: skip
NAMES = [
    "Kora News",
    "The Herald",
    "NDR",
    "L'Escale",
    "Al Marsa",
    "Daily Nation",
    "Der Kurier",
    "Mail & Guardian",
]


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("mark", ["'", "’"])
def test_a_country_that_an_outlet_is_of_is_no_part_of_its_name(country, mark):
    owner = f"{country}{mark}" if country.endswith("s") else f"{country}{mark}s"
    for name in NAMES:
        found = attribute(f"{owner[0].upper()}{owner[1:]} {name} reported that it rained.")
        assert found and found.outlets == (name,)
        assert "".join(found.names) == f"{owner[0].upper()}{owner[1:]} {name}"


@settings(max_examples=200)
@given(
    st.sampled_from(["", "The ", "the "]),
    st.sampled_from(["", *(f"{p} " for p in PEOPLES)]),
    st.sampled_from(WHAT),
    st.sampled_from(NAMES),
)
def test_what_an_outlet_is_is_no_part_of_its_name(article, people, what, name):
    found = described(f"{article}{people}{what} {name}")
    assert (found.before, found.name) == (f"{article}{people}{what} ", name)


@pytest.mark.parametrize(
    "name",
    [
        "Daily Nation", "Turkish Daily News", "The Economist's 1843", "Lebanese Broadcasting Corporation", "Korea Times",
        "South African Broadcasting Corporation", "Radio France Internationale", "The Hindu", "Times of India",
        "The Independent (UK)", "National Public Radio", "Weekly Trust", "People's Daily", "The New York Times",
        "Voice of America", "Citizen TV", "Arab News", "news24.example",
    ],
)  # fmt: skip
def test_a_name_that_sounds_like_a_description_stays_whole(name):
    assert described(name).name == name


@pytest.mark.parametrize(
    "text",
    [
        "Samira Osei said she had kept the key.",
        "Ali Hassan carries his brother over the ford.",
        "Prime Minister Ada Obi announced a bridge.",
        "Rosa Menchaca told us that nobody packs a river.",
        "Bo Lind looks back at the ford.",
    ],
)
def test_what_a_person_says_or_does_is_no_press_line(text):
    assert attribute(text) is None


_WORDS = st.sampled_from(
    [
        *PEOPLES, *NAMES, *WHAT, "Guyana's", "the", "The", "and", ",", "via", "(via", ")", "as", "carried", "by", "said", ", a daily,",
        "reported", "-based", "York-based", "’s", ":", "“", "”", "–", "Quote of the day", "a", "A new report", "Trending",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS | st.text(max_size=8), max_size=12))
def test_an_attribution_is_put_together_again_whatever_stands_in_it(words):
    head = " ".join(" ".join(words).split())
    assert "".join(separate(head)) == head
    if found := attribute(head, is_marked=True):
        assert " ".join(filter(None, ["".join(found.names), found.body, found.mention])) == head
        assert all(name in head for name in found.outlets)


_LINES = st.sampled_from(
    [line for text in (BULLETED, UNBULLETED, REGIONS) for line in text.splitlines() if line]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_LINES | _WORDS | st.text(max_size=40), min_size=1, max_size=16))
def test_no_word_is_lost_however_the_parts_of_issues_are_mixed(lines):
    text = "\n\n".join(["3 May 2017", *lines])
    found = issue(text)
    again = render_text(replace(NO_ISSUE, printed_head=found.head, blocks=found.blocks))
    assert again.split() == text.split()
    assert all(name in " ".join(text.split()) for names in outlets(found) for name in names)


@pytest.mark.parametrize("head", ["Reuters and others Guyana's News", "Reuters  Guyana's  News", " ", "’s "])
def test_no_space_too_many_ends_an_import(head):
    found = attribute(f"{head} reported that x happened.", True)
    assert found is None or "".join(found.names).split() == head.split()
