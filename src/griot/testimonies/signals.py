"""What others may want to hear of testimonies. Apps above us listen; we know none of them."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from griot.testimonies.models import Testimony

log = logging.getLogger(__name__)
changed = Signal()
"""`pk`: what may be shown of the testimony is not what it was: published, taken off, consent changed,
withdrawn, expired. Sent after the change is committed. A receiver that keeps a copy of anything shown makes
it anew; one that dies before is made up for, since a copy knows that it does not hold (`copies`).
"""


def announce(testimony: Testimony) -> None:
    """Copies hold no more from the moment at which the change is committed; then tell whoever keeps them."""
    pk = testimony.pk
    Testimony.objects.filter(pk=pk).update(turn=F("turn") + 1)
    transaction.on_commit(lambda: _tell(pk))


def _tell(pk: Any) -> None:
    for receiver, answer in changed.send_robust(Testimony, pk=pk):
        if isinstance(answer, Exception):
            log.error("%s was not done for testimony %s; the sweep will", receiver, pk, exc_info=answer)
