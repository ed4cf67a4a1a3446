"""Whoever has just set a factor up has proved it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib import messages
from django.dispatch import receiver
from django.utils.html import format_html

from griot.accounts.factors import WANTED


@receiver(authenticator_added)
def proved(request: Any, user: Any, authenticator: Authenticator, **rest: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    if url := request.session.pop(WANTED, ""):
        messages.info(request, format_html('<a href="{}">Go on to what you wanted to open.</a>', url))
