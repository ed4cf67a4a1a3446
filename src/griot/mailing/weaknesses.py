"""What can be weak in the mailing."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Warning

from griot.mailing.models import Delivery
from griot.troubles.auditing import audited


@audited
def doubts() -> Iterator[CheckMessage]:
    if count := Delivery.objects.filter(state=Delivery.State.IN_DOUBT).count():
        yield Warning(
            f"Mails of which nobody knows whether they arrived, since a process was killed: {count}",
            hint="./griot resolve_in_doubt --resend or --skip",
        )
