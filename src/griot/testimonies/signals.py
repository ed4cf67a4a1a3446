"""What others may want to hear of testimonies. Apps above us listen; we know none of them."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

from griot.testimonies.models import Testimony

changed = Signal()
"""`pk`: what may be shown of the testimony is not what it was: published, taken off, consent changed,
withdrawn, expired. Sent after the change is committed. A receiver that keeps a copy of anything shown has to
make it anew.
"""


def announce(testimony: Testimony) -> None:
    """Tell whoever keeps copies, once the change is committed."""
    pk = testimony.pk
    transaction.on_commit(lambda: changed.send(Testimony, pk=pk))
