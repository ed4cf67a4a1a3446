"""The press's rooms in the admin: the morning ledger, and adding sources by home page."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from griot.accounts.guarding import opens
from griot.accounts.requests import SignedIn, number_in
from griot.press.core.beats.query import QueryError
from griot.press.core.types import BadInput
from griot.press.listening.ledger import ledger
from griot.press.listening.sources import STARTER, add_opml, add_sources, new_push_token
from griot.press.models import Beat, Discovery, Notice, Source
from griot.press.stories.trying import tried
from griot.queueing import soon

MOST_OPML = 4 * 1024 * 1024
_FIRST_VISITS = "The first visits are spread over ten minutes; the ledger tells which were reached."
NIGHTS = {"12": 12, "36": 36, "168": 168}  # hours that the ledger can look back on


@permission_required("press.view_source", raise_exception=True)
def morning_ledger(request: HttpRequest) -> HttpResponse:
    hours = NIGHTS.get(request.GET.get("hours", ""), 36)
    now = timezone.now()
    found = ledger(now - timedelta(hours=hours), now)
    only = request.GET.get("only") == "trouble"
    rows = [n for n in found.sources if n.needs_a_look] if only else found.sources
    rows = sorted(rows, key=lambda n: (not n.needs_a_look, n.outlet, n.url))
    return render(
        request,
        "press/ledger.html",
        {
            "ledger": found,
            "rows": rows,
            "hours": hours,
            "choices": NIGHTS.values(),
            "only": only,
            "troubled": sum(n.needs_a_look for n in found.sources),
            "may_listen": opens(request.user, reverse("press:find_sources")),
            "notices": Notice.objects.filter(is_over=False).select_related("source__outlet")[:20],
        },
    )


class SearchForm(forms.Form):
    url = forms.URLField(
        max_length=500,
        label="Home page",
        assume_scheme="https",
        help_text="For example https://www.example.org. A feed's own address will do as well.",
        error_messages={"invalid": "This is no web address; one looks like https://www.example.org"},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "autofocus": True}),
    )


@permission_required("press.add_source", raise_exception=True)
def find_sources(request: SignedIn) -> HttpResponse:
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = Discovery.objects.create(url=form.cleaned_data["url"], by=request.user)
        soon("press.discover", f"discover {row.pk}", pk=row.pk)
        return redirect("press:found", row.pk)
    recent = Discovery.objects.order_by("-started")[:8]
    return render(request, "press/find_sources.html", {"form": form, "recent": recent})


@permission_required("press.add_source", raise_exception=True)
def found(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Discovery, pk=pk)
    if request.method == "POST":
        chosen = [
            row.offers[n]
            for said in request.POST.getlist("offer")
            if (n := number_in(said)) is not None and n < len(row.offers)
        ]
        name = request.POST.get("name", "").strip()
        if chosen and name:
            added = add_sources(name, row.url, row.language, chosen)
            soon("press.listen", "listen")
            messages.success(
                request,
                f"{len(added)} source{'s' if len(added) > 1 else ''} of {name}: the first visit is under"
                " way.",
            )
            return redirect("sources:index")
        messages.error(request, "Choose at least one source, and give the outlet its name.")
    known = set(Source.objects.filter(url__in=[o["url"] for o in row.offers]).values_list("url", flat=True))
    offers = [{**offer, "is_known": offer["url"] in known} for offer in row.offers]
    is_late = row.finished is None and row.started < timezone.now() - timedelta(minutes=3)
    return render(request, "press/found.html", {"hunt": row, "offers": offers, "is_late": is_late})


@permission_required("press.view_source", raise_exception=True)
def try_beat(request: SignedIn) -> HttpResponse:
    """What a query finds in last night's pieces, beside the beat as it is; who may change beats takes it."""
    asked = request.POST or request.GET
    beats = list(Beat.objects.filter(is_active=True))
    chosen = number_in(asked.get("beat"))
    beat = next((b for b in beats if b.pk == chosen), beats[0] if beats else None)
    query = asked.get("q", beat.query if beat else "").strip()
    may_take = request.user.has_perm("press.change_beat")
    found, error = None, ""
    try:
        found = tried(query, beat) if query else None
    except QueryError as refusal:
        error = str(refusal)
    if request.method == "POST" and beat and found:
        if not may_take:
            raise PermissionDenied("a beat is decided on by a chief editor")
        if query != beat.query:
            log(instance=beat, action="wagtail.edit", user=request.user, data={"query": query})
        Beat.objects.filter(pk=beat.pk).update(query=query, tried=timezone.now())
        messages.success(request, f"{beat} finds by this query from the next visit on.")
        return redirect(f"{reverse('press:try_beat')}?beat={beat.pk}")
    return render(
        request,
        "press/try_beat.html",
        {
            "beats": beats,
            "beat": beat,
            "query": query,
            "found": found,
            "error": error,
            "may_take": may_take,
            "is_as_it_is": beat is not None and query == beat.query.strip(),
        },
        status=400 if error and request.method == "POST" else 200,
    )


@permission_required("press.add_source", raise_exception=True)
@require_POST
def bring_opml(request: HttpRequest) -> HttpResponse:
    """A list of sources from another reader, as a file."""
    file = request.FILES.get("file")
    try:
        if file is None:
            raise BadInput("choose a file first: your reader exports one, usually as “OPML”")
        if (file.size or 0) > MOST_OPML:
            raise BadInput(
                f"the file is larger than {MOST_OPML // 1024 // 1024} MB; a list of sources is not"
            )
        named, added = add_opml(file.read())
    except BadInput as refusal:
        messages.error(request, f"Nothing was added: {refusal}.")
        return redirect("press:find_sources")
    known = f" {named - added} were known already." if named > added else ""
    messages.success(request, f"{added} source{'' if added == 1 else 's'} added.{known} {_FIRST_VISITS}")
    return redirect("press:ledger")


@permission_required("press.add_source", raise_exception=True)
@require_POST
def starter_pack(request: HttpRequest) -> HttpResponse:
    _, added = add_opml(STARTER.read_bytes())
    messages.success(
        request,
        f"{added} sources were added. {_FIRST_VISITS}",
    )
    return redirect("press:ledger")


@permission_required("press.change_source", raise_exception=True)
@require_POST
def push_token(request: HttpRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk, kind=Source.Kind.PUSH)
    return render(request, "press/push_token.html", {"source": source, "token": new_push_token(source)})
