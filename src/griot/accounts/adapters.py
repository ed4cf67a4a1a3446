"""How django-allauth signs people in here: only accounts that an administrator has made, and no secret
in the clear.
"""

from __future__ import annotations

import base64
import logging
import secrets
from functools import lru_cache
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models.functions import Lower
from django.shortcuts import redirect

from griot.accounts.house import house_name, house_sender
from griot.accounts.limiting import forget_guesses, guesses_too_often

log = logging.getLogger(__name__)


class Accounts(DefaultAccountAdapter):
    """Nobody signs up; every change of a factor is told by mail to whom the account belongs."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """What a wrong password counts for: the name, at the address that tried it."""
        return (
            f"{super()._get_login_attempts_cache_key(request, **credentials)} {self.get_client_ip(request)}"
        )

    def reauthenticate(self, user: Any, password: str) -> bool:
        if guesses_too_often(user):
            raise self.validation_error("too_many_login_attempts")
        if is_right := super().reauthenticate(user, password):
            forget_guesses(user)
        return bool(is_right)

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # "https://[" is no address
            return False

    def get_from_email(self) -> str:
        return house_sender()

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if to := email or user.email:
            super().send_notification_mail(template_prefix, user, context, to)


class SingleSignOn(DefaultSocialAccountAdapter):
    """Whoever the organisation's provider vouches for is let in to the one account that has an address of
    theirs, each time anew: what was connected once opens nothing by itself. Addresses are an administrator's
    to write.

    The address has to be verified by the provider. The account's password stays; its second factor is asked
    all the same.
    """

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            _refuse(request, "Your organisation’s sign-in opens the account that has your address, no other.")
        addresses = [a.email.lower() for a in sociallogin.email_addresses if a.verified and a.email]
        users = get_user_model().objects.annotate(address=Lower("email"))
        found = list(users.filter(address__in=addresses, is_active=True)[:2])
        if len(found) > 1:
            _refuse(request, "More than one account has your address: ask an administrator to mend that.")
        if sociallogin.is_existing and sociallogin.user not in found:
            sociallogin.account.delete()
            _refuse(request, "The account that you had here has another address by now. Try once more.")
        if found and not sociallogin.is_existing:
            sociallogin.connect(request, found[0])


def _refuse(request: Any, why: str) -> NoReturn:
    messages.error(request, why)
    raise ImmediateHttpResponse(redirect("account_login"))


class Factors(DefaultMFAAdapter):
    """Secrets of authenticator apps are sealed with a key made of the newsroom's secret key."""

    def get_totp_issuer(self) -> str:
        return house_name()

    def encrypt(self, text: str) -> str:
        return _seal((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            sealed = encrypted_text.encode()
            return _seal((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).decrypt(sealed).decode()
        except InvalidToken:
            log.error(
                "a second factor was sealed with another secret key: name the old one, or `./griot"
                " forget_factors USER`"
            )
            return base64.b32encode(secrets.token_bytes(20)).decode()  # which no code fits


@lru_cache(maxsize=4)
def _seal(keys: tuple[str, ...]) -> MultiFernet:
    """Fernet (AES-128-CBC, HMAC-SHA-256) under a key derived from each secret key by HKDF (RFC 5869)."""

    def derived(key: str) -> bytes:
        return base64.urlsafe_b64encode(
            HKDF(SHA256(), 32, None, b"griot second factors").derive(key.encode())
        )

    return MultiFernet([Fernet(derived(key)) for key in keys])
