"""Addresses, dates, numbers, sentences, countries, OPML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.language.languages import detect_language
from griot.press.core.language.lexicon import senses
from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import country_code, looks_like_demonym
from griot.press.core.language.text import sentences
from griot.press.core.pages.dates import Habit, choose, is_believable, stated, to_utc
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.opml import Subscribed, parse_opml, write_opml
from griot.press.core.types import BadInput, Dated

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://A.example:443/x//y?utm_source=rss&id=7#top", "https://a.example/x/y?id=7"),
        ("http://a.example?fbclid=1", "http://a.example/"),
        ("//a.example/x", "https://a.example/x"),
        ("/story?ref=2&source=a&MC_CID=9", "https://base.example/story?ref=2&source=a"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("http://[broken", ""),
        ("https://a.example/ #x", "https://a.example/"),
    ],
)
def test_addresses_lose_what_follows_a_reader_around(url, canonical):
    assert canonical_url(url, "https://base.example/") == canonical


@given(st.text(max_size=80))
def test_a_canonical_address_is_its_own_canonical_address(text):
    once = canonical_url(f"https://a.example/{text}")
    assert canonical_url(once) == once


def test_impossible_dates_are_not_believed():
    assert is_believable(NOW - timedelta(days=300), NOW)
    assert not is_believable(NOW + timedelta(hours=2), NOW)
    assert not is_believable(NOW - timedelta(days=400), NOW)
    years_ahead, yesterday = Dated(NOW.replace(year=2031), "feed"), Dated(NOW - timedelta(days=1), "meta")
    assert choose([years_ahead, None, yesterday], NOW) == yesterday
    assert choose([years_ahead], NOW) == Dated(NOW, "first seen")


@given(st.text(max_size=70))
def test_any_text_is_a_date_or_none(text):
    moment = to_utc(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("jeudi 19 novembre 2026 à 17h30", "2026-11-19T17:30:00+00:00"),
        ("19 de noviembre de 2026 a las 17:30", "2026-11-19T17:30:00+00:00"),
        ("19.11.2026 17:30 Uhr", "2026-11-19T17:30:00+00:00"),
        ("to, 19 mar 2026 17:30:00 +0200", "2026-03-19T15:30:00+00:00"),
        ("to, 19 jou 2026 17:30:00 +0200", "2026-12-19T15:30:00+00:00"),
        ("19 يوليو 2026 17:30", "2026-07-19T17:30:00+00:00"),
        ("Thu, 19 Nov 2026 05:30:00 PM +0530", "2026-11-19T12:00:00+00:00"),
        ("Thu, 19 Nov 2026 17:30:00 GMT-4", "2026-11-19T21:30:00+00:00"),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("19 November", None),
        ("vor 3 Stunden", None),
        ("2569-11-19", None),
    ],
)
def test_dates_are_read_as_publishers_write_them(text, moment):
    found = to_utc(text)
    assert (found and found.isoformat()) == moment


@pytest.mark.parametrize(
    ("dates", "text", "day"),
    [
        (["03/02/2026", "13/02/2026"], "03/02/2026", (3, 2)),
        (["03/02/2026", "02/13/2026"], "03/02/2026", (2, 3)),
        (["03/02/2026"], "03/02/2026", (3, 2)),
        (["03/02/2026 5:00 PM"], "03/02/2026 5:00 PM", (2, 3)),
        (["02/13/2026"], "03.02.2026", (3, 2)),
        (["13/02/2026", "02/13/2026"], "03/02/2026", (3, 2)),
    ],
)
def test_whether_the_month_comes_first_is_a_publisher_s_habit(dates, text, day):
    dated = stated(text, "feed", Habit.of(dates))
    assert dated and (dated.moment.day, dated.moment.month) == day


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("28 people", [28]),
        ("1,200 shelters and 2.5 million dollars", [1200, 2_500_000]),
        ("1.200 Unterkünfte, 2,5 Millionen", [1200, 2_500_000]),
        ("30 000 demandeurs", [30_000]),
        ("eleven dead, twenty-six saved", [11, 26]),
        ("three hundred and one", [301]),
        ("the third day, the 52nd summit", [3, 52]),
        ("٥٧ مهاجرا", [57]),
        ("one of them", []),
        ("two dozen", [24]),
    ],
)
def test_numbers_are_read_in_digits_and_words(text, values):
    assert [n.value for n in numbers_in(text)] == values


@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_reads_the_same_with_separators(value):
    assert [n.value for n in numbers_in(f"about {value:,} people")] == [value]
    assert [n.value for n in numbers_in(f"{value}")] == [value]


@given(st.text(max_size=200))
def test_numbers_are_where_they_say(text):
    for number in numbers_in(text):
        assert 0 <= number.start < number.end <= len(text)


def test_sentences_do_not_end_after_titles_and_initials():
    text = "Mr. Dupont met the U.S. envoy in Geneva. They spoke for an hour. “It helped.” He left."
    assert sentences(text) == [
        "Mr. Dupont met the U.S. envoy in Geneva.",
        "They spoke for an hour.",
        "“It helped.”",
        "He left.",
    ]


@given(st.text(max_size=300))
def test_sentences_lose_no_word(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_countries_are_known_in_seven_languages():
    for name in ("Germany", "Allemagne", "Alemania", "ألمانيا", "Alemanha", "Deutschland", "Germania"):
        assert country_code(name) == "DE"
    assert country_code("the United States") == country_code("U.S.") == "US"
    assert country_code("Atlantis") is None
    assert (
        looks_like_demonym("Libyan") and looks_like_demonym("Sudanese") and not looks_like_demonym("Rescuers")
    )


def test_a_language_is_heard_in_spite_of_a_wrong_label():
    assert detect_language("Die Küstenwache hat in der Nacht viele Menschen gerettet.", "en") == "de"
    assert detect_language("OK", "fr-BE") == "fr"
    assert detect_language("") == ""


def test_opml_goes_out_and_in():
    feeds = [
        Subscribed("A & B", "https://a.example/feed", "https://a.example/", "fr"),
        Subscribed("C", "https://c.example/rss"),
    ]
    assert parse_opml(write_opml(feeds, "Mine")) == feeds


def test_opml_folders_are_walked_and_repeats_dropped():
    content = (
        b'<opml><body><outline text="F"><outline text="A" xmlUrl="https://a.example/f"/><outline text="A2"'
        b' xmlUrl="https://a.example/f"/></outline></body></opml>'
    )
    assert [f.url for f in parse_opml(content)] == ["https://a.example/f"]


@pytest.mark.parametrize("content", [b"", b"<rss/>", b"<opml><body>", b"<opml><body><outline</opml>"])
def test_what_is_no_opml_is_refused(content):
    with pytest.raises(BadInput):
        parse_opml(content)


def test_an_opml_that_others_have_written_badly_is_read_and_loads_nothing(tmp_path):
    (tmp_path / "secret").write_text("a secret")
    content = (
        f'<!DOCTYPE x [<!ENTITY b SYSTEM "file://{tmp_path}/secret">]><opml><body><outline text="A & Co &b;"'
        ' xmlUrl="https://a.example/f?x=1&y=2"/></body></opml>'
    )
    [feed] = parse_opml(content.encode("cp1252"))
    assert feed.url == "https://a.example/f?x=1&y=2" and feed.outlet.startswith("A & Co")
    assert "secret" not in feed.outlet


@given(st.binary(max_size=200))
def test_any_bytes_are_opml_or_refused(content):
    try:
        parse_opml(content)
    except BadInput:
        pass


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Lt. Col. Amina Jama spoke. All are well.", 2),
        ("Brig. Gen. Orr left. He had come on Aug. 3 at 4 a.m. Sunday.", 2),
        ("Camp No. 3 is full. J. R. Brandt et al. found 40 people.", 2),
        ("Rep. Ann Lee of the U.S. Congress met U.N. Secretary Orr.", 1),
        ("They flew to the U.S. The rest stayed.", 2),
        ("Rations fell on Sept. 1. Donors had paid late.", 2),
        ("The boat left at 5 a.m. It sank an hour later.", 2),
    ],
)
def test_an_abbreviation_ends_a_sentence_only_where_one_begins(text, cut):
    assert len(sentences(text)) == cut


@pytest.mark.parametrize("word", ["", " ", "  1", "\x85"])
def test_what_is_no_word_has_no_senses(word):
    assert not senses(word).own
