"""What the mailing does when a teller changes what may be shown, or a correction is taken back."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from griot.digest.models import Correction
from griot.mailing.models import Delivery
from griot.mailing.saying import make_all_anew
from griot.mailing.sending import TAKEN_BACK
from griot.testimonies.models import Testimony
from griot.testimonies.signals import changed


@receiver(changed, sender=Testimony)
def render_anew(**_: Any) -> None:
    """A send is frozen but for this. Lanes that are at work ask before every mail."""
    make_all_anew()


@receiver(pre_delete, sender=Correction)
def what_waits_is_not_sent(instance: Correction, **_: Any) -> None:
    """What was not handed over of a correction is not sent once it is taken back; nor what is in doubt again.
    (What is being sent is asked about before another try: `_ADVANCE`.)
    """
    rows = Delivery.objects.filter(send__correction=instance)
    rows.filter(state__in=(Delivery.State.QUEUED, Delivery.State.CLAIMED), is_doubted=False).delete()
    again = rows.filter(state__in=(Delivery.State.QUEUED, Delivery.State.IN_DOUBT))
    again.update(state=Delivery.State.SKIPPED, reply=TAKEN_BACK)
