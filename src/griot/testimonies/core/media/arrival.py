"""What happens to a file on arrival, before anyone sees it: what it is by its content, and all that it says
of itself out.

Pure: files in, files out. `intake/receiving.py` does it to what was uploaded.
"""

from __future__ import annotations

import shutil
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.ffmpeg import Streams, probe, reading, run
from griot.testimonies.core.media.pictures import as_file

register_heif_opener()

Media = Literal["video", "audio", "photo"]
MOST_BYTES = 2 * 1024**3
MOST_SECONDS = 2 * 3600
MOST_PIXELS = 80_000_000


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file we take: how ffmpeg opens and writes it, its media type and its suffix."""

    name: str
    demuxer: str
    muxer: str
    mime: str
    suffix: str


_MP4 = Container("MP4", "mov", "mp4", "video/mp4", ".mp4")
_MOV = Container("QuickTime", "mov", "mov", "video/quicktime", ".mov")
_3GP = Container("3GP", "mov", "3gp", "video/3gpp", ".3gp")
_WEBM = Container("WebM", "matroska", "webm", "video/webm", ".webm")
_MKV = Container("Matroska", "matroska", "matroska", "video/x-matroska", ".mkv")
_OGG = Container("Ogg", "ogg", "ogg", "audio/ogg", ".ogg")
_WAV = Container("WAV", "wav", "wav", "audio/wav", ".wav")
_MP3 = Container("MP3", "mp3", "mp3", "audio/mpeg", ".mp3")
_AAC = Container("AAC", "aac", "adts", "audio/aac", ".aac")
_AMR = Container("AMR", "amr", "amr", "audio/amr", ".amr")
# What holds any stream, where a phone has put one into a file that by its kind has no place for it: AMR in
# MP4, HEVC in 3GP, H.264 in WebM.
_ROOMY = {"mov": _MOV, "matroska": _MKV}
_PICTURES = {
    "JPEG": ("image/jpeg", ".jpg"),
    "MPO": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "AVIF": ("image/avif", ".avif"),
    "HEIF": ("image/jpeg", ".jpg"),
}
_PICTURE_BRANDS = frozenset(
    {b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
_STILL = frozenset({"JPEG", "MPO", "HEIF"})  # of several pictures in one file the first is what was taken
# Supplemental enhancement information (AV1: metadata, padding): where cameras write what they like, GPS
# included.
_WITHOUT_SEI = {
    "h264": "filter_units=remove_types=6",
    "hevc": "filter_units=remove_types=39-40",
    "av1": "filter_units=remove_types=5|15",
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that may be kept: what it is, and its length in seconds (0 for a photo)."""

    media: Media
    mime: str
    suffix: str
    seconds: float = 0.0
    width: int = 0
    height: int = 0


def container_of(head: bytes) -> Container | None:
    """What a file is by its first bytes (64 are enough), whatever it is called; None for what we don't
    take as media.
    """
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand[:3] in {b"3gp", b"3g2"}:
            return _3GP
        if brand[:2] == b"qt":
            return _MOV
        return None if brand in _PICTURE_BRANDS else _MP4
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free"}:
        return _MOV
    if head[:4] == b"\x1aE\xdf\xa3":
        return _WEBM if b"webm" in head else _MKV
    if head[:4] == b"OggS":
        return _OGG
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _WAV
    if head[:5] == b"#!AMR":  # RFC 4867 §5: voice notes of many Android phones
        return _AMR
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return _MP3
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return _AAC
    return None


def take_in(source: Path, to: Path) -> Arrived:
    """Write what `source` holds to `to`, saying nothing of where, when or with what it was made.

    The streams of audio and video are the same packets as before. Raises Refused for what can't be opened as
    a picture, sound or film, or is too large or too long; `to` is then of no use.
    """
    if (size := source.stat().st_size) > MOST_BYTES:
        raise Refused(f"the file has {size // 2**20} MB; at most {MOST_BYTES // 2**20} are taken")
    with source.open("rb") as file:
        head = file.read(64)
    container = container_of(head)
    return _take_film(source, to, container) if container else _take_picture(source, to)


def _take_film(source: Path, to: Path, container: Container) -> Arrived:
    is_cut_off = False
    try:
        streams = probe(source, container.demuxer)
    except Refused:
        if container.demuxer != "mov":
            raise
        is_cut_off = True
        streams = probe(source, container.demuxer, is_cut_off=True)
    if not streams.video and not streams.audio:
        raise Refused("the file holds neither sound nor pictures")
    if streams.seconds > MOST_SECONDS:
        raise Refused(
            f"the recording lasts {streams.seconds / 60:.0f} minutes; at most {MOST_SECONDS // 60} are taken"
        )
    opened = reading(source, container.demuxer, is_cut_off=is_cut_off)
    try:
        strip(opened, to, container, streams)
    except Refused:
        if _ROOMY.get(container.demuxer, container) == container:
            raise
        container = _ROOMY[container.demuxer]
        strip(opened, to, container, streams)
    mime = container.mime if streams.video else container.mime.replace("video/", "audio/")
    return Arrived(
        "video" if streams.video else "audio",
        mime,
        container.suffix,
        streams.seconds,
        streams.width,
        streams.height,
    )


def strip(opened: list[str | Path], to: Path, container: Container, streams: Streams) -> None:
    """Write the same streams anew: no tags, chapters, data tracks, attachments, SEI or dates of making."""
    sei = ["-bsf:v", _WITHOUT_SEI[streams.video]] if streams.video in _WITHOUT_SEI else []
    run(
        [
            *opened,
            *(["-map", "0:V:0"] if streams.video else []),  # V: no covers
            *(["-map", "0:a:0"] if streams.audio else []),
            "-dn",
            "-sn",
            "-map_metadata",
            "-1",
            "-map_metadata:s",
            "-1",
            "-map_chapters",
            "-1",
            "-c",
            "copy",
            *sei,
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact",
            *(["-write_tmcd", "0"] if container.demuxer == "mov" else []),
            "-f",
            container.muxer,
            to,
        ]
    )


def _take_picture(source: Path, to: Path) -> Arrived:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source) as image:
                kind, (width, height) = image.format or "", image.size
                if kind not in _PICTURES:
                    raise Refused(
                        f"pictures of the kind {kind or 'unknown'} are not opened; JPEG, PNG, WebP, AVIF and"
                        " HEIC are"
                    )
                if getattr(image, "is_animated", False) and kind not in _STILL:
                    raise Refused("moving pictures are opened as films, not as pictures")
                if width * height > MOST_PIXELS:
                    raise Refused(
                        f"the picture has {width} × {height} pixels; at most {MOST_PIXELS // 10**6} million"
                        " are opened"
                    )
                # HEIC is shown by few browsers: its pixels are kept as JPEG. libheif turns them upright.
                content = as_file(image, "JPEG" if kind in _STILL else kind)
    except Refused:
        raise
    # Whatever a decoder stumbles over (struct.error, ZeroDivisionError, …): the file is kept for a person.
    except Exception as error:
        why = "its kind is not known" if isinstance(error, UnidentifiedImageError) else str(error)[:120]
        raise Refused(f"this is no picture, sound or film that can be read ({why})") from error
    to.write_bytes(content)
    with Image.open(to) as image:
        width, height = image.size
    mime, suffix = _PICTURES[kind]
    return Arrived("photo", mime, suffix, 0.0, width, height)


def scan(path: Path) -> str:
    """The name of what ClamAV finds in the file; "" for nothing, or where ClamAV is not installed."""
    program = shutil.which("clamdscan") or shutil.which("clamscan")
    if program is None:
        return ""
    done = subprocess.run(
        [program, "--no-summary", "--infected", str(path)], capture_output=True, text=True, timeout=600
    )
    return (
        done.stdout.strip().rpartition(": ")[2].removesuffix(" FOUND")[:200] if done.returncode == 1 else ""
    )
