"""The review room in the admin: testimonies on their way, each step with who, when and why; and the
messengers' phones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from griot.accounts.factors import ask_for_second_factor, has_second_factor
from griot.accounts.requests import SignedIn
from griot.testimonies.access import allowed, note, opens_raw_material, require, roles_of, visible
from griot.testimonies.core import types
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.subtitles import BadSubtitles, as_vtt
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake import odk, speaking
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import showable
from griot.testimonies.models import (
    Access,
    Campaign,
    CheckIn,
    Departure,
    File,
    Messenger,
    Rendition,
    Spoken,
    Testimony,
)
from griot.testimonies.models.campaigns import LANGUAGES, token_hash
from griot.testimonies.review import copying, machines, review
from griot.testimonies.review.copying import COPIES
from griot.testimonies.showing import withdrawing

A_PAGE = 40
S = Testimony.State
WRITTEN_IN = [*LANGUAGES, ("es", "Español")]
MOST_SUBTITLES = 512 * 1024


def for_reviewers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for accounts with a role in testimonies; with a second factor, where a role of theirs opens raw
    material.
    """

    @wraps(view)
    def answer(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not roles_of(request.user):
            raise PermissionDenied("your account has no role in testimonies")
        if opens_raw_material(request.user) and not has_second_factor(request.user):
            return ask_for_second_factor(
                request,
                "You may open sealed recordings: prove a second factor first, or set one up, an app or a"
                " passkey.",
            )
        return view(request, *args, **kwargs)

    return answer


@surface("review room: list", "assigned", "bare fact", "testimonies on their way, as the role sees them")
@for_reviewers
def testimonies(request: SignedIn) -> HttpResponse:
    rows = (
        visible(request.user)
        .select_related("campaign", "messenger", "assigned")
        .prefetch_related("writings", "consents")
    )
    state, mine = request.GET.get("state", ""), request.GET.get("mine") == "1"
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    if state in S.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.exclude(state=S.CLOSED)
    if mine:
        rows = rows.filter(assigned=request.user)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "testimonies/list.html",
        {
            "page": page,
            "state": state,
            "mine": mine,
            "states": [(value, S(value).label, counts.get(value, 0)) for value in S.values],
        },
    )


def _heading(row: Testimony) -> str:
    writing = row.writings.first()
    return writing.title if writing and writing.title else str(row)


class WritingForm(forms.Form):
    language = forms.ChoiceField(choices=WRITTEN_IN)
    title = forms.CharField(max_length=200, required=False)
    quote = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    body = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paragraphs, apart by empty lines.",
    )
    subtitles = forms.CharField(
        required=False,
        max_length=MOST_SUBTITLES,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="WebVTT or SRT; pasted SRT is turned into WebVTT.",
    )

    def __init__(
        self, *args: Any, photos: Sequence[File] = (), has_recording: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if has_recording:
            del self.fields["subtitles"]  # they are written in the cutting room, and nowhere else
        for n, photo in enumerate(photos, 1):
            self.fields[f"caption {photo.pk}"] = forms.CharField(
                label=f"Words under photo {n}", max_length=300, required=False
            )

    def texts(self) -> dict[str, Any]:
        """What is stored of it."""
        captions = {
            name.removeprefix("caption "): words
            for name, words in self.cleaned_data.items()
            if name.startswith("caption ") and words
        }
        return {
            **{
                name: self.cleaned_data[name]
                for name in ("title", "quote", "body", "subtitles")
                if name in self.fields
            },
            "captions": captions,
        }

    def clean_subtitles(self) -> str:
        try:
            return as_vtt(self.cleaned_data["subtitles"])
        except BadSubtitles as error:
            raise forms.ValidationError(str(error)) from error


@surface(
    "review room: a testimony", "assigned", "bare fact", "everything about a testimony, for its reviewers"
)
@for_reviewers
def testimony(request: HttpRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(visible(request.user), pk=pk)
    require(request.user, "see", row)
    if not row.over:
        note(request.user, row, "page")
    may_do = allowed(request.user, row)
    if row.over:
        return render(
            request,
            "testimonies/withdrawn.html",
            {"row": row, "departures": _departures(row) if "departures" in may_do else [], "allowed": may_do},
        )
    written = _written(row)
    codes = [code for code, _ in written]
    language = request.GET.get("language") or (
        row.language if row.language in codes or not codes else codes[0]
    )
    photos = [f for f in row.files.all() if f.role == File.Role.STORY and f.media == "photo"]
    form = WritingForm(
        request.POST or None,
        photos=photos,
        has_recording=row.leading() is not None,
        initial={"language": language, **_texts(row, language)},
    )
    if request.method == "POST":
        if form.is_valid():
            return _done(
                request,
                row,
                lambda: review.write(row, request.user, form.cleaned_data["language"], form.texts()),
                "Saved.",
            )
        messages.error(request, "Not saved; see below.")
    files = row.files.exclude(role=File.Role.DUPLICATE)
    writing = row.writings.filter(language=language).first()
    return render(
        request,
        "testimonies/testimony.html",
        {
            "row": row,
            "consent": row.consent,
            "allowed": may_do,
            "form": form,
            "language": language,
            "languages": written,
            "files": files,
            "recordings": [f for f in files if f.role == File.Role.STORY and f.media in {"video", "audio"}],
            "renditions": showable(row),
            "waiting": Rendition.objects.filter(file__testimony=row).exclude(state="ready"),
            "steps": row.steps.select_related("by"),
            "obstacles": review.obstacles(row),
            "called": _heading(row),
            "to": (
                review.WAY[review.WAY.index(S(row.state)) + 1].label if row.state in review.WAY[:-1] else ""
            ),
            "may_move": row.state in review.WAY[:-1] and review.TAKES[S(row.state)] in may_do,
            "people": get_user_model().objects.filter(is_active=True).order_by("username"),
            "departures": _departures(row),
            "machine_works": row.machine_works.exclude(state="ready"),
            "is_machine": bool(writing and writing.machine),
            "can_transcribe": machines.can_transcribe() and row.leading() is not None,
            "can_translate": machines.can_translate() and bool(written),
            "themes": types.THEMES,
            "routes": Testimony._meta.get_field("route").choices,
            "uses_given": COPIES if "publish" in may_do else (),
            "untranslated": [pair for pair in WRITTEN_IN if pair[0] not in codes],
            "is_hidden": row.hurts and not request.GET.get("open"),
            "looks": Access.objects.filter(testimony=row.pk)[:12],
        },
    )


def _departures(row: Testimony) -> Any:
    return Departure.objects.filter(testimony=row.pk)


def _texts(row: Testimony, language: str) -> dict[str, str]:
    writing = row.writings.filter(language=language).first()
    return writing.texts if writing else {}


def _written(row: Testimony) -> list[tuple[str, str]]:
    names = dict(WRITTEN_IN)
    return [(code, names.get(code, code)) for code in row.writings.values_list("language", flat=True)]


def _done(request: HttpRequest, row: Testimony, act: Callable[[], Any], words: str) -> HttpResponse:
    try:
        act()
        messages.success(request, words)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("testimonies:testimony", row.pk)


@surface(
    "review room: steps", "assigned", "refused", "moving on, sending back, judging, assigning, withdrawing"
)
@for_reviewers
@require_POST
def step(request: HttpRequest, pk: Any) -> HttpResponseBase:
    row = get_object_or_404(visible(request.user), pk=pk)
    words, act, user = request.POST.get("words", "").strip()[:4000], request.POST.get("act", ""), request.user
    if act == "withdraw":
        require(user, "withdraw", row)
        note(user, row, "withdraw", words)
        withdrawing.withdraw(row, "team", user)
        messages.success(
            request, "Withdrawn. It is off every page now; its files and words are being erased."
        )
        return redirect("testimonies:testimony", row.pk)
    if act == "receipt":
        require(user, "receipt", row)
        code = row.make_receipt()
        note(user, row, "receipt")
        return render(
            request,
            "testimonies/receipt.html",
            {"row": row, "code": code, "url": f"{settings.PUBLIC_URL}/receipt/", "consent": row.consent},
        )
    if act == "copy":
        try:
            return copying.copy(row, user, request.POST.get("use", ""), request.POST.get("recipient", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("testimonies:testimony", row.pk)
    if act == "hurts":
        require(user, "see", row)
        row.hurts = not row.hurts
        row.save(update_fields=["hurts"])
        return redirect("testimonies:testimony", row.pk)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "move": (lambda: review.move_on(row, user, words), "Moved on."),
        "back": (lambda: review.send_back(row, user, words), "Sent back."),
        "safe": (lambda: review.judge(row, user, True, words), "Noted: found safe."),
        "risk": (
            lambda: review.judge(row, user, False, words),
            "Noted: the risk is high, so two people have to find it safe.",
        ),
        "comment": (lambda: review.comment(row, user, words), "Noted."),
        "assign": (lambda: review.assign(row, user, _person(request.POST.get("to"))), "Assigned."),
        "describe": (
            lambda: review.describe(row, user, request.POST.getlist("themes"), request.POST.get("route", "")),
            "Saved.",
        ),
        "transcribe": (
            lambda: machines.ask(row, user, "transcript", row.language),
            "Asked for: it is marked as a machine’s until somebody has gone over it.",
        ),
        "translate": (
            lambda: machines.ask(row, user, "translation", _language(request.POST.get("language"))),
            "Asked for: it is marked as a machine’s until somebody has gone over it.",
        ),
        "approve": (
            lambda: review.approve_rendition(row, user, int(request.POST.get("rendition") or 0)),
            "Noted: looked at.",
        ),
    }
    if act not in acts:
        messages.error(request, "That is nothing that can be done here.")
        return redirect("testimonies:testimony", row.pk)
    return _done(request, row, *acts[act])


def _language(code: str | None) -> str:
    if code not in dict(WRITTEN_IN):
        raise Refused("That is no language that testimonies are written in.")
    return str(code)


def _person(pk: str | None) -> Any:
    return get_user_model().objects.filter(pk=pk, is_active=True).first() if pk and pk.isdecimal() else None


# --- messengers ------------------------------------------------------------------------------


def _my_messengers(user: Any) -> Any:
    rows = Messenger.objects.select_related("team__campaign").prefetch_related("devices")
    if "administrator" in roles_of(user):
        return rows
    return rows.filter(team__coordinators=user)


@permission_required("testimonies.coordinate", raise_exception=True)
def messengers(request: HttpRequest) -> HttpResponse:
    rows = _my_messengers(request.user)
    return render(
        request,
        "testimonies/messengers.html",
        {"rows": [(m, m.modules_due(), m.devices.order_by("-last_seen").first()) for m in rows]},
    )


@permission_required("testimonies.coordinate", raise_exception=True)
@require_POST
def messenger(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite (a QR code and a link, shown once), let in by ODK Collect (likewise), freeze, thaw."""
    row = get_object_or_404(_my_messengers(request.user), pk=pk)
    act = request.POST.get("act")
    note(request.user, None, f"messenger {act}"[:40], str(row))
    if act == "freeze":
        row.freeze()
        messages.success(
            request, f"{row} is frozen. The phone erases what it holds as soon as it has a network."
        )
    elif act == "thaw":
        row.thaw()
        messages.success(request, f"{row} may be invited again, with a new key.")
    elif act == "invite" and row.state != Messenger.State.FROZEN:
        url = f"{settings.PUBLIC_URL}{reverse('phone_app')}#join={row.invite_anew()}"
        return render(request, "testimonies/invitation.html", {"row": row, "url": url, "code": _drawn(url)})
    elif act == "odk" and row.state != Messenger.State.FROZEN:
        login, password = odk.admit(row)
        server = f"{settings.PUBLIC_URL}{reverse('odk:submission').removesuffix('/submission')}"
        words = {"row": row, "server": server, "login": login, "password": password}
        return render(
            request,
            "testimonies/odk.html",
            {**words, "code": _drawn(odk.settings_code(server, login, password, str(row.team.campaign)))},
        )
    return redirect("testimonies:messengers")


@permission_required("testimonies.administer", raise_exception=True)
def spoken(request: HttpRequest) -> HttpResponse:
    """Consent texts and prompts, to be read aloud by somebody, for phones to play."""
    campaigns = Campaign.objects.all()
    campaign = campaigns.filter(pk=request.GET.get("campaign") or 0).first() or campaigns.first()
    if request.method == "POST" and campaign:
        here = f"{reverse('testimonies:spoken')}?campaign={campaign.pk}"
        language, _, what = request.POST.get("text", "").partition(" ")
        if "drop" in request.POST:
            for row in campaign.spoken.filter(language=language, what=what):
                speaking.drop(row)
            messages.success(request, "Removed.")
            return redirect(here)
        file = request.FILES.get("file")
        try:
            if file is None or (file.size or 0) > speaking.LARGEST:
                raise Refused(f"A sound file of at most {speaking.LARGEST // 2**20} MB is expected.")
            with vault().scratch() as folder:
                with (folder / "sent").open("wb") as out:
                    for chunk in file.chunks():
                        out.write(chunk)
                speaking.keep(campaign, language, what, folder / "sent")
            messages.success(request, "Kept: phones take it along with the next network.")
        except Refused as refusal:
            messages.error(request, f"Not kept: {refusal}")
        return redirect(here)
    known = {(row.language, row.what): row for row in campaign.spoken.all()} if campaign else {}
    rows = (
        [(t, known.get((t.language, t.what)), dict(LANGUAGES)[t.language]) for t in speaking.texts(campaign)]
        if campaign
        else []
    )
    shown = [
        (t, row, name, bool(row and row.of == token_hash(t.words)))
        for t, row, name in sorted(rows, key=lambda r: (r[2], r[0].what != speaking.CONSENT))
    ]
    return render(
        request,
        "testimonies/spoken.html",
        {
            "rows": shown,
            "campaign": campaign,
            "campaigns": campaigns,
            "missing": sum(not is_now for *_, is_now in shown),
        },
    )


@permission_required("testimonies.administer", raise_exception=True)
def spoken_file(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(
        vault().read(get_object_or_404(Spoken, pk=pk).vault),
        content_type="audio/mp4",
        headers={"Cache-Control": "private, no-store"},
    )


def _drawn(content: str) -> Any:
    """A QR code as SVG, for a phone to look at."""
    svg = segno.make(content, error="m").svg_inline(scale=5, border=2, light="#fff", omitsize=True)
    return mark_safe(svg)  # noqa: S308  (our own drawing)


def check_ins(request: SignedIn) -> HttpResponse:
    """For the focal person of a country alone, whatever other roles anybody has."""
    rows = CheckIn.objects.filter(messenger__team__focal_person=request.user).select_related(
        "messenger__team"
    )
    if request.method == "POST":
        rows.filter(pk=request.POST.get("pk") or 0).update(answered=timezone.now())
        return redirect("testimonies:check_ins")
    if not request.user.listens_in.exists():
        raise PermissionDenied("check-ins are read by the focal person of a country only")
    return render(request, "testimonies/check_ins.html", {"rows": rows[:200]})
