"""What the mailing tells on the admin's home: where the day's issue stands with its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from griot.accounts.panels import Panel
from griot.digest.desk.placing import issue_in_the_making
from griot.digest.models import IssuePage
from griot.mailing.beginning import corrections_to_send, sends_of
from griot.mailing.models import Audience, Delivery, Schedule
from griot.mailing.rooms import where_to_subscribe
from griot.mailing.scheduling import proposed_for, why_not_planned

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
        coming = issue_in_the_making()
        is_next = coming and not (issue and issue.day >= coming.day)
        if coming and is_next and not why_not_planned(coming, proposed_for(coming)):
            issue = coming
        rows = list(_rows(issue)) if issue else []
        return {
            "issue": issue,
            "is_planned": any(row["plan"] for row in rows),
            "rows": rows,
            "to_send": [row for row in rows if row["is_to_send"]],
            "subscribe": where_to_subscribe(),
            "corrections": corrections_to_send(),
        }


def _rows(issue: IssuePage) -> Iterator[dict[str, Any]]:
    plans = Schedule.objects.filter(issue__translation_key=issue.translation_key, send=None)
    planned = {plan.audience_id: plan for plan in plans}
    for audience in Audience.objects.all():
        sends, plan = sends_of(issue, audience), planned.get(audience.pk)  # a send for each edition
        readers = audience.subscriptions.filter(ended=None).count()
        counts = sum((Counter(send.counts()) for send in sends), Counter[str]())
        yield {
            "audience": audience,
            "sends": sends,
            "plan": plan,
            "readers": readers,
            "sent": counts[S.SENT],
            "waiting": sum(counts[state] for state in ON_ITS_WAY),
            "refused": counts[S.REFUSED],
            "in_doubt": counts[S.IN_DOUBT],
            "is_to_send": bool(readers and not sends and not (plan and plan.is_open)),
        }
