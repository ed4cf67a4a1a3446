"""What is set in type for anybody who asks: PDFs, share cards and charts, kept on the disk. They are slow to
make, and the same in every process.

Each lies in a folder that is named after what tellers allowed when somebody asked for it. A folder of an
older name goes at once, or with the next sweep where whoever should do it has died; so does what comes into
it late.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache.backends.filebased import FileBasedCache
from django.db.models import Sum

from griot.testimonies.models import Testimony
from griot.testimonies.models.days import day_of

AGE = 3600  # seconds
MOST = 2000


def state() -> str:
    """What tellers allow now, to be asked before anything is composed. Each change makes it another, and each
    day: a consent may have ended with the last.
    """
    return f"{day_of()}-{Testimony.objects.aggregate(turns=Sum('turn'))['turns'] or 0}"


def set_once(during: str, what: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
    """What is made of `what`, which was composed `during` a state: once, so that asking often costs little. A
    picture whose rights end leaves the values, and with that the key.
    """
    cache = FileBasedCache(str(settings.TYPESET / during), {"OPTIONS": {"MAX_ENTRIES": MOST}})
    return cache.get_or_set(sha256(repr(what).encode()).hexdigest(), make, AGE) or b""


def forget_older() -> None:
    """Let go what was set in type before tellers changed what they allow."""
    now = state()
    if settings.TYPESET.is_dir():
        for folder in settings.TYPESET.iterdir():
            if folder.name != now:
                shutil.rmtree(folder, ignore_errors=True)  # what is just coming in goes at the next sweep
