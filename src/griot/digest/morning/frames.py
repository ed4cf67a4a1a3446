"""How an issue begins: from its weekday's template, or from the frame of the last one."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from griot.digest.models import IssueFrame, IssuePage

# What stays from one issue to the next; the rest is new every day, and only its sections' names stay.
_STAYS = frozenset({"banner", "text", "share", "figures"})


def first_body(day: date, language: str) -> list[dict[str, Any]]:
    """The body that an issue of a day begins with, as stored, every block with a new id."""
    frame = IssueFrame.objects.filter(weekdays__contains=[day.isoweekday()]).first()
    if frame:
        return [_anew(child) for child in frame.body.get_prep_value()]
    last = (
        IssuePage.objects.filter(language=language, day__lt=day, printed_head__isnull=True)
        .order_by("-day")
        .first()
    )
    found = [kept for child in last.body.get_prep_value() if (kept := _kept(child))] if last else []
    return [_anew(child) for child in found]


def _kept(child: dict[str, Any]) -> dict[str, Any] | None:
    value = child["value"]
    if child["type"] == "press_review":
        return {**child, "value": {**value, "lines": []}}
    if child["type"] == "event":
        ends = parse_datetime(str(value.get("ends") or value.get("begins") or ""))
        return child if ends and ends > timezone.now() else None
    return child if child["type"] in _STAYS else None


def _anew(value: Any) -> Any:
    """A stored value with new ids, so that no two issues share an address within."""
    if isinstance(value, dict):
        return {
            k: str(uuid.uuid4()) if k == "id" and isinstance(v, str) else _anew(v) for k, v in value.items()
        }
    return [_anew(v) for v in value] if isinstance(value, list) else value
