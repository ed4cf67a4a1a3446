"""What is due to be published or taken down: as Wagtail's `publish_scheduled`, but a page at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from wagtail.models import DraftStateMixin, Page, Revision

from griot.digest.live import OutByPublishing
from griot.digest.models import IssuePage
from griot.digest.release.judging import is_held
from griot.troubles.sweeping import each


def publish_due(now: datetime) -> None:
    """Take down what has expired, and publish what is due. What can't be is set aside; the rest goes on."""
    drafted = [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]
    models: list[Any] = [Page, *drafted]
    for model in models:
        expired = model.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")
        each(f"taking down a {model._meta.verbose_name}", _keys(expired), partial(_take_down, model, now))
    due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    originals_first = sorted(due, key=lambda row: (row.approved_go_live_at, _is_edition(row)))
    each("publishing", [row.pk for row in originals_first], _publish)


def _keys(rows: Any) -> list[Any]:
    return list(rows.values_list("pk", flat=True))


def _is_edition(row: Revision) -> bool:
    return getattr(row.content_object, "is_edition", False)


def _take_down(model: Any, now: datetime, pk: Any) -> None:
    """What has expired, unless its end was put off in this moment."""
    _hold(model.objects.get(pk=pk))
    expired = model.objects.filter(pk=pk, live=True, expire_at__lt=now).first()
    if expired:
        expired.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(pk: int) -> None:
    """What is planned of a page, unless that was taken back, or the page off, in this moment. An edition that
    is held waits until somebody has read it, or answers for it.
    """
    page = Revision.objects.get(pk=pk).content_object
    _hold(page)
    planned = Revision.objects.filter(pk=pk, approved_go_live_at__isnull=False).first()
    if planned and not (isinstance(page, IssuePage) and page.is_edition and is_held(planned.as_object())):
        planned.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)


def _hold(row: Any) -> None:
    page = row.specific if isinstance(row, Page) else row
    if isinstance(page, OutByPublishing):
        page.hold()
