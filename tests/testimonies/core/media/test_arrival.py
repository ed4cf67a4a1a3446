"""Files on arrival: what they are is what their content says, and they say nothing of themselves after."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.runtime.programs import program
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.arrival import container_of, scan, take_in
from griot.testimonies.core.media.ffmpeg import reading, run
from tests.testimonies import made

needs_exiftool = pytest.mark.skipif(
    program("exiftool") is None, reason="exiftool is not here, and no right to install it"
)
TELLING = re.compile(
    r"(?i)gps|location|latitude|longitude|iso6709|14\.69|kitchen|awa|ousmane|iphone|model 7|phone"
    r" maker|2026:01:02"
)


def said(path) -> str:
    """Everything exiftool finds in a file, but what the file system says."""
    done = subprocess.run(
        [
            program("exiftool"),
            "-ee3",
            "-a",
            "-G3",
            "-j",
            "-u",
            "-api",
            "LargeFileSupport=1",
            "--System:all",
            str(path),
        ],
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)[0]
    return "\n".join(f"{k}: {v}" for k, v in found.items() if "SourceFile" not in k)


def packets(path, demuxer) -> list[str]:
    """A hash of every stream's packets."""
    done = run(
        [
            *reading(path, demuxer),
            "-map",
            "0:v?",
            "-map",
            "0:a?",
            "-c",
            "copy",
            "-f",
            "streamhash",
            path.with_suffix(".hash"),
        ]
    )
    assert done is not None
    return [line.rpartition("=")[2] for line in path.with_suffix(".hash").read_text().split()]


@needs_exiftool
@pytest.mark.parametrize("kind", ["mp4", "mov", "3gp", "webm", "mkv"])
def test_no_place_or_maker_survives_in_a_film(tmp_path, kind):
    source = made.film(tmp_path, kind)
    assert TELLING.search(said(source)), "the film told where it was made before"
    clean = tmp_path / "clean"
    arrived = take_in(source, clean)
    assert (
        arrived.media == "video"
        and arrived.seconds == pytest.approx(2, abs=0.2)
        and (arrived.width, arrived.height) == (320, 240)
    )
    assert not TELLING.search(said(clean)), said(clean)
    assert b"14.69" not in clean.read_bytes() and b"Awa" not in clean.read_bytes()


@pytest.mark.parametrize("kind", ["mov", "webm"])
def test_the_streams_are_the_same_packets(tmp_path, kind):
    source, clean = made.film(tmp_path, kind), tmp_path / f"clean.{kind}"
    take_in(source, clean)
    demuxer = "mov" if kind == "mov" else "matroska"
    before, after = packets(source, demuxer), packets(clean, demuxer)
    assert before[-1] == after[-1], "the sound is the same"
    if kind == "webm":  # H.264 loses its SEI, where cameras write what they like
        assert before == after


@needs_exiftool
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_no_place_or_maker_survives_in_a_photo(tmp_path, kind):
    source, clean = tmp_path / "photo", tmp_path / "clean"
    source.write_bytes(made.photo(kind))
    assert TELLING.search(said(source)), "the photo told where it was taken before"
    arrived = take_in(source, clean)
    assert (arrived.media, arrived.width, arrived.height) == ("photo", 400, 300)
    assert arrived.mime == ("image/jpeg" if kind == "HEIF" else f"image/{kind.lower()}")
    assert not TELLING.search(said(clean)), said(clean)


def test_a_recording_that_was_cut_off_is_taken_as_far_as_it_goes(tmp_path):
    whole = made.film(tmp_path, "webm", seconds=4).read_bytes()
    cut, clean = tmp_path / "cut", tmp_path / "clean"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    assert 1 < take_in(cut, clean).seconds < 4


@pytest.mark.parametrize("kind", ["ogg", "wav", "mp3"])
def test_sound_is_taken(tmp_path, kind):
    arrived = take_in(made.sound(tmp_path, kind), tmp_path / "clean")
    assert arrived.media == "audio" and arrived.mime.startswith("audio/")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>",
        b"%PDF-1.7",
        b"PK\x03\x04 an archive",
        b"GIF89a" + bytes(40),
        b"#EXTM3U\nfile:///etc/passwd\n",
    ],
)
def test_what_is_no_media_is_refused_whatever_it_is_called(tmp_path, content):
    source = tmp_path / "holiday.mp4"
    source.write_bytes(content)
    with pytest.raises(Refused):
        take_in(source, tmp_path / "clean")


@settings(max_examples=25, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"\0\0\0\x20ftypisom", b"\x1aE\xdf\xa3webm", b"OggS", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n"]
    ),
)
def test_any_bytes_are_taken_or_refused_in_words(tmp_path_factory, content, head):
    folder = tmp_path_factory.mktemp("any")
    (folder / "source").write_bytes(head + content)
    container_of(head + content)
    try:
        take_in(folder / "source", folder / "clean")
    except Refused as refusal:
        assert str(refusal)


def test_what_a_virus_scanner_names_is_refused(tmp_path, monkeypatch):
    """Where ClamAV is installed it is asked; here a program that speaks as it does stands on the path."""
    scanner = tmp_path / "clamscan"
    scanner.write_text(
        '#!/bin/sh\nfor last; do :; done\nif grep -q EICAR "$last"; then echo "$last: Eicar-Test-Signature'
        ' FOUND"; exit 1; fi\necho "$last: OK"\n'
    )
    scanner.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "bad").write_bytes(b"a EICAR b")
    (tmp_path / "good").write_bytes(b"nothing")
    assert scan(tmp_path / "bad") == "Eicar-Test-Signature" and scan(tmp_path / "good") == ""
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    assert scan(tmp_path / "bad") == ""
