"""The room an issue is sent from: what its mail is called, how it looks, to whom it goes and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST
from wagtail.admin.auth import permission_denied

from griot.accounts.guarding import opens
from griot.accounts.limiting import is_too_often
from griot.accounts.requests import SignedIn, number_in
from griot.digest.core.rendering.mail import MAIL_POLICY, MailError
from griot.digest.core.subjects import LONGEST
from griot.digest.models import IssuePage
from griot.digest.release.judging import is_held
from griot.digest.site.composing import issue_of
from griot.mailing.beginning import SendRefused, editions_for_readers, readers_by_edition, start_send
from griot.mailing.core.zones import choices, named
from griot.mailing.models import Audience, Delivery, Proof, Schedule, Send, Subscriber
from griot.mailing.proofs import as_it_would_go, ask_for_proof
from griot.mailing.saying import in_the_inbox, said, sender
from griot.mailing.scheduling import (
    moment,
    proposed_for,
    publication_of,
    schedule,
    unschedule,
    why_not_planned,
)
from griot.mailing.sending import UNREACHED
from griot.mailing.subjects import SubjectRefused, write_subject, written
from griot.testimonies.core.surfaces import surface

MOST_PROOFS, PROOFS_WITHIN = 20, 3600
LAST_ZONES = 5


def may_send(request: HttpRequest) -> bool:
    return request.user.has_perm("mailing.add_send")


def where_to_subscribe() -> str:
    """Where the next reader is added: an audience and a subscriber come before a subscription of both."""
    if not Audience.objects.exists():
        return reverse("audiences:add")
    return reverse("subscriptions:add" if Subscriber.objects.exists() else "subscribers:add")


def say(request: HttpRequest, refusal: Exception) -> None:
    messages.error(request, str(refusal)[:1].upper() + str(refusal)[1:])


def send(request: SignedIn, issue_id: int) -> HttpResponse:
    """The room of an issue; plans sends, or begins one."""
    if not may_send(request):
        return permission_denied(request)
    issue = get_object_or_404(IssuePage, pk=issue_id).original
    if request.method == "POST" and "at" in request.POST:
        return _plan(request, issue)
    if request.method == "POST":
        audience = get_object_or_404(Audience, pk=number_in(request.POST.get("audience")))
        try:
            begun = start_send(issue, audience, request.user)
        except (SendRefused, ValueError) as refusal:
            say(request, refusal)
            return redirect("mailing:send", issue.pk)
        messages.success(request, f"Sending “{issue.title}” to “{audience}” has begun.")
        return redirect("mailing:send_status", begun.pk)
    return _room(request, issue)


def _plan(request: SignedIn, issue: IssuePage) -> HttpResponse:
    asked = [n for pk in request.POST.getlist("audiences") if (n := number_in(pk))]
    chosen = list(Audience.objects.filter(pk__in=asked))
    zone = request.POST.get("zone", "")
    try:
        at = moment(request.POST["at"], zone)
        schedule(issue, chosen, at, zone, request.user)
    except SendRefused as refusal:
        say(request, refusal)
    else:
        when = f"{at:%-d %B %Y at %H:%M} ({named(zone)})"
        messages.success(request, f"“{issue.title}” goes out on {when}. {publication_of(issue)}")
    return redirect("mailing:send", issue.pk)


def _room(request: SignedIn, issue: IssuePage, **more: Any) -> HttpResponse:
    proposed = proposed_for(issue)
    others = list(issue.get_translations().select_related("locale").order_by("language"))
    held = {edition.pk: edition for edition in others if is_held(edition)}
    rows = list(_audiences(issue, {edition.language: edition for edition in held.values()}))
    own_zones = Schedule.objects.order_by("-pk").values_list("zone", flat=True)[:LAST_ZONES]
    return render(
        request,
        "mailing/send.html",
        {
            "issue": issue,
            "may_edit": opens(request.user, reverse("digest:preflight", args=[issue.pk])),
            "subscribe": where_to_subscribe(),
            "sender": sender(),
            "has_server": bool(settings.EMAIL_URL),
            "longest": LONGEST,
            "mails": [
                _mail(edition, request.user, edition.pk in held)
                for edition in (issue, *others)
                if edition.pk not in held or edition.live or edition.planned()
            ],
            "audiences": rows,
            "total": sum(row["recipients"] for row in rows),
            "reason": why_not_planned(issue, proposed),
            "publication": publication_of(issue),
            "zones": choices([settings.TIME_ZONE, *own_zones]),
            "zone": settings.TIME_ZONE,
            "at": f"{proposed:%Y-%m-%dT%H:%M}",
            "may_schedule": any(not row["send"] and row["recipients"] for row in rows),
            "all_sent": any(row["send"] for row in rows)
            and all(row["send"] for row in rows if row["recipients"]),
            **more,
        },
        status=422 if more else 200,
    )


def _mail(edition: IssuePage, user: Any, kept: bool) -> dict[str, Any]:
    """How an edition's mail stands in an inbox, and who wrote its subject."""
    page = as_it_would_go(edition)
    subject, beside = in_the_inbox(page, issue_of(page, "mail"))
    row = written(edition)
    return {
        "edition": edition,
        "is_held": kept,
        "subject": subject,
        "preheader": beside,
        "written": row,
        "is_passed_over": row is not None and row.words != subject,
        "proof": Proof.objects.filter(issue=edition, by=user).order_by("-pk").first(),
    }


def _audiences(issue: IssuePage, held: Mapping[str, IssuePage]) -> Iterator[dict[str, Any]]:
    """Each audience, who gets which edition of the issue, and what became of it there; `held` are the
    editions that go to nobody, by language.
    """
    ours = {"issue__translation_key": issue.translation_key}
    sent = {s.audience_id: s for s in Send.objects.filter(**ours, is_correction=False)}
    planned = {s.audience_id: s for s in Schedule.objects.filter(**ours, send=None)}
    lacking = Delivery.objects.filter(UNREACHED, send__in=sent.values()).values_list("send")
    not_reached = dict(lacking.annotate(n=Count("pk")))
    editions = editions_for_readers(issue, expected=True, held=held.values())
    for audience in Audience.objects.all():
        begun, plan = sent.get(audience.pk), planned.get(audience.pk)
        yield {
            "audience": audience,
            "recipients": audience.subscriptions.filter(ended=None).count(),
            "send": begun,
            "held": held.get(audience.language),
            "editions": [
                f"{len(readers)} in {edition.locale}"
                for edition, readers in readers_by_edition(issue, audience, editions).items()
            ],
            "unreached": not_reached.get(begun.pk, 0) if begun else 0,
            "planned": plan,
            "when": plan
            and f"{plan.at.astimezone(ZoneInfo(plan.zone)):%-d %B %Y, %H:%M} ({named(plan.zone)})",
        }


@require_POST
def subject(request: SignedIn, issue_id: int) -> HttpResponse:
    """Have an edition's mail called as somebody writes, or as it is proposed again."""
    if not may_send(request):
        return permission_denied(request)
    edition = get_object_or_404(IssuePage, pk=issue_id)
    if refused := _written(request, edition):
        return refused
    page = as_it_would_go(edition)
    called, _ = in_the_inbox(page, issue_of(page, "mail"))
    messages.success(request, f"The mail is called “{called}”.")
    return redirect("mailing:send", edition.original.pk)


def _written(request: SignedIn, edition: IssuePage) -> HttpResponse | None:
    """Take the subject that a request brings; where it is refused, the room says why, with its words."""
    if "subject" not in request.POST:
        return None
    words = "" if "propose" in request.POST else request.POST["subject"]
    page = as_it_would_go(edition)
    try:
        write_subject(edition, page, words, request.user, "answered" in request.POST)
    except SubjectRefused as refusal:
        asked = {"edition": edition.pk, "words": words, "why": str(refusal), "claims": refusal.claims}
        return _room(request, edition.original, refused=asked)
    return None


@require_POST
def proof(request: SignedIn, issue_id: int) -> HttpResponse:
    """Send a test of an edition's mail to who asks."""
    if not may_send(request):
        return permission_denied(request)
    edition = get_object_or_404(IssuePage, pk=issue_id)
    if refused := _written(request, edition):  # the subject stands in the same form, and may be new
        return refused
    if is_too_often("proof", request.user.pk, MOST_PROOFS, PROOFS_WITHIN):
        messages.error(request, f"At most {MOST_PROOFS} tests in an hour: wait a while, or look at it here.")
        return redirect("mailing:send", edition.original.pk)
    try:
        ask_for_proof(edition, request.user)
    except ValueError as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"A test is on its way to {request.user.email}.")
    return redirect("mailing:send", edition.original.pk)


@surface(
    "mail before it is sent", "mail", "absent", "an edition's mail as its readers would get it, and its text"
)
def as_read(request: SignedIn, issue_id: int) -> HttpResponse:
    """The mail of an edition as its readers see it, on a desk and on a phone, and its text."""
    if not may_send(request):
        return permission_denied(request)
    edition = get_object_or_404(IssuePage, pk=issue_id)
    try:
        words = said(as_it_would_go(edition))
    except MailError as error:
        say(request, error)
        return redirect("mailing:send", edition.original.pk)
    return render(
        request,
        "mailing/as_read.html",
        {
            "edition": edition,
            "sender": sender(),
            "words": words,
            "frame": reverse("mailing:as_read_html", args=[edition.pk]),
            "back": reverse("mailing:send", args=[edition.original.pk]),
        },
    )


@surface("mail before it is sent, its HTML", "mail", "absent", "what the room of a mail shows in its frames")
@xframe_options_sameorigin
def as_read_html(request: SignedIn, issue_id: int) -> HttpResponse:
    if not may_send(request):
        return permission_denied(request)
    words = said(as_it_would_go(get_object_or_404(IssuePage, pk=issue_id)), largest=None)
    response = HttpResponse(words.html)
    response["Content-Security-Policy"] = f"{MAIL_POLICY}; sandbox allow-popups"
    return response


@require_POST
def cancel(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Take back a planned send that has not begun."""
    if not may_send(request):
        return permission_denied(request)
    row = get_object_or_404(Schedule, pk=schedule_id, send=None)
    issue = row.issue.original
    try:
        unschedule(row)
    except SendRefused as refusal:
        say(request, refusal)
        return redirect("mailing:send", issue.pk)
    publication = publication_of(issue) or ("" if issue.live else "Nor will it be published.")
    messages.success(request, f"It will not be sent. {publication}")
    return redirect("mailing:send", issue.pk)
