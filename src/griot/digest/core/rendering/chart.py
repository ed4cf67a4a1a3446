"""A data series as an SVG chart that a screen reader and a colour-blind reader can read.

The last column is drawn strong, the ones before it softer, each with a dash of its own and its name
at its end: nothing is told by colour alone. Style sheets may restyle it by its classes; by itself it
has the colours of the light theme.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from babel.numbers import format_decimal
from markupsafe import Markup, escape

from griot.digest.core.types import Figures, Series
from griot.digest.core.words import words

WIDTH, HEIGHT = 640, 340
NARROW = 360  # pixels, on a phone
_TOP, _BOTTOM, _NARROWEST = 18, 34, 44
_OF_NAMES, _OF_LABELS = 0.28, 0.19  # of the width, at most
_APART, _ROW = 20, 15  # pixels from a name to the next, and from a row of one to its second
_DASHES = ("", "2 4", "8 4", "8 3 2 3", "1 3", "12 4", "4 2", "6 6")
INK, SOFT, LINE, ACCENT = "#1e2230", "#5a5e6b", "#e3dccf", "#a0401d"


def number(value: float | None, language: str) -> str:
    """A figure in the locale's form; a dash where there is none."""
    if value is None:
        return "–"
    return str(format_decimal(round(value, 2), locale=language.replace("-", "_")))


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values that span low to high, at most `most` of them."""
    if high - low < 1e-9:
        high = low + 1
    step = 10 ** math.floor(math.log10((high - low) / most))
    step *= next((m for m in (1, 2, 2.5, 5, 10) if (high - low) / (step * m) <= most - 1), 20)
    first = math.floor(low / step)
    return [round((first + n) * step, 10) for n in range(math.ceil(high / step) - first + 1)]


def describe(figures: Figures, language: str) -> str:
    """The chart in a sentence or two, as its alternative text: the latest figure, and how it stands
    to the others.
    """
    say = words(language)
    name, values = figures.series.columns[-1]
    at = max(n for n, v in enumerate(values) if v is not None)
    unit = f" {figures.unit}" if figures.unit else ""
    told = [f"{figures.title}. {name}, {figures.series.labels[at]}: {number(values[at], language)}{unit}"]
    told += [
        f"{other}: {number(column[at], language)}{unit}"
        for other, column in reversed(figures.series.columns[:-1])
        if column[at] is not None
    ]
    if figures.threshold is not None:
        told.append(
            f"{figures.threshold_label or say['threshold']}: {number(figures.threshold, language)}{unit}"
        )
    return "; ".join(told) + "."


def chart_svg(
    figures: Figures, language: str, is_right_to_left: bool = False, width: int = WIDTH, kind: str = "wide"
) -> Markup:
    """The chart as an SVG element of a width, and HEIGHT high or as high as its names need, with its
    description inside; `kind` is a class of it. Nothing is written where lines run: numbers stand on one
    side, names on the other.
    """
    series = figures.series
    found = [v for _, column in series.columns for v in column if v is not None]
    marks = ticks(min(0.0, *found), max(*found, figures.threshold or 0.0))
    numbers = [number(mark, language) for mark in marks]
    names = [name for name, _ in series.columns]
    if figures.threshold is not None:
        names.append(figures.threshold_label or words(language)["threshold"])
    plot = _Plot(series, marks, numbers, names, is_right_to_left, width)
    parts = []
    for mark, said in zip(marks, numbers, strict=True):
        y = plot.y(mark)
        parts.append(
            f'<line class="grid" x1="{plot.left}" x2="{plot.right}" y1="{y}" y2="{y}" stroke="{LINE}"/><text'
            f' class="axis" x="{plot.axis}" y="{y + 4}" text-anchor="{plot.axis_anchor}"'
            f' fill="{SOFT}">{said}</text>'
        )
    step: float = (plot.right - plot.left) / plot.steps
    labels = [_cut(label, width * _OF_LABELS) for label in series.labels]
    most = 12 if width >= WIDTH else 6
    every = math.ceil(max(1, len(labels) / most, (max(map(_width, labels)) + 8) / step))
    for n, label in enumerate(labels):
        if n % every == 0:
            parts.append(
                f'<text class="axis" x="{plot.label_x(n, label)}"'
                f' y="{plot.bottom + 22}" text-anchor="middle" fill="{SOFT}">{escape(label)}</text>'
            )
    taken: list[float] = []
    lines = _lines(series, plot, taken)
    if figures.threshold is not None:
        y = plot.y(figures.threshold)
        parts.append(
            f'<line class="threshold" x1="{plot.left}" x2="{plot.right}" y1="{y}" y2="{y}" stroke="{INK}"'
            ' stroke-dasharray="6 4" stroke-width="1.5"/>'
        )
        parts.append(plot.name(names[-1], plot.names_edge, y, taken, f'class="label" fill="{INK}"'))
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {kind}" viewBox="0 0 {width} {plot.height}"'
        f' role="img" aria-label="{escape(describe(figures, language))}"'
        ' font-family="sans-serif" font-size="13"'
        # else a page that is read from the right would turn each text's anchor round
        f' direction="ltr">{"".join([*parts, *lines])}</svg>'
    )


def _width(text: str) -> float:
    """How wide a text is at most, set in 13 pixels, bold: there is no font to ask."""
    return sum(13.0 if unicodedata.east_asian_width(c) in "WF" else 8.5 for c in text)


def _cut(text: str, most: float) -> str:
    """A text no wider than that; the table and the description have all of it."""
    if _width(text) <= most:
        return text
    while text and _width(text) + 13 > most:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _rows(name: str, most: float) -> list[str]:
    """A name in one row, or in two where its words need them, none wider than that."""
    words_of = name.split()
    fit = next((n for n in range(len(words_of), 0, -1) if _width(" ".join(words_of[:n])) <= most), 0)
    if fit in {0, len(words_of)}:
        return [_cut(name, most)]
    return [" ".join(words_of[:fit]), _cut(" ".join(words_of[fit:]), most)]


class _Plot:
    """Where things stand. Lines run between `left` and `right`, and between _TOP and `bottom`."""

    def __init__(
        self,
        series: Series,
        marks: Sequence[float],
        numbers: Sequence[str],
        names: Sequence[str],
        is_right_to_left: bool,
        width: int,
    ) -> None:
        self.width = width
        self.steps = max(1, len(series.labels) - 1)
        self.low, self.high, self.mirrored = marks[0], marks[-1], is_right_to_left
        self.rows = {name: _rows(name, width * _OF_NAMES) for name in names}
        self.spread = _ROW * (max(map(len, self.rows.values())) - 1)
        of_names = max(_width(row) for rows in self.rows.values() for row in rows) + 24
        of_numbers = max(_NARROWEST, max(map(_width, numbers)) + 16)
        first, last = (of_names, of_numbers) if is_right_to_left else (of_numbers, of_names)
        self.left, self.right = round(first, 1), round(width - last, 1)
        self.bottom = max(HEIGHT - _BOTTOM, _TOP + 2 * (_APART + self.spread) * len(names))
        self.height = self.bottom + _BOTTOM
        self.names_edge = self.left if is_right_to_left else self.right
        self.axis = self.right + 8 if is_right_to_left else self.left - 8
        self.axis_anchor = "start" if is_right_to_left else "end"

    def x(self, n: int) -> float:
        share = n / self.steps
        return round(self.left + (self.right - self.left) * (1 - share if self.mirrored else share), 1)

    def y(self, value: float) -> float:
        return round(_TOP + (self.bottom - _TOP) * (self.high - value) / (self.high - self.low), 1)

    def label_x(self, n: int, label: str) -> float:
        """Where the middle of a label stands, so that all of it is seen."""
        half = _width(label) / 2
        return round(min(max(self.x(n), half), self.width - half), 1)

    def name(self, name: str, x: float, y: float, taken: list[float], attributes: str) -> str:
        """A name beside the plot, as near as there is room to the end (x, y) of what it names, and a thin
        line to it where that is not beside it.
        """
        free = _free(y, taken, _APART + self.spread, _TOP, self.bottom - self.spread / 2)
        taken.append(free)
        away, anchor = (-1, "end") if self.mirrored else (1, "start")
        edge = self.names_edge
        rows = self.rows[name]
        leader = (
            f'<path class="leader" d="M{x} {y}L{edge} {y}L{edge + away * 10} {free}" fill="none"'
            f' stroke="{SOFT}" stroke-width="0.7" stroke-dasharray="1 2"/>'
            if x != edge or free != y
            else ""
        )
        first = free + 4 - _ROW * (len(rows) - 1) / 2
        return leader + "".join(
            f'<text {attributes} x="{edge + away * 14}" y="{first + n * _ROW}"'
            f' text-anchor="{anchor}">{escape(row)}</text>'
            for n, row in enumerate(rows)
        )


def _lines(series: Series, plot: _Plot, taken: list[float]) -> list[str]:
    parts: list[str] = []
    last = len(series.columns) - 1
    # Names are placed from the newest series on, which keeps its place; older ones make room.
    for n in range(last, -1, -1):
        name, values = series.columns[n]
        strong = n == last
        colour, width = (ACCENT, 3) if strong else (SOFT, 1.6)
        dash = "" if strong else _DASHES[(last - n) % len(_DASHES)]
        path = " ".join(_segments(values, plot))
        parts.insert(
            0,
            f'<path class="{"now" if strong else "before"}" d="{path}" fill="none" stroke="{colour}"'
            f' stroke-width="{width}" stroke-linejoin="round"'
            f' stroke-linecap="round"{f" stroke-dasharray={chr(34)}{dash}{chr(34)}" if dash else ""}/>',
        )
        at = max(i for i, v in enumerate(values) if v is not None)
        x, y = plot.x(at), plot.y(values[at] or 0.0)
        if strong:
            parts.append(f'<circle class="now" cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>')
        weight = f'fill="{colour}" font-weight="{700 if strong else 400}"'
        parts.append(plot.name(name, x, y, taken, f'class="{"now" if strong else "before"}" {weight}'))
    return parts


def _segments(values: Sequence[float | None], plot: _Plot) -> list[str]:
    """The path's commands; a gap in the figures is a gap in the line, one alone a dot."""
    commands, is_down = [], False
    for n, value in enumerate(values):
        if value is not None:
            is_alone = not is_down and (n + 1 == len(values) or values[n + 1] is None)
            commands.append(f"{'L' if is_down else 'M'}{plot.x(n)} {plot.y(value)}{'h0' if is_alone else ''}")
        is_down = value is not None
    return commands


def _free(y: float, taken: Sequence[float], apart: float, low: float, high: float) -> float:
    """The place nearest to `y`, between two others, where a name covers none that is placed."""
    places = [low, high, y, *(t + apart for t in taken), *(t - apart for t in taken)]
    free = [p for p in places if low <= p <= high and all(abs(p - t) >= apart - 1e-6 for t in taken)]
    nearest: float = min(free, key=lambda p: abs(p - y), default=y)
    return round(nearest, 1)
