"""What the mailing does when a teller changes what may be shown."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from griot.mailing.sending import make_all_anew
from griot.testimonies.models import Testimony
from griot.testimonies.signals import changed


@receiver(changed, sender=Testimony)
def render_anew(**_: Any) -> None:
    """A send is frozen but for this. Lanes that are at work ask before every mail."""
    make_all_anew()
