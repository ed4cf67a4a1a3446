"""What the mailing tells on the admin's home: where the day's issue stands with its readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from griot.accounts.panels import Panel
from griot.digest.models import IssuePage
from griot.mailing.models import Audience, Delivery, Schedule, Send

S = Delivery.State
ON_ITS_WAY = (S.QUEUED, S.CLAIMED, S.SENDING)


class Mail(Panel):
    """The newest issue that is out, or planned, and what each audience has got of it."""

    template_name = "mailing/panel.html"
    order = 25

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        issues = IssuePage.objects.filter(language=settings.LANGUAGE_CODE)
        planned = issues.filter(schedules__send=None, schedules__error="", schedules__isnull=False)
        issue = (issues.filter(live=True) | planned).order_by("-day").first()
        rows = list(_rows(issue)) if issue else []
        return {"issue": issue, "rows": rows, "to_send": [row for row in rows if row["is_to_send"]]}


def _rows(issue: IssuePage) -> Iterator[dict[str, Any]]:
    sends = Send.objects.filter(issue__translation_key=issue.translation_key, is_correction=False)
    plans = Schedule.objects.filter(issue__translation_key=issue.translation_key, send=None)
    begun, planned = {send.audience_id: send for send in sends}, {plan.audience_id: plan for plan in plans}
    for audience in Audience.objects.all():
        send, plan = begun.get(audience.pk), planned.get(audience.pk)
        readers = audience.subscriptions.filter(ended=None).count()
        counts = send.counts() if send else {}
        yield {
            "audience": audience,
            "send": send,
            "plan": plan,
            "readers": readers,
            "sent": counts.get(S.SENT, 0),
            "waiting": sum(counts.get(state, 0) for state in ON_ITS_WAY),
            "refused": counts.get(S.REFUSED, 0),
            "in_doubt": counts.get(S.IN_DOUBT, 0),
            "is_to_send": bool(issue.live and readers and not send and not (plan and plan.is_open)),
        }
