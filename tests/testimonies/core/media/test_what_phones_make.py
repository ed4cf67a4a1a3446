"""What phones really make is taken: several pictures in one file, colours beyond sRGB, voice notes, films that
lie on their side, change their rate, or ended when the phone was killed.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import from_pillow

from griot.testimonies.core.media import encoding
from griot.testimonies.core.media.arrival import take_in
from griot.testimonies.core.media.ffmpeg import probe, run
from griot.testimonies.core.media.pictures import SRGB
from tests.testimonies import made

TAKEN, ANOTHER = (30, 90, 60), (200, 20, 20)
GAIN_MAP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/></rdf:RDF>'
    b"</x:xmpmeta>"
)
X264 = ("-c:v", "libx264", "-preset", "ultrafast")
AMR = ("-c:a", "libopencore_amrnb", "-ac", "1", "-b:a", "12.2k")


def picture(colour=TAKEN, size=(400, 300)) -> Image.Image:
    return Image.new("RGB", size, colour)


def portrait_mode() -> bytes:
    """A photo with its depth as a second picture (MPO, CIPA DC-007)."""
    out = io.BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture(ANOTHER), picture(ANOTHER, (100, 75))])
    return out.getvalue()


def ultra_hdr() -> bytes:
    """Android 14 and later: a JPEG with the map of its bright parts as a second picture."""
    out = io.BytesIO()
    small = picture(ANOTHER, (100, 75))
    picture().save(out, "MPO", save_all=True, append_images=[small], xmp=GAIN_MAP)
    return out.getvalue()


def burst(orientation: int = 1) -> bytes:
    """Several pictures in a HEIC."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    out, several = io.BytesIO(), from_pillow(picture())
    several[0].info["exif"] = exif.tobytes()
    several.add_from_pillow(picture(ANOTHER))
    several.save(out, quality=90)
    return out.getvalue()


@pytest.mark.parametrize("make", [portrait_mode, ultra_hdr, burst])
def test_of_several_pictures_in_a_file_the_first_is_taken(tmp_path, make):
    source, clean = tmp_path / "source", tmp_path / "clean"
    source.write_bytes(make())
    arrived = take_in(source, clean)
    assert (arrived.media, arrived.mime, arrived.width, arrived.height) == ("photo", "image/jpeg", 400, 300)
    with Image.open(clean) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)
        assert image.getpixel((200, 150)) == pytest.approx(TAKEN, abs=4)


def test_a_photo_that_was_taken_upright_stands_upright(tmp_path):
    for source, content in {"heic": burst(6), "jpeg": upright_jpeg()}.items():
        (tmp_path / source).write_bytes(content)
        arrived = take_in(tmp_path / source, tmp_path / "clean")
        assert (arrived.width, arrived.height) == (300, 400), source


def upright_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture().save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "MPO"])
def test_colours_of_display_p3_are_the_same_in_srgb(tmp_path, kind):
    """What Display P3 calls 234, 51, 35 is sRGB's purest red."""
    source, clean, shown = tmp_path / "source", tmp_path / "clean", tmp_path / "shown"
    red = picture((234, 51, 35))
    red.save(source, kind, icc_profile=made.display_p3(), quality=95)
    take_in(source, clean)
    encoding.photo(clean, shown, "show")
    for path in (clean, shown):
        with Image.open(path) as image:
            assert image.info["icc_profile"] == SRGB
            assert image.convert("RGB").getpixel((200, 150)) == pytest.approx((255, 0, 0), abs=6), path


def test_a_picture_with_a_broken_profile_is_taken(tmp_path):
    source = tmp_path / "source"
    picture().save(source, "JPEG", icc_profile=b"not a profile at all" * 20)
    assert take_in(source, tmp_path / "clean").media == "photo"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("voice.amr", ["-map", "1:a", *AMR]),
        ("voice.3gp", ["-map", "1:a", *AMR]),
        ("voice.mp4", ["-map", "1:a", *AMR]),  # Android's MediaRecorder, which has never asked what fits
        ("voice.m4a", ["-map", "1:a", "-c:a", "aac"]),
        ("lossless.m4a", ["-map", "1:a", "-c:a", "alac"]),
    ],
)
def test_voice_notes_are_taken_and_can_be_heard(tmp_path, name, arguments):
    source = sound_in(tmp_path, name, arguments)
    arrived = take_in(source, tmp_path / "clean")
    assert (arrived.media, arrived.seconds) == ("audio", pytest.approx(2, abs=0.2))
    encoding.sound(tmp_path / "clean", tmp_path / "heard", "alter", encoding.WHOLE, lambda _: None)
    assert probe(tmp_path / "heard", "mov").seconds == pytest.approx(2, abs=0.3)


def sound_in(folder: Path, name: str, arguments: list[str]) -> Path:
    if name != "voice.mp4":
        return made.several(folder, name, *arguments, rate=8000)
    source = made.several(folder, "voice.mov", *arguments, rate=8000)  # ffmpeg itself asks
    content = source.read_bytes()
    source.write_bytes(content.replace(b"ftypqt  ", b"ftypisom"))
    return source


def test_a_voice_note_with_a_cover_is_no_film(tmp_path):
    source = made.several(
        tmp_path,
        "voice.m4a",
        "-frames:v",
        "1",
        "-c:v",
        "mjpeg",
        "-disposition:v",
        "attached_pic",
        "-c:a",
        "aac",
    )
    assert "attached pic" in made.described(source)
    assert take_in(source, tmp_path / "clean").media == "audio"
    assert "Video" not in made.described(tmp_path / "clean")


@pytest.mark.parametrize(("brand", "kind"), [(b"qt  ", "mov"), (b"3gp5", "mov"), (b"isom", "mp4")])
def test_hevc_is_taken_in_whatever_phones_put_it(tmp_path, brand, kind):
    source = made.several(tmp_path, f"film.{kind}", "-c:v", "libx265", "-tag:v", "hvc1", "-c:a", "aac")
    content = source.read_bytes()
    source.write_bytes(content[:8] + brand + content[12:])
    assert (arrived := take_in(source, tmp_path / "clean")).media == "video" and arrived.width == 320


def test_h264_in_what_calls_itself_webm_is_taken(tmp_path):
    """Chromium's MediaRecorder wrote it so, where it had no encoder for VP8."""
    source = made.several(tmp_path, "film.mkv", *X264, "-c:a", "libopus", "-ar", "48000")
    content = source.read_bytes()
    renamed = content.replace(b"\x42\x82\x88matroska", b"\x42\x82\x84webm\xec\x82\0\0")
    assert renamed != content
    source.write_bytes(renamed)
    assert take_in(source, tmp_path / "clean").media == "video"


@pytest.mark.parametrize("kind", ["mov", "mp4", "3gp"])
def test_a_film_that_lies_on_its_side_is_known_as_it_is_seen(tmp_path, kind):
    flat = made.several(tmp_path, "flat.mp4", *X264, "-c:a", "aac")
    source, clean = tmp_path / f"film.{kind}", tmp_path / "clean"
    run(["-display_rotation", "90", "-i", flat, "-c", "copy", source])
    arrived = take_in(source, clean)
    assert (arrived.width, arrived.height) == (240, 320) and "rotation of" in made.described(clean)
    encoding.still(clean, tmp_path / "still", "show", 0.5)
    with Image.open(tmp_path / "still") as image:
        assert image.size == (240, 320)
    encoding.light(clean, tmp_path / "light", "show", "show", encoding.WHOLE, lambda _: None)
    assert probe(tmp_path / "light", "mov").height == 240
    assert "rotation of" not in made.described(tmp_path / "light")


def test_a_film_of_a_changing_rate_keeps_its_length(tmp_path):
    source = made.several(
        tmp_path,
        "film.mp4",
        "-vf",
        "select='not(mod(n,5))+lt(t,1)'",
        "-fps_mode",
        "vfr",
        *X264,
        "-c:a",
        "aac",
        seconds=4,
    )
    clean, light = tmp_path / "clean", tmp_path / "light"
    assert take_in(source, clean).seconds == pytest.approx(4, abs=0.3)
    encoding.light(clean, light, "show", "show", encoding.WHOLE, lambda _: None)
    lengths = []
    for stream in ("0:v", "0:a"):
        run([*encoding.opened(light), "-map", stream, "-c", "copy", "-f", "mp4", tmp_path / "one"])
        lengths.append(probe(tmp_path / "one", "mov").seconds)
    assert lengths == [pytest.approx(4, abs=0.3)] * 2, "pictures and sound end together"


def test_a_live_photo_is_a_photo_and_a_film_that_no_id_ties_together(tmp_path):
    """An iPhone's pair: both halves bear the same ContentIdentifier."""
    tie = "7E8DF5E4-5B1D-4A8B-9F0F-2C6B6A7D9C11"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = b"Apple iOS\0\0\1MM" + tie.encode()  # the maker's note
    still, moving = tmp_path / "IMG.HEIC", tmp_path / "IMG.MOV"
    from_pillow(picture()).save(still, exif=exif.tobytes(), quality=90)
    named = f"com.apple.quicktime.content.identifier={tie}"
    made.several(
        tmp_path, "IMG.MOV", "-movflags", "use_metadata_tags", "-metadata", named, *X264, "-c:a", "aac"
    )
    for source, media in {still: "photo", moving: "video"}.items():
        assert tie.encode() in source.read_bytes()
        assert take_in(source, tmp_path / "clean").media == media
        assert tie.encode() not in (tmp_path / "clean").read_bytes()


# --- recorders that were killed -----------------------------------------------------------------


def fragmented(folder: Path) -> bytes:
    """As Safari's MediaRecorder writes MP4: a fragment a second."""
    flags = "frag_keyframe+empty_moov+default_base_moof"
    return made.several(
        folder, "film.mp4", *X264, "-g", "15", "-c:a", "aac", "-movflags", flags, seconds=4
    ).read_bytes()


MP4_ENDS = {
    "after a fragment's head": lambda whole, moof, mdat: whole[:mdat],
    "with an empty fragment": lambda whole, moof, mdat: whole[:mdat] + b"\0\0\0\x08mdat",
    "with a fragment to the end of the file": lambda whole, moof, mdat: whole[:mdat] + b"\0\0\0\0mdat",
    "in a fragment's head": lambda whole, moof, mdat: whole[: moof + 40],
    "in a fragment": lambda whole, moof, mdat: whole[: mdat + 300],
    "in blocks that were never written": lambda whole, moof, mdat: whole[:moof] + bytes(4096),
}


@pytest.mark.parametrize("end", MP4_ENDS)
def test_a_fragmented_mp4_is_taken_as_far_as_it_goes(tmp_path, end):
    whole = fragmented(tmp_path)
    cut = MP4_ENDS[end](whole, whole.rfind(b"moof") - 4, whole.rfind(b"mdat") - 4)
    (tmp_path / "cut").write_bytes(cut)
    assert 2.5 < take_in(tmp_path / "cut", tmp_path / "clean").seconds < 4.3
    assert probe(tmp_path / "clean", "mov").video == "h264"


WEBM_ENDS = {
    "with an empty cluster": b"\x1f\x43\xb6\x75\x80",
    "in a cluster's head": b"\x1f\x43\xb6\x75",
    "with a cluster of unknown length": b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff",
    "in blocks that were never written": bytes(4096),
}


@pytest.mark.parametrize("end", WEBM_ENDS)
def test_a_webm_is_taken_as_far_as_it_goes(tmp_path, end):
    live = ("-live", "1", "-cluster_time_limit", "1000")
    source = made.several(
        tmp_path,
        "film.webm",
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-c:a",
        "libopus",
        "-ar",
        "48000",
        *live,
        seconds=4,
    )
    whole = source.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: whole.rfind(b"\x1f\x43\xb6\x75")] + WEBM_ENDS[end])
    assert 2 < take_in(tmp_path / "cut", tmp_path / "clean").seconds <= 4.1
