"""What ffmpeg and Pillow make of one opened file: films, sound, stills, photos, the shape of its sound. Files
in, files out.

A cut is applied as it is made: what lies before and after is not read, and what is not to be heard is a tone.
The faces of a film are covered once, uncut, in COVERED beside it; whatever is made later finds it there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.anonymising import FILM_HEIGHT, blur_film, blur_picture, voice_filter
from griot.testimonies.core.media.arrival import Container, container_of
from griot.testimonies.core.media.ffmpeg import probe, reading, run
from griot.testimonies.core.media.pictures import SRGB, plain
from griot.testimonies.core.types import Cut

Progress = Callable[[float], None]  # hears of the seconds that are done
Arguments = list[str | Path]
COVERED = "covered.mkv"
PHOTO_WIDTH, STILL_WIDTH, LIGHT_HEIGHT, SMALL_HEIGHT = 1600, 1280, 240, 360  # pixels
# The steps of a film (HLS, RFC 8216): lines, and kbit/s of pictures. Only those that the film itself has are
# made.
STEPS = ((360, 500), (720, 1800), (1080, 4000))
SEGMENT = 6  # seconds
TONE = 800  # Hz, where something is not to be heard
TRIED, SLOWEST = 5.0, 1.0  # seconds of a film that AV1 is tried on, and how many times that it may take
PEAKS_A_SECOND, MOST_PEAKS = 20, 12_000
WHOLE = Cut()
_NOTHING_SAID: Arguments = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
_NOTHING_SAID += ["-flags:a", "+bitexact", "-flags:v", "+bitexact"]
_WITHOUT_SEI: Arguments = ["-bsf:v", "filter_units=remove_types=6"]  # x264 tells its settings in it


def _container(source: Path) -> Container:
    with source.open("rb") as file:
        container = container_of(file.read(64))
    if container is None:
        raise Refused("the sealed file is no media")
    return container


def opened(source: Path, cut: Cut = WHOLE) -> Arguments:
    """The arguments that open a sealed file, once it is open, as what its content is."""
    return [*_span(cut), *reading(source, _container(source).demuxer)]


def _span(cut: Cut) -> Arguments:
    """The options that read a file from the cut's begin to its end; what is read begins at 0."""
    begin: Arguments = ["-ss", f"{cut.begins:.3f}"] if cut.begins else []
    return [*begin, *(["-t", f"{cut.ends - cut.begins:.3f}"] if cut.ends is not None else [])]


def _sound(voice: str, cut: Cut, rate: str, codec: str = "aac") -> Arguments:
    """How the sound is written: altered, hidden, with a tone over what is not to be heard."""
    if voice == "hide":
        return ["-an"]
    filters = []
    if cut.bleeps:
        spans = "+".join(
            f"between(t,{max(0.0, a - cut.begins):.3f},{b - cut.begins:.3f})"
            for a, b in cut.bleeps
            if b > cut.begins
        )
        filters.append(f"aeval=exprs='if(gt({spans or 0},0),0.1*sin(2*PI*{TONE}*t),val(ch))':c=same")
    if voice == "alter":
        filters.append(voice_filter())
    return [*(["-af", ",".join(filters)] if filters else []), "-c:a", codec, "-b:a", rate, "-ac", "1"]


def _shown(source: Path, face: str, cut: Cut, progress: Progress) -> tuple[Arguments, str]:
    """What to open for a film, its faces covered where that is wanted; and where its sound comes from."""
    if face != "blur":
        return opened(source, cut), "0:a:0"
    covered = source.with_name(COVERED)
    if not covered.is_file():
        blur_film(source, opened(source), covered, progress)
    return [*_span(cut), *reading(covered, "matroska"), *opened(source, cut)], "1:a:0"


def light(source: Path, to: Path, face: str, voice: str, cut: Cut, progress: Progress) -> None:
    """A film of 240 lines for slow lines, which every browser plays."""
    inputs, sound = _shown(source, face, cut, progress)
    run(
        [
            *inputs,
            "-map",
            "0:v:0",
            "-map",
            f"{sound}?",
            "-vf",
            f"scale=-2:{LIGHT_HEIGHT}",
            "-c:v",
            "libx264",
            "-profile:v",
            "baseline",
            "-preset",
            "veryfast",
            "-crf",
            "28",
            "-pix_fmt",
            "yuv420p",
            *_WITHOUT_SEI,
            *_sound(voice, cut, "48k"),
            *_NOTHING_SAID,
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            to,
        ],
        progress,
    )


def small(source: Path, to: Path, face: str, voice: str, cut: Cut, progress: Progress) -> None:
    """A film of 360 lines in AV1 and Opus, smaller than the light one. Raises Refused where the encoder is
    slower than the film.
    """
    inputs, sound = _shown(source, face, cut, progress)
    writing: Arguments = [
        "-map",
        "0:v:0",
        "-map",
        f"{sound}?",
        "-vf",
        f"scale=-2:{SMALL_HEIGHT}",
        "-c:v",
        "libsvtav1",
        "-preset",
        "10",
        "-crf",
        "45",
        "-pix_fmt",
        "yuv420p",
        *_sound(voice, cut, "32k", "libopus"),
        *_NOTHING_SAID,
        "-f",
        "webm",
    ]
    began = time.monotonic()
    run([*inputs, *writing, "-t", str(TRIED), to])
    if time.monotonic() - began > SLOWEST * TRIED:
        raise Refused("not made: AV1 takes longer than the film here")
    run([*inputs, *writing, to], progress)


def stream(
    source: Path, folder: Path, face: str, voice: str, cut: Cut, height: int, progress: Progress
) -> int:
    """The film in steps of quality, as playlists and segments in `folder`, by one pass of the decoder. Gives
    the most lines of a step.
    """
    inputs, from_sound = _shown(source, face, cut, progress)
    most = height if face == "show" else min(height, FILM_HEIGHT)
    steps = [step for step in STEPS if step[0] <= most] or [(max(2, most // 2 * 2), STEPS[0][1])]
    heard = bool(probe(source, _container(source).demuxer).audio) and voice != "hide"
    split = f"[0:v:0]split={len(steps)}" + "".join(f"[a{n}]" for n in range(len(steps)))
    scaled = ";".join(f"[a{n}]scale=-2:{lines}[v{n}]" for n, (lines, _) in enumerate(steps))
    outputs: Arguments = []
    for n, (_, rate) in enumerate(steps):
        outputs += [
            "-map",
            f"[v{n}]",
            *(["-map", from_sound] if heard else []),
            f"-b:v:{n}",
            f"{rate}k",
            f"-maxrate:v:{n}",
            f"{rate * 3 // 2}k",
            f"-bufsize:v:{n}",
            f"{rate * 2}k",
        ]
    variants = " ".join(f"v:{n},a:{n}" if heard else f"v:{n}" for n in range(len(steps)))
    run(
        [
            *inputs,
            "-filter_complex",
            f"{split};{scaled}",
            *outputs,
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-pix_fmt",
            "yuv420p",
            "-force_key_frames",
            f"expr:gte(t,n_forced*{SEGMENT})",
            *_WITHOUT_SEI,
            *(_sound(voice, cut, "96k") if heard else []),
            *_NOTHING_SAID,
            "-metadata",
            "service_provider=-",
            "-metadata",
            "service_name=-",
            "-f",
            "hls",
            "-hls_time",
            str(SEGMENT),
            "-hls_playlist_type",
            "vod",
            "-hls_segment_filename",
            folder / "%v-%04d.ts",
            "-master_pl_name",
            "master.m3u8",
            "-var_stream_map",
            variants,
            folder / "%v.m3u8",
        ],
        progress,
    )
    return steps[-1][0]


def joined(segments: Path, to: Path) -> None:
    """Segments of a stream, put one after the other in a file, as one film; nothing is encoded anew."""
    run(
        [
            *reading(segments, "mpegts"),
            "-map",
            "0",
            "-c",
            "copy",
            *_NOTHING_SAID,
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            to,
        ]
    )


def sound(source: Path, to: Path, voice: str, cut: Cut, progress: Progress) -> None:
    run(
        [
            *opened(source, cut),
            "-vn",
            *_sound(voice, cut, "64k"),
            *_NOTHING_SAID,
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            to,
        ],
        progress,
    )


def still(source: Path, to: Path, face: str, at: float) -> None:
    """The picture at a moment, in seconds of the film as it was recorded; the last one, where there is
    none so late.
    """
    frame = source.with_name("frame.png")
    for moment in (at, max(0.0, at - 1.0), 0.0):
        run([*opened(source), "-ss", f"{moment:.3f}", "-frames:v", "1", "-f", "image2", "-c:v", "png", frame])
        if frame.is_file():
            break
    photo(frame, to, face, STILL_WIDTH)


def photo(source: Path, to: Path, face: str, width: int = PHOTO_WIDTH) -> None:
    with Image.open(source) as image:
        upright = plain(image).convert("RGB")
    shown = blur_picture(upright) if face == "blur" else upright
    shown.thumbnail((width, width * 2))
    shown.save(to, "JPEG", quality=82, icc_profile=SRGB)


def waves(source: Path, to: Path, seconds: float) -> None:
    """The loudest of each twentieth of a second, from 0 to 100, as JSON: {"seconds", "peaks"}. What is said
    can't be told from it.
    """
    raw = source.with_name("raw")
    run([*opened(source), "-vn", "-ac", "1", "-ar", "4000", "-f", "s8", raw])
    heard = np.abs(np.fromfile(raw, np.int8).astype(np.int16))
    count = int(min(MOST_PEAKS, max(1, len(heard) / 4000 * PEAKS_A_SECOND)))
    peaks = [int(part.max(initial=0)) for part in np.array_split(heard, count)]
    top = max([*peaks, 1])
    to.write_text(
        json.dumps({"seconds": seconds or len(heard) / 4000, "peaks": [p * 100 // top for p in peaks]})
    )


def size_of(path: Path, mime: str) -> tuple[int, int]:
    """Width and height of a picture or a film in pixels; zeros for what has none."""
    if mime.startswith("image/"):
        with Image.open(path) as image:
            return image.width, image.height
    if mime.startswith("video/"):
        streams = probe(path, "mov" if mime == "video/mp4" else "matroska")
        return streams.width, streams.height
    return 0, 0
