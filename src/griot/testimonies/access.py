"""Who may do what with which testimony: one table, asked by every view and API.

A role is a permission that groups carry (Settings, Groups); an account may have several. A messenger has no
account: their phone's key opens their own testimonies alone, through the capture API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpResponseBase

from griot.accounts.factors import ask_for_second_factor, has_second_factor
from griot.accounts.guarding import OF_THE_VIEW, Rule
from griot.accounts.requests import SignedIn
from griot.testimonies.models import Access, ConsentText, Country, Messenger, Referral, Testimony

View = Callable[..., HttpResponseBase]
Role = Literal["coordinator", "protection", "editor", "approver", "administrator"]
Action = Literal[
    "see", "original", "edit", "protect", "approve", "publish", "assign", "withdraw", "receipt", "departures"
]
State = Testimony.State

ROLES: Mapping[Role, str] = {
    "coordinator": "testimonies.coordinate",
    "protection": "testimonies.protect",
    "editor": "testimonies.edit",
    "approver": "testimonies.approve",
    "administrator": "testimonies.administer",
}
# What each role may do, where it may see the testimony at all.
MAY: Mapping[Role, frozenset[Action]] = {
    "coordinator": frozenset({"see", "original", "assign", "withdraw", "receipt"}),
    "protection": frozenset({"see", "original", "protect", "assign", "withdraw", "receipt", "departures"}),
    "editor": frozenset({"see", "edit", "assign"}),
    "approver": frozenset({"see", "approve", "publish", "assign", "departures"}),
    "administrator": frozenset({"see", "withdraw", "departures"}),
}
# Editors and approvers see what somebody has found safe; before that only who protects the teller does.
_BEFORE_SAFE = (State.INTAKE, State.PROTECTION)
_WITHDRAWN_ACTIONS: frozenset[Action] = frozenset({"see", "departures"})  # of the bare fact


def roles_of(user: Any) -> frozenset[Role]:
    return frozenset(
        role for role, permission in ROLES.items() if user.is_active and user.has_perm(permission)
    )


_ALL = Q(pk__isnull=False)  # an empty Q would vanish when it is joined by "or"


def _reach(role: Role, user: Any) -> Q:
    """Which testimonies a role sees. Of what tellers offer by themselves, a coordinator those from the
    team's country: from elsewhere, or nowhere, the officers for protection alone.
    """
    match role:
        case "coordinator":
            mine = Q(messenger__team__coordinators=user) | Q(
                messenger=None, campaign__teams__coordinators=user, campaign__teams__code=F("country")
            )
            return _ALL if user.is_superuser else mine
        case "editor" | "approver":
            return ~Q(state__in=_BEFORE_SAFE) | Q(assigned=user)
        case _:
            return _ALL


def visible(user: Any) -> QuerySet[Testimony]:
    """The testimonies whose page in the review room this user may open."""
    seen = Q(pk__in=[])
    for role in roles_of(user):
        seen |= _reach(role, user)
    return Testimony.objects.filter(pk__in=Testimony.objects.filter(seen).values("pk"))


def allowed(user: Any, testimony: Testimony) -> frozenset[Action]:
    """All that the user may do with this testimony, now: nothing without a second factor."""
    if not has_second_factor(user):
        return frozenset()
    found: set[Action] = set()
    for role in roles_of(user):
        if Testimony.objects.filter(_reach(role, user), pk=testimony.pk).exists():
            found |= MAY[role]
    return frozenset(found & _WITHDRAWN_ACTIONS if testimony.over else found)


def may(user: Any, action: Action, testimony: Testimony) -> bool:
    return action in allowed(user, testimony)


def require(user: Any, action: Action, testimony: Testimony) -> None:
    """Raises PermissionDenied in words."""
    if not may(user, action, testimony):
        raise PermissionDenied(f"your roles do not let you do that with this testimony ({action})")


WHY_FACTOR = (
    "Here is what tellers have entrusted to us: prove a second factor first, or set one up, an app or a"
    " passkey."
)


def for_reviewers(view: View) -> View:
    """Only for accounts with a role in testimonies, and a second factor."""

    @wraps(view)
    def answer(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not roles_of(request.user):
            raise PermissionDenied("your account has no role in testimonies")
        if not has_second_factor(request.user):
            return ask_for_second_factor(request, WHY_FACTOR)
        return view(request, *args, **kwargs)

    return answer


def teams_of(user: Any) -> QuerySet[Country]:
    """The country teams whose messengers a user may see and change: their own; an administrator's are all."""
    rows = Country.objects.all()
    return rows if "administrator" in roles_of(user) else rows.filter(coordinators=user)


def messengers_of(user: Any) -> QuerySet[Messenger]:
    return Messenger.objects.filter(team__in=teams_of(user))


def countries_of(user: Any) -> frozenset[str] | None:
    """The countries whose people to turn to a user may name; None: all."""
    if "administrator" in roles_of(user):
        return None
    return frozenset(teams_of(user).values_list("code", flat=True))


def referrals_of(user: Any) -> QuerySet[Referral]:
    codes = countries_of(user)
    return Referral.objects.all() if codes is None else Referral.objects.filter(country__in=codes)


def holding(*roles: Role) -> Callable[[Any], bool]:
    return lambda user: bool(roles_of(user) & set(roles))


_FOR_ADMINISTRATORS = Rule(holding("administrator"))
_FOR_COORDINATORS = holding("coordinator", "administrator")
# Who opens which of our addresses in the admin. What decides who hears whom, what tellers are told, and
# whom they turn to wants a second factor.
ADDRESSES: Mapping[str, Rule] = {
    "campaigns": _FOR_ADMINISTRATORS,
    "country_teams": _FOR_ADMINISTRATORS,
    "guides": _FOR_ADMINISTRATORS,
    "consent_texts": _FOR_ADMINISTRATORS,
    "consent_texts:delete": Rule(holding("administrator"), rows=lambda user: ConsentText.unheard()),
    "training_modules": _FOR_ADMINISTRATORS,
    "referrals": Rule(_FOR_COORDINATORS, rows=referrals_of),
    "messengers": Rule(_FOR_COORDINATORS, rows=messengers_of),
    "testimonies": OF_THE_VIEW,  # `for_reviewers`, then `allowed`
    "testimonies:messengers": Rule(holding("coordinator")),
    "testimonies:messenger": Rule(holding("coordinator"), rows=messengers_of),
    "testimonies:check_ins": Rule(lambda user: user.listens_in.exists()),
    "testimonies:spoken": _FOR_ADMINISTRATORS,
    "testimonies:spoken_file": _FOR_ADMINISTRATORS,
}


def note(user: Any, testimony: Testimony | None, what: str, detail: str = "") -> None:
    """Write down that somebody looked or did something. Rows are never changed, and outlive the testimony."""
    known = user if getattr(user, "pk", None) else None
    who = (user.get_full_name() or user.get_username()) if known else str(user or "nobody")
    Access.objects.create(
        testimony=testimony.pk if testimony else None,
        user=known,
        who=who[:160],
        what=what,
        detail=detail[:200],
    )
