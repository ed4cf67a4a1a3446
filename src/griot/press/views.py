"""What others send us: pushes of articles, and what WebSub hubs ask and bring."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from griot.accounts.requests import number_in
from griot.press.core import types
from griot.press.core.pages.dates import Habit, stated
from griot.press.core.pages.plain import plain_text
from griot.press.core.pages.urls import canonical_url
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.types import BadInput
from griot.press.listening.apart import apart
from griot.press.listening.listening import store_entries
from griot.press.listening.sources import token_hash
from griot.press.models import Entry, Fetch, Source
from griot.queueing import soon

MAX_BODY = 1024 * 1024  # bytes of a push
MAX_FEED = 4 * 1024 * 1024  # bytes that a hub brings
MAX_ENTRIES = 100  # a request
MAX_A_MINUTE = 600  # entries of one source


@csrf_exempt  # it carries a token of its own, and no cookie is looked at
@require_POST
def push(request: HttpRequest, name: str) -> HttpResponse:
    """Take articles: {"entries": [{"url", "title", "summary", "text", "published", "language"}]} or
    one of them.

    Authorization: Bearer TOKEN. Answers {"new": n}; what was known is no error.
    """
    source = pushing(request, name)
    if source is None:
        return _refused(401, "the token is not this source's; make a new one under Press, Sources")
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY or len(body := request.body) > MAX_BODY:
        return _refused(413, f"a push has at most {MAX_BODY // 1024} KB")
    try:
        entries = entries_of(body)
    except BadInput as error:
        return _refused(400, str(error))
    minute = Entry.objects.filter(source=source, first_seen__gt=timezone.now() - timedelta(minutes=1)).count()
    if minute + len(entries) > MAX_A_MINUTE:
        answer = _refused(429, f"more than {MAX_A_MINUTE} entries a minute")
        answer["Retry-After"] = "60"
        return answer
    return JsonResponse({"new": _take(source, entries)}, status=202)


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return _refused(404, "there is nothing at this address")


def pushing(request: HttpRequest, name: str) -> Source | None:
    """The source of that name, whose token the request bears."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    source = Source.objects.filter(kind=Source.Kind.PUSH, url=f"push:{name}", is_active=True).first()
    known = source.secret if source and source.secret else token_hash("nobody has this token")
    is_its = scheme.lower() == "bearer" and hmac.compare_digest(known, token_hash(token.strip()))
    return source if is_its else None


def entries_of(body: bytes) -> list[types.Entry]:
    """The entries of a push. Raises BadInput that says which entry is wrong and how."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
    rows = data.get("entries", [data]) if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows or len(rows) > MAX_ENTRIES:
        raise BadInput(f'"entries" must be a list of 1 to {MAX_ENTRIES} objects')
    habit = Habit()
    return [_entry(row, f"entry {number}", habit) for number, row in enumerate(rows, 1)]


def _entry(row: Any, where: str, habit: Habit) -> types.Entry:
    if not isinstance(row, dict):
        raise BadInput(f"{where}: an object is expected")
    texts = {}
    for key, limit in (
        ("id", 2000),
        ("url", 2000),
        ("title", 500),
        ("summary", 4000),
        ("text", 100_000),
        ("published", 64),
        ("language", 35),
    ):
        value = row.get(key) or ""
        if not isinstance(value, str):
            raise BadInput(f'{where}: "{key}" must be a text')
        texts[key] = value[: limit * 4]
    address = canonical_url(texts["url"])
    if not address:
        raise BadInput(f'{where}: "url" must be an http(s) address')
    title = plain_text(texts["title"], 500)
    if not title:
        raise BadInput(f'{where}: "title" is missing')
    dated = stated(texts["published"], "feed", habit)
    if texts["published"] and dated is None:
        raise BadInput(f'{where}: "published" is no date: {texts["published"][:40]!r}')
    text = "\n".join(line for p in texts["text"].splitlines() if (line := plain_text(p, 20_000)))
    return types.Entry(
        id=texts["id"] or address,
        url=address,
        title=title,
        summary=plain_text(texts["summary"]),
        text=text or plain_text(texts["summary"]),
        published=dated.moment if dated else None,
        utc_offset=dated.utc_offset if dated else None,
        language=texts["language"][:35] or None,
    )


def _take(source: Source, entries: list[types.Entry]) -> int:
    new = store_entries(source, entries)
    outcome = Fetch.Outcome.NEW if new else Fetch.Outcome.SILENT
    Fetch.objects.create(source=source, outcome=outcome, new_entries=new)
    if new:
        soon("press.listen", "listen")  # read it now, not at the next five minutes
    return new


def _refused(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"error": reason}, status=status)


@csrf_exempt  # a hub has no cookie of ours; what it brings is signed
@require_http_methods(["GET", "POST"])
def hub(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """What a WebSub hub asks (GET, §5.3: did you want this?) and brings (POST, §7: the feed, signed). It
    alone knows the word.
    """
    source = Source.objects.filter(pk=pk).exclude(hub="").first()
    if source is None or not constant_time_compare(word, source.hub_word):
        return HttpResponseNotFound("nobody here has subscribed to that")
    if request.method == "GET":
        return _verified(request, source)
    if not source.is_active:
        return HttpResponse("nobody here reads that any more", status=410)  # §7: the hub may end it
    method, _, signature = request.headers.get("X-Hub-Signature", "").partition("=")
    if len(body := request.body) > MAX_FEED or method not in {"sha1", "sha256", "sha384", "sha512"}:
        return HttpResponse(status=202)  # §8: what is not signed rightly is ignored, not refused
    wanted = hmac.new(source.hub_secret.encode(), body, getattr(hashlib, method)).hexdigest()
    if hmac.compare_digest(wanted.encode(), signature.encode()):
        try:
            _take(source, list(apart(parse_feed, body, source.url).entries))
        except BadInput:
            pass
    return HttpResponse(status=202)


def _verified(request: HttpRequest, source: Source) -> HttpResponse:
    asked = request.GET
    if asked.get("hub.topic") != source.hub_topic or "hub.challenge" not in asked:
        return HttpResponseNotFound("nobody here has subscribed to that")
    if asked.get("hub.mode") == "subscribe" and source.is_active:
        lease = asked.get("hub.lease_seconds", "")
        seconds = min(number_in(lease[:9]) or 86400, 30 * 86400)
        Source.objects.filter(pk=source.pk).update(hub_until=timezone.now() + timedelta(seconds=seconds))
        return HttpResponse(asked["hub.challenge"], content_type="text/plain")
    if asked.get("hub.mode") == "unsubscribe" and not source.is_active:
        Source.objects.filter(pk=source.pk).update(hub_until=None)
        return HttpResponse(asked["hub.challenge"], content_type="text/plain")
    return HttpResponseNotFound("that is not what we asked for")
