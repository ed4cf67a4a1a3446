"""The second factor: who has proved one in this session, and what asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from griot.accounts.requests import SignedIn

# Where a factor is proved.
_PROVING = {"mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn"}


class SecondFactor:
    """Marks the request's user: `has_second_factor` is True where this session has proved one.

    A user object from anywhere else lacks the mark, and is taken for somebody who has not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _marked(request))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Who has a factor proves it before one is added, taken away or looked at: a password, or a session
        from before it was set up, is not enough.
        """
        name = request.resolver_match.url_name if request.resolver_match else None
        if not (name or "").startswith("mfa_") or name in _PROVING or not request.user.is_authenticated:
            return None
        if not is_mfa_enabled(request.user) or has_second_factor(request.user):
            return None
        return ask_for_second_factor(cast(SignedIn, request), "Prove your second factor first.")


def _marked(request: HttpRequest) -> Any:
    user: Any = get_user(request)
    records = get_authentication_records(request, user) if user.is_authenticated else []
    # One that was taken away since proves nothing any more, whatever its owner has set up instead.
    proved = [r.get("id") for r in records if r.get("method") == "mfa"]
    user.has_second_factor = bool(proved) and Authenticator.objects.filter(user=user, pk__in=proved).exists()
    return user


def vouch_for(user: Any) -> Any:
    """The user, for a command on the machine itself to act as: taken for somebody with a second factor."""
    user.has_second_factor = True
    return user


def has_second_factor(user: Any) -> bool:
    """Whether the user has proved a second factor in the session that this object comes from."""
    return bool(getattr(user, "has_second_factor", False))


WANTED = "wanted_with_second_factor"  # in the session: the address that somebody was kept from


def ask_for_second_factor(request: SignedIn, why: str) -> HttpResponse:
    """To where a second factor can be proved, or set up where there is none; and from there to what
    was asked for.
    """
    messages.info(request, why)
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("wagtailadmin_home")
    ways = [m for m in get_adapter().get_reauthentication_methods(request.user) if m["id"].startswith("mfa_")]
    if ways and is_mfa_enabled(request.user):
        return redirect(f"{ways[0]['url']}?{urlencode({'next': wanted})}")
    request.session[WANTED] = wanted
    return redirect("mfa_index")
