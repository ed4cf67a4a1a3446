"""The outbox of a newsroom without a relay: a Maildir, whose mails stay with us, and so are copies of what is
told like any other. A mail's name says which delivery it is and when its words were made.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from griot.mailing.backend import NOTICE
from griot.mailing.models import Delivery, Proof, Send
from griot.testimonies.copies import stale

FOLDERS = ("tmp", "new", "cur")
_NAME = re.compile(
    r"(\d{10,18})\.[\w-]+\.(\d{20})(?:[.:].*)?"
)  # a draft's name, or a reader's flags, behind it


_PROOF = re.compile(r"proof-(\d{10,18})(?:[.:].*)?")


def proof_name(pk: int) -> str:
    return f"proof-{pk:010d}"


def name_of(delivery: int, token: str, send: Send) -> str:
    return f"{delivery:010d}.{token}.{_made(send)}"


def _made(send: Send) -> str:
    return f"{send.remade or send.started:%Y%m%d%H%M%S%f}"


def outdated(names: Collection[str]) -> set[str]:
    """The mails with words that a teller has changed since, or of deliveries and proofs that nobody knows.
    Notices are neither.
    """
    found = {name: match for name in names if (match := _NAME.fullmatch(name))}
    sends = dict(
        Delivery.objects.filter(pk__in={int(m[1]) for m in found.values()}).values_list("pk", "send")
    )
    rows = Send.objects.filter(pk__in=set(sends.values())).annotate(is_stale=stale())
    holds = {row.pk: _made(row) for row in rows.defer("html", "text") if not row.is_stale}
    over = {name for name, match in found.items() if holds.get(sends.get(int(match[1]), 0)) != match[2]}
    proofs = {name: int(match[1]) for name in names if (match := _PROOF.fullmatch(name))}
    standing = Proof.objects.filter(pk__in=proofs.values()).annotate(is_stale=stale())
    fresh = {row.pk for row in standing if not row.is_stale}
    return over | {name for name, pk in proofs.items() if pk not in fresh}


def hidden(names: Collection[str], user: User) -> set[str]:
    """What somebody may not see of these mails: no outdated one, and notices, which set passwords anew, only
    as a superuser.
    """
    notices = set() if user.is_superuser else {name for name in names if name.startswith(NOTICE)}
    return outdated(names) | notices


def erase_outdated() -> None:
    """Let them go, however late they came: a lane may have been at one when its send was made anew."""
    for folder in (settings.MAILDIR / name for name in FOLDERS):
        for name in outdated(kept(folder)):
            (folder / name).unlink(missing_ok=True)


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []
