"""Faces that are covered and voices that are altered, in what is made to be shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from griot.demo.core.pictures import draw
from griot.testimonies.core.media.anonymising import blur_film, blur_picture, cover, faces, voice_filter
from griot.testimonies.core.media.ffmpeg import probe, reading, run
from tests.testimonies import made

# Two drawn faces, light and dark, as (left, top, right, bottom) in the picture of 1600 × 1000.
FACES = [(400, 330, 650, 560), (970, 380, 1210, 620)]


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    return draw("portrait")


def detail(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How many different colours a face has: its lines, its shades."""
    return float(len(np.unique(np.asarray(image.crop(box)).reshape(-1, 3), axis=0)))


def test_light_and_dark_faces_are_found(portrait):
    found = faces(np.asarray(portrait))
    for left, top, right, bottom in FACES:
        assert any(a <= left and b <= top and c >= right and d >= bottom for a, b, c, d in found)


def test_two_threads_may_look_at_once(portrait):
    with ThreadPoolExecutor(4) as pool:
        sizes = [(640 + 64 * n, 400 + 32 * n) for n in range(12)]
        assert all(pool.map(lambda size: faces(np.asarray(portrait.resize(size))), sizes))


def test_nothing_of_a_face_is_left_in_a_photo(portrait):
    covered = blur_picture(portrait)
    for box in FACES:
        assert detail(portrait, box) > 200 and detail(covered, box) <= 100
    assert covered.size == portrait.size
    corner = (0, 0, 200, 200)
    assert np.array_equal(np.asarray(covered.crop(corner)), np.asarray(portrait.crop(corner))), (
        "the rest stays as it was"
    )


def test_a_cover_has_a_few_squares_of_one_colour():
    noise = np.random.default_rng(1).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    part = cover(noise, [(10, 10, 110, 110)])[10:110, 10:110]
    assert len(np.unique(part.reshape(-1, 3), axis=0)) <= 36


def test_faces_are_covered_in_every_frame_of_a_film(portrait, tmp_path):
    """The faces move across the picture and are missing in some frames that the detector looks at."""
    portrait.resize((640, 400)).save(tmp_path / "p.png")
    film = tmp_path / "film.mp4"
    run(
        [
            "-loop",
            "1",
            "-i",
            tmp_path / "p.png",
            "-t",
            "2",
            "-vf",
            "scroll=h=0.002",
            "-r",
            "25",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            film,
        ]
    )
    heard: list[float] = []
    out = tmp_path / "out.mkv"
    blur_film(film, reading(film, "mov"), out, heard.append)
    streams = probe(out, "matroska")
    assert (
        streams.video == "h264"
        and not streams.audio
        and streams.seconds == pytest.approx(2, abs=0.2)
        and heard
    )
    run([*reading(out, "matroska"), "-vf", "fps=5", tmp_path / "frame%02d.png"])
    frames = sorted(tmp_path.glob("frame*.png"))
    assert len(frames) >= 8
    for path in frames:
        with Image.open(path) as image:
            assert not faces_left(np.asarray(image.convert("RGB"))), path.name


def faces_left(frame: np.ndarray) -> list:
    from griot.testimonies.core.media.anonymising import _detector

    found, _ = _detector()(np.ascontiguousarray(frame), threshold=0.35)
    return list(found)


def test_an_altered_voice_is_another_and_as_long(tmp_path, monkeypatch):
    monkeypatch.setenv("MALLOC_PERTURB_", "165")  # a filter that reads memory before it sets it shows itself
    source = made.sound(tmp_path, "wav", seconds=2)
    altered = tmp_path / "altered.wav"
    run([*reading(source, "wav"), "-af", voice_filter(), altered])
    assert probe(altered, "wav").seconds == pytest.approx(2, abs=0.15)

    def pitch(path) -> float:
        run([*reading(path, "wav"), "-f", "f32le", "-ac", "1", "-ar", "8000", path.with_suffix(".raw")])
        signal = np.fromfile(path.with_suffix(".raw"), np.float32)
        return float(np.abs(np.fft.rfft(signal)).argmax() * 8000 / len(signal))

    assert pitch(source) == pytest.approx(440, abs=3) and abs(pitch(altered) / 440 - 1) > 0.12
    assert voice_filter() != voice_filter(), "by an amount that is kept nowhere"
