"""Wherever a file has room for words, none of them is in what is shown: a name is planted in every such place,
and looked for byte by byte and by exiftool.
"""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageSequence, PngImagePlugin

from griot.testimonies.core.media import encoding
from griot.testimonies.core.media.arrival import take_in
from griot.testimonies.core.media.pictures import SRGB, without_metadata
from tests.testimonies import made
from tests.testimonies.core.media.test_arrival import needs_exiftool, said

MARK = "Zephyrine"  # in no file by chance
PLANTED = MARK.encode()
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="{MARK}"/></rdf:RDF></x:xmpmeta>'
).encode()
SIGNED = re.compile(rb"Lav[cf]\d|x264 - core|LAME|FFmpeg")  # what writes files signs them, with its version


def names_nobody(path: Path) -> bool:
    content = path.read_bytes()
    forms = [PLANTED, MARK.encode("utf-16-le"), MARK.encode("utf-16-be"), PLANTED[::-1]]
    return not any(form in content for form in forms) and MARK not in said(path)


# --- pictures -----------------------------------------------------------------------------------


def photograph() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB").resize((90, 60))


def saved(image: Image.Image, kind: str, **more) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x010E], exif[0x9286] = MARK, MARK, MARK
    exif.get_ifd(0x8769).update({0x927C: PLANTED, 0xA430: MARK})
    out = io.BytesIO()
    profile = made.display_p3(MARK)
    image.save(out, kind, exif=exif.tobytes(), xmp=XMP, icc_profile=profile, **more)
    return out.getvalue()


def jpeg() -> bytes:
    """A segment of every number that has no meaning of its own, a comment, and words after the end."""
    whole = saved(photograph(), "JPEG", comment=PLANTED)
    others = (0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEF, 0xFE)
    segments = b"".join(struct.pack(">BBH", 0xFF, n, len(PLANTED) + 2) + PLANTED for n in others)
    return whole[:2] + segments + whole[2:] + PLANTED


def mpo() -> bytes:
    return saved(photograph(), "MPO", save_all=True, append_images=[photograph()], comment=PLANTED) + PLANTED


def png(**more) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK)
    info.add_text("Comment", MARK, zip=True)
    info.add_itxt("Title", MARK, zip=True)
    info.add(b"maRk", PLANTED)
    info.add(b"tIME", struct.pack(">H5B", 2026, 1, 2, 3, 4, 5))
    whole = saved(photograph(), "PNG", pnginfo=info, **more)
    return whole + PLANTED


def webp(**more) -> bytes:
    whole = saved(photograph(), "WEBP", **more)
    body = whole[8:] + b"MARK" + struct.pack("<I", 10) + PLANTED + b"\0"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif(**more) -> bytes:
    return saved(photograph(), "AVIF", **more) + struct.pack(">I4s", 8 + len(PLANTED), b"free") + PLANTED


def heic() -> bytes:
    return saved(photograph(), "HEIF") + struct.pack(">I4s", 8 + len(PLANTED), b"free") + PLANTED


def gif(**more) -> bytes:
    """A comment, and an application's block: Adobe keeps XMP there."""
    out = io.BytesIO()
    photograph().save(out, "GIF", comment=PLANTED, **more)
    block = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLANTED)]) + PLANTED + b"\0"
    return out.getvalue()[:-1] + block + b"\x3b" + PLANTED


def tiff() -> bytes:
    out = io.BytesIO()
    words = {270: MARK, 271: MARK, 305: MARK, 315: MARK, 700: XMP, 65000: MARK}
    photograph().save(out, "TIFF", tiffinfo=words, icc_profile=made.display_p3(MARK))
    return out.getvalue()


PICTURES = {"JPEG": jpeg, "MPO": mpo, "PNG": png, "WEBP": webp, "AVIF": avif, "HEIF": heic}


def only_standard(path: Path) -> bool:
    with Image.open(path) as image:
        return image.info.get("icc_profile") == SRGB


@needs_exiftool
@pytest.mark.parametrize("kind", PICTURES)
def test_no_carrier_of_a_photo_survives_in_what_is_kept_or_shown(tmp_path, kind):
    source, clean, shown = tmp_path / "source", tmp_path / "clean", tmp_path / "shown"
    source.write_bytes(PICTURES[kind]())
    assert not names_nobody(source)
    take_in(source, clean)
    encoding.photo(clean, shown, "show")
    for path in (clean, shown):
        assert names_nobody(path) and only_standard(path), said(path)


@needs_exiftool
@pytest.mark.parametrize("kind", [*PICTURES, "GIF", "TIFF"])
def test_no_carrier_of_a_picture_survives_in_the_library(tmp_path, kind):
    path = tmp_path / "picture"
    path.write_bytes({**PICTURES, "GIF": gif, "TIFF": tiff}[kind]())
    assert not names_nobody(path)
    path.write_bytes(without_metadata(path.read_bytes()))
    assert names_nobody(path), said(path)
    assert only_standard(path) or kind == "GIF", "which has no place for a profile"


@needs_exiftool
@pytest.mark.parametrize("make", [gif, png, webp, avif])
def test_a_moving_picture_says_nothing_and_goes_on_moving(tmp_path, make):
    turned = [photograph().rotate(90), photograph().rotate(180)]
    path = tmp_path / "picture"
    path.write_bytes(make(save_all=True, append_images=turned, duration=[100, 200, 300], loop=0))
    assert not names_nobody(path)
    path.write_bytes(without_metadata(path.read_bytes()))
    assert names_nobody(path), said(path)
    with Image.open(path) as image:
        times = []
        for frame in ImageSequence.Iterator(image):
            frame.load()
            times.append(frame.info["duration"])
    assert times == [100, 200, 300]


def test_what_is_seen_through_stays_so():
    clear = photograph().convert("RGBA")
    clear.putalpha(100)
    few = photograph().quantize(8)
    for image, more in ((clear, {}), (few, {"transparency": 3})):
        out = io.BytesIO()
        image.save(out, "PNG", **more)
        with Image.open(io.BytesIO(without_metadata(out.getvalue()))) as after:
            assert after.has_transparency_data


def test_the_profile_does_not_say_when_it_was_made():
    assert SRGB[24:36] == bytes(12)


# --- films and sound ----------------------------------------------------------------------------

_KEYS = ("title", "artist", "comment", "location", "make", "model", "encoded_by", "copyright", "synopsis")
TAGS = [part for key in _KEYS for part in ("-metadata", f"{key}={MARK}")]
TAGS += [
    "-metadata:s",
    f"handler_name={MARK}",
    "-metadata:s",
    f"title={MARK}",
    "-metadata:s",
    f"encoder={MARK}",
]
SEI = f"h264_metadata=sei_user_data='086f3693-b7b3-4f2c-9653-21492feee5b8+{MARK}'"
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bsf:v", SEI, "-c:a", "aac"]
VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-ar", "48000"]
FILMS = {
    "mp4": H264,
    "mov": [*H264, "-movflags", "use_metadata_tags", "-metadata", f"com.apple.quicktime.model={MARK}"],
    "3gp": H264,
    "mkv": H264,
    "webm": VP8,
}
SOUNDS = {
    "ogg": ["-c:a", "libvorbis"],
    "wav": ["-c:a", "pcm_s16le"],
    "mp3": ["-c:a", "libmp3lame"],
    "m4a": ["-c:a", "aac"],
    "amr": ["-ar", "8000", "-ac", "1", "-c:a", "libopencore_amrnb", "-b:a", "12.2k"],
}


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _appended(kind: str) -> bytes:
    """Words in the places that a container leaves to whoever writes it."""
    if kind in {"mp4", "mov", "3gp", "m4a"}:
        handler = _box(b"hdlr", bytes(8) + b"mdta" + bytes(12) + PLANTED + b"\0")
        place = _box(b"\xa9xyz", struct.pack(">HH", len(PLANTED), 0) + PLANTED)
        xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP
        boxes = [(b"uuid", xmp), (b"meta", bytes(4) + handler), (b"udta", place), (b"free", PLANTED)]
        return b"".join(
            _box(name, content) for name, content in [*boxes, (b"skip", PLANTED), (b"mark", PLANTED)]
        )
    if kind in {"webm", "mkv"}:
        return b"\xec\x89" + PLANTED  # Void (RFC 8794 §11.3.2)
    if kind == "wav":
        chunks = [(b"iXML", XMP + b" " * (len(XMP) % 2)), (b"bext", PLANTED.ljust(602))]
        return b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    return b"TAG" + PLANTED.ljust(125) if kind == "mp3" else b""


def planted(folder: Path, kind: str, arguments: list[str]) -> Path:
    (folder / "chapters").write_text(f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle={MARK}\n")
    more: list[str | Path] = ["-map", "1:a"] if kind in SOUNDS else ["-map", "0:v", "-map", "1:a"]
    if kind == "mkv":
        more += ["-attach", folder / "chapters", "-metadata:s:t", "mimetype=text/plain"]
    source = made.several(folder, f"source.{kind}", *more, *arguments, *TAGS)
    source.write_bytes(source.read_bytes() + _appended(kind))
    return source


@needs_exiftool
@pytest.mark.parametrize("kind", FILMS)
def test_no_carrier_of_a_film_survives_in_what_is_kept_or_shown(tmp_path, kind):
    source, clean = planted(tmp_path, kind, FILMS[kind]), tmp_path / "clean"
    assert not names_nobody(source)
    take_in(source, clean)
    assert names_nobody(clean), said(clean)
    shown, folder = [tmp_path / name for name in ("light", "still", "sound")], tmp_path / "steps"
    folder.mkdir()
    encoding.light(clean, shown[0], "show", "alter", encoding.WHOLE, lambda _: None)
    encoding.still(clean, shown[1], "show", 0.5)
    encoding.sound(clean, shown[2], "show", encoding.WHOLE, lambda _: None)
    encoding.stream(clean, folder, "show", "show", encoding.WHOLE, 240, lambda _: None)
    for path in [*shown, *folder.iterdir()]:
        assert names_nobody(path), said(path)
        assert not SIGNED.search(path.read_bytes()), path


@needs_exiftool
@pytest.mark.parametrize("kind", SOUNDS)
def test_no_carrier_of_a_sound_survives_in_what_is_kept_or_shown(tmp_path, kind):
    source, clean, shown = planted(tmp_path, kind, SOUNDS[kind]), tmp_path / "clean", tmp_path / "shown"
    assert not names_nobody(source) or kind == "amr", "which has no place for words"
    take_in(source, clean)
    encoding.sound(clean, shown, "show", encoding.WHOLE, lambda _: None)
    assert names_nobody(clean) and names_nobody(shown), said(clean)
    assert not SIGNED.search(shown.read_bytes())
