"""Django's own mails (password resets, notices) by the same relay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from griot.mailing.core.relays import InDoubt, Refused, RelayDown, open_relay

NOTICE = "notice-"  # so that the outbox can tell them from deliveries


class RelayBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        relay = open_relay(settings.EMAIL_URL, settings.MAILDIR)
        sent = 0
        try:
            for message in email_messages:
                content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
                for to in message.recipients():
                    relay.deliver(f"{NOTICE}{uuid.uuid4().hex}", message.from_email, to, content)
                sent += 1
        except (Refused, RelayDown, InDoubt):
            if not self.fail_silently:
                raise
        finally:
            relay.close()
        return sent
