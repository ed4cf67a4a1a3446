"""The issue's rooms in the admin: pre-flight, editions, carrying over, corrections."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail_localize.models import Translation

from griot.accounts.guarding import NotNow, opens
from griot.accounts.requests import SignedIn, number_in
from griot.digest.core.words import is_right_to_left, words
from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act
from griot.digest.desk.lines import BY_HAND, states_of_lines
from griot.digest.desk.mending import mend, take_back, why_not_edited
from griot.digest.desk.placing import unfinished
from griot.digest.models import Correction, IssuePage
from griot.digest.release.approving import may_submit, standing_of, to_approve, who_approves, why_not
from griot.digest.release.editions import make_editions
from griot.digest.release.findings import Finding, rows_of
from griot.digest.release.judging import NotAnswered, answer, may_answer
from griot.digest.release.judging import take_back as end_answers
from griot.digest.release.preflight import preflight
from griot.digest.site.composing import bound_lines
from griot.digest.site.making import as_json, making
from griot.press.models import Source
from griot.queueing import soon

MOST_CARRIED = 40
edit_permission = permission_required("digest.change_issuepage", raise_exception=True)


LEVELS = {"must": "Must be mended", "should": "Should be looked at", "know": "Good to know"}


@edit_permission
def preflight_room(request: SignedIn, pk: int) -> HttpResponse:
    page = get_object_or_404(IssuePage, pk=pk)
    soon("digest.check_links", "check-links", issue=page.pk)
    draft = page.get_latest_revision_as_object()
    findings = preflight(draft)
    shown = _looked_at(page, draft, findings, request.user)
    of = {row.what for level in shown["levels"] for row in level["rows"]}
    editions = page.get_translations().select_related("locale")
    latest = page.get_latest_revision()
    is_all_out = page.live and not page.has_unpublished_changes
    reason = "" if is_all_out else why_not(page, found=findings)
    mended = number_in(request.GET.get("mended"))
    blocked = any(finding.level == "must" for finding in findings)
    return render(
        request,
        "digest/preflight.html",
        {
            **shown,
            "may_send": opens(request.user, reverse("mailing:send", args=[page.pk])),
            "may_publish": not reason and is_to_publish(page, request.user),
            "why_not": reason,
            "may_submit": not blocked and may_submit(page, request.user),
            "to_approve": None if blocked else to_approve(page, request.user),
            "who_approves": who_approves(page, request.user),
            "editions": [_edition_looked_at(edition, request.user, of) for edition in editions],
            "mended": mended if latest and latest.pk == mended and latest.user == request.user else None,
        },
    )


def is_to_publish(page: IssuePage, user: Any) -> bool:
    """Whether there is something to publish that is not planned, and it is this user's to do."""
    is_all_out = page.live and not page.has_unpublished_changes
    return not is_all_out and not page.planned() and page.permissions_for_user(user).can_publish()


def may_publish_now(page: IssuePage, user: Any) -> bool:
    """Whether that is so, and nothing keeps it in."""
    return is_to_publish(page, user) and not why_not(page)


@require_POST
@edit_permission
def submit_room(request: SignedIn, pk: int) -> HttpResponse:
    """Ask for an issue's approval as it stands, by whoever edits it."""
    page = get_object_or_404(IssuePage, pk=pk)
    with transaction.atomic():
        page.hold()
        if is_asked := may_submit(page, request.user):
            page.get_workflow().start(page, request.user)
    if is_asked:
        messages.success(request, f"“{page.title}” is submitted. {who_approves(page, request.user)}")
    else:
        messages.error(request, "Nothing was done: somebody is asked already, or it is approved. Look again.")
    return redirect("digest:preflight", page.pk)


@require_POST
@edit_permission
def publish_room(request: SignedIn, pk: int) -> HttpResponse:
    """Publish an issue as it stands, by whoever may; what keeps it in is said."""
    page = get_object_or_404(IssuePage, pk=pk)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    try:
        page.get_latest_revision().publish(user=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("digest:preflight", page.pk)
    page.refresh_from_db()
    said = f"“{page.title}” is out." if page.live else f"“{page.title}” is planned."
    messages.success(request, said)
    for tell in hooks.get_hooks("after_publish_page"):
        tell(request, page)
    return redirect("wagtailadmin_home")


def _edition_looked_at(page: IssuePage, user: Any, said: Collection[str]) -> dict[str, Any]:
    draft = page.get_latest_revision_as_object()
    return _looked_at(page, draft, preflight(draft), user, said)


def _looked_at(
    page: IssuePage, draft: IssuePage, found: list[Finding], user: Any, said: Collection[str] = ()
) -> dict[str, Any]:
    """An issue, or an edition of it, with what was `found` of its draft, as the pre-flight shows it to
    somebody; what was `said` of the issue is not said again of each edition.
    """
    rows = [row for row in rows_of(found) if row.what not in said]
    judged = {row.judgement.name: row for row in rows if row.judgement and row.level == "must"}
    word, more = standing_of(page)
    if "translation" in judged:
        more = f"It is held: its readers get the issue in their second language. {more}"
    return {
        "issue": draft,
        "standing": word,
        "more": more,
        "levels": [
            {"name": level, "title": title, "rows": mine}
            for level, title in LEVELS.items()
            if (mine := [row for row in rows if row.level == level])
        ],
        "judged": list(judged.items()) if may_answer(page, user) else [],
        "standing_answers": page.answers.filter(ended=None) if may_answer(page, user) else [],
        "may_mend": not why_not_edited(page, user),
    }


@edit_permission
def states_room(request: SignedIn, pk: int) -> JsonResponse:
    """How each line of a draft stands, by its id, for the rows of the editor."""
    draft = get_object_or_404(IssuePage, pk=pk).get_latest_revision_as_object()
    lines = list(bound_lines(draft))
    states = states_of_lines(line.value["story"] for line in lines)
    return JsonResponse({line.id: states.get(line.value["story"], BY_HAND) for line in lines})


@edit_permission
@require_POST
def mend_room(request: SignedIn, pk: int) -> HttpResponse:
    """Mend a finding in one click, or take that back."""
    page = get_object_or_404(IssuePage, pk=pk)
    address = reverse("digest:preflight", args=[page.pk])
    try:
        if made := number_in(request.POST.get("mended")):
            take_back(page.pk, request.user, made)
            messages.success(request, "It is as it was before.")
        else:
            mended = mend(page.pk, request.user, request.POST.get("finding", ""))
            messages.success(request, mended.said)
            address += f"?mended={mended.revision}" if mended.revision else ""
    except Refused as refusal:
        messages.error(request, f"Nothing was changed: {refusal}.")
    return redirect(address)


@edit_permission
@require_POST
def answer_room(request: SignedIn, pk: int) -> HttpResponse:
    """The chief editor answers for a finding by name, of the issue as it is, or takes that back."""
    page = get_object_or_404(IssuePage, pk=pk)
    name = request.POST.get("judgement", "")
    found = preflight(page.get_latest_revision_as_object())
    judgement = next((f.judgement for f in found if f.judgement and f.judgement.name == name), None)
    try:
        if "take_back" in request.POST:
            if end_answers(page, name, request.user):
                messages.success(request, "Nobody answers for it any more.")
        elif judgement is None:
            messages.warning(request, "There is nothing to answer for any more.")
        else:
            answer(page, judgement, request.user, request.POST.get("why", ""))
            messages.success(request, "You answer for it: it may go out as it is now.")
    except NotAnswered as refusal:
        messages.error(request, str(refusal))
    return redirect("digest:preflight", page.original.pk)


@edit_permission
@require_POST
def editions_room(request: HttpRequest, pk: int) -> HttpResponse:
    page = get_object_or_404(IssuePage, pk=pk)
    made = make_editions(page, request.user)
    if settings.TRANSLATOR:
        soon("digest.translate", "translate-editions", issue=page.pk, user=request.user.pk)
    words = (
        "the translator is at work; what it translates stays marked until somebody has read it"
        if settings.TRANSLATOR
        else "translate them in the editor"
    )
    by_hand = Translation.objects.filter(source__object_id=page.translation_key, enabled=False)
    languages = [str(translation.target_locale) for translation in by_hand.select_related("target_locale")]
    count = len(made) - len(languages)
    messages.success(
        request,
        f"{count} edition{'s are' if count != 1 else ' is'} up to date with the draft: {words}."
        + (f" Left as it was written by hand: {', '.join(languages)}." if languages else ""),
    )
    return redirect("digest:preflight", page.pk)


@edit_permission
@require_POST
def carry_over(request: HttpRequest) -> HttpResponse:
    """What was put off, and what was accepted and never told, into the issue in the making."""
    carried, refused = 0, []
    for story in list(unfinished()[:MOST_CARRIED]):
        try:
            act("accept", request.user, {"story": story.pk})
            carried += 1
        except Refused as refusal:
            refused.append(f"{story.headline[:60]}: {refusal}")
    messages.success(request, f"{carried} line{'s' if carried != 1 else ''} carried over.")
    for why in refused[:5]:
        messages.warning(request, f"Left: {why}")
    return redirect("desk:desk")


@edit_permission
@require_POST
def make_now(request: HttpRequest) -> HttpResponse:
    """Today's issue now, and not at its hour; the panel shows how far it has come."""
    if not Source.objects.filter(is_active=True).exists():
        messages.error(request, "There is nothing to make it of: add sources first.")
    elif making() is None:
        soon("digest.morning", "digest.morning")
    return redirect("wagtailadmin_home")


@edit_permission
def making_room(request: HttpRequest) -> HttpResponse:
    return JsonResponse(as_json(making(), words("en")), headers={"Cache-Control": "no-store"})


def _require_publisher(request: HttpRequest, page: IssuePage) -> None:
    """A correction stands on the web at once: whoever may publish writes it. Raises PermissionDenied."""
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied("a correction is published at once, which your roles do not cover")


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label="What was wrong, and what is right",
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=2000,
    )

    def __init__(self, data: Any, editions: Sequence[IssuePage]) -> None:
        super().__init__(data)
        for edition in editions:
            direction = "rtl" if is_right_to_left(edition.language) else "ltr"
            self.fields[edition.language] = forms.CharField(
                label=f"For readers of the edition in {edition.locale}",
                help_text="Where it stays empty, they read the note above.",
                widget=forms.Textarea(attrs={"rows": 3, "lang": edition.language, "dir": direction}),
                required=False,
                max_length=2000,
            )


@edit_permission
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """A dated note on the web issue, at once; the mailing offers to send it to those who received the
    issue.
    """
    page = get_object_or_404(IssuePage, pk=pk)
    _require_publisher(request, page)
    if not page.live:
        messages.error(request, "This issue is not out; mend the issue itself.")
        return redirect("wagtailadmin_pages:edit", page.pk)
    editions = [] if page.is_edition else list(page.get_translations().live().select_related("locale"))
    form = CorrectionForm(request.POST or None, editions)
    may_send = opens(request.user, reverse("mailing:sends"))
    if request.method == "POST" and form.is_valid():
        said = {name: words.strip() for name, words in form.cleaned_data.items() if words.strip()}
        text = said.pop("text")
        row = Correction.objects.create(issue=page, text=text, translated=said, by=request.user)
        messages.success(request, "The correction stands on the web issue.")
        return redirect("mailing:correction", row.pk) if may_send else redirect("digest:correct", page.pk)
    earlier = page.corrections.all()
    told = {"issue": page, "form": form, "editions": editions, "earlier": earlier, "may_send": may_send}
    return render(request, "digest/correct.html", told)


@edit_permission
@require_POST
def take_back_correction(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Correction, pk=pk)
    issue = row.issue_id
    _require_publisher(request, row.issue)
    row.delete()
    messages.success(request, "The correction is no longer on the web issue. Mails that were sent stay sent.")
    return redirect("digest:correct", issue)
