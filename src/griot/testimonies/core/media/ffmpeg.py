"""Running ffmpeg (the wheel imageio-ffmpeg) on files that strangers sent: what it may open is decided
before.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from griot.testimonies.core.errors import Refused

MEMORY = 3 * 1024**3  # bytes of address space
TIME_LIMIT = 3 * 3600  # seconds of wall clock
TRIES = 3
# A worker that is killed takes its encoders along.
_LAUNCHER = Path(__file__).with_name("launching.py")
Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Streams:
    """What a file holds. `seconds` is 0.0 where the file does not say (a recording that was cut off); width
    and height are those of the picture as it is seen, which phones hold on their side.
    """

    seconds: float
    video: str = ""  # codec, "" for none
    audio: str = ""
    width: int = 0
    height: int = 0


@lru_cache(maxsize=1)
def program() -> str:
    """The ffmpeg of imageio-ffmpeg, by its place: that package runs it first, and where this one run is
    killed, it believes until the process ends that there is none. Raises Refused.
    """
    from imageio_ffmpeg import binaries

    shipped = next(Path(str(binaries.__file__)).parent.glob("ffmpeg*"), None)
    found = os.environ.get("IMAGEIO_FFMPEG_EXE") or shipped or shutil.which("ffmpeg")
    if not found:
        raise Refused("there is no ffmpeg on this machine")
    return str(found)


class Killed(Exception):
    """An ffmpeg was ended from outside, by a person or a system out of memory: its file is not to blame."""


def begun_again(work: Callable[Given, Made]) -> Callable[Given, Made]:
    """Have `work` done anew where its ffmpeg was killed; after TRIES raises Refused."""

    @wraps(work)
    def tried(*args: Given.args, **options: Given.kwargs) -> Made:
        for _ in range(TRIES):
            with suppress(Killed):
                return work(*args, **options)
        raise Refused(f"ffmpeg was killed {TRIES} times in a row; is there memory enough?")

    return tried


def see_that_none_was_killed(*codes: int | None) -> None:
    """Raises Killed for the exit codes of ffmpegs that were."""
    if {-signal.SIGKILL, -signal.SIGTERM} & set(codes):
        raise Killed


@begun_again
def run(arguments: Sequence[str | Path], progress: Callable[[float], None] | None = None) -> str:
    """Run ffmpeg and give what it said. `progress` hears of the seconds written. Raises Refused with
    its last words.
    """
    command = [
        *(sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(MEMORY)),
        program(),
        "-hide_banner",
        "-nostdin",
        "-y",
        "-v",
        "info",
        *(["-progress", "pipe:1"] if progress else []),
        *map(str, arguments),
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if progress else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            if progress and process.stdout:
                said = _follow(process, progress)
            else:
                _, said = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Refused(f"the file takes more than {TIME_LIMIT // 3600} hours to be read") from None
        except BaseException:
            process.kill()
            raise
    see_that_none_was_killed(process.returncode)
    if process.returncode != 0:
        last = [line for line in said.splitlines() if line.strip()][-1:] or ["it said nothing"]
        raise Refused(f"the file can't be read as media: {last[0][:200]}")
    return said


def _follow(process: subprocess.Popen[str], progress: Callable[[float], None]) -> str:
    said: list[str] = []
    assert process.stderr and process.stdout
    errors = process.stderr
    reader = threading.Thread(target=lambda: said.extend(errors), daemon=True)
    reader.start()
    for line in process.stdout:
        key, _, value = line.strip().partition("=")
        if key == "out_time_us" and value.isdigit():
            progress(int(value) / 1e6)
    process.wait()
    reader.join()
    return "".join(said)


def reading(path: Path, demuxer: str, *, is_cut_off: bool = False) -> list[str | Path]:
    """The arguments that open a stranger's file: only as what its content is, and nothing else
    than this file.

    A fragmented MP4 whose recorder was killed while it wrote a fragment's head opens only from front to back
    (`is_cut_off`); ffmpeg looks at all heads first otherwise, and gives up.
    """
    straight = ["-seekable", "0"] if is_cut_off else []
    return ["-protocol_whitelist", "file,pipe", *straight, "-f", demuxer, "-i", path]


def probe(path: Path, demuxer: str, *, is_cut_off: bool = False) -> Streams:
    """What the file holds, by decoding nothing of it. Raises Refused for what is no media."""
    opened = reading(path, demuxer, is_cut_off=is_cut_off)
    said = run([*opened, "-map", "0", "-c", "copy", "-f", "null", "-"])
    # What the packets add up to holds also where the head has no length.
    ended = re.findall(r"time=(\d+):(\d\d):(\d\d(?:\.\d+)?)", said)
    head = re.search(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", said)
    clock = ended[-1] if ended else head.groups() if head else ("0", "0", "0")
    source = said[said.find("Input #0") : said.find("Output #0")] if "Output #0" in said else said
    # The cover of a voice note is no film.
    video = re.search(r"Stream #0.*?: Video: (\w+)(?!.*\(attached pic\)).*?\b(\d{2,5})x(\d{2,5})\b", source)
    audio = re.search(r"Stream #0.*?: Audio: (\w+)", source)
    width, height = (int(video.group(2)), int(video.group(3))) if video else (0, 0)
    turned = re.search(r"rotation of (-?\d+)", source)
    if turned and int(turned.group(1)) % 180:
        width, height = height, width
    return Streams(
        seconds=int(clock[0]) * 3600 + int(clock[1]) * 60 + float(clock[2]),
        video=video.group(1) if video else "",
        audio=audio.group(1) if audio else "",
        width=width,
        height=height,
    )
