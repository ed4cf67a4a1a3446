"""Consent texts and prompts, read aloud by people: recorded in the newsroom, played on phones
without a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.forms.xforms import app_words
from griot.testimonies.core.media import arrival, encoding
from griot.testimonies.keeping import vault
from griot.testimonies.models import Campaign, Spoken
from griot.testimonies.models.campaigns import token_hash

LONGEST, LARGEST = 600.0, 40 * 1024 * 1024  # seconds, and bytes as they come
CONSENT = "consent"
# What our own app asks a teller of their consent, a step each, by the names of its words.
QUESTIONS = (
    "uses",
    "ask_naming",
    "ask_place",
    "ask_face",
    "ask_voice",
    "ask_until",
    "ask_age",
    "ask_where",
    "ask_journey",
    "evidence",
)


@dataclass(frozen=True, slots=True)
class Text:
    """Something to be read aloud: `what` is "consent", a question of it ("consent/ask_face"), or a guide's
    kind and a prompt's id.
    """

    language: str
    what: str
    words: str


def texts(campaign: Campaign) -> list[Text]:
    """All that tellers of a campaign are read or asked, by language; of consent texts the newest."""
    consents = {row.language: row.text for row in campaign.consent_texts.order_by("version")}
    found = []
    for language, words in consents.items():
        found.append(Text(language, CONSENT, words))
        found += [Text(language, f"{CONSENT}/{q}", app_words()[q][language]) for q in QUESTIONS]
    for guide in campaign.guides.order_by("kind", "language"):
        found += [
            Text(guide.language, f"{guide.kind}/{p['id']}", str(p.get("text", ""))) for p in guide.prompts
        ]
    return found


def readings(campaign: Campaign) -> dict[tuple[str, str], Spoken]:
    """The newest by language and text."""
    return {(row.language, row.what): row for row in campaign.spoken.order_by("pk")}


def current(campaign: Campaign) -> Iterator[tuple[Text, Spoken]]:
    """What can be played: readings of texts as they stand now."""
    known = readings(campaign)
    for text in texts(campaign):
        row = known.get((text.language, text.what))
        if row and row.of == token_hash(text.words):
            yield text, row


def keep(campaign: Campaign, language: str, what: str, source: Path) -> Spoken:
    """Keep a recording of a text as it stands now, in place of an earlier one; of a consent text that
    somebody may have heard, beside it. Raises Refused in words.
    """
    text = next((t for t in texts(campaign) if (t.language, t.what) == (language, what)), None)
    if text is None:
        raise Refused("There is no such text any more.")
    clean, to = source.with_name("clean"), source.with_name("small")
    arrived = arrival.take_in(source, clean)
    if arrived.media == "photo" or arrived.seconds > LONGEST:
        raise Refused(f"A recording of at most {LONGEST / 60:.0f} minutes is expected.")
    encoding.sound(clean, to, "show", encoding.WHOLE, lambda _: None)
    content = to.read_bytes()
    values = {
        "of": token_hash(text.words),
        "vault": vault().put(content),
        "size": len(content),
        "seconds": arrived.seconds,
        "sha256": hashlib.sha256(content).hexdigest(),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    with transaction.atomic():
        for row in campaign.spoken.filter(language=language, what=what):
            if not _is_evidence(row):
                drop(row)
        return Spoken.objects.create(campaign=campaign, language=language, what=what, **values)


def _is_evidence(row: Spoken) -> bool:
    return row.what == CONSENT and row.campaign.is_heard


def drop(row: Spoken) -> None:
    """Raises Refused where somebody may have agreed to what they heard."""
    if _is_evidence(row):
        raise Refused("Somebody may have agreed to what they heard: it stays. Read the text anew instead.")
    name = row.vault
    with transaction.atomic():
        row.delete()
        transaction.on_commit(lambda: vault().erase(name))
