"""What a messenger's phone asks: to join, what to take along, to leave what was told, and how its
files are doing.

Every answer but joining's needs the phone's key (`Authorization: Bearer …`). An account that is frozen is
answered with 403 and {"wipe": true}: the app then erases what it holds. Errors are {"error": words}.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from griot.accounts.house import house_name
from griot.testimonies.access import note
from griot.testimonies.core.errors import Refused, TooMuch
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake import answering, speaking
from griot.testimonies.intake.allowance import see_to_check_ins
from griot.testimonies.intake.answering import View, in_kind
from griot.testimonies.intake.receiving import expect_files
from griot.testimonies.intake.sent import text_in, uuid_in, whole_in
from griot.testimonies.intake.taking import take_testimony
from griot.testimonies.intake.training import mark
from griot.testimonies.keeping import vault
from griot.testimonies.models import Device, File, Messenger, Module, Referral, Spoken, Testimony
from griot.testimonies.models.campaigns import token_hash

MOST_BODY = 512 * 1024  # bytes of JSON


def failed(status: int, reason: str, **more: Any) -> JsonResponse:
    return JsonResponse({"error": reason, **more}, status=status)


in_json = in_kind(failed)
unknown = in_json(answering.unknown)


def device_of(request: HttpRequest) -> Device | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    return (
        Device.objects.select_related("messenger__team__campaign").filter(key=token_hash(key.strip())).first()
    )


def for_phones(view: View) -> View:
    """Only for a phone with a key that holds. The view gets its device; what it refuses becomes a
    400 in words.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        device = device_of(request)
        if device is None:
            return failed(401, "this phone is not known here; ask for a new invitation")
        if not device.is_in_use:
            return failed(403, "this phone is no longer a messenger's", wipe=True)
        Device.objects.filter(pk=device.pk).update(last_seen=timezone.now())
        try:
            return view(request, device, *args, **kwargs)
        except TooMuch as refusal:
            response = failed(429, str(refusal))
            response["Retry-After"] = str(refusal.retry_after)
            return response
        except Refused as refusal:
            return failed(400, str(refusal))

    return in_json(answer)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BODY:
        raise Refused(f"at most {MOST_BODY // 1024} KB are taken")
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    if not isinstance(sent, dict):
        raise Refused("an object is expected")
    return sent


@in_json
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """{"token", "device", "was"} → {"key"}: a phone becomes its messenger's. An invitation is good for one
    phone; for none that `was`, by its key, another messenger's: what it holds is theirs.
    """
    try:
        sent = body_of(request)
    except Refused as refusal:
        return failed(400, str(refusal))
    token, name = sent.get("token"), sent.get("device")
    if not isinstance(token, str) or not token:
        return failed(400, "token: the invitation's is expected")
    with transaction.atomic():
        messenger = (
            Messenger.objects.select_for_update().filter(invite=token_hash(token)).exclude(invite="").first()
        )
        if messenger is None or messenger.state == Messenger.State.FROZEN:
            return failed(
                404, "this invitation was used already, or was never made; ask your coordinator for a new one"
            )
        if messenger.invite_until is None or messenger.invite_until < timezone.now():
            return failed(410, "this invitation is over; ask your coordinator for a new one")
        was = Device.objects.filter(key=token_hash(str(sent.get("was") or ""))).first()
        if was and was.messenger_id != messenger.pk:
            return failed(409, "this phone is another messenger's, and so is what it holds: start over first")
        key = secrets.token_urlsafe(32)
        Device.objects.create(
            messenger=messenger, key=token_hash(key), name=name[:120] if isinstance(name, str) else ""
        )
        messenger.invite, messenger.state = "", Messenger.State.ACTIVE
        messenger.save(update_fields=["invite", "state"])
        note(f"messenger {messenger.pk}", None, "phone joined")
    return JsonResponse({"key": key}, status=201)


@for_phones
@require_GET
def pack(request: HttpRequest, device: Device) -> HttpResponse:
    """What a phone takes along, for weeks without a network: guides, consent texts, training, people
    to turn to.
    """
    messenger = device.messenger
    team = messenger.team
    campaign = team.campaign
    newest: dict[str, Any] = {}
    for text in campaign.consent_texts.order_by("version"):
        newest[text.language] = {"language": text.language, "version": text.version, "text": text.text}
    due = {m.slug for m in messenger.modules_due()}
    return JsonResponse(
        {
            "newsroom": house_name(),
            "messenger": {
                "name": messenger.name,
                "language": messenger.language,
                "may_collect": messenger.may_collect,
            },
            "campaign": {
                "name": campaign.name,
                "about": campaign.about,
                "languages": campaign.languages,
                "countries": campaign.countries,
                "country": team.code,
                "is_running": campaign.is_running,
            },
            "guides": list(campaign.guides.values("kind", "language", "title", "prompts")),
            "consents": list(newest.values()),
            "modules": [_module(m, m.slug in due) for m in messenger.modules()],
            "referrals": list(
                Referral.objects.filter(country=team.code).values(
                    "subject", "language", "name", "contact", "url"
                )
            ),
            "spoken": [
                {
                    "id": row.pk,
                    "language": text.language,
                    "what": text.what,
                    "sha256": row.sha256,
                    "size": row.size,
                }
                for text, row in speaking.current(campaign)
            ],
            "contact": settings.CONTACT,
        }
    )


def _module(module: Module, is_due: bool) -> dict[str, Any]:
    return {
        "id": module.pk,
        "slug": module.slug,
        "title": module.title,
        "text": module.text,
        "questions": module.questions,
        "is_required": module.is_required,
        "is_due": is_due,
    }


@for_phones
@require_GET
def spoken(request: HttpRequest, device: Device, pk: int) -> HttpResponse:
    """A text read aloud, as its phone takes it along."""
    row = get_object_or_404(Spoken, pk=pk, campaign=device.messenger.team.campaign)
    return HttpResponse(vault().read(row.vault), content_type="audio/mp4")


@for_phones
@require_POST
def training(request: HttpRequest, device: Device) -> HttpResponse:
    """{"id", "module", "before", "after"}: the answers given to each question, as numbers. Marked here, not
    on the phone. The same `id` again is no other try.
    """
    sent = body_of(request)
    pk = whole_in(sent.get("module"), "module", 1, 2**31 - 1)
    module = device.messenger.team.campaign.modules.filter(pk=pk).first()
    if module is None:
        raise Refused("module: there is no such training")
    done = mark(device.messenger, module, sent.get("before"), sent.get("after"), _id_of(sent))
    return JsonResponse(
        {
            "right": done.after,
            "of": done.of,
            "is_passed": done.is_passed,
            "may_collect": device.messenger.may_collect,
        },
        status=201,
    )


def _id_of(sent: Mapping[str, Any]) -> str:
    """By which a phone that saw no answer says that it sends the same once more; empty where it has none."""
    return str(uuid_in(sent["id"], "id")) if sent.get("id") else ""


@for_phones
@require_POST
def check_in(request: HttpRequest, device: Device) -> HttpResponse:
    """{"id", "mood": 1–5, "words", "wants_call"}: how the messenger is; the focal person of their country
    alone reads it. The same `id` again is no other.
    """
    sent = body_of(request)
    mood, words = whole_in(sent.get("mood"), "mood", 1, 5), text_in(sent.get("words"), "words", 2000)
    known, wants_call = _id_of(sent), bool(sent.get("wants_call"))
    with transaction.atomic():
        messenger = Messenger.objects.select_for_update().get(pk=device.messenger_id)
        if not (known and messenger.check_ins.filter(sent=known).exists()):
            see_to_check_ins(messenger)
            messenger.check_ins.create(mood=mood, words=words, wants_call=wants_call, sent=known)
    return JsonResponse({"thanks": True}, status=201)


@surface(
    "capture api: a testimony as sent",
    "own",
    "refused",
    "a messenger's phone leaves or completes its own testimonies",
)
@for_phones
@require_POST
def testimony(request: HttpRequest, device: Device) -> HttpResponse:
    """A testimony with its consent (`take_testimony`), and in `files` the recordings that belong to it. The
    same again is no error.
    """
    sent = body_of(request)
    files = sent.pop("files", [])
    row, is_new = take_testimony(device.messenger, sent, "capture app")
    expect_files(row, device, files)  # by itself: what was said and allowed holds, whatever is said of files
    return JsonResponse({"id": str(row.pk)}, status=201 if is_new else 200)


@surface(
    "capture api: state", "own", "bare fact", "how a messenger's own testimonies and their files are doing"
)
@for_phones
@require_GET
def state(request: HttpRequest, device: Device) -> HttpResponse:
    """How what this messenger sent is doing: a phone deletes its copy of a file only when it says "verified"
    here, or "kept" (it could not be opened, and waits for a person), with the checksum of that copy.
    """
    rows = Testimony.objects.filter(messenger=device.messenger).prefetch_related("files__upload", "consents")
    return JsonResponse(
        {
            "testimonies": [{"id": str(row.pk), "state": row.over or row.state} for row in rows],
            "files": [
                {
                    "id": str(f.pk),
                    "state": f.state,
                    "sha256": f.sha256 if f.is_held else "",
                    "why": f.why,
                    "offset": _offset(f),
                }
                for row in rows
                if not row.over
                for f in row.files.all()
            ],
        }
    )


def _offset(file: File) -> int:
    upload = getattr(file, "upload", None)
    return upload.offset if upload else 0
