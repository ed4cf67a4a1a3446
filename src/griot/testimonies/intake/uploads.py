"""Uploads that go on after any interruption: tus 1.0 (tus.io/protocols/resumable-upload), core,
creation, checksum, termination.

Written here rather than taken from a library because each piece is encrypted before it touches a disk,
and because an upload is told from its file's own id: a phone that lost the address asks again, and gets
the same one.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from griot.accounts.requests import number_in
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.arrival import MOST_BYTES
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake.api import failed, for_phones
from griot.testimonies.intake.receiving import add_piece, begin_upload, cancel_upload
from griot.testimonies.models import Device, File, Upload

VERSION = "1.0.0"
MOST_PIECE = (
    2 * 1024 * 1024
)  # bytes a request: what is larger would be written to a disk before we can encrypt it
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def _answer(status: int, words: str = "", **headers: Any) -> HttpResponse:
    response = failed(status, words) if words else HttpResponse(status=status)
    response["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        response[name.replace("_", "-")] = str(value)
    return response


def _speaks_it(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, f"this server speaks tus {VERSION}", Tus_Version=VERSION)
    return None


def metadata_of(header: str) -> dict[str, str]:
    """tus' Upload-Metadata: keys, and values in Base64, apart by commas. Raises Refused."""
    found: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise Refused(f"Upload-Metadata: {key[:40]} is not Base64") from None
    return found


@surface(
    "capture api: uploads", "own", "refused", "a messenger's phone sends the files of its own testimonies"
)
@for_phones
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest, device: Device) -> HttpResponse:
    if request.method == "OPTIONS":
        return _answer(
            204,
            Tus_Version=VERSION,
            Tus_Max_Size=MOST_BYTES,
            Tus_Extension="creation,checksum,termination",
            Tus_Checksum_Algorithm=",".join(ALGORITHMS),
        )
    if wrong := _speaks_it(request):
        return wrong
    length = number_in(request.headers.get("Upload-Length"))
    if length is None:
        raise Refused("Upload-Length: the number of bytes is expected")
    if length > MOST_BYTES:
        return _answer(413, f"a file has at most {MOST_BYTES // 2**20} MB")
    upload = begin_upload(device, length, metadata_of(request.headers.get("Upload-Metadata", "")))
    return _answer(
        201,
        Location=request.build_absolute_uri(reverse("capture:upload", args=[upload.file_id])),
        Upload_Offset=upload.offset,
    )


@surface("capture api: an upload", "own", "refused", "pieces of a file on its way")
@for_phones
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, device: Device, pk: Any) -> HttpResponse:
    if wrong := _speaks_it(request):
        return wrong
    row = Upload.objects.select_related("file__testimony").filter(file_id=pk).first()
    if row is None or row.file.testimony.messenger_id != device.messenger_id:
        return _answer(404, "there is no such upload")
    if row.file.testimony.over:
        return _answer(410, "the testimony was withdrawn")
    if request.method == "HEAD":
        return _answer(200, Upload_Offset=row.offset, Upload_Length=row.length, Cache_Control="no-store")
    if request.method == "DELETE":
        if row.file.state != File.State.EXPECTED:
            return _answer(403, "the file is here already; withdraw the testimony instead")
        cancel_upload(row)
        return _answer(204)
    return _patch(request, row)


def _patch(request: HttpRequest, row: Upload) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _answer(415, "Content-Type: application/offset+octet-stream is expected")
    offset = number_in(request.headers.get("Upload-Offset"))
    if offset is None:
        return _answer(400, "Upload-Offset: a number is expected")
    if int(request.headers.get("Content-Length") or 0) > MOST_PIECE:
        return _answer(413, f"at most {MOST_PIECE // 2**20} MB a request")
    content = request.read(MOST_PIECE + 1)
    if len(content) > MOST_PIECE:
        return _answer(413, f"at most {MOST_PIECE // 2**20} MB a request")
    if checksum := request.headers.get("Upload-Checksum", ""):
        algorithm, _, wanted = checksum.partition(" ")
        if algorithm not in ALGORITHMS:
            return _answer(400, f"Upload-Checksum: {', '.join(ALGORITHMS)} are known")
        if base64.b64encode(ALGORITHMS[algorithm](content).digest()).decode() != wanted:
            return _answer(460, "the piece arrived damaged; send it again")
    try:
        return _answer(204, Upload_Offset=add_piece(row.pk, offset, content))
    except LookupError:
        return _answer(409, "the upload stands elsewhere; ask with HEAD")
