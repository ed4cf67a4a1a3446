"""What an issue's editor offers below its form: nothing that would be refused, and why something is missing;
and what is said to whoever takes an issue off.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, UnpublishMenuItem
from wagtail.models import Page

from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.release.approving import (
    second_person_counts,
    who_approves,
    why_not_approved,
)
from griot.digest.site.newsroom import path_of

_ALIAS, _PUBLISH, _APPROVE, _TAKE_OFF = (
    "localize-convert-to-alias",
    "action-publish",
    "approve",
    "action-unpublish",
)
THEN = "is saved as a draft first; then it is submitted, and somebody else approves it."
NEW, OLDER = f"A new issue {THEN}", f"An older version {THEN}"
CHANGE = f"It is out as it stands here. A change of it {THEN}"


class WhyNot(ActionMenuItem):
    """In the place of an act that is not offered: why, and whom to ask."""

    name: Any = "why-not"
    template_name = "digest/why_not.html"

    def __init__(self, reason: str) -> None:
        super().__init__(order=30)
        self.label = reason


class TakeOff(UnpublishMenuItem):
    label: Any = "Take it off the site"


def only_what_is_done(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """An act that would be refused is not among `items`; why stands in its place."""
    page = context.get("page")
    items[:] = [item for item in items if item.name != _ALIAS]
    reason = _why_not_published(page, request.user, context)
    refused = {_PUBLISH} if reason else set()
    if isinstance(page, IssuePage):
        items[:] = [TakeOff(item.order) if item.name == _TAKE_OFF else item for item in items]
        approvals = [item for item in items if item.name == _APPROVE]
        for item in approvals:  # Wagtail's own say that they publish, too (`finishing.keep_approved`)
            item.label = "Approve with a comment" if item.launch_modal else "Approve"
        if approvals and why_not_approved(page):
            refused.add(_APPROVE)
    items[:] = [item for item in items if item.name not in refused]
    if reason and not context.get("locked_for_user"):
        items.append(WhyNot(reason))


def _why_not_published(page: Any, user: Any, context: dict[str, Any]) -> str:
    """Why what stands in the editor would not be published for somebody, in words; "" where it would be."""
    if isinstance(page, DigestIndexPage):
        return page.why_not_by(user)
    if context["view"] != "edit":  # what is published is another draft than the latest
        is_new = isinstance(context.get("parent_page"), DigestIndexPage)
        if not (is_new or isinstance(page, IssuePage)) or not second_person_counts():
            return ""
        return NEW if is_new else OLDER
    if not isinstance(page, IssuePage):
        return ""
    if page.live and not page.has_unpublished_changes:
        return CHANGE if second_person_counts() and not page.is_edition else ""
    if reason := why_not_approved(page):
        return reason
    who = who_approves(page, user)
    return f"It can be published once somebody else has approved it. {who}" if who else ""


def say_what_is_off(request: HttpRequest, taken: Page) -> None:
    """To whoever has taken an issue off: in which languages, what readers see now, and how it comes back."""
    page = IssuePage.objects.filter(pk=taken.pk, live=False).select_related("locale").first()
    if page is None:
        return
    gone = page.get_translations().filter(pk__in=getattr(request, "were_out", ()), live=False)
    off = [str(edition.locale) for edition in gone.select_related("locale")]
    with_it = f", and with it {', '.join(off)}" if off else ""
    messages.success(
        request,
        f"“{page.title}” ({page.locale}) is off the site{with_it}. {path_of(page)} answers 410 (gone):"
        " readers see there that its editors took it off, and where the latest issue is. It is no more in the"
        " archive, the feeds and the search. To put it back, publish it again"
        f"{', and then each of its editions' if off else ''}.",
        buttons=[
            messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), "Open it in the editor")
        ],
    )


def note_what_is_out(request: HttpRequest, pages: Iterable[Page]) -> None:
    """Before issues are taken off: which of their editions are out."""
    editions = IssuePage.objects.filter(
        translation_key__in=[page.translation_key for page in pages], live=True
    )
    request.were_out = list(editions.values_list("pk", flat=True))  # type: ignore[attr-defined]
