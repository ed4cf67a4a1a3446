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
            f"Of {count} mails nobody knows whether they arrived: a process was killed while they were sent",
            hint="./griot resolve_in_doubt --resend or --skip",
        )
