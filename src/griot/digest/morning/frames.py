"""How an issue begins: from its weekday's template, or from the frame of the last one."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from griot.digest.models import IssueFrame, IssuePage
from griot.troubles.sweeping import each

# What stays from one issue to the next; the rest is new every day, and only its sections' names stay.
_STAYS = frozenset({"banner", "text", "share", "figures"})


def first_body(day: date, language: str) -> list[dict[str, Any]]:
    """The body that an issue of a day begins with, as stored, every block with a new id. A block that can't
    be made is left out.
    """
    frame = IssueFrame.objects.filter(weekdays__contains=[day.isoweekday()]).first()
    last = (
        IssuePage.objects.filter(language=language, day__lt=day, printed_head__isnull=True)
        .order_by("-day")
        .first()
    )
    found: list[dict[str, Any]] = []
    if template := frame or last:
        blocks = {
            f"{n} {b['type']} of {template}": b for n, b in enumerate(template.body.get_prep_value(), 1)
        }

        def begin(name: str) -> None:
            child = blocks[name] if frame else _kept(blocks[name])
            if child:
                template.body.stream_block.to_python([child])[0]  # raises where it can't be read
                found.append(_anew(child))

        each("beginning the issue", blocks, begin)
    return found


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
