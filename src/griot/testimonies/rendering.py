"""What is made from a sealed file so that people may see it: light films, stills, sound, photos; anonymised as the consent wants.

A rendition is made for a face and a voice. What may be shown is decided when it is asked for (`showable`): a consent that
changes from "show" to "blur" hides the open rendition at once, and has the other made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image, ImageOps

from griot.testimonies.anonymising import FILM_HEIGHT
from griot.testimonies.arrival import Container, container_of
from griot.testimonies.errors import Refused
from griot.testimonies.ffmpeg import probe, reading, run
from griot.testimonies.keeping import vault
from griot.testimonies.models import File, Rendition, Testimony

Progress = Callable[[float], None]  # hears of the seconds that are done
STALE = timedelta(minutes=3)  # since a rendition's maker was last heard of
_KINDS = {"video": ("light", "still", "stream"), "audio": ("sound",), "photo": ("photo",)}
PHOTO_WIDTH = 1600  # pixels
LIGHT_HEIGHT, STILL_WIDTH = 240, 1280
# The steps of a film (HLS, RFC 8216): lines, and kbit/s of pictures. Only those that the film itself has are made.
STEPS = ((360, 500), (720, 1800), (1080, 4000))
SEGMENT = 6  # seconds
COVERED = "covered.mkv"  # the pictures of a film whose faces are covered, kept for what is made from them
_FILMS = frozenset({"light", "stream"})
_SEEN = frozenset({"light", "stream", "still", "photo"})
_HEARD = frozenset({"light", "stream", "sound"})


def plan(file: File) -> None:
    """Note down what the file's current consent asks to be made, and have it made. Done again, it adds what is new."""
    consent = file.testimony.consent
    if consent is None or file.state != File.State.VERIFIED:
        return
    if not set(consent.uses):
        return  # kept, and nothing else
    for kind in _KINDS.get(file.media, ()):
        has_face, has_voice = kind in _SEEN, kind in _HEARD
        if (has_face and kind not in _FILMS and consent.face == "hide") or (
            kind == "sound" and consent.voice == "hide"
        ):
            continue
        face = "show" if not has_face or consent.face == "show" else "blur"
        voice = "show" if not has_voice or consent.voice == "show" else consent.voice
        rendition, is_new = Rendition.objects.get_or_create(
            file=file, kind=kind, face=face, voice=voice, defaults={"key": secrets.token_hex(12)}
        )
        if is_new or rendition.state == Rendition.State.FAILED:
            _soon(rendition.pk)


def showable(testimony: Testimony) -> QuerySet[Rendition]:
    """The renditions that the current consent lets be shown, whether a person has looked at them yet or not."""
    consent = testimony.consent
    ready = Rendition.objects.filter(file__testimony=testimony, file__role=File.Role.STORY, state=Rendition.State.READY)
    if consent is None or testimony.over:
        return ready.none()
    if consent.face != "show":
        ready = ready.exclude(kind__in=_SEEN, face="show")
    if consent.face == "hide":
        ready = ready.exclude(kind__in=_SEEN)
    if consent.voice != "show":
        ready = ready.exclude(kind__in=_HEARD, voice="show")
    if consent.voice == "hide":
        ready = ready.exclude(kind="sound").exclude(kind__in=_FILMS, voice="alter")
    return ready.order_by("file__position", "pk")


def make(pk: int) -> None:
    """Make one rendition. May be run again at any time; a maker that was killed leaves nothing but its turn."""
    with transaction.atomic():
        row = (
            Rendition.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("file")
            .filter(pk=pk)
            .first()
        )
        if row is None or row.state == Rendition.State.READY or row.file.state != File.State.VERIFIED:
            return
        if row.state == Rendition.State.MAKING and row.touched > timezone.now() - STALE:
            return
        if _waits_for(row):
            return  # whoever finishes that has this one made
        row.state, row.touched = Rendition.State.MAKING, timezone.now()
        row.save(update_fields=["state", "touched"])
    try:
        made = _made(row)
    except Refused as refusal:
        Rendition.objects.filter(pk=pk).update(state=Rendition.State.FAILED, why=str(refusal)[:250])
        return
    kept = Rendition.objects.filter(pk=pk, state=Rendition.State.MAKING).update(
        state=Rendition.State.READY, progress=1.0, why="", approved=_looked_at(row), **made
    )
    if kept and row.kind == Rendition.Kind.LIGHT:
        for stream in Rendition.objects.filter(file=row.file, kind="stream", state=Rendition.State.WAITING):
            _soon(stream.pk)
    if not kept:  # withdrawn meanwhile
        vault().erase(made["vault"], *made.get("parts", {}).values())


def _light_of(row: Rendition) -> Rendition | None:
    return Rendition.objects.filter(file=row.file, kind="light", face=row.face, voice=row.voice).first()


def _waits_for(row: Rendition) -> bool:
    """A film in steps whose faces are covered is made from the one that was covered for the light film: once is enough."""
    light = _light_of(row) if row.kind == "stream" and row.face == "blur" else None
    return light is not None and light.state in {Rendition.State.WAITING, Rendition.State.MAKING}


def _soon(pk: int) -> None:
    from griot.testimonies.tasks import render_soon

    render_soon(pk)


def _looked_at(row: Rendition) -> datetime | None:
    """A film in steps shows what the light film shows: who has looked at that has looked at it."""
    light = _light_of(row)
    return light.approved if light and row.kind == "stream" else row.approved


def _made(row: Rendition) -> dict[str, Any]:
    file, place = row.file, vault()
    last = timezone.now()

    def progress(seconds: float) -> None:
        nonlocal last
        if (now := timezone.now()) - last > timedelta(seconds=2):
            last = now
            share = min(0.99, seconds / file.seconds) if file.seconds else 0.0
            Rendition.objects.filter(pk=row.pk).update(progress=share, touched=now)

    with place.opened(file.vault, file.suffix) as source:
        to = source.with_name("made")
        if known := _known_cover(row):
            with source.with_name(COVERED).open("wb") as out:
                place.copy(known, out)
        if row.kind == Rendition.Kind.PHOTO:
            _photo(source, to, PHOTO_WIDTH, row.face)
            mime = "image/jpeg"
        elif row.kind == Rendition.Kind.STILL:
            frame = source.with_name("frame.png")
            run(
                [
                    *_opened(source),
                    "-ss",
                    f"{file.seconds * 0.2:.2f}",
                    "-frames:v",
                    "1",
                    "-f",
                    "image2",
                    "-c:v",
                    "png",
                    frame,
                ]
            )
            _photo(frame, to, STILL_WIDTH, row.face)
            mime = "image/jpeg"
        elif row.kind == Rendition.Kind.STREAM:
            return _stream(source, row, progress)
        elif row.kind == Rendition.Kind.SOUND:
            run(
                [
                    *_opened(source),
                    "-vn",
                    *_voice(row.voice),
                    "-c:a",
                    "aac",
                    "-b:a",
                    "64k",
                    "-ac",
                    "1",
                    *_NOTHING_SAID,
                    "-f",
                    "mp4",
                    to,
                ],
                progress,
            )
            mime = "audio/mp4"
        else:
            _film(source, to, row, progress)
            mime = "video/mp4"
        size = (0, 0)
        if mime == "image/jpeg":
            with Image.open(to) as image:
                size = image.size
        elif mime == "video/mp4":
            streams = probe(to, "mov")
            size = (streams.width, streams.height)
        covered = source.with_name(COVERED)
        with to.open("rb") as content:
            name = place.put(content)
        parts = {COVERED: place.put(covered.read_bytes())} if covered.is_file() else {}
        return {
            "vault": name,
            "parts": parts,
            "mime": mime,
            "size": to.stat().st_size,
            "width": size[0],
            "height": size[1],
        }


_NOTHING_SAID = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]


def _container(source: Path) -> Container:
    with source.open("rb") as file:
        container = container_of(file.read(64))
    if container is None:
        raise Refused("the sealed file is no media")
    return container


def _opened(source: Path) -> list[str | Path]:
    return reading(source, _container(source).demuxer)


def _voice(voice: str) -> list[str]:
    from griot.testimonies.anonymising import voice_filter

    return ["-af", voice_filter()] if voice == "alter" else []


def _film(source: Path, to: Path, row: Rendition, progress: Progress) -> None:
    """A film of 240 lines for slow lines."""
    opened, sound = _shown(source, row, progress)
    run(
        [*opened, "-vf", f"scale=-2:{LIGHT_HEIGHT}", "-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-crf", "28",
         "-pix_fmt", "yuv420p", *sound, *_NOTHING_SAID, "-f", "mp4", to],
        progress,
    )  # fmt: skip


def _stream(source: Path, row: Rendition, progress: Progress) -> dict[str, Any]:
    """The film in steps of quality, cut into segments, each a file of the vault; one pass of the decoder makes them all."""
    folder = source.parent / "stream"
    folder.mkdir()
    opened, sound = _shown(source, row, progress)
    height = row.file.height if row.face == "show" else min(row.file.height, FILM_HEIGHT)
    steps = [step for step in STEPS if step[0] <= height] or [(max(2, height // 2 * 2), STEPS[0][1])]
    split = f"[0:v:0]split={len(steps)}" + "".join(f"[a{n}]" for n in range(len(steps)))
    scaled = ";".join(f"[a{n}]scale=-2:{lines}[v{n}]" for n, (lines, _) in enumerate(steps))
    heard = bool(probe(source, _container(source).demuxer).audio) and row.voice != "hide"
    from_sound = "1:a:0" if row.face == "blur" else "0:a:0"
    command: list[str | Path] = [*_only_inputs(opened), "-filter_complex", f"{split};{scaled}"]
    for n, (_, rate) in enumerate(steps):
        command += [
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
    command += [
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT})",
        *(sound if heard else []), "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact",
        "-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod", "-hls_segment_filename", folder / "%v-%04d.ts",
        "-master_pl_name", "master.m3u8", "-var_stream_map", " ".join(f"v:{n},a:{n}" if heard else f"v:{n}" for n in range(len(steps))), folder / "%v.m3u8",
    ]  # fmt: skip
    run(command, progress)
    place, parts, size = vault(), {}, 0
    for path in sorted(folder.iterdir()):
        with path.open("rb") as content:
            parts[path.name] = place.put(content)
        size += path.stat().st_size
    lines = steps[-1][0]
    return {
        "vault": "",
        "parts": parts,
        "mime": "application/vnd.apple.mpegurl",
        "size": size,
        "width": 0,
        "height": lines,
    }


def _shown(source: Path, row: Rendition, progress: Progress) -> tuple[list[str | Path], list[str]]:
    """What to open and map for a film with its faces covered where that is wanted, and how its sound is written."""
    from griot.testimonies.anonymising import blur_film

    sound = (
        ["-an"]
        if row.voice == "hide"
        else [*_voice(row.voice), "-c:a", "aac", "-b:a", "48k" if row.kind == "light" else "96k", "-ac", "1"]
    )
    if row.face != "blur":
        return [*_opened(source), "-map", "0:v:0", "-map", "0:a:0?"], sound
    covered = source.with_name(COVERED)
    if not covered.is_file():
        blur_film(source, _opened(source), covered, progress)
    return [*reading(covered, "matroska"), *_opened(source), "-map", "0:v:0", "-map", "1:a:0?"], sound


def _known_cover(row: Rendition) -> str:
    """The vault's name of the film's pictures with their faces covered, where the light film's maker has left them."""
    light = _light_of(row) if row.kind == "stream" else None
    return str(light.parts.get(COVERED, "")) if light else ""


def _only_inputs(opened: list[str | Path]) -> list[str | Path]:
    return opened[: opened.index("-map")]


def _photo(source: Path, to: Path, width: int, face: str) -> None:
    with Image.open(source) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    if face == "blur":
        from griot.testimonies.anonymising import blur_picture

        upright = blur_picture(upright)
    upright.thumbnail((width, width * 2))
    upright.save(to, "JPEG", quality=82)


def unfinished(now: datetime) -> list[int]:
    """Renditions that wait for a maker, and those whose maker was not heard of for long."""
    waiting = Rendition.objects.filter(state=Rendition.State.WAITING)
    lost = Rendition.objects.filter(state=Rendition.State.MAKING, touched__lt=now - STALE)
    return [*waiting.values_list("pk", flat=True), *lost.values_list("pk", flat=True)]
