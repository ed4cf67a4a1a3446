"""Data series: a table as pasted from a spreadsheet or a CSV file, into figures."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from griot.digest.core.types import Series
from griot.press.core.types import BadInput

MOST_COLUMNS, MOST_ROWS = 8, 120
_NO_FIGURE = frozenset({"", "-", "–", "—", "…", "..", "n/a", "na", "nd", "n.d."})
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*")


def parse_series(text: str) -> Series:
    """A table with a head row into a Series: the first column labels the rows, every other is a series.

    Takes tabs, semicolons or commas, and figures in any locale's form. Raises BadInput with row and
    column of what it can't read.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) < 3:
        raise BadInput("a series wants a head row and at least two rows of figures")
    separator = next((s for s in "\t;," if s in lines[0]), None)
    if separator is None:
        raise BadInput("row 1: no columns; separate them by tabs, semicolons or commas")
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise BadInput(f"the table can't be taken apart ({error})") from None
    names = rows[0][1:]
    if not all(names) or len(set(names)) < len(names):
        raise BadInput("row 1: every column of figures needs a name of its own (the year, say)")
    if len(names) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise BadInput(f"at most {MOST_COLUMNS} columns and {MOST_ROWS} rows can be read in a chart")
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(rows[0]):
            raise BadInput(f"row {number}: {len(row)} cells, but the head row has {len(rows[0])}")
    cells = [row[1:] + [""] * (len(rows[0]) - len(row)) for row in rows[1:]]
    is_thousands = _thousands_separators([cell for row in cells for cell in row])
    columns = [
        (name, tuple(_figure(row[c], is_thousands, n, name) for n, row in enumerate(cells, 2)))
        for c, name in enumerate(names)
    ]
    for name, values in columns:
        if all(v is None for v in values):
            raise BadInput(f"column “{name}” has no figures")
    return Series(tuple(row[0] for row in rows[1:]), tuple(columns))


def _thousands_separators(cells: Sequence[str]) -> str:
    """The characters that group thousands in this table: a lone 1.234 is read by what the others look
    like.
    """
    marks = [(m.group(1), bool(m)) for cell in cells if (m := _THOUSANDS.fullmatch(_SPACES.sub("", cell)))]
    grouping = {mark for mark, _ in marks}
    for mark in "".join(grouping):
        others = [c for cell in cells if mark in (c := _SPACES.sub("", cell)) and not _THOUSANDS.fullmatch(c)]
        if any(c.rindex(mark) > c.rfind("," if mark == "." else ".") for c in others):
            grouping.discard(mark)  # somewhere it is the decimal sign
    return "".join(sorted(grouping))


def _figure(cell: str, thousands: str, row: int, column: str) -> float | None:
    plain = _SPACES.sub("", cell).rstrip("%")
    if plain.lower() in _NO_FIGURE:
        return None
    for mark in thousands:
        plain = plain.replace(mark, "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        raise BadInput(f"row {row}, column “{column}”: {cell!r} is no figure") from None
