"""The newsroom's sign: its own picture, or the first letter of its name."""

from __future__ import annotations

import io
import logging
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from PIL import Image, ImageOps

from griot.digest.core.rendering.typeset import letter_png
from griot.digest.models import Picture
from griot.digest.site.newsroom import newsroom, our_name
from griot.locking import is_database_away

log = logging.getLogger(__name__)
AGE = 600  # seconds that others may keep it
SHAPE = "max-640x160|format-png"
LETTER = 160  # pixels
ICONS = (180, 192, 512)  # pixels that phones ask for
SAFE = 0.8  # of an icon's side: a phone may cut its corners


def sign(request: HttpRequest, side: int = 0) -> HttpResponseBase:
    """The sign in its own shape, or a square one of ICONS for a phone's home screen."""
    if side and side not in ICONS:
        raise Http404("there is no sign of that size")
    png = sign_png()
    if png is None:
        name = our_name()
        png = _letter(next((c for c in name if c.isalnum()), "·").upper(), side or LETTER)
    elif side:
        png = _square(png, side)
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": f"public, max-age={AGE}"})


def sign_png() -> bytes | None:
    """The newsroom's own picture; None where it has none that may be shown, or can be made now."""
    try:
        found: Picture | None = newsroom().sign
        if found is None or not found.may_be_shown:
            return None
        with found.get_rendition(SHAPE).file.open() as file:
            return bytes(file.read())
    except OSError:
        log.exception("the newsroom's sign can't be made")
    except Exception as error:
        if not is_database_away(error):
            raise
    return None


_letter = lru_cache(maxsize=16)(letter_png)


def _square(png: bytes, side: int) -> bytes:
    """On white, in the middle."""
    room, made = round(side * SAFE), io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        shown = ImageOps.contain(image.convert("RGBA"), (room, room))
    icon = Image.new("RGBA", (side, side), "white")
    icon.alpha_composite(shown, ((side - shown.width) // 2, (side - shown.height) // 2))
    icon.convert("RGB").save(made, "PNG")
    return made.getvalue()
