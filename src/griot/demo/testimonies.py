"""The demo's testimonies (demo/testimonies.toml), on the way that real ones take: phone,
arrival, review, publication.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import tomllib
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from griot.accounts.factors import vouch_for
from griot.demo.core.recordings import film, jpeg, person, thing, tune
from griot.locking import only_one_at
from griot.runtime.state import ROOT
from griot.testimonies import withdrawing
from griot.testimonies.access import ROLES, Role
from griot.testimonies.core.media.subtitles import as_vtt
from griot.testimonies.intake.receiving import add_piece, begin_upload, cancel_upload, examine
from griot.testimonies.intake.taking import take_testimony
from griot.testimonies.making.rendering import make, showable
from griot.testimonies.models import (
    Campaign,
    ConsentText,
    Country,
    Device,
    File,
    Guide,
    Messenger,
    Module,
    Referral,
    Rendition,
    Testimony,
    Training,
)
from griot.testimonies.review import files, review

PIECE = 1024 * 1024
_TEAMS = {"Mame": "SN", "Oumou": "GN", "Ngozi": "NG"}
_PEOPLE: dict[Role, str] = {
    "coordinator": "Fanta Keita",
    "protection": "Sokhna Mbaye",
    "editor": "Ines Castaño",
    "approver": "Omar Sesay",
}

_BY: dict[str, Role] = {"intake": "protection", "protection": "protection", "approval": "approver"}


def seed_testimonies() -> None:
    """Make the campaign, its people and its testimonies, once; two calls at once are one.

    Killed in between, the next call goes on.
    """
    with only_one_at("the demo's testimonies") as is_ours:
        if is_ours:
            tell_all(tomllib.loads((ROOT / "demo" / "testimonies.toml").read_text()))


def tell_all(told: dict[str, Any]) -> None:
    """Bring everything in the shape of demo/testimonies.toml to its end, from wherever it stands."""
    campaign = _campaign(told)
    people = {role: vouch_for(_person(role, name)) for role, name in _PEOPLE.items()}
    for team in campaign.teams.all():
        team.coordinators.add(people["coordinator"])
        Country.objects.filter(pk=team.pk).update(focal_person=people["protection"])
    for number, facts in enumerate(told["testimonies"]):
        pk = uuid.uuid5(uuid.NAMESPACE_URL, f"griot-demo/{number}")
        known = Testimony.objects.filter(pk=pk).first()
        if known is None or not (known.over or known.state == Testimony.State.PUBLISHED):
            _tell(pk, number, facts, campaign, people)
        _end(Testimony.objects.get(pk=pk), facts.get("end", ""))


def _campaign(told: dict[str, Any]) -> Campaign:
    about = told["campaign"]
    campaign, _ = Campaign.objects.update_or_create(
        slug=about["slug"], defaults={**about, "about": about["about"].strip(), "is_public": True}
    )
    for code in about["countries"]:
        Country.objects.get_or_create(campaign=campaign, code=code)
    for language, text in told["consents"].items():
        ConsentText.objects.get_or_create(
            campaign=campaign, language=language, version=1, defaults={"text": text.strip()}
        )
    for guide in told["guides"]:
        Guide.objects.update_or_create(
            campaign=campaign,
            kind=guide["kind"],
            language=guide["language"],
            defaults={"title": guide["title"], "prompts": guide["prompts"]},
        )
    for module in told["modules"]:
        Module.objects.update_or_create(
            campaign=campaign,
            slug=module["slug"],
            language="en",
            defaults={**module, "text": module["text"].strip()},
        )
    for referral in told["referrals"]:
        Referral.objects.get_or_create(**referral)
    return campaign


def _person(role: Role, name: str) -> Any:
    """An account of the demo's: it can't be signed in to until the administrator gives it a password."""
    first, _, last = name.partition(" ")
    user, _ = get_user_model().objects.get_or_create(
        username=first.lower(),
        defaults={"first_name": first, "last_name": last, "password": make_password(None)},
    )
    user.groups.add(*Group.objects.filter(permissions__codename=ROLES[role].partition(".")[2]))
    return user


def _device(campaign: Campaign, name: str) -> Device:
    messenger, _ = Messenger.objects.get_or_create(
        team=campaign.teams.get(code=_TEAMS[name]),
        name=name,
        defaults={"state": Messenger.State.ACTIVE, "language": "fr" if name != "Ngozi" else "en"},
    )
    for module in messenger.modules_due():
        count = len(module.questions)
        Training.objects.create(
            messenger=messenger, module=module, before=count // 2, after=count, of=count, is_passed=True
        )
    key = hashlib.sha256(f"no phone has this key: {uuid.uuid4()}".encode()).hexdigest()
    return messenger.devices.first() or Device.objects.create(
        messenger=messenger, key=key, name="a phone of the demo’s"
    )


def _tell(
    pk: uuid.UUID, number: int, facts: dict[str, Any], campaign: Campaign, people: dict[Role, Any]
) -> None:
    device = _device(campaign, facts["messenger"])
    moment = timezone.now() - timedelta(days=3 + number, hours=number)
    row, _ = take_testimony(
        device.messenger,
        {
            "id": str(pk),
            "kind": facts["kind"],
            "language": facts["language"],
            "told": moment.isoformat(),
            "teller": facts["teller"],
            "answers": {},
            "consent": {
                "language": facts["language"],
                "explained": "read",
                "given": moment.isoformat(),
                "evidence": "signed",
                **facts["consent"],
            },
        },
    )
    _write(row, facts)
    for n, (role, content) in enumerate(_files(number, facts["media"])):
        _send(device, row, uuid.uuid5(pk, str(n)), role, n, content)
    while waiting := list(Rendition.objects.filter(file__testimony=row, state__in=["waiting", "making"])):
        for rendition in waiting:
            make(rendition.pk)  # unless a worker is at it
        time.sleep(0.2)
    _publish(Testimony.objects.get(pk=pk), facts, people)


def _end(row: Testimony, end: str) -> None:
    """What became of a published testimony: taken back, expired, or out since the day after it was told."""
    if end == "withdrawn":
        withdrawing.withdraw(row, "teller")
    elif end == "expired" and not row.withdrawn:
        row.consents.update(until=timezone.localdate() - timedelta(days=1))
        withdrawing.expire(timezone.now())
    elif not end:
        Testimony.objects.filter(pk=row.pk).update(published=row.told + timedelta(days=1))
    if end:
        withdrawing.erase(row.pk)


def _write(row: Testimony, facts: dict[str, Any]) -> None:
    """The words in each language, before the recordings come: what is marked in them is silenced as
    these are made.
    """
    for language in ("en", "fr"):
        if words := facts.get(language):  # [testimonies.en], [testimonies.fr]
            # The first file is the evidence of the consent.
            captions = {
                str(uuid.uuid5(row.pk, str(n))): text for n, text in enumerate(words.get("captions", ()), 1)
            }
            texts = {
                "title": words["title"],
                "quote": words["quote"],
                "body": words["body"].strip(),
                "subtitles": as_vtt(words.get("subtitles", "")),
                "chapters": words.get("chapters", "").strip(),
                "captions": captions,
            }
            row.writings.update_or_create(language=language, defaults=texts)
    Testimony.objects.filter(pk=row.pk).update(themes=facts.get("themes", []), route=facts.get("route", ""))


def _files(number: int, media: str) -> Iterator[tuple[str, bytes]]:
    yield "evidence", tune(number + 50, 1.5)
    match media:
        case "film":
            with tempfile.TemporaryDirectory(prefix="griot-") as folder:
                yield "story", film(Path(folder), person(number), number)
        case "sound":
            yield "story", tune(number, 14)
        case "portrait":
            yield "story", jpeg(person(number))
        case "photos":
            for name in ("kettle", "key", "radio", "drum"):
                yield "story", jpeg(thing(name))
        case _:
            yield "story", jpeg(thing(media))


def _send(device: Device, row: Testimony, pk: uuid.UUID, role: str, position: int, content: bytes) -> None:
    known = File.objects.filter(pk=pk).first()
    if known and known.state == File.State.EXPECTED:
        cancel_upload(known.upload)  # an interrupted call's; films are not the same bytes twice
    elif known:
        examine(pk)
        return
    sha256 = hashlib.sha256(content).hexdigest()
    upload = begin_upload(
        device,
        len(content),
        {"id": str(pk), "testimony": str(row.pk), "sha256": sha256, "role": role, "position": str(position)},
    )
    for offset in range(upload.offset, len(content), PIECE):
        add_piece(upload.pk, offset, content[offset : offset + PIECE])
    examine(pk)


def _publish(row: Testimony, facts: dict[str, Any], people: dict[Role, Any]) -> None:
    """The review as its people do it, from wherever an interrupted call left it."""
    while row.state != Testimony.State.PUBLISHED:
        by = _BY.get(row.state, "editor")
        if row.state == Testimony.State.PROTECTION:
            review.judge(
                row,
                people["protection"],
                True,
                "No name of a third person, no place that could be found, nobody else to be seen.",
            )
        if row.state == Testimony.State.APPROVAL:
            for rendition in [r for r in showable(row) if r.approved is None]:
                files.approve_rendition(row, people["protection"], rendition.pk)
        row = review.move_on(row, people[by])
