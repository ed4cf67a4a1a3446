"""Serving the messenger's phone app: static files that a build made, under a policy of their own."""

from __future__ import annotations

import json
import mimetypes
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from griot.accounts.house import house_name

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'"
    " blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".svg": "image/svg+xml"}


def _page(html: str, name: str) -> str:
    named = html.replace("<title>Griot</title>", f"<title>{escape(name)}</title>")
    return re.sub('<link rel="icon"[^>]*>', '<link rel="icon" href="/sign/192.png" type="image/png">', named)


def _manifest(text: str, name: str) -> str:
    icons = [
        {"src": f"/sign/{side}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    ours = {"name": name, "short_name": name, "icons": icons}
    return json.dumps(json.loads(text) | ours, ensure_ascii=False)


# What a phone shows of the app bears the newsroom's name and sign, which no build knows.
_NAMED = {"index.html": _page, "manifest.webmanifest": _manifest}


@gzip_page  # the same files for everybody: there is no secret in them to guess by their length
@require_safe
def phone_app(request: HttpRequest, name: str = "") -> HttpResponseBase:
    """A file of the app; the app itself for any address that is none of its files. Raises Http404 for a file
    of an older build.
    """
    dist: Path = settings.CAPTURE_DIST
    is_hashed = name.startswith("assets/")
    path = (dist / name).resolve()
    if not path.is_relative_to(dist.resolve()) or not os.path.isfile(path) or path.name.startswith("."):
        if is_hashed:
            raise Http404("that file is of another build")
        path = dist / "index.html"
    if not path.is_file():
        return HttpResponse(
            "The phone app is not built yet. It is built while the newsroom starts; try again in a minute. "
            "If this stays, ./griot build_capture tells why.",
            status=503,
            content_type="text/plain",
            headers={"Retry-After": "30"},
        )
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response: Any
    if (bears := _NAMED.get(path.name)) and path.parent == dist:
        response = HttpResponse(bears(path.read_text("utf-8"), house_name()), content_type=kind)
    else:
        response = FileResponse(path.open("rb"), content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
    response["Content-Security-Policy"] = POLICY
    response["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
    response["Referrer-Policy"] = "no-referrer"
    response.is_same_for_everybody = True
    return response
