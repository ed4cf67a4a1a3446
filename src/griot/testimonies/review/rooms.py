"""The review room in the admin: testimonies on their way, and all that is known of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode

from griot.accounts.requests import SignedIn
from griot.testimonies.access import Action, allowed, for_reviewers, note, require, visible
from griot.testimonies.core import names, types
from griot.testimonies.core.consent import name_of
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake import contacts
from griot.testimonies.making.rendering import showable
from griot.testimonies.models import Access, Departure, File, Rendition, Testimony
from griot.testimonies.models.campaigns import WRITTEN_IN
from griot.testimonies.review import changing, machines, review
from griot.testimonies.review.copying import COPIES
from griot.testimonies.review.waiting import IS_SENT_LATE, ending
from griot.testimonies.review.writing import WritingForm

A_PAGE = 40
LOOKS_SHOWN = 12
S = Testimony.State


@surface("review room: list", "assigned", "bare fact", "testimonies on their way, as the role sees them")
@for_reviewers
def testimonies(request: SignedIn) -> HttpResponse:
    rows: QuerySet[Any] = (
        visible(request.user)
        .select_related("campaign", "messenger", "assigned")
        .prefetch_related("writings", "consents", "proposals")
        .annotate(has_kept=Exists(File.objects.filter(testimony=OuterRef("pk"), state=File.State.KEPT)))
    )
    state, mine = request.GET.get("state", ""), request.GET.get("mine") == "1"
    waits = rows.filter(IS_SENT_LATE).distinct()
    if request.GET.get("waits") == "1":
        rows = waits
    if request.GET.get("ends") == "1":
        rows = ending(rows)
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
            "waits": waits.count(),
            "asked": urlencode(
                {k: request.GET[k] for k in ("state", "mine", "waits", "ends") if k in request.GET}
            ),
            "states": [(value, S(value).label, counts.get(value, 0)) for value in S.values],
        },
    )


@surface(
    "review room: a testimony", "assigned", "bare fact", "everything about a testimony, for its reviewers"
)
@for_reviewers
def testimony(request: HttpRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(visible(request.user), pk=pk)
    require(request.user, "see", row)
    may_do = allowed(request.user, row)
    if row.over:
        departures = _departures(row) if "departures" in may_do else Departure.objects.none()
        shown = {"row": row, "departures": departures, "allowed": may_do}
        return render(request, "testimonies/withdrawn.html", shown)
    note(request.user, row, "page")
    language = request.GET.get("language") or _language_shown(row)
    form = _writing_form(request, row, language)
    if request.method == "POST":
        if not form.is_valid():
            messages.error(request, "Not saved; see below.")
        elif _write(request, row, form, language):
            return redirect("testimonies:testimony", row.pk)
    return render(
        request,
        "testimonies/testimony.html",
        {
            "row": row,
            "allowed": may_do,
            "called": _heading(row),
            "is_hidden": row.hurts and not request.GET.get("open"),
            "form": form,
            "language": language,
            "mark": review.mark(row),
            "mark_of_words": review.mark_of_words(row, language),
            **_material(row),
            "answers": _answers(row, may_do),
            "departures": _departures(row) if "departures" in may_do else (),
            "has_contact": contacts.kept(row) is not None,
            **_words(row, language),
            **_next_steps(row, may_do),
        },
    )


def _write(request: HttpRequest, row: Testimony, form: WritingForm, shown: str) -> bool:
    language = form.cleaned_data["language"]
    # Saved as another language than was shown, they may be the first in it and nothing else.
    seen = request.POST.get("seen", "") if language == shown else review.NO_WORDS
    try:
        review.write(row, request.user, language, form.texts(), seen)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, "Saved.")
    return True


def _writing_form(request: HttpRequest, row: Testimony, language: str) -> WritingForm:
    writing = row.writings.filter(language=language).first()
    return WritingForm(
        request.POST or None,
        photos=[f for f in row.files.all() if f.role == File.Role.STORY and f.media == "photo"],
        has_recording=row.leading() is not None,
        initial={"language": language, **(writing.texts if writing else {})},
    )


def _material(row: Testimony) -> dict[str, Any]:
    """Its files, what was made of them, and the consent under which they may be shown."""
    files = row.files.exclude(role=File.Role.DUPLICATE)
    return {
        "consent": row.consent,
        "files": files,
        "kept": [f for f in files if f.state == File.State.KEPT],
        "recordings": [f for f in files if f.role == File.Role.STORY and f.media in {"video", "audio"}],
        "renditions": showable(row),
        "waiting": Rendition.objects.filter(file__testimony=row).exclude(state="ready"),
    }


def _answers(row: Testimony, may_do: frozenset[Action]) -> dict[str, str]:
    """What was written down, without the names that are kept back from whoever may not open the original."""
    said = row.in_force
    if said is None or "original" in may_do:
        return dict(row.answers)
    kept, name = [*row.kept_back(said.naming), *row.perhaps_kept_back(said.naming)], name_of(row.teller, said)
    return {prompt: names.without(text, kept, name) for prompt, text in row.answers.items()}


def _words(row: Testimony, language: str) -> dict[str, Any]:
    """The languages it is written in, who wrote the one that is shown, and what machines may do or are at."""
    codes = list(row.writings.values_list("language", flat=True))
    called = dict(WRITTEN_IN)
    return {
        "languages": [(code, called.get(code, code)) for code in codes],
        "untranslated": [pair for pair in WRITTEN_IN if pair[0] not in codes],
        "is_machine": any(w.machine for w in row.writings.filter(language=language)),
        "machine_works": row.machine_works.exclude(state="ready"),
        "can_transcribe": machines.can_transcribe() and row.leading() is not None,
        "can_translate": machines.can_translate() and bool(codes),
        "themes": types.THEMES,
        "routes": Testimony._meta.get_field("route").choices,
    }


def _next_steps(row: Testimony, may_do: frozenset[Action]) -> dict[str, Any]:
    """Where it can go from here, what stands in the way, and the way it came."""
    state = S(row.state)
    is_on_its_way = state in review.WAY[:-1]
    return {
        "obstacles": review.obstacles(row),
        "changes": changing.changes(row, in_full="original" in may_do),
        "proposals": [(p, changing.proposed(p), row.is_older(p.given)) for p in row.undecided],
        "may_go_without": state == S.INTAKE
        and "protect" in may_do
        and row.files.filter(state=File.State.EXPECTED).exists(),
        "may_judge": "protect" in may_do
        and (state == S.PROTECTION or (state in review.WAY[2:] and bool(review.unsafe(row)))),
        "may_warn": "protect" in may_do and state in review.WAY[1:],
        "to": review.WAY[review.WAY.index(state) + 1].label if is_on_its_way else "",
        "may_move": is_on_its_way and review.TAKES[state] in may_do,
        "people": get_user_model().objects.filter(is_active=True).order_by("username"),
        "uses_given": COPIES if "publish" in may_do else (),
        "steps": [(step, step.is_open or "original" in may_do) for step in row.steps.select_related("by")],
        "looks": Access.objects.filter(testimony=row.pk)[:LOOKS_SHOWN],
    }


def _language_shown(row: Testimony) -> str:
    """Its own, or the first that it is written in."""
    codes = list(row.writings.values_list("language", flat=True))
    return row.language if row.language in codes or not codes else codes[0]


def _heading(row: Testimony) -> str:
    writing = row.writings.first()
    return writing.title if writing and writing.title else str(row)


def _departures(row: Testimony) -> QuerySet[Departure]:
    return Departure.objects.filter(testimony=row.pk)
