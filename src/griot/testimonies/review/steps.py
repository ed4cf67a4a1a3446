"""What the buttons under a testimony do: moving on, sending back, judging, assigning, withdrawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from griot.accounts.requests import number_in
from griot.testimonies import withdrawing
from griot.testimonies.access import for_reviewers, note, require, visible
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake.contacts import read_contact
from griot.testimonies.models import Step, Testimony
from griot.testimonies.models.campaigns import WRITTEN_IN
from griot.testimonies.review import changing, copying, files, machines, review

# What an act answers: words to say when it is done (or none), or a page or file of its own.
Answer = str | HttpResponseBase
ASKED_FOR = "Asked for: it is marked as a machine’s until somebody has gone over it."
LONGEST_COMMENT = 4000


@surface(
    "review room: steps", "assigned", "refused", "moving on, sending back, judging, assigning, withdrawing"
)
@for_reviewers
@require_POST
def step(request: HttpRequest, pk: Any) -> HttpResponseBase:
    row = get_object_or_404(visible(request.user), pk=pk)
    act = ACTS.get(request.POST.get("act", ""), _unknown)
    words = request.POST.get("words", "").strip()[:LONGEST_COMMENT]
    try:
        if act in JUDGEMENTS:
            with transaction.atomic():
                row = review.see_that_it_stands(row, request.POST.get("seen", ""))
                answer = act(request, row, words)
        else:
            answer = act(request, row, words)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("testimonies:testimony", row.pk)
    if isinstance(answer, HttpResponseBase):
        return answer
    if answer:
        messages.success(request, answer)
    return redirect("testimonies:testimony", row.pk)


def _unknown(request: HttpRequest, row: Testimony, words: str) -> Answer:
    raise Refused("That is nothing that can be done here.")


def _move_on(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.move_on(row, request.user, words)
    return "Moved on."


def _move_on_without(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.move_on(row, request.user, words, is_phone_lost=True)
    return "Moved on, without what has not come. Should it come after all, it waits for approval."


def _send_back(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.send_back(row, request.user, words)
    return "Sent back."


def _publish_changes(request: HttpRequest, row: Testimony, words: str) -> Answer:
    changing.publish_changes(row, request.user)
    return "The changes are public."


def _discard_changes(request: HttpRequest, row: Testimony, words: str) -> Answer:
    changing.discard_changes(row, request.user)
    return "Back to the words that are public."


def _take_over(request: HttpRequest, row: Testimony, words: str) -> Answer:
    changing.decide_proposal(row, request.user, number_in(request.POST.get("proposal")) or 0, is_taken=True)
    return "Taken over. What is public changes when it is approved."


def _set_aside(request: HttpRequest, row: Testimony, words: str) -> Answer:
    changing.decide_proposal(row, request.user, number_in(request.POST.get("proposal")) or 0, is_taken=False)
    return "Set aside."


def _find_safe(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.judge(row, request.user, True, words)
    return "Noted: found safe."


def _find_risky(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.judge(row, request.user, False, words)
    return "Noted: the risk is high, so two people have to find it safe. It is on no page until then."


def _comment(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.comment(row, request.user, words)
    return "Noted."


def _mark_hard_to_hear(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.mark_hard_to_hear(row, request.user, True)
    return ""


def _mark_not_hard_to_hear(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.mark_hard_to_hear(row, request.user, False)
    return ""


def _assign(request: HttpRequest, row: Testimony, words: str) -> Answer:
    to = request.POST.get("to")
    whom = get_user_model().objects.filter(is_active=True, pk=number_in(to) or 0).first()
    if to and whom is None:
        raise Refused("whom you chose is no longer here; choose again")
    review.assign(row, request.user, whom)
    return "Assigned." if whom else "Assigned to nobody."


def _describe(request: HttpRequest, row: Testimony, words: str) -> Answer:
    review.describe(row, request.user, request.POST.getlist("themes"), request.POST.get("route", ""))
    return "Saved."


def _approve_rendition(request: HttpRequest, row: Testimony, words: str) -> Answer:
    pk, key = number_in(request.POST.get("rendition")) or 0, request.POST.get("key", "")
    files.approve_rendition(row, request.user, pk, key)
    return "Noted: looked at."


def _make_again(request: HttpRequest, row: Testimony, words: str) -> Answer:
    files.make_again(row, request.user, number_in(request.POST.get("rendition")) or 0)
    return "Asked for: it stands here when it is made."


def _take_back_in(request: HttpRequest, row: Testimony, words: str) -> Answer:
    files.take_back_in(row, request.user, request.POST.get("file"))
    return "Taken back in. What is public changes when it is approved."


def _examine_again(request: HttpRequest, row: Testimony, words: str) -> Answer:
    files.examine_kept_again(row, request.user, request.POST.get("file"))
    return "Asked for: in a minute it says here whether it could be opened."


def _discard_file(request: HttpRequest, row: Testimony, words: str) -> Answer:
    files.discard_kept(row, request.user, request.POST.get("file"), words)
    return "Discarded."


def _transcribe(request: HttpRequest, row: Testimony, words: str) -> Answer:
    machines.ask(row, request.user, "transcript", row.language)
    return ASKED_FOR


def _translate(request: HttpRequest, row: Testimony, words: str) -> Answer:
    language = request.POST.get("language", "")
    if language not in dict(WRITTEN_IN):
        raise Refused("That is no language that testimonies are written in.")
    machines.ask(row, request.user, "translation", language)
    return ASKED_FOR


def _copy(request: HttpRequest, row: Testimony, words: str) -> Answer:
    return copying.copy(row, request.user, request.POST.get("use", ""), request.POST.get("recipient", ""))


def _make_receipt(request: HttpRequest, row: Testimony, words: str) -> Answer:
    require(request.user, "receipt", row)
    with transaction.atomic():
        row = review.locked(row)
        code = row.make_receipt(narrows=True)
        review.note_step(
            row, Step.Kind.COMMENT, request.user, "made the teller a new receipt; an earlier one has ended"
        )
    shown = {"row": row, "code": code, "url": f"{settings.PUBLIC_URL}/receipt/", "consent": row.consent}
    return render(request, "testimonies/receipt.html", shown)


def _show_contact(request: HttpRequest, row: Testimony, words: str) -> Answer:
    require(request.user, "original", row)
    note(request.user, row, "contact")
    try:
        contact = read_contact(row)
    except VaultError as error:
        raise Refused(f"How to reach the teller can’t be opened: {error}") from None
    if not contact:
        raise Refused("How to reach the teller is no longer kept.")
    shown = {"row": row, "contact": contact, "until": row.contact.until}
    return render(request, "testimonies/contact.html", shown)


def _withdraw(request: HttpRequest, row: Testimony, words: str) -> Answer:
    require(request.user, "withdraw", row)
    note(request.user, row, "withdraw")
    withdrawing.withdraw(row, "team", request.user)
    return "Withdrawn. It is off every page now; its files and words are being erased."


ACTS: Mapping[str, Callable[[HttpRequest, Testimony, str], Answer]] = {
    "move": _move_on,
    "move_without": _move_on_without,
    "back": _send_back,
    "publish": _publish_changes,
    "discard": _discard_changes,
    "take_over": _take_over,
    "set_aside": _set_aside,
    "safe": _find_safe,
    "risk": _find_risky,
    "comment": _comment,
    "hurts": _mark_hard_to_hear,
    "hurts_not": _mark_not_hard_to_hear,
    "assign": _assign,
    "describe": _describe,
    "approve": _approve_rendition,
    "make_again": _make_again,
    "take_back_in": _take_back_in,
    "examine_again": _examine_again,
    "discard_file": _discard_file,
    "transcribe": _transcribe,
    "translate": _translate,
    "copy": _copy,
    "receipt": _make_receipt,
    "contact": _show_contact,
    "withdraw": _withdraw,
}
# Acts that speak of what stands on the page: they hold for that, and for nothing that came meanwhile.
JUDGEMENTS = {_move_on, _move_on_without, _publish_changes, _discard_changes, _take_over, _find_safe}
