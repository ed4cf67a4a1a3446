"""Jobs of signing in."""

from __future__ import annotations

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from wagtail.admin.views.account import PasswordResetView

from griot.accounts.house import house_sender
from griot.accounts.people import send_invitation

_TRIES = RetryStrategy(max_attempts=6, wait=30, exponential_wait=2)  # for half an hour, about


@app.task(name="accounts.send_password", retry=_TRIES)
def send_password(email: str) -> None:
    """Mail a link by which a new password is set to the accounts of that address."""
    form = PasswordResetView().get_form_class()({"email": email})
    if form.is_valid():
        form.save(
            domain_override=settings.PUBLIC_HOST,
            from_email=house_sender(),
            email_template_name=PasswordResetView.email_template_name,
            subject_template_name=PasswordResetView.subject_template_name,
        )


@app.task(name="accounts.invite", retry=_TRIES)
def invite(user: int, by: str) -> None:
    """Mail the link by which somebody who was invited chooses a password."""
    send_invitation(user, by)
