"""What is not deleted: issues that are to go out, and pictures that stand in them or in those that are out.
Such a picture is as public as its issue.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from wagtail.models import ReferenceIndex

from griot.accounts.guarding import NotNow
from griot.digest.models import IssuePage, Picture
from griot.digest.release.approving import state_of
from griot.digest.release.preflight import pictures_in

PUBLIC = {"out", "scheduled", "approved", "in approval"}  # what somebody approves is what they saw
_ON_ITS_WAY = {
    "scheduled": "it is planned to go out. Take the plan back first",
    "approved": "it is approved. Save a change first: that ends its approval",
    "in approval": "somebody is asked to approve it. Cancel that first",
}


def issues_with(picture: Picture) -> list[IssuePage]:
    """The issues that are out, or may go out as they are, in which the picture stands."""
    named = ReferenceIndex.get_references_to(picture).values_list("object_id", flat=True)
    shown = {int(pk) for pk in named if pk.isdigit()}  # of drafts the index knows nothing, nor of changes
    out, drafted = Q(live=True, pk__in=shown), Q(live=False) | Q(has_unpublished_changes=True)
    return [
        page
        for page in IssuePage.objects.filter(out | drafted)
        if (page.live and page.pk in shown) or (state_of(page) in PUBLIC and _is_in(picture, page))
    ]


def _is_in(picture: Picture, page: IssuePage) -> bool:
    draft = page.get_latest_revision_as_object()
    return any(picture.pk == other.pk for block in draft.body for other in pictures_in(block.value))


@receiver(pre_delete, sender=Picture)
def stands(instance: Picture, **_: Any) -> None:
    """Raises NotNow for a picture that readers see."""
    if found := issues_with(instance):
        raise NotNow(
            f"“{instance}” is not deleted: it stands in “{found[0]}”. Take it out of the issue first, or let"
            " its rights end: then nobody sees it any more, also in mails that were sent."
        )


@receiver(pre_delete, sender=IssuePage)
def goes_out(instance: IssuePage, **_: Any) -> None:
    """Raises NotNow for an issue that is on its way out: with it, what is planned would go, and nobody would
    know.
    """
    if why := _ON_ITS_WAY.get(state_of(instance)):
        raise NotNow(f"“{instance}” is not deleted: {why}.")
