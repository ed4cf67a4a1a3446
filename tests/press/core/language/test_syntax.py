"""The parser: what it tells of a sentence, and what it does not take."""

from __future__ import annotations

import pytest

from griot.press.core.language.syntax import MAX_CHARACTERS, SpacyParser, default_parser
from griot.press.core.types import BadInput


def test_a_sentence_has_a_root_with_a_subject():
    (parse,) = default_parser().parse(["The donors froze their payments on Monday."])
    root = next(i for i, t in enumerate(parse) if t.head == i)
    assert (parse[root].lemma, parse[root].tag) == ("freeze", "VBD")
    assert [t.text for t in parse if t.head == root and t.relation == "nsubj"] == ["donors"]


def test_full_stops_within_a_sentence_do_not_cut_it():
    text = "Lt. Col. J. R. Brandt left the U.S. Embassy at 4 a.m. on Sunday."
    (parse,) = default_parser().parse([text])
    assert sum(t.head == i for i, t in enumerate(parse)) == 1
    assert all(text[t.start : t.end] == t.text for t in parse)


def test_a_batch_keeps_its_order_and_leaves_out_what_is_too_long():
    found = default_parser().parse(["Boats came.", "x " * MAX_CHARACTERS, "", "Rain fell."])
    assert [[t.text for t in parse] for parse in found] == [
        ["Boats", "came", "."],
        [],
        [],
        ["Rain", "fell", "."],
    ]


def test_a_pipeline_that_is_missing_is_named():
    with pytest.raises(BadInput, match=r"no_such_pipeline.*GRIOT_PARSER"):
        SpacyParser("no_such_pipeline")
