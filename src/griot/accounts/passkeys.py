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
        parts = {"clientExtensionResults": {}, **found} if isinstance(found, dict) else {}
        if not all(isinstance(parts.get(name), kind) for name, kind in _PARTS.items()):
            raise get_adapter().validation_error("incorrect_code")
        return found


_PARTS = {"id": str, "rawId": str, "response": dict, "clientExtensionResults": dict}


class Add(library.AddWebAuthnForm):
    credential = Credential()


class Authenticate(library.AuthenticateWebAuthnForm):
    credential = Credential()


class Reauthenticate(library.ReauthenticateWebAuthnForm):
    credential = Credential()


class SignIn(library.LoginWebAuthnForm):
    credential = Credential()
