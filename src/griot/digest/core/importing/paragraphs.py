"""A past issue's text, cut into paragraphs, and places among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_BULLET = re.compile(r"^\s*([•·●▪◦∙*‣⁃–-])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph set in one line, the line of the file that it begins on (from 1), and its bullet, or ""."""

    text: str
    line: int
    bullet: str = ""

    @property
    def printed(self) -> str:
        return f"{self.bullet} {self.text}" if self.bullet else self.text


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an issue reading goes on: before its paragraph number `at`, or at its end."""

    issue: Sequence[Paragraph]
    at: int = 0

    @property
    def paragraph(self) -> Paragraph | None:
        return self.issue[self.at] if self.at < len(self.issue) else None

    @property
    def text(self) -> str:
        """The paragraph's text; "" at the end, and where a bullet makes it one of a list."""
        return "" if self.paragraph is None or self.paragraph.bullet else self.paragraph.text

    @property
    def next(self) -> Place:
        return replace(self, at=self.at + 1)

    def words_until(self, end: Place) -> list[str]:
        """Every word from here to there, bullets included."""
        return [word for p in self.issue[self.at : end.at] for word in p.printed.split()]


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Paragraphs stand apart by an empty line; a bullet or a line that ends short of the margin
    ends one, too.
    """
    lines = text.lstrip("\ufeff").replace("\xa0", " ").splitlines()
    margin = max((len(line) for line in lines), default=0)
    is_wrapped = 40 <= margin <= 100  # text set to a measure; otherwise each line is a paragraph of its own
    gathered: list[str] = []
    start, bullet = 0, ""

    def flush() -> Iterator[Paragraph]:
        if gathered:
            yield Paragraph(" ".join(" ".join(gathered).split()), start, bullet)
            gathered.clear()

    for number, line in enumerate(lines, 1):
        found = _BULLET.match(line)
        starts_anew = found or not is_wrapped or (gathered and len(gathered[-1]) < margin * 0.6)
        if not line.strip() or starts_anew:
            yield from flush()
        if line.strip():
            if not gathered:
                start, bullet = number, found.group(1) if found else ""
                line = line[found.end() :] if found else line
            gathered.append(line.strip())
    yield from flush()
