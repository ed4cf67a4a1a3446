"""A data series as an SVG chart that a screen reader and a colour-blind reader can read.

The last column is drawn strong, the ones before it softer, each with a dash of its own and its name
at its end: nothing is told by colour alone. Style sheets may restyle it by its classes; by itself it
has the colours of the light theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from babel.numbers import format_decimal
from markupsafe import Markup, escape

from griot.digest.core.types import Figures, Series
from griot.digest.core.words import words

WIDTH, HEIGHT = 640, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 96, 18, 34
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


def chart_svg(figures: Figures, language: str, is_right_to_left: bool = False) -> Markup:
    """The chart as an SVG element of WIDTH by HEIGHT, with title and description inside."""
    series = figures.series
    found = [v for _, column in series.columns for v in column if v is not None]
    marks = ticks(min(0.0, *found), max(*found, figures.threshold or 0.0))
    plot = _Plot(series, marks[0], marks[-1], is_right_to_left)
    end = "start" if is_right_to_left else "end"
    parts = []
    for mark in marks:
        y = plot.y(mark)
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{LINE}"/><text'
            f' class="axis" x="{plot.axis}" y="{y + 4}" text-anchor="{end}"'
            f' fill="{SOFT}">{number(mark, language)}</text>'
        )
    every = max(1, math.ceil(len(series.labels) / 12))
    for n, label in enumerate(series.labels):
        if n % every == 0:
            parts.append(
                f'<text class="axis{" between" if n // every % 3 else ""}" x="{plot.x(n)}" y="{HEIGHT - 12}"'
                f' text-anchor="middle" fill="{SOFT}">{escape(label)}</text>'
            )
    if figures.threshold is not None:
        y = plot.y(figures.threshold)
        label = figures.threshold_label or words(language)["threshold"]
        parts.append(
            f'<line class="threshold" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{INK}"'
            f' stroke-dasharray="6 4" stroke-width="1.5"/><text class="label" x="{plot.x(0)}" y="{y - 6}"'
            f' text-anchor="{"end" if is_right_to_left else "start"}" fill="{INK}">{escape(label)}</text>'
        )
    parts += _lines(series, plot, is_right_to_left)
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(describe(figures, language))}" font-family="sans-serif" font-size="13">'
        f"{''.join(parts)}</svg>"
    )


class _Plot:
    def __init__(self, series: Series, low: float, high: float, is_right_to_left: bool) -> None:
        self.steps = max(1, len(series.labels) - 1)
        self.low, self.high, self.mirrored = low, high, is_right_to_left
        self.axis = WIDTH - _RIGHT + 8 if is_right_to_left else _LEFT - 8

    def x(self, n: int) -> float:
        share = n / self.steps
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (1 - share if self.mirrored else share), 1)

    def y(self, value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (self.high - value) / (self.high - self.low), 1)


def _lines(series: Series, plot: _Plot, is_right_to_left: bool) -> list[str]:
    parts: list[str] = []
    taken: list[float] = []
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
        y = _free(y, taken)
        taken.append(y)
        side, anchor = (-8, "end") if is_right_to_left else (8, "start")
        parts.append(
            f'<text class="{"now" if strong else "before"}" x="{x + side}" y="{y + 4}" text-anchor="{anchor}"'
            f' fill="{colour}" font-weight="{700 if strong else 400}">{escape(name)}</text>'
        )
    return parts


def _segments(values: Sequence[float | None], plot: _Plot) -> list[str]:
    """The path's commands; a gap in the figures is a gap in the line."""
    commands, is_down = [], False
    for n, value in enumerate(values):
        if value is not None:
            commands.append(f"{'L' if is_down else 'M'}{plot.x(n)} {plot.y(value)}")
        is_down = value is not None
    return commands


def _free(y: float, taken: Sequence[float], height: float = 20.0) -> float:
    """The place nearest to `y` where a name covers no other."""
    places = [y + sign * n * height / 3 for n in range(40) for sign in (1, -1)]
    return next((p for p in places if all(abs(p - t) >= height for t in taken)), y)
