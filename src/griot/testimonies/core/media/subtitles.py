"""Subtitles: WebVTT (W3C) and SRT, read leniently and written as WebVTT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape

from griot.testimonies.core.media.clock import CHAPTER, CUE, seconds, stamp

_ARROW = re.compile(rf"^\s*({CUE})\s*-->\s*({CUE})")
_TAG = re.compile(r"<[^>\n]{0,200}+>|\{\\[^}\n]{0,200}+\}")  # of WebVTT, and SRT's places on the screen


class BadSubtitles(Exception):
    """The text can't be read as subtitles; the message names the line."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand from `begins` to `ends`, in seconds; plain, without tags or character references."""

    begins: float
    ends: float
    text: str


def parse(text: str) -> list[Cue]:
    """The cues of a WebVTT or SRT text, in order of time. Raises BadSubtitles, naming the line."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    cues: list[Cue] = []
    n = 0
    while n < len(lines):
        found = _ARROW.match(lines[n])
        if not found:
            if "-->" in lines[n]:
                raise BadSubtitles(f"line {n + 1}: a time like 00:01:02.500 --> 00:01:04.000 is expected")
            n += 1
            continue
        begins, ends = (seconds(part, CUE) for part in found.groups())
        if ends <= begins:
            raise BadSubtitles(f"line {n + 1}: it ends before it begins")
        n += 1
        said: list[str] = []
        while n < len(lines) and lines[n].strip() and "-->" not in lines[n]:
            said.append(unescape(_TAG.sub("", lines[n])))  # WebVTT, 6.4: character references as in HTML
            n += 1
        if words := _lines("\n".join(said)):
            cues.append(Cue(begins, ends, words))
    if not cues and text.strip() and text.strip() != "WEBVTT":
        raise BadSubtitles(
            "line 1: there is no time in it; each subtitle begins with a line like 00:01.000 --> 00:03.000"
        )
    return sorted(cues, key=lambda cue: (cue.begins, cue.ends))


def _lines(text: str) -> str:
    """Without an empty line, which would end the cue."""
    return "\n".join(filter(None, map(str.strip, text.splitlines())))


def write(cues: Sequence[Cue]) -> str:
    """WebVTT; "" for no cue."""
    if not cues:
        return ""
    blocks = [f"{stamp(c.begins)} --> {stamp(c.ends)}\n{escape(_lines(c.text), quote=False)}" for c in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


# --- what is not to be heard, nor read ---------------------------------------------------------

_MARKED = re.compile(r"(?<!\{)\{++[^{}]++\}+")  # begins at the first brace alone: one look at each
BLEEP_MARGIN = 0.35  # seconds added on both sides: where in a subtitle its words are said is only estimated


def unmarked(text: str) -> str:
    """The text as it may be read: what stands in braces is not."""
    return _MARKED.sub("…", text)


def bleeps(cues: Sequence[Cue]) -> list[tuple[float, float]]:
    """When what stands in braces is said, in seconds, in order: by its share of the subtitle's letters,
    with a margin.
    """
    found: list[tuple[float, float]] = []
    for cue in cues:
        length, letters = cue.ends - cue.begins, max(1, len(cue.text))
        for mark in _MARKED.finditer(cue.text):
            begins = cue.begins + length * mark.start() / letters - BLEEP_MARGIN
            ends = cue.begins + length * mark.end() / letters + BLEEP_MARGIN
            found.append((max(0.0, begins), ends))
    return merged(found)


def merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in order, those that touch as one."""
    found: list[tuple[float, float]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found


ROUNDING = 0.05  # seconds by which a cue may stand beyond a cut


def within(cues: Sequence[Cue], begins: float, ends: float | None) -> list[Cue]:
    """The cues of a film that was cut, by the film's new time: those that stand in it whole. Of one that a
    cut goes through nobody knows which words are still heard, and what was cut away is not to be read.
    """
    first, last = begins - ROUNDING, (ends if ends is not None else float("inf")) + ROUNDING
    return [
        Cue(max(c.begins - begins, 0.0), c.ends - begins, c.text)
        for c in cues
        if c.begins >= first and c.ends <= last
    ]


# --- chapters -----------------------------------------------------------------------------------

_CHAPTER = re.compile(rf"\s*({CHAPTER})\s+(\S.*)")


def chapters(text: str) -> list[tuple[float, str]]:
    """Chapters, one a line: a time and a title ("1:05 The desert"). Gives seconds and titles in
    order. Raises BadSubtitles.
    """
    found = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        mark = _CHAPTER.fullmatch(line)
        if not mark:
            raise BadSubtitles(f"line {n}: a time and a title are expected, like 1:05 The desert")
        at, title = mark.groups()
        found.append((seconds(at, CHAPTER), title.strip()[:120]))
    return sorted(found)


def as_vtt(text: str) -> str:
    """Whatever was pasted, as WebVTT. Raises BadSubtitles, also for a brace that does not close: a name
    could be read.
    """
    cues = parse(text)
    for n, cue in enumerate(cues, 1):
        if set("{}") & set(unmarked(cue.text)):
            raise BadSubtitles(
                f"subtitle {n}: a brace is open or empty; {{words}} are neither heard nor read"
            )
    return write(cues)
