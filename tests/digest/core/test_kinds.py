"""The kind of a line goes through every form in which an issue leaves the house."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from griot.digest.blocks import PIECES
from griot.digest.core.importing.importing import NO_ISSUE, read_issue
from griot.digest.core.importing.kinds import piece_told
from griot.digest.core.rendering import render
from griot.digest.core.rendering.exporting import render_newsml, render_ninjs
from griot.digest.core.types import Issue, PressLine, PressReview
from griot.digest.site.composing import press_line
from griot.digest.site.storing import stored
from griot.press.core.types import Piece

LINES = (
    PressLine(("Rudaw",), (("Rudaw", "https://r.example/1"),), "reported that it rained.", anchor="line-1"),
    PressLine(
        ("BBC",),
        (("BBC", "https://b.example/2"),),
        "interviewed a baker.",
        anchor="line-2",
        piece="interview",
    ),
)


def issue() -> Issue:
    review = PressReview("item-1", "", LINES)
    return replace(
        NO_ISSUE, url="https://n.example/1/", day=date(2026, 5, 3), blocks=(review,), printed_head=None
    )


def test_every_kind_that_the_press_knows_can_be_chosen():
    assert {value for value, _ in PIECES} == set(get_args(Piece))


def test_json_names_the_kind():
    (review,) = json.loads(render(issue(), "json"))["blocks"]
    assert [line["piece"] for line in review["lines"]] == ["news", "interview"]


def test_other_newsrooms_get_it_as_a_genre_beside_the_section():
    items = json.loads(render_ninjs(issue()))["associations"]
    assert [[g["name"] for g in item["genres"]] for item in items] == [
        ["press_review"],
        ["press_review", "interview"],
    ]
    assert '<genre literal="interview">' in render_newsml(issue())


@pytest.mark.parametrize("format", ["html", "email", "text"])
def test_readers_read_it_in_the_verb(format):
    assert "interviewed a baker." in render(issue(), format)


def test_a_stored_line_comes_back_with_its_kind():
    _, value = stored(PressReview("", "", LINES))
    assert [press_line(line).piece for line in value["lines"]] == ["news", "interview"]
    del value["lines"][1]["piece"]
    assert press_line(value["lines"][1]).piece == "news", "of issues from before there were kinds"


@pytest.mark.parametrize(
    ("body", "piece"),
    [
        ("reported that it rained.", "news"),
        ("ran an op-ed by Layla Haddad arguing that contracts should be translated.", "opinion"),
        ("published an editorial saying that the ford needs a bridge.", "opinion"),
        ("interviewed a baker.", "interview"),
        ("spoke with the ferryman on his last day.", "interview"),
        ("published remarks from the minister, where he stated that it rained.", "statement"),
        ("featured the work of a photographer.", "feature"),
        ("ran a story on a festival.", "feature"),
        ("published a photo essay on the last ferry.", "photo essay"),
        ("published a series of photographs of the ford.", "photo essay"),
        ("reported that, according to a survey, half would stay.", "data"),
        ("reviewed a film about the ford.", "review"),
        ("reported that the minister argued for a bridge.", "news"),
        ("reported that the baker gave an interview.", "news"),
        ("reported on “the op-ed” of the day.", "news"),
    ],
)
def test_a_past_issue_s_line_says_what_it_is(body, piece):
    assert piece_told(body) == piece
    text = f"1 May 2016\n\n• Rudaw {body}"
    (review,) = read_issue(text).blocks
    assert [line.piece for line in review.lines] == [piece]
