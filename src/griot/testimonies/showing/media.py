"""Renditions, opened for whoever may see them: the public for what the consent allows, the review room by
role, each look logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotFound,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from griot.accounts.factors import vouch_for
from griot.testimonies.access import Action, may, note, require
from griot.testimonies.core import consent
from griot.testimonies.core.media.age import AgeFile
from griot.testimonies.core.media.pictures import blank_png
from griot.testimonies.core.surfaces import surface
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import allowed, public
from griot.testimonies.models import Departure, File, MakingState, Rendition, Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.showing.shown import SERVED

ASK_AGAIN = 5.0  # seconds after which a film that is being sent is asked about once more
AGE = 30  # seconds that others may keep what we served: a withdrawal reaches them within a minute


@surface(
    "renditions",
    "public part",
    "blank",
    "stills, photos, films and sound on the site and in mails; pictures in mails turn blank",
)
@require_safe
def rendition(request: HttpRequest, use: str, word: str, part: str = "") -> HttpResponseBase:
    """A rendition for a use that has addresses, or a part of a film in steps. One that may no longer be shown
    is a blank picture in a mail, and 410 elsewhere.
    """
    row = Rendition.found_by(use, word)
    if use not in SERVED or (row is None and use != "mail"):
        return HttpResponseNotFound()
    shown = public_rendition(use, word)
    if shown is None:
        # Mails go on asking also for what is erased and not known any more.
        return (
            _blank(row.width if row else 0, row.height if row else 0)
            if use == "mail"
            else HttpResponse(status=410)
        )
    name = (shown.parts.get(part) if shown.kind == Rendition.Kind.STREAM else None) if part else shown.vault
    if not name:
        return HttpResponseNotFound()
    response = _served(
        request,
        name,
        "video/mp2t" if part.endswith(".ts") else shown.mime,
        lambda: public_rendition(use, word) is not None,
    )
    if use == "media":
        _downloaded(shown, response)
    response["Cache-Control"] = f"public, max-age={AGE}"
    return response


def _downloaded(row: Rendition, response: HttpResponseBase) -> None:
    """Saved as a file; written down once a day, so that it is known that copies are about."""
    testimony = row.file.testimony
    suffix = {"image/jpeg": "jpg", "audio/mp4": "m4a"}.get(row.mime, "mp4")
    response["Content-Disposition"] = f'attachment; filename="{testimony.slug}-{row.pk}.{suffix}"'
    if not Departure.objects.filter(testimony=testimony.pk, how="download", at__date=day_of()).exists():
        Departure.objects.create(testimony=testimony.pk, how="download", to="anyone, on the site")


def public_rendition(use: str, word: str) -> Rendition | None:
    """A rendition that a use with addresses may show now, by its word for that: published, covered by the
    consent as it is, and looked at by a person.
    """
    row = Rendition.found_by(use, word)
    if row is None or row.kind not in SERVED.get(use, ()):
        return None
    testimony = row.file.testimony
    uses = {use, "web"} if use == "media" else {use}
    is_allowed = (
        testimony.state == Testimony.State.PUBLISHED
        and all(consent.may_show(testimony.agreed, testimony.withdrawn, u, day_of()) for u in uses)  # type: ignore[arg-type]
        and any(r.pk == row.pk for r in public(testimony))
    )
    return row if is_allowed else None


def _blank(width: int, height: int) -> HttpResponse:
    return HttpResponse(
        blank_png(width or 640, height or 400),
        content_type="image/png",
        headers={"Cache-Control": "no-store"},
    )


@surface(
    "review room: a rendition", "assigned", "refused", "what was made from a file, before it is published"
)
@require_safe
def room_rendition(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = get_object_or_404(
        Rendition.objects.select_related("file__testimony"), pk=pk, state=MakingState.READY
    )
    if not row.vault:  # a film in steps: its parts are looked at as films
        raise Http404
    testimony = row.file.testimony
    require(request.user, _action_for(pk, testimony), testimony)
    note(
        request.user, testimony, "rendition", f"{row.get_kind_display()}, face {row.face}, voice {row.voice}"
    )
    may_go_on = _while_it_may(request.user, lambda now: _action_for(pk, now), testimony)
    return _private(_served(request, row.vault, row.mime, may_go_on))


def _action_for(rendition: int, testimony: Testimony) -> Action:
    """What the consent does not let be shown is for those who may open the original."""
    return "see" if any(r.pk == rendition for r in allowed(testimony)) else "original"


@surface(
    "review room: an original",
    "assigned",
    "refused",
    "a sealed recording or photo, the evidence of consent, or what could not be opened; every look is logged",
)
@require_safe
def original(request: HttpRequest, pk: Any) -> HttpResponseBase:
    """A file as it is in the vault. One that we could not open is given as bytes to save, and never shown: we
    don't know what it is.
    """
    file = get_object_or_404(File.objects.select_related("testimony"), pk=pk)
    require(request.user, "original", file.testimony)
    if not file.is_held or not file.vault:
        return HttpResponseNotFound("the file is not here")
    note(request.user, file.testimony, "original", str(file.pk))
    may_go_on = _while_it_may(request.user, lambda _: "original", file.testimony)
    if file.state == File.State.KEPT:
        response = _private(_served(request, file.vault, "application/octet-stream", may_go_on))
        response["Content-Disposition"] = f'attachment; filename="{file.pk}.bin"'
        return response
    return _private(_served(request, file.vault, file.mime, may_go_on))


def _while_it_may(
    user: Any, action: Callable[[Testimony], Action], testimony: Testimony
) -> Callable[[], bool]:
    """Whether a colleague still may, who may have lost their role since, and the testimony its consent."""
    people = get_user_model().objects.filter(pk=user.pk, is_active=True)

    def may_go_on() -> bool:
        now, row = people.first(), Testimony.objects.filter(pk=testimony.pk).first()
        return (
            now is not None and row is not None and may(vouch_for(now), action(row), row)
        )  # the factor is proved

    return may_go_on


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response


def _served(request: HttpRequest, name: str, mime: str, may_go_on: Callable[[], bool]) -> HttpResponseBase:
    """The content, or the range of it that a player asks for (RFC 9110 §14, a single range), opened while it
    is sent, and only for as long as it `may_go_on`.
    """
    content = vault().open(name)
    first, last, status = 0, content.size - 1, 200
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("Range", ""))
    if found and (found[1] or found[2]):
        status = 206
        first = int(found[1]) if found[1] else max(0, content.size - int(found[2]))
        last = min(int(found[2]), last) if found[1] and found[2] else last
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{content.size}"})
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=status, content_type=mime)
    else:
        response = StreamingHttpResponse(
            _pieces(content, first, last, may_go_on), status=status, content_type=mime
        )
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{content.size}"
    response["Content-Length"] = str(last - first + 1)
    response["ETag"] = f'"{hashlib.sha256(name.encode()).hexdigest()}"'  # a name's content never changes
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _pieces(
    content: AgeFile, first: int, last: int, may_go_on: Callable[[], bool]
) -> AsyncIterator[bytes]:
    pieces, asked = content.pieces(first, last), time.monotonic()
    while piece := await asyncio.to_thread(next, pieces, b""):
        if time.monotonic() - asked >= ASK_AGAIN:
            if not await asyncio.to_thread(_by_itself, may_go_on):
                return
            asked = time.monotonic()
        yield piece


def _by_itself(ask: Callable[[], bool]) -> bool:
    """The answer, with a connection to the database that is not kept for the thread."""
    try:
        return ask()
    finally:
        connection.close()
