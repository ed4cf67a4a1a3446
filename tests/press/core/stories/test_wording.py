"""What a title says, looked for in another article's own words."""

from __future__ import annotations

import pytest

from griot.press.core.language import vectors
from griot.press.core.language.vectors import WordVectors, default_encoder
from griot.press.core.stories.wording import Wording
from griot.press.core.types import Article


def piece(title: str, lead: str = "") -> Article:
    return Article(f"https://a.example/{abs(hash(title))}", "Harbour Post", title, lead)


@pytest.mark.parametrize(
    ("title", "same", "other"),
    [
        (
            "Fishermen rescued after storm",
            "Des pêcheurs sauvés après la tempête",
            "Fishermen protest after quota vote",
        ),
        ("Judge halts deportation", "Gericht stoppt Abschiebung", "Judge retires after thirty years"),
        ("Border camp is closed", "إغلاق مخيم على الحدود", "Border market is crowded"),
        ("Forty migrants rescued at sea", "Coastguard saves refugees", "Forty dolphins counted at sea"),
    ],
)
def test_a_title_is_told_in_other_words_and_languages(title, same, other):
    wording = Wording([piece(title), piece(same), piece(other)], ())
    assert wording.told(0, 1) > wording.told(0, 2)


def test_of_two_titles_of_one_shape_what_differs_is_missed():
    shape = "Weekly market report for the northern province: prices of {} rise"
    night = [piece(shape.format(what)) for what in ("millet", "onions", "cattle", "charcoal")]
    again = piece("Northern province", "In its weekly market report, prices of millet rise.")
    wording = Wording([*night, again], ())
    assert wording.told(0, 4) > wording.told(1, 4)
    alone = Wording([night[0], night[1]], ())
    assert wording.told(0, 1) < alone.told(0, 1), "what every article says tells little"


def test_what_is_not_there_tells_nothing():
    wording = Wording([piece(""), piece("41 – 7!"), piece("Boats met near the coast")], ())
    assert {wording.told(0, 1), wording.told(0, 2), wording.told(1, 2)} == {0.0}


def test_vectors_of_words_are_kept_those_asked_for_last(monkeypatch):
    monkeypatch.setattr(vectors, "KEPT", 3)
    asked: list[str] = []

    class Counting:
        def encode(self, texts):
            asked.extend(texts)
            return default_encoder().encode(texts)

    words = WordVectors(Counting())
    assert words.of(["boat", "camp", "court", "boat"]).shape == (4, 512)
    words.of(["boat", "ship"])
    assert asked == ["boat", "camp", "court", "ship"]
    words.of(["boat", "court", "ship"])
    assert len(asked) == 4, "the one that nobody had asked for longest is let go"
    assert words.of([]).shape == (0, 512)
    assert words.of([f"word{n}" for n in "abcdef"]).shape == (6, 512), "of more than are kept, all are given"
