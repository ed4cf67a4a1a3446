"""What was said, written down by a machine where one is configured: faster-whisper on this machine, or
an OpenAI-compatible service.

GRIOT_TRANSCRIBER is `whisper+file:///folder/of/a/model` or `openai+https://:KEY@HOST/v1#MODEL`. Without
it people write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from griot.helpers.protocols import HelperError
from griot.testimonies.core.media.ffmpeg import run
from griot.testimonies.core.media.subtitles import Cue

RATE = 16_000  # Hz, what these models hear
TIMEOUT = 1800.0  # seconds that a service may take
LATEST = 360_000.0  # seconds that a recording may last
MOST_ANSWER = 8 * 1024 * 1024  # bytes
LONGEST, WIDEST = 6.0, 84  # seconds and characters of a subtitle: two lines that can be read


class Transcriber(Protocol):
    @property
    def where(self) -> str:
        """Who hears it, in words: this machine, or a host."""
        ...

    def transcribe(self, path: Path, language: str, progress: Callable[[float], None]) -> list[Cue]:
        """The words of a sound file (WAV), in seconds. `language` is ISO 639-1. Raises HelperError."""
        ...


@dataclass(frozen=True, slots=True)
class FasterWhisper:
    """faster-whisper (SYSTRAN) with a model in a folder; nothing is downloaded. It is installed beside Griot
    by who wants it.
    """

    folder: Path
    where: str = "this machine"

    def transcribe(self, path: Path, language: str, progress: Callable[[float], None]) -> list[Cue]:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise HelperError(
                "faster-whisper is not installed: .venv/bin/python -m pip install faster-whisper"
            ) from None
        if not self.folder.is_dir():
            raise HelperError(f"there is no folder {self.folder} with a model")
        try:
            model = WhisperModel(str(self.folder), device="cpu", compute_type="int8", local_files_only=True)
            segments, _ = model.transcribe(str(path), language=language, vad_filter=True)
            cues = []
            for segment in segments:
                cues.append(Cue(float(segment.start), float(segment.end), segment.text.strip()))
                progress(float(segment.end))
        except (RuntimeError, ValueError, OSError) as error:
            raise HelperError(f"faster-whisper: {str(error)[:160]}") from error
        return cues


@dataclass(frozen=True, slots=True)
class Service:
    """Any service with OpenAI's interface for speech (POST /audio/transcriptions). The sound
    leaves the house.
    """

    url: str
    key: str
    model: str

    @property
    def where(self) -> str:
        return urlsplit(self.url).hostname or self.url

    def transcribe(self, path: Path, language: str, progress: Callable[[float], None]) -> list[Cue]:
        fields = {"model": self.model, "language": language, "response_format": "verbose_json"}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with path.open("rb") as sound, httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
                answer = client.post(
                    f"{self.url.rstrip('/')}/audio/transcriptions",
                    data=fields,
                    files={"file": ("sound.wav", sound, "audio/wav")},
                    headers=headers,
                )
            if answer.status_code != 200:
                raise HelperError(f"{self.where} answered HTTP {answer.status_code}")
            if len(answer.content) > MOST_ANSWER:
                raise HelperError(f"{self.where} answered at more than {MOST_ANSWER // 1024**2} MB")
            return [_cue(row) for row in answer.json()["segments"]]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise HelperError(f"{self.where}: {type(error).__name__}") from None


def _cue(row: Any) -> Cue:
    begins, ends = float(row["start"]), float(row["end"])
    if not (0 <= begins <= LATEST and 0 <= ends <= LATEST):
        raise ValueError("no moment of a recording")
    return Cue(begins, ends, str(row["text"]).strip())


def transcriber_from(url: str) -> Transcriber:
    """The transcriber of an address. Raises HelperError where it can't be read."""
    kind, _, address = url.partition("+")
    parts = urlsplit(address)
    if kind == "whisper" and parts.scheme == "file":
        return FasterWhisper(Path(unquote(parts.path)))
    if kind == "openai" and parts.scheme in {"http", "https"} and parts.hostname and parts.fragment:
        port = f":{parts.port}" if parts.port else ""
        return Service(
            f"{parts.scheme}://{parts.hostname}{port}{parts.path}", parts.password or "", parts.fragment
        )
    raise HelperError(
        "GRIOT_TRANSCRIBER: whisper+file:///folder or openai+https://:KEY@HOST/v1#MODEL is expected"
    )


def as_heard(source: Path, opened: list[str | Path], to: Path) -> None:
    """The sound of a film as models hear it. Raises Refused."""
    run([*opened, "-vn", "-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav", to])


def readable(cues: list[Cue]) -> list[Cue]:
    """Cues that can be read: long ones apart at sentences and words, by their share of the time; none that
    ends before it begins.
    """
    found: list[Cue] = []
    for cue in cues:
        if cue.ends <= cue.begins or not cue.text:
            continue
        pieces = max(1, -(-len(cue.text) // WIDEST), int(-(-(cue.ends - cue.begins) // LONGEST)))
        parts = _apart(cue.text, pieces)
        begins, letters = cue.begins, sum(map(len, parts))
        for part in parts:
            ends = begins + (cue.ends - cue.begins) * len(part) / letters
            found.append(Cue(begins, ends, part.replace("{", "(").replace("}", ")")))
            begins = ends
    return found


def _apart(text: str, pieces: int) -> list[str]:
    words, found = text.split(), [""]
    wanted = len(text) / pieces
    for word in words:
        if found[-1] and len(found[-1]) + len(word) / 2 > wanted and len(found) < pieces:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    return found
