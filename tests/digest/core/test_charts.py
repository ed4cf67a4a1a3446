"""No words in a chart lie over a line, another word or the edge, whatever they are."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from griot.digest.core.rendering.chart import NARROW, WIDTH, chart_svg
from griot.digest.core.types import Figures, Series

SIZE = 13  # pixels
WORDS = st.text(st.sampled_from("aWmi سلام 漢 é"), min_size=1, max_size=40)
VALUES = st.none() | st.floats(-1e7, 1e7)


def box(text) -> tuple[float, float, float, float]:
    """Where a text may be at most: left, top, right, bottom. The widest letters of a common font."""
    said = text.text or ""
    width = sum(SIZE if ord(c) > 0x2E80 else SIZE * 0.62 for c in said)
    x, y = float(text.get("x")), float(text.get("y"))
    left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor")]
    return left, y - SIZE * 0.75, left + width, y + SIZE * 0.2


def segments(svg):
    for line in svg.iter("{*}line"):
        yield tuple(float(line.get(k)) for k in ("x1", "y1", "x2", "y2"))
    for path in svg.iter("{*}path"):
        points = re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)", path.get("d"))
        for (_, *a), (move, *b) in pairwise(points):
            if move == "L":
                yield (*map(float, a), *map(float, b))


def crosses(segment, area) -> bool:
    """Whether a segment enters a rectangle (Liang and Barsky's clipping)."""
    (x1, y1, x2, y2), (left, top, right, bottom) = segment, area
    first, last = 0.0, 1.0
    for p, q in ((x1 - x2, x1 - left), (x2 - x1, right - x1), (y1 - y2, y1 - top), (y2 - y1, bottom - y1)):
        if p == 0:
            if q <= 0:
                return False
        elif p < 0:
            first = max(first, q / p)
        else:
            last = min(last, q / p)
    return first < last


def held(figures: Figures, is_right_to_left: bool, width: int) -> None:
    svg = etree.fromstring(str(chart_svg(figures, "en", is_right_to_left, width)))
    height = float(svg.get("viewBox").split()[3])
    boxes = [(text.text, box(text)) for text in svg.iter("{*}text")]
    lines = list(segments(svg))
    for said, area in boxes:
        assert area[0] >= -1 and area[2] <= width + 1 and area[1] >= 0 and area[3] <= height, said
        assert not [line for line in lines if crosses(line, area)], said
    for (a, one), (b, other) in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (a, b)


@given(st.data(), st.booleans(), st.sampled_from([WIDTH, NARROW]))
def test_no_words_cross_a_line(data, is_right_to_left, width):
    labels = tuple(data.draw(st.lists(WORDS, min_size=1, max_size=60)))
    column = st.lists(VALUES, min_size=len(labels), max_size=len(labels)).filter(
        lambda values: any(v is not None for v in values)
    )
    columns = tuple(
        (name, tuple(data.draw(column))) for name in data.draw(st.lists(WORDS, min_size=1, max_size=8))
    )
    threshold = data.draw(st.none() | st.floats(0, 1e7))
    figures = Figures("x", "T", Series(labels, columns), "", threshold, data.draw(WORDS))
    held(figures, is_right_to_left, width)


@pytest.mark.parametrize("is_right_to_left", [False, True])
@pytest.mark.parametrize("width", [WIDTH, NARROW])
def test_a_year_that_ends_early_and_a_threshold_among_the_lines(is_right_to_left, width):
    series = Series(
        ("January", "February", "March"),
        (
            ("2024", (5320.0, 3900.0, 9700.0)),
            ("2025", (4510.0, 5000.0, 5100.0)),
            ("2026", (2340.0, None, None)),
        ),
    )
    held(Figures("x", "T", series, "", 5000, "Capacity of the centre"), is_right_to_left, width)


@pytest.mark.parametrize("width", [WIDTH, NARROW])
def test_a_name_of_several_words_takes_two_rows_before_it_is_cut(width):
    series = Series(("January", "February"), (("2026", (5320.0, 3900.0)),))
    name = "Places in the reception centres"
    svg = etree.fromstring(str(chart_svg(Figures("x", "T", series, "", 5000, name), "en", False, width)))
    said = [text.text for text in svg.iter("{*}text") if text.get("class") == "label"]
    assert len(said) == 2 and name.startswith(said[0])
    assert width == NARROW or " ".join(said) == name
