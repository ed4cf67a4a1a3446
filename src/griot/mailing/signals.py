"""What the mailing does when a teller changes what may be shown: mails that have not left yet
are rendered anew.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from griot.digest.core.rendering.mail import render_mail
from griot.digest.core.rendering.text import render_text
from griot.digest.morning.telling import issues_with
from griot.digest.site.composing import issue_of
from griot.mailing.models import Send
from griot.testimonies.models import Testimony
from griot.testimonies.signals import changed


@receiver(changed, sender=Testimony)
def render_anew(pk: Any, **_: Any) -> None:
    """A send is frozen but for this. Lanes that are at work look at `remade` before every batch."""
    for issue in issues_with(pk):
        for send in Send.objects.filter(issue=issue, is_correction=False):
            value = issue_of(issue, "mail")
            send.html = render_mail(value, send.unsubscribe_mark)
            send.text = render_text(value, send.unsubscribe_mark)
            send.remade = timezone.now()
            send.save(update_fields=["html", "text", "remade"])
