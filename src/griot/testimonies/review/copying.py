"""Copies that leave the house: for partners, screenings and other media, as the consent allows now,
each written down.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse

from griot.testimonies.access import note, require
from griot.testimonies.core import consent
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.encoding import joined
from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.core.surfaces import surface
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import public
from griot.testimonies.models import Rendition, Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.showing.shown import Told, left_the_house, told

COPIES = (("partners", "partners"), ("screenings", "a screening"), ("media", "other media"))
_HOW = {"partners": "partner", "screenings": "screening", "media": "export"}
CHANGED = "What may be shown of it has changed while the copy was made. Look again."
CHUNK = 1024 * 1024  # bytes
_TERMS = """{name}
given to {recipient} on {day}, for: {use}

This is somebody's own story. They allow this use, with the name, the place, the face and the voice as they
are here, and can take that back at any time{until}. Whoever has this copy has agreed

- to use it for this purpose alone, whole or in part, and not to change what is said;
- not to look for who tells it, nor to show their face or let their own voice be heard where they are covered
  or altered here;
- to delete it and what was made of it within 24 hours of being told that it was withdrawn.

Where it stands today: {url}
"""


@surface(
    "copies for others",
    "public part",
    "refused",
    "a ZIP file for partners, screenings and other media; each is written down with who got it",
)
def copy(testimony: Testimony, user: Any, use: str, recipient: str) -> HttpResponseBase:
    """A published testimony's copy for a use, as a download. Raises Refused in words, PermissionDenied for
    whom it is not.
    """
    require(user, "publish", testimony)
    agreed, to = testimony.agreed, " ".join(recipient.split())[:160]
    if use not in _HOW:
        raise Refused("Say what it is for.")
    if not to:
        raise Refused("Say who gets it, so that they can be told when it is withdrawn.")
    values = _told(testimony, use)
    if agreed is None or not consent.allows(agreed, use) or not values:  # type: ignore[arg-type]
        raise Refused("Its teller does not allow that use, or it is not published.")
    with vault().scratch() as folder:
        path = folder / "copy.zip"
        try:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
                shown = public(testimony)
                in_steps = {rendition.file_id for rendition in shown if rendition.kind == "stream"}
                for rendition in shown:
                    if rendition.kind != "light" or rendition.file_id not in in_steps:
                        _add(archive, rendition, folder)
                for value in values:
                    archive.writestr(f"words-{value.language}.txt", _words(value))
                    if value.subtitles:
                        archive.writestr(f"subtitles-{value.language}.vtt", value.subtitles)
                archive.writestr("read-me-first.txt", _terms(testimony, values[0], use, to))
        except VaultError:  # erased meanwhile
            raise Refused(CHANGED) from None
        except OSError as error:
            raise Refused(f"The copy could not be made: {error.strerror}. Tell an administrator.") from None
        with transaction.atomic():  # nobody withdraws it between the look and what is written down
            # To join a film takes minutes.
            if _told(Testimony.objects.select_for_update().get(pk=testimony.pk), use) != values:
                raise Refused(CHANGED)
            left_the_house(testimony.slug, _HOW[use], to)
            note(user, testimony, "copy", use)
        content = path.open("rb")  # which outlives its name
    response = StreamingHttpResponse(_read(content), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{testimony.slug}-{use}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _told(testimony: Testimony, use: str) -> list[Told]:
    languages = list(testimony.approved.get("writings", {}))
    return [value for language in languages if (value := told(testimony, use, language))]  # type: ignore[arg-type]


async def _read(content: BinaryIO) -> AsyncIterator[bytes]:
    with content:
        while chunk := await asyncio.to_thread(content.read, CHUNK):
            yield chunk


def _add(archive: zipfile.ZipFile, row: Rendition, folder: Path) -> None:
    """One of its kind: a film in its finest step or light, sound, a photo, a still."""
    place, name = vault(), f"{row.file.position}-{row.pk}"
    if row.kind == "stream":
        segments = sorted(part for part in row.parts if part.endswith(".ts"))
        finest = max((part.partition("-")[0] for part in segments), key=int, default="")
        whole, film = folder / "whole.ts", folder / "film.mp4"
        with whole.open("wb") as out:
            for part in segments:
                if part.partition("-")[0] == finest:
                    place.copy(row.parts[part], out)
        joined(whole, film)
        archive.write(film, f"film-{name}.mp4")
    elif row.kind in {"sound", "photo", "still"}:
        suffix = "m4a" if row.kind == "sound" else "jpg"
        with archive.open(f"{row.kind}-{name}.{suffix}", "w") as out:
            place.copy(row.vault, out)
    elif row.kind == "light":
        with archive.open(f"film-{name}.mp4", "w", force_zip64=True) as out:
            place.copy(row.vault, out)


def _words(value: Told) -> str:
    captions = [f"Picture {n}: {image.caption}" for n, image in enumerate(value.images, 1) if image.caption]
    parts = [
        value.title,
        f"“{value.quote}”" if value.quote else "",
        ", ".join(filter(None, [value.name, value.place.words, value.place.country])),
        *value.paragraphs,
        *captions,
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _terms(testimony: Testimony, value: Told, use: str, recipient: str) -> str:
    agreed = testimony.agreed
    until = f"; it ends by itself on {agreed.until:%d %B %Y}" if agreed and agreed.until else ""
    return _TERMS.format(
        name=value.title or value.name,
        recipient=recipient,
        day=f"{day_of():%d %B %Y}",
        use=dict(COPIES)[use],
        until=until,
        url=f"{settings.PUBLIC_URL}{reverse('story', args=[testimony.slug])}",
    )
