"""Codes of authenticator apps and recovery codes: each is good once."""

from __future__ import annotations

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as library
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.db import transaction


def _use(user: int, code: str) -> None:
    """A code of an app is not taken again for as long as any clock that we allow shows it (RFC 6238, 5.2).
    Raises ValidationError.
    """
    lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    if not cache.add(f"griot.totp.{user}.{normalize_user_code(code)}", "used", timeout=lasts):
        raise get_adapter().validation_error("incorrect_code")


class _Once(library.BaseAuthenticateForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            _use(self.user.pk, code)
        return code


class Authenticate(_Once, library.AuthenticateForm):
    """To sign in."""


class Reauthenticate(_Once, library.ReauthenticateForm):
    """Before what is asked for again."""


class Activate(ActivateTOTPForm):
    """To set an app up: its first code is used by that."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _use(self.user.pk, code)
        return code


def look_at_recovery_codes_in_turn() -> None:
    """Who looks at them writes back what allauth had read: here that is what is so by then, and a code that
    was used meanwhile stays used.
    """

    mark = RecoveryCodes.mark_as_viewed

    @transaction.atomic
    def mark_as_viewed(self: RecoveryCodes) -> None:
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
        mark(self)

    RecoveryCodes.mark_as_viewed = mark_as_viewed  # type: ignore[method-assign]
