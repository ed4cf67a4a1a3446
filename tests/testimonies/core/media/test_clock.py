"""Moments are read as they are written, in each place's notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies.core.media.clock import CHAPTER, CUE, TYPED, seconds, stamp, typed

thousandths = st.integers(0, 10**7 - 1)  # under three hours: what a person types has no more minutes


@given(thousandths)
def test_what_is_written_reads_back(at):
    assert round(seconds(stamp(at / 1000), CUE) * 1000) == round(seconds(typed(at / 1000)) * 1000) == at


@given(st.integers(0, 999 * 3_600_000))
def test_subtitles_have_room_for_hours(at):
    assert round(seconds(stamp(at / 1000), CUE) * 1000) == at


@pytest.mark.parametrize(
    ("text", "notation", "at"),
    [
        ("00:01:05.250", CUE, 65.25),
        ("1:5,2", CUE, 65.2),
        ("100:00:00.000", CUE, 360_000),
        ("1:05", CHAPTER, 65),
        ("90:00", CHAPTER, 5400),
        ("1:00:05.5", CHAPTER, 3605.5),
        ("65", TYPED, 65),
        ("65,25", TYPED, 65.25),
        (" 1:5 ", TYPED, 65),
        ("1:02:03.004", TYPED, 3723.004),
    ],
)
def test_each_place_takes_its_notation(text, notation, at):
    assert seconds(text, notation) == at


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("1:05", CUE),
        ("75:00.000", CUE),
        ("1:5", CHAPTER),
        ("65", CHAPTER),
        ("100:00:00", CHAPTER),
        ("100:00:00", TYPED),
        ("1:75", TYPED),
        ("1:05.1234", TYPED),
        ("", TYPED),
        ("soon", TYPED),
    ],
)
def test_anything_else_is_refused_in_words(text, notation):
    with pytest.raises(ValueError, match=r"a time like 1:05\.2 is expected"):
        seconds(text, notation)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        assert seconds(text) >= 0
    except ValueError as error:
        assert "is expected" in str(error)
