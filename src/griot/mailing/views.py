"""Leaving an audience, and looking at what was sent."""

from __future__ import annotations

import email
import os
from email import policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from wagtail.admin.auth import permission_denied

from griot.accounts.guarding import opens
from griot.accounts.requests import SignedIn
from griot.digest.core.rendering.mail import MAIL_POLICY
from griot.digest.core.words import front_of, is_right_to_left, words
from griot.digest.models import Correction
from griot.digest.site.newsroom import our_name
from griot.mailing.beginning import SendRefused, readers_of_a_correction, send_correction
from griot.mailing.models import Delivery, Send, Subscription
from griot.mailing.outbox import hidden, kept
from griot.mailing.rooms import may_send, say
from griot.mailing.sending import queue_unreached, resolve_in_doubt, unreached

MAILS_PER_PAGE = 50


@csrf_exempt  # RFC 8058: a mail client posts here without cookies; the token is the proof
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    subscription = get_object_or_404(Subscription.objects.select_related("audience"), token=token)
    if request.method == "POST":
        ended = None if request.POST.get("again") else (subscription.ended or timezone.now())
        Subscription.objects.filter(pk=subscription.pk).update(ended=ended)
        subscription.ended = ended
    language = subscription.audience.language
    return render(
        request,
        "mailing/unsubscribe.html",
        {
            "subscription": subscription,
            "done": request.method == "POST",
            "language": language,
            "say": words(language),
            "rtl": is_right_to_left(language),
            "newsroom": our_name(),
            "front": front_of(language),
        },
    )


def correction(request: SignedIn, pk: int) -> HttpResponse:
    """Offer to send a correction to those who received the issue."""
    if not may_send(request):
        return permission_denied(request)
    row = get_object_or_404(Correction.objects.select_related("issue"), pk=pk)
    if request.method == "POST":
        try:
            begun = send_correction(row, request.user)
        except SendRefused as refusal:
            say(request, refusal)
            return redirect("mailing:correction", row.pk)
        messages.success(request, "Sending the correction has begun.")
        return redirect("mailing:send_status", begun[0].pk)
    earlier = Send.objects.filter(
        issue__translation_key=row.issue.translation_key, is_correction=False
    ).select_related("audience")
    done = set(row.sends.values_list("audience", "issue"))
    corrects = reverse("digest:correct", args=[row.issue_id])
    reached = [
        {"send": s, "readers": readers_of_a_correction(s), "is_done": (s.audience_id, s.issue_id) in done}
        for s in earlier
    ]
    return render(
        request,
        "mailing/correction.html",
        {
            "correction": row,
            "reached": reached,
            "left": [r for r in reached if not r["is_done"]],
            "back": corrects if opens(request.user, corrects) else reverse("wagtailadmin_home"),
        },
    )


def sends(request: HttpRequest) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    page = Paginator(Send.objects.select_related("audience", "issue"), 25).get_page(request.GET.get("p"))
    return render(request, "mailing/sends.html", {"page": page})


def send_status(request: HttpRequest, send_id: int) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    send = get_object_or_404(Send.objects.select_related("audience", "issue"), pk=send_id)
    counts = send.counts()
    total = sum(counts.values())
    left = counts["queued"] + counts["claimed"] + counts["sending"]
    troubled = send.deliveries.filter(state__in=["refused", "in doubt", "skipped"]).order_by(
        "state", "address"
    )[:200]
    return render(
        request,
        "mailing/send_status.html",
        {
            "send": send,
            "has_server": bool(settings.EMAIL_URL),
            "counts": [(state.label, counts[state]) for state in Delivery.State if counts[state]],
            "in_doubt": counts["in doubt"],
            "unreached": 0 if send.is_taken_back else unreached(send).count(),
            "waiting": send.deliveries.filter(state="queued").exclude(reply="").order_by("-changed").first(),
            "total": total,
            "done": total - left,
            "troubled": troubled,
            "policy": settings.IN_DOUBT,
        },
    )


@require_POST
def settle(request: HttpRequest, send_id: int) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    send = get_object_or_404(Send, pk=send_id)
    if request.POST.get("decision") == "unreached":
        try:
            messages.success(request, f"Not reached: {queue_unreached(send)} queued again.")
        except SendRefused as refusal:
            messages.error(request, f"Nothing was queued: {refusal}.")
    else:
        again, skipped = resolve_in_doubt(send, request.POST.get("decision") == "resend")
        messages.success(request, f"In doubt: {again} queued again, {skipped} not sent again.")
    return redirect("mailing:send_status", send.pk)


# --- the Maildir of the embedded default ----------------------------------------------------


def _mail_path(name: str, user: User) -> Path:
    path = settings.MAILDIR / "new" / name
    if "/" in name or name.startswith(".") or not os.path.isfile(path) or hidden([name], user):
        raise Http404("there is no such mail")
    return path


def _mail(name: str, user: User) -> EmailMessage:
    message = email.message_from_bytes(_mail_path(name, user).read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def outbox(request: SignedIn) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    there = kept(settings.MAILDIR / "new")
    shown = sorted(set(there) - hidden(there, request.user), reverse=True)
    page = Paginator(shown, MAILS_PER_PAGE).get_page(request.GET.get("p"))
    mails = [{"name": name, "message": _mail(name, request.user)} for name in page]
    return render(request, "mailing/outbox.html", {"page": page, "mails": mails, "relay": settings.EMAIL_URL})


def outbox_mail(request: SignedIn, name: str) -> HttpResponse:
    """One mail as it was sent: its HTML, where it has any, in a closed frame, its text, its source."""
    if not may_send(request):
        return permission_denied(request)
    message = _mail(name, request.user)
    text = message.get_body(("plain",))
    source = _mail_path(name, request.user).read_text("utf-8", "replace")
    frame = reverse("mailing:outbox_html", args=[name]) if message.get_body(("html",)) else ""
    return render(
        request,
        "mailing/mail.html",
        {"message": message, "text": text.get_content() if text else "", "source": source, "frame": frame},
    )


@xframe_options_sameorigin
def outbox_html(request: SignedIn, name: str) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    body = _mail(name, request.user).get_body(("html",))
    response = HttpResponse(body.get_content() if body else "")
    response["Content-Security-Policy"] = f"{MAIL_POLICY}; sandbox allow-popups"
    return response
