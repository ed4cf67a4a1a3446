"""What the mailing does when a teller changes what may be shown, an issue is taken off, a correction taken
back, or something is deleted that a planned send needs.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from wagtail.models import Revision
from wagtail.signals import page_unpublished

from griot.accounts.guarding import NotNow
from griot.digest.models import Correction, IssuePage
from griot.mailing.models import Audience, Delivery, Schedule
from griot.mailing.saying import make_all_anew
from griot.mailing.scheduling import end_plans
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


@receiver(page_unpublished, sender=IssuePage)
def goes_out_to_nobody(instance: IssuePage, **_: Any) -> None:
    if not instance.is_edition:
        end_plans(instance)


@receiver(pre_delete, sender=IssuePage)
@receiver(pre_delete, sender=Audience)
def is_waited_for(instance: IssuePage | Audience, **_: Any) -> None:
    """Raises NotNow where a send is planned: it would go with it, and nobody would know."""
    planned = Schedule.objects.filter(send=None, error="")
    rows = (
        planned.filter(issue=instance)
        if isinstance(instance, IssuePage)
        else planned.filter(audience=instance)
    )
    if row := rows.first():
        raise NotNow(
            f"“{instance}” is not deleted: “{row.issue}” is planned to be sent to “{row.audience}”. Take that"
            " plan back first."
        )


@receiver(pre_save, sender=Revision)
def is_published_for_it(instance: Revision, update_fields: Any = None, **_: Any) -> None:
    """Raises NotNow where an issue's publication is taken back, and a send still waits for it."""
    if "approved_go_live_at" not in (update_fields or ()) or instance.approved_go_live_at:
        return
    page = instance.content_object
    if not isinstance(page, IssuePage) or page.live:  # of what is out, a change is planned
        return
    planned = Schedule.objects.filter(send=None, error="", issue__translation_key=page.translation_key)
    if page.is_edition:
        planned = planned.filter(audience__language=page.language)
    if row := planned.first():
        raise NotNow(
            f"“{page}” is to be published: it is planned to be sent to “{row.audience}”. Take that plan back"
            " first."
        )
