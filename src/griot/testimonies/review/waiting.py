"""What waits for whom in the review room, for the admin's home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from griot.testimonies.access import Role, roles_of, visible
from griot.testimonies.models import Consent, Testimony
from griot.testimonies.models.days import day_of

S = Testimony.State
IS_SENT_LATE = Q(withdrawn=None, proposals__isnull=False, proposals__decided=None)  # and not decided on
SOON = timedelta(days=14)
# What each role does next with a testimony, by the states that wait for it.
_NEXT: Mapping[Role, tuple[str, tuple[str, ...]]] = {
    "protection": ("to be looked at: is it safe for who tells it?", (S.INTAKE, S.PROTECTION)),
    "editor": ("to be transcribed, translated or edited", (S.TRANSCRIPTION, S.TRANSLATION, S.EDITING)),
    "approver": ("to be approved", (S.APPROVAL,)),
}


def ending(rows: QuerySet[Testimony]) -> QuerySet[Testimony]:
    """Those published whose consent ends within two weeks."""
    newest = Consent.objects.filter(testimony=OuterRef("pk")).order_by("-version")
    dated = rows.filter(withdrawn=None, state=S.PUBLISHED).annotate(ends=Subquery(newest.values("until")[:1]))
    return dated.filter(ends__gte=day_of(), ends__lte=day_of() + SOON).order_by(F("ends"))


def waiting(user: Any) -> list[tuple[str, str]]:
    """In words, each with the list that shows it; nothing where nothing waits."""
    seen, roles = visible(user), roles_of(user)
    open_rows = seen.filter(withdrawn=None)
    found: list[tuple[int, str, dict[str, str]]] = [
        (
            open_rows.filter(assigned=user).exclude(state__in=(S.PUBLISHED, S.CLOSED)).count(),
            "assigned to you",
            {"mine": "1"},
        ),
    ]
    for role, (words, states) in _NEXT.items():
        if role in roles:
            found += [
                (open_rows.filter(state=state).count(), f"{words} ({S(state).label})", {"state": state})
                for state in states
            ]
    if "protection" in roles:
        late = seen.filter(IS_SENT_LATE).distinct().count()
        found.append(
            (
                late,
                "with something that a phone has sent late: nothing of it holds until you decide",
                {"waits": "1"},
            )
        )
    if roles - {"editor"}:
        found.append(
            (ending(seen).count(), "published, with a consent that ends within two weeks", {"ends": "1"})
        )
    room = reverse("testimonies:list")
    return [(f"{count} {words}", f"{room}?{urlencode(asked)}") for count, words, asked in found if count]
