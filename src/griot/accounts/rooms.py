"""Who has a second factor, for administrators; and taking a lost one away, so that its owner can
set up another.
"""

from __future__ import annotations

import logging
from typing import Any
from unicodedata import normalize

from allauth.mfa.models import Authenticator
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from requests import RequestException
from wagtail.admin.views.account import AccountView, PasswordResetView
from wagtail.log_actions import log

from griot.accounts.factors import ask_for_second_factor, has_second_factor
from griot.accounts.limiting import comes_too_often, guesses_too_often, is_too_often
from griot.accounts.requests import SignedIn
from griot.queueing import soon

MOST_RESETS, MOST_RESETS_OF_ONE, WITHIN = 30, 3, 3600  # tries in so many seconds


@transaction.atomic
def forget_factors(user: Any, by: Any = None) -> int:
    """Take all second factors of an account away, and give how many that were. Its owner is told by mail, and
    signs in anew everywhere: whoever has a lost phone may have a browser open, too.
    """
    count, _ = Authenticator.objects.filter(user=user).delete()
    if count:
        for session in Session.objects.iterator():
            if session.get_decoded().get(SESSION_KEY) == str(user.pk):
                session.delete()
        log(instance=user, action="griot.forget_factors", user=by, data={"count": count})
        text = render_to_string("accounts/forgotten.txt", {"user": user})
        transaction.on_commit(
            lambda: user.email_user("Your second factors were taken away", text) if user.email else None
        )
    return count


@login_required
def account(request: SignedIn) -> HttpResponseBase:
    """Wagtail's page of one's own account; a password is not guessed there."""
    is_guess = bool(request.POST.get("password-old_password"))
    if is_guess and guesses_too_often(request.user):
        messages.error(request, "That was tried too often. Try again in an hour.")
        return redirect("wagtailadmin_account")
    return AccountView.as_view()(request)


class _Reset(PasswordResetView):
    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        # However its letters are written: an account is found by any of these (Unicode TR 36 §2.11.2).
        if not is_too_often("reset", normalize("NFKC", email).casefold(), MOST_RESETS_OF_ONE, WITHIN):
            soon("accounts.send_password", f"password {email}", email=email)
        return redirect(self.get_success_url())


def reset_password(request: HttpRequest) -> HttpResponseBase:
    """Wagtail's page that has a new password sent. Asked often for one address, it answers as ever, and as
    soon for one that nobody has.
    """
    if request.method == "POST" and comes_too_often(request, "reset", MOST_RESETS, WITHIN):
        messages.error(request, "That was tried too often. Try again in an hour.")
        return redirect("wagtailadmin_password_reset")
    return _Reset.as_view()(request)


def second_factors(request: SignedIn) -> HttpResponse:
    _only_administrators(request)
    users = (
        get_user_model()
        .objects.filter(is_active=True)
        .prefetch_related("authenticator_set", "groups")
        .order_by("username")
    )
    return render(request, "accounts/second_factors.html", {"users": users})


@require_POST
def forget(request: SignedIn, pk: int) -> HttpResponse:
    _only_administrators(request)
    if not has_second_factor(request.user):
        return ask_for_second_factor(request, "Prove your own second factor before you take another’s away.")
    user = get_object_or_404(get_user_model(), pk=pk)
    count = forget_factors(user, request.user)
    messages.success(
        request, f"{user.get_username()} has no second factor now." if count else "There was none."
    )
    return redirect("second_factors")


def _only_administrators(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied("only administrators see who has a second factor")


def organisation_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the organisation's own sign-in, or back with the reason where it can't be reached."""
    try:
        return openid_connect.login(request, provider_id)
    except RequestException:
        logging.getLogger(__name__).exception("the organisation's sign-in can't be reached")
        messages.error(
            request, "Your organisation’s sign-in can’t be reached now. Try again, or use your password."
        )
        return redirect("account_login")
