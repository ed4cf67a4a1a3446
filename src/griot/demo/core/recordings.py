"""The demo's recordings, made by code: a plucked tune, films of drawn pictures, photos of drawn
things and people.
"""

from __future__ import annotations

import io
import random
import wave
from pathlib import Path

import numpy as np
from PIL import Image

from griot.demo.core.pictures import (
    CLAY,
    CLOTHS,
    CREAM,
    DUSK,
    GOLD,
    INK,
    NIGHT,
    SAND,
    SEA,
    SKINS,
    Canvas,
    face,
)
from griot.testimonies.core.media.ffmpeg import run

RATE = 32_000  # samples a second
# A pentatonic tune, as steps of a scale and lengths in beats.
_SCALE = (196.0, 220.0, 261.6, 293.7, 329.6, 392.0, 440.0, 523.3)
_BEAT = 0.32  # seconds


def tune(seed: int, seconds: float) -> bytes:
    """A plucked tune as WAV: strings after Karplus and Strong (1983), two voices."""
    chance = random.Random(seed)
    out = np.zeros(int(seconds * RATE))
    at, step = 0.0, 3
    while at < seconds - _BEAT:
        step = max(0, min(len(_SCALE) - 1, step + chance.choice((-2, -1, -1, 0, 1, 1, 2))))
        _pluck(out, at, _SCALE[step], 0.5)
        if chance.random() < 0.35:
            _pluck(out, at, _SCALE[step] / 2, 0.35)
        at += _BEAT * chance.choice((0.5, 1, 1, 1, 2))
    out *= 0.8 / max(1e-9, float(np.abs(out).max()))
    fade = np.minimum(1, np.minimum(np.arange(len(out)), np.arange(len(out))[::-1]) / (0.3 * RATE))
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((out * fade * 32767).astype("<i2").tobytes())
    return content.getvalue()


def _pluck(out: np.ndarray, at: float, pitch: float, strength: float) -> None:
    period = int(RATE / pitch)
    string = np.random.default_rng(int(pitch * 10) + int(at * 100)).uniform(-1, 1, period)
    length = min(int(1.6 * RATE), len(out) - int(at * RATE))
    sound = np.empty(max(0, length))
    for begin in range(0, len(sound), period):
        part = sound[begin : begin + period]
        part[:] = string[: len(part)]
        string = 0.498 * (string + np.roll(string, 1))
    out[int(at * RATE) : int(at * RATE) + len(sound)] += strength * sound


def person(seed: int) -> Image.Image:
    """Somebody before a wall, looking at the one who asks."""
    chance = random.Random(seed)
    c = Canvas(
        chance.choice([(236, 204, 150), (196, 214, 206), (222, 190, 170)]),
        chance.choice([(214, 128, 96), (120, 150, 150), (168, 120, 110)]),
        seed,
    )
    for n in range(9):
        c.line([(n * 210 - 60, 0), (n * 210 - 160, 1000)], (255, 255, 255), 3)
    c.drop(2)
    cloths = chance.sample(CLOTHS, 2)
    face(c, 800, 430, chance.choice(SKINS), cloths[0], cloths[1])
    return c.finished()


def thing(name: str) -> Image.Image:
    """One of: kettle, key, radio, drum."""
    c = Canvas((230, 210, 180), (190, 150, 120), 4)
    c.box(0, 700, 1600, 300, (132, 84, 60))
    c.drop(6)
    if name == "kettle":
        c.line([(560, 420), (600, 280), (1000, 280), (1040, 420)], INK, 26)
        c.shape([(1040, 520), (1260, 400), (1290, 430), (1060, 620)], SEA)
        c.disc(800, 560, 270, SEA, 200)
        c.box(680, 330, 240, 50, GOLD, 20)
        c.disc(800, 318, 26, CLAY)
        for n in range(3):
            c.box(300 + n * 130, 690, 80, 90, (220, 232, 228), 10)
    elif name == "key":
        c.disc(520, 500, 150, GOLD)
        c.disc(520, 500, 80, (206, 172, 142))
        c.box(650, 470, 560, 60, GOLD, 12)
        for x in (1020, 1110):
            c.box(x, 520, 56, 120, GOLD, 6)
    elif name == "radio":
        c.line([(1120, 330), (1290, 90)], INK, 10)
        c.box(400, 320, 800, 420, CLAY, 30)
        c.disc(640, 530, 150, INK)
        c.disc(640, 530, 110, DUSK)
        c.box(850, 400, 290, 90, CREAM, 10)
        c.box(960, 404, 8, 82, CLAY)
        for x in (900, 1080):
            c.disc(x, 620, 48, SAND)
    else:
        c.shape([(520, 330), (1080, 330), (950, 560), (1020, 840), (580, 840), (650, 560)], CLAY)
        c.disc(800, 330, 280, CREAM, 70)
        for x in range(540, 1080, 90):
            c.line([(x, 350), (800 + (x - 800) * 0.55, 560)], NIGHT, 8)
    c.drop(14)
    return c.finished()


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86)
    return out.getvalue()


def film(folder: Path, image: Image.Image, seed: int, seconds: float = 6) -> bytes:
    """A film of the picture, slowly drawn near, with a tune, as a phone records it."""
    image.resize((1280, 800)).save(folder / "picture.png")
    (folder / "tune.wav").write_bytes(tune(seed, seconds))
    to = folder / "film.webm"
    run(
        [
            "-loop",
            "1",
            "-framerate",
            "25",
            "-t",
            str(seconds),
            "-i",
            folder / "picture.png",
            "-i",
            folder / "tune.wav",
            "-vf",
            (
                f"scale=2560:-1,zoompan=z='1+0.12*on/{int(seconds * 25)}':x='iw/2-iw/zoom/2'"
                f":y='ih/2-ih/zoom/2':d=1:s=854x534:fps=25"
            ),
            "-shortest",
            "-c:v",
            "libvpx",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
            "-b:v",
            "700k",
            "-c:a",
            "libopus",
            "-pix_fmt",
            "yuv420p",
            to,
        ]
    )
    return to.read_bytes()
