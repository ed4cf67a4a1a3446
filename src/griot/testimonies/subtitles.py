"""Subtitles: WebVTT (W3C) and SRT, read leniently and written as WebVTT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TIME = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})")
_ARROW = re.compile(rf"^\s*({_TIME.pattern})\s*-->\s*({_TIME.pattern})")
_TAG = re.compile(r"<[^>\n]{0,200}>")


class BadSubtitles(Exception):
    """The text can't be read as subtitles; the message names the line."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand from `begins` to `ends`, in seconds."""

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
        begins, ends = (_seconds(_TIME.fullmatch(part)) for part in (found.group(1), found.group(6)))
        if ends <= begins:
            raise BadSubtitles(f"line {n + 1}: it ends before it begins")
        n += 1
        said: list[str] = []
        while n < len(lines) and lines[n].strip() and "-->" not in lines[n]:
            said.append(_TAG.sub("", lines[n]).strip())
            n += 1
        if words := "\n".join(filter(None, said)):
            cues.append(Cue(begins, ends, words))
    if not cues and text.strip() and text.strip() != "WEBVTT":
        raise BadSubtitles(
            "line 1: there is no time in it; each subtitle begins with a line like 00:01.000 --> 00:03.000"
        )
    return sorted(cues, key=lambda cue: (cue.begins, cue.ends))


def _seconds(found: re.Match[str] | None) -> float:
    assert found is not None
    hours, minutes, seconds, thousandths = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths.ljust(3, "0")) / 1000


def write(cues: Sequence[Cue]) -> str:
    """WebVTT; "" for no cue."""
    if not cues:
        return ""
    blocks = [f"{_clock(c.begins)} --> {_clock(c.ends)}\n{c.text.replace('-->', '→')}" for c in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"


def as_vtt(text: str) -> str:
    """Whatever was pasted, as WebVTT. Raises BadSubtitles."""
    return write(parse(text)) if text.strip() else ""
