"""Passkeys as browsers send them: what has another shape is refused in words."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as library
from django.forms import HiddenInput, JSONField


class Credential(JSONField):
    """An object of objects (WebAuthn Level 3, 5.1). The library that reads one stumbles over a list in their
    place.
    """

    widget = HiddenInput

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        parts = [found.get(name, {}) for name in _PARTS] if isinstance(found, dict) else [None]
        if not all(isinstance(part, dict) for part in parts):
            raise get_adapter().validation_error("incorrect_code")
        return found


_PARTS = ("response", "clientExtensionResults")


class Add(library.AddWebAuthnForm):
    credential = Credential()


class Authenticate(library.AuthenticateWebAuthnForm):
    credential = Credential()


class Reauthenticate(library.ReauthenticateWebAuthnForm):
    credential = Credential()


class SignIn(library.LoginWebAuthnForm):
    credential = Credential()
