"""Recordings and photos for tests, made here: they say where they were taken, as phones' do."""

from __future__ import annotations

import io
import struct
import subprocess
from pathlib import Path

from PIL import Image, ImageCms

from griot.testimonies.core.media.ffmpeg import program, run

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


def display_p3(description: str = "Display P3") -> bytes:
    """The colour profile in which phones photograph: sRGB's curve with the primaries of P3 (Apple's profile,
    adapted to D50). Both its texts say `description`, of at most 13 letters.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for n in range(struct.unpack_from(">I", profile, 128)[0]):
        tag, at, _ = struct.unpack_from(">4sII", profile, 132 + 12 * n)
        if tag in primaries:
            struct.pack_into(">3i", profile, at + 8, *(round(v * 65536) for v in primaries[tag]))
        if tag in {b"desc", b"cprt"}:
            text = description.encode("utf-16-be")
            profile[at + 28 : at + 28 + 26] = text.ljust(26, b"\0")
    return bytes(profile)


def several(folder: Path, name: str, *arguments: str | Path, seconds: float = 2, rate: int = 44100) -> Path:
    """A film of bars and a tone, as `arguments` have it written: the sound is input 1."""
    to = folder / name
    bars, tone = "testsrc2=size=320x240:rate=15", f"sine=frequency=440:sample_rate={rate}"
    inputs = ["-f", "lavfi", "-i", bars, "-f", "lavfi", "-i", tone]
    run([*inputs, "-t", str(seconds), "-pix_fmt", "yuv420p", *arguments, to])
    return to


def described(path: Path) -> str:
    """What ffmpeg says of a file."""
    return subprocess.run([program(), "-hide_banner", "-i", path], capture_output=True, text=True).stderr
