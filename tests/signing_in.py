"""Signing in as a person who has proved a second factor would."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.http import HttpRequest
from django.test import Client

SECRET = "GRIOTGRIOTGRIOTGRIOTGRIOTGRIOTGR"


def code(secret: str = SECRET, later: int = 0) -> str:
    """What an authenticator app shows now, or a step later: the one after is taken already, each once."""
    steps = list(
        yield_hotp_counters_from_time()
    )  # those that are still, or already, taken around the one now
    return str(format_hotp_value(hotp_value(secret, steps[len(steps) // 2 + later])))


def with_second_factor(client: Client, user: Any) -> None:
    client.force_login(user)
    if not Authenticator.objects.filter(user=user, type="totp").exists():
        TOTP.activate(user, SECRET)
    factor = Authenticator.objects.get(user=user, type="totp")
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "mfa", id=factor.pk, type="totp")
    request.session.save()
