"""Recordings and photos for tests, made here: they say where they were taken, as phones' do."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from griot.testimonies.core.media.ffmpeg import run

PLACE = "+14.6937-017.4441/"  # Dakar
_FILM = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=320x240:rate=15",
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=440:sample_rate=44100",
]
_TAGS = [
    "-metadata",
    f"location={PLACE}",
    "-metadata",
    f"location-eng={PLACE}",
    "-metadata",
    "title=Aunt Awa's kitchen",
    "-metadata",
    "artist=Ousmane",
    "-metadata",
    "comment=GPS 14.6937 N",
    "-metadata",
    "creation_time=2026-01-02T03:04:05Z",
]


def film(folder: Path, kind: str = "mp4", seconds: float = 2) -> Path:
    """A film of bars and a tone that says where it was made, in one of: mp4, mov, 3gp, webm, mkv."""
    to = folder / f"film.{kind}"
    codecs = {
        "webm": ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"],
        "3gp": ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-ar", "44100"],
    }.get(kind, ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"])
    apple = [
        "-movflags",
        "use_metadata_tags",
        "-metadata",
        f"com.apple.quicktime.location.ISO6709={PLACE}",
        "-metadata",
        "com.apple.quicktime.model=iPhone",
    ]
    run(
        [
            *_FILM,
            "-t",
            str(seconds),
            "-pix_fmt",
            "yuv420p",
            *codecs,
            *_TAGS,
            *(apple if kind == "mov" else []),
            to,
        ]
    )
    return to


def sound(folder: Path, kind: str = "ogg", seconds: float = 2) -> Path:
    to = folder / f"sound.{kind}"
    run([*_FILM[4:], "-t", str(seconds), *_TAGS, to])
    return to


def photo(kind: str = "JPEG") -> bytes:
    """A photo with a position, a device and words in its EXIF."""
    image = Image.new("RGB", (400, 300), (30, 90, 60))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x010E] = "Phone maker", "Model 7", "In front of Awa's house"
    exif.get_ifd(0x8825).update({1: "N", 2: (14.0, 41.0, 37.3), 3: "W", 4: (17.0, 26.0, 38.8)})
    out = io.BytesIO()
    if kind == "HEIF":
        from pillow_heif import from_pillow

        from_pillow(image).save(out, format="HEIF", exif=exif.tobytes(), quality=80)
    else:
        image.save(out, kind, exif=exif)
    return out.getvalue()
