"""Names in their spellings and scripts, and how rare a word is."""

from __future__ import annotations

import pytest

from griot.press.core.language.rarity import log_probability
from griot.press.core.language.sounds import arabic_skeletons, skeleton, sound
from griot.press.core.language.text import fold


@pytest.mark.parametrize(
    "spellings",
    [
        ("Moçambique", "Mozambique", "Mozambik"),
        ("Karsia", "Karsie", "Karsian"),
        ("Panzós", "Panzos"),
        ("Rohingya", "Rohingyas"),
        ("Nouadhibou", "Nuadibú"),
    ],
)
def test_spellings_of_a_name_sound_alike(spellings):
    assert len({sound(s) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Gavdos", "غافدوس"),
        ("Nampula", "بنامبولا"),
        ("Balukhali", "بالوخالي"),
        ("Rohingya", "للروهينغا"),
        ("Qalamoun", "القلمون"),
        ("Arsal", "عرسال"),
        ("Zarzis", "جرجيس"),
        ("Haddadin", "حدادين"),
        ("Benghazi", "وبنغازي"),
        ("Kigali", "كيغالي"),
    ],
)
def test_an_arabic_word_is_recognised_as_the_name_it_writes(latin, arabic):
    assert skeleton(latin) in arabic_skeletons(fold(arabic))


@pytest.mark.parametrize(
    ("latin", "arabic"), [("Iturup", "يضرب"), ("Lampedusa", "الثلاثاء"), ("Malta", "مالقة")]
)
def test_another_word_is_not(latin, arabic):
    assert skeleton(latin) not in arabic_skeletons(fold(arabic))


def test_a_place_says_more_than_a_word():
    assert (
        log_probability("Sabratha")
        < log_probability("Geneva")
        < log_probability("boats")
        < log_probability("of")
    )
    assert log_probability("Boat") == log_probability("boat")
