"""Where ODK Collect and KoboCollect fetch forms and leave submissions: OpenRosa 1.0
(docs.getodk.org/openrosa), under /odk/.

A messenger signs in with a name and a password of their phone's own (Testimonies, Messengers), by Digest (RFC
7616, MD5: what these apps speak) or, over https, Basic. A submission may come in parts, a file or a few at a
time; the same again is no error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from functools import wraps
from typing import Any, cast
from urllib.request import parse_http_list, parse_keqv_list
from xml.sax.saxutils import escape

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from griot.accounts.limiting import comes_too_often
from griot.accounts.requests import number_in
from griot.testimonies.core.errors import Refused, TooMuch, Withdrawn
from griot.testimonies.core.forms import submitted, xforms
from griot.testimonies.core.media.arrival import MOST_BYTES
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake import answering
from griot.testimonies.intake.allowance import see_before
from griot.testimonies.intake.answering import View, in_kind
from griot.testimonies.intake.sealing import SealedFile, Sealing
from griot.testimonies.intake.submissions import form_for, forms_for, media_name, media_of, take
from griot.testimonies.keeping import vault
from griot.testimonies.models import Device, Messenger, Spoken
from griot.testimonies.models.campaigns import token_hash

REALM = "Griot"
NONCE_AGE = 600  # seconds that a challenge may be answered
ASKED = 10 * 1024 * 1024  # bytes in a part: what phones are asked to keep to, so that little is sent twice
MOST_FAILURES = 60  # wrong passwords from one address, within
FAILURES_WITHIN = 600  # seconds
_signer = TimestampSigner(salt="griot.testimonies.intake.odk")


def admit(messenger: Messenger) -> tuple[str, str]:
    """A name and a password for a messenger's ODK Collect, shown this once; those from before end."""
    messenger.devices.exclude(login="").update(login="", ha1="", is_wiped=True)  # what they have sent stays
    login, password = f"messenger-{messenger.pk}", secrets.token_urlsafe(12)
    Device.objects.create(
        messenger=messenger,
        name="ODK Collect",
        key=token_hash(secrets.token_urlsafe(32)),
        login=login,
        ha1=_md5(login, REALM, password),
    )
    messenger.state = Messenger.State.ACTIVE
    messenger.save(update_fields=["state"])
    return login, password


def settings_code(server: str, login: str, password: str, project: str) -> str:
    """What ODK Collect's QR code for its settings holds (docs.getodk.org/collect-import-export): JSON,
    deflated, in Base64.
    """
    said = {
        "general": {
            "server_url": server,
            "username": login,
            "password": password,
            "delete_send": True,
            "analytics": False,
        },
        "admin": {},
        "project": {"name": project},
    }
    return base64.b64encode(zlib.compress(json.dumps(said).encode())).decode()


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()


def device_of(request: HttpRequest) -> Device | None:
    """Whose phone asks, by Digest or Basic; None for nobody that is known."""
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and request.is_secure():
        try:
            login, _, password = base64.b64decode(said, validate=True).decode().partition(":")
        except ValueError:
            return None
        device = _known(login)
        return (
            device
            if device and hmac.compare_digest(device.ha1, _md5(device.login, REALM, password))
            else None
        )
    if scheme.lower() != "digest":
        return None
    try:
        given = parse_keqv_list(parse_http_list(said))
        _signer.unsign(given["nonce"], max_age=NONCE_AGE)
        device = _known(given["username"])
        if device is None or given["uri"] != request.get_full_path() or given.get("qop") != "auth":
            return None
        asked = _md5(request.method or "", given["uri"])
        wanted = _md5(device.ha1, given["nonce"], given["nc"], given["cnonce"], "auth", asked)
        return device if hmac.compare_digest(wanted.encode(), given["response"].encode()) else None
    except (BadSignature, KeyError, ValueError, IndexError):
        return None


def most_of(request: HttpRequest) -> int:
    """How many bytes the phone that asks may send in one request; 0 for nobody's. Raises TooMuch where they
    are announced to be more than its messenger's day has left.
    """
    device = device_of(request)
    if device is None or not device.is_in_use:
        return 0
    see_before(device.messenger, number_in(request.headers.get("Content-Length")) or 0)
    return MOST_BYTES + submitted.MOST_XML


def _known(login: str) -> Device | None:
    if not login:
        return None
    return Device.objects.select_related("messenger__team__campaign").filter(login=login).first()


def _challenge(request: HttpRequest) -> HttpResponse:
    response = _answer(401, "the name or the password is not right; ask your coordinator for new ones")
    digest = (
        f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{_signer.sign(secrets.token_hex(8))}"'
    )
    response["WWW-Authenticate"] = f'{digest}, Basic realm="{REALM}"' if request.is_secure() else digest
    return response


def for_collect(view: View) -> View:
    """Only for a messenger's phone that signs in. The view
    gets its device; what it refuses becomes a 400 in words.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        device = device_of(request)
        if device is None:
            has_tried = "Authorization" in request.headers
            if has_tried and comes_too_often(request, "odk", MOST_FAILURES, FAILURES_WITHIN):
                return _answer(429, "too many wrong passwords; try again in ten minutes")
            return _challenge(request)
        if not device.is_in_use:
            return _answer(403, "this phone is no longer a messenger's; delete what it holds")
        Device.objects.filter(pk=device.pk).update(last_seen=timezone.now())
        try:
            return view(request, device, *args, **kwargs)
        except Withdrawn:  # Collect deletes what was taken, and nothing else
            return _answer(201, "It was taken back: nothing of it is kept.")
        except TooMuch as refusal:
            return _answer(429, str(refusal))
        except Refused as refusal:
            return _answer(400, str(refusal))

    return in_xml(answer)


def _xml(content: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type="text/xml; charset=utf-8")
    response["X-OpenRosa-Version"] = "1.0"
    response["X-OpenRosa-Accept-Content-Length"] = str(ASKED)
    return response


def _answer(status: int, words: str) -> HttpResponse:
    return _xml(
        "<OpenRosaResponse"
        f' xmlns="http://openrosa.org/http/response"><message>{escape(words)}</message></OpenRosaResponse>',
        status,
    )


in_xml = in_kind(_answer)
unknown = in_xml(answering.unknown)


@for_collect
@require_safe
def form_list(request: HttpRequest, device: Device) -> HttpResponse:
    """The messenger's forms; `formID` asks for one of them."""
    wanted = request.GET.get("formID", "")
    rows = [
        f"<xform><formID>{f.id}</formID><name>{escape(f.title)}</name><version>{f.version}</version><hash>md5:{f.md5}</hash>"
        f"<downloadUrl>{_url(request, 'form', f)}</downloadUrl>"
        f"<manifestUrl>{_url(request, 'manifest', f)}</manifestUrl></xform>"
        for f in forms_for(device.messenger)
        if wanted in {"", f.id}
    ]
    return _xml(
        '<?xml version="1.0" encoding="UTF-8"?><xforms'
        f' xmlns="http://openrosa.org/xforms/xformsList">{"".join(rows)}</xforms>'
    )


def _url(request: HttpRequest, name: str, form: xforms.Form) -> str:
    return request.build_absolute_uri(reverse(f"odk:{name}", args=[form.id]))


@for_collect
@require_safe
def form(request: HttpRequest, device: Device, form_id: str) -> HttpResponse:
    found = form_for(device.messenger, form_id)
    return _xml(found.xml) if found else _answer(404, "there is no such form for you now")


@for_collect
@require_safe
def manifest(request: HttpRequest, device: Device, form_id: str) -> HttpResponse:
    """The files that belong to a form: its consent text and prompts, read aloud."""
    found = form_for(device.messenger, form_id)
    if found is None:
        return _answer(404, "there is no such form for you now")
    rows = [
        f"<mediaFile><filename>{media_name(row)}</filename><hash>md5:{row.md5}</hash>"
        f"<downloadUrl>{request.build_absolute_uri(reverse('odk:spoken', args=[row.pk]))}</downloadUrl>"
        "</mediaFile>"
        for row in media_of(device.messenger, found)
    ]
    return _xml(
        '<?xml version="1.0" encoding="UTF-8"?><manifest'
        f' xmlns="http://openrosa.org/xforms/xformsManifest">{"".join(rows)}</manifest>'
    )


@for_collect
@require_safe
def spoken(request: HttpRequest, device: Device, pk: int) -> HttpResponse:
    row = get_object_or_404(Spoken, pk=pk, campaign=device.messenger.team.campaign)
    return HttpResponse(vault().read(row.vault), content_type="audio/mp4")


@surface(
    "odk: submissions", "own", "refused", "a messenger's ODK Collect leaves its own testimonies, in parts"
)
@for_collect
@require_http_methods(["HEAD", "POST"])
def submission(request: HttpRequest, device: Device) -> HttpResponse:
    """Answers and files of one submission, or a part of them. 201: all that this part brought is kept, or of
    a testimony that was taken back, and is to be kept nowhere.
    """
    if request.method == "HEAD":
        response = _xml("", 204)
        response["Location"] = request.build_absolute_uri(request.path)
        return response
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _answer(413, f"at most {MOST_BYTES // 2**20} MB are taken")
    sealing = Sealing(request, MOST_BYTES, {"xml_submission_file": submitted.MOST_XML})
    request.upload_handlers = [sealing]
    try:
        arrived = [f for _, files in request.FILES.lists() for f in cast(list[object], files)]
        if sealing.is_too_much:
            return _answer(
                413,
                f"at most {MOST_BYTES // 2**20} MB are taken, and {submitted.MOST_XML // 1024} KB of answers",
            )
        xml = request.FILES.get("xml_submission_file")
        if xml is None:
            raise Refused("xml_submission_file: the submission's answers are expected")
        said = submitted.read(xml.read())
    except BaseException:
        sealing.erase()
        raise
    try:
        take(device, said, [file for file in arrived if isinstance(file, SealedFile)])
    except Refused:  # of anything else nobody knows whether it was committed: what is named nowhere is swept
        sealing.erase()
        raise
    return _answer(201, "Thank you: it is in the newsroom.")
