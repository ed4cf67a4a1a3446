"""What phones send, taken in: testimonies with their consent, and files piece by piece until they are whole and verified."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from griot.testimonies.core import types
from griot.testimonies.core.consent import problems
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media import arrival
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import plan
from griot.testimonies.models import (
    Campaign,
    Consent,
    Device,
    File,
    Messenger,
    Rendition,
    Spoken,
    Step,
    Testimony,
    Upload,
)
from griot.testimonies.models.campaigns import LANGUAGES
from griot.testimonies.showing.withdrawing import announce

MOST_TRIES = 3  # that a file may arrive with another checksum than it was sent with
ORPHANED = timedelta(days=2)
FORGOTTEN = timedelta(days=60)  # an upload that nobody has gone on with
_TEXTS = {
    "name": 160, "alias": 80, "country": 2, "region": 120, "spot": 160, "left": 120, "reached": 120,
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "naming": ("named", "first_name", "alias", "unnamed"), "place": ("country", "region", "exact"),
    "face": ("show", "blur", "hide"), "voice": ("show", "alter", "hide"), "explained": ("read", "played"),
    "language": tuple(code for code, _ in LANGUAGES),
}  # fmt: skip


@transaction.atomic
def take_testimony(messenger: Messenger, sent: Mapping[str, Any]) -> tuple[Testimony, bool]:
    """Store what a phone says of a testimony; the same again changes nothing, a newer consent is a new version.
    Gives its row, and whether it is new.

    `sent` has `id` (UUID made on the phone), `kind`, `language`, `told`, `teller`, `answers`, `consent`, and may have `receipt`:
    the code that the teller was given. Raises Refused in words that name the field.
    """
    pk = _uuid(sent.get("id"), "id")
    known = Testimony.objects.select_for_update().filter(pk=pk).first()
    if known and known.messenger_id != messenger.pk:
        raise Refused("id: that testimony is another messenger's")
    if known and known.over:
        raise Refused("this testimony was withdrawn; nothing more is taken of it")
    if known is None and not messenger.may_collect:
        raise Refused("the required training has to be passed before collecting")
    testimony = known or Testimony(pk=pk, campaign=messenger.team.campaign, messenger=messenger)
    if (code := _text(sent.get("receipt"), "receipt", 20)) and not testimony.receipt:
        testimony.keep_receipt(code)
    return _take(testimony, sent, by="messenger"), known is None


@transaction.atomic
def take_offer(campaign: Campaign, sent: Mapping[str, Any]) -> Testimony:
    """A story that somebody offers by themselves, in the same shape. Raises Refused."""
    if not _text(_object(sent.get("answers"), "answers").get("story"), "story", 20_000):
        raise Refused("story: there is nothing in it")
    return _take(Testimony(campaign=campaign), sent, by="teller")


def _take(testimony: Testimony, sent: Mapping[str, Any], by: str) -> Testimony:
    told = _object(sent.get("teller"), "teller")
    for name, limit in _TEXTS.items():
        setattr(testimony, name, _text(told.get(name), f"teller.{name}", limit))
    testimony.birth_year = _year(told.get("birth_year"))
    testimony.latitude, testimony.longitude = _position(told)
    testimony.kind = _one_of(sent.get("kind"), types.KINDS, "kind")
    testimony.language = _one_of(sent.get("language"), _CHOICES["language"], "language")
    testimony.told = _moment(sent.get("told"), "told")
    answers = _object(sent.get("answers"), "answers")
    testimony.answers = {str(k)[:64]: _text(v, f"answers.{k}", 20_000) for k, v in list(answers.items())[:60]}
    consent = read_consent(_object(sent.get("consent"), "consent"), testimony.teller)
    testimony.save()
    add_consent(testimony, consent, by=by)
    return testimony


def read_consent(sent: Mapping[str, Any], teller: types.Teller) -> types.Consent:
    """A consent as a phone or a form sends it. Raises Refused for what is no consent, naming what is missing."""
    uses = sent.get("uses") or []
    if not isinstance(uses, list) or any(u not in types.USES for u in uses):
        raise Refused(f"consent.uses: a list of {', '.join(types.USES)} is expected")
    picked: dict[str, Any] = {
        name: _one_of(sent.get(name), choices, f"consent.{name}") for name, choices in _CHOICES.items()
    }
    guardian = _object(sent.get("guardian"), "consent.guardian")
    who = _text(guardian.get("name"), "consent.guardian.name", 160)
    until = _text(sent.get("until"), "consent.until", 10)
    day = _day(until) if until else None
    value = types.Consent(
        uses=frozenset(uses), until=day, given=_moment(sent.get("given"), "consent.given"),
        evidence=_text(sent.get("evidence"), "consent.evidence", 64), is_minor=bool(sent.get("is_minor")),
        guardian=types.Guardian(who, _text(guardian.get("relation"), "consent.guardian.relation", 80)) if who else None,
        **picked,
    )  # fmt: skip
    if wrong := list(problems(value, teller, timezone.localdate())):
        raise Refused(f"consent: {'; '.join(wrong)}")
    return value


def add_consent(testimony: Testimony, value: types.Consent, by: str) -> bool:
    """The consent as the testimony's current version; False where it says what the current one says."""
    current = testimony.consent
    if current and _same(current.as_value(), value):
        return False
    Consent.objects.create(
        testimony=testimony, version=current.version + 1 if current else 1, uses=sorted(value.uses), naming=value.naming, place=value.place,
        face=value.face, voice=value.voice, until=value.until, language=value.language, explained=value.explained, evidence=value.evidence,
        is_minor=value.is_minor, guardian_name=value.guardian.name if value.guardian else "",
        guardian_relation=value.guardian.relation if value.guardian else "", given=value.given, by=by,
    )  # fmt: skip
    if current:
        Step.objects.create(testimony=testimony, kind=Step.Kind.CONSENT, words=f"by the {by}")
        announce(testimony)
    for file in testimony.files.filter(role=File.Role.STORY):
        plan(file)  # a face that is now to be blurred, a use that is new
    return True


def _same(one: types.Consent, other: types.Consent) -> bool:
    from dataclasses import replace

    return replace(one, version=0, given=other.given) == replace(other, version=0)


# --- files --------------------------------------------------------------------------------


@transaction.atomic
def begin_upload(device: Device, length: int, said: Mapping[str, str]) -> Upload:
    """An upload for a file that a phone has, or the one that is there already: by the file's id, or by what it holds.

    `said` are the fields of tus' Upload-Metadata. Raises Refused.
    """
    if not 0 < length <= arrival.MOST_BYTES:
        raise Refused(f"a file has from 1 byte to {arrival.MOST_BYTES // 2**20} MB")
    pk, sha256 = _uuid(said.get("id"), "id"), said.get("sha256", "")
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise Refused("sha256: the checksum of the whole file is expected, as 64 hexadecimal digits")
    testimony = Testimony.objects.select_for_update().filter(pk=_uuid(said.get("testimony"), "testimony")).first()
    if testimony is None or testimony.messenger_id != device.messenger_id:
        raise Refused("testimony: send what it is and its consent first")
    if testimony.over:
        raise Refused("this testimony was withdrawn; nothing more is taken of it")
    known = Upload.objects.filter(file_id=pk).select_related("file").first()
    if known:
        if known.file.testimony_id != testimony.pk or known.file.sha256 != sha256:
            raise Refused("id: another file was sent under it")
        return known
    role = _one_of(said.get("role") or "story", (File.Role.STORY, File.Role.EVIDENCE), "role")
    if testimony.files.filter(sha256=sha256, role=role, state=File.State.VERIFIED).exists():
        twin = File.objects.create(
            id=pk, testimony=testimony, sha256=sha256, role=File.Role.DUPLICATE, state=File.State.VERIFIED
        )
        return Upload.objects.create(file=twin, device=device, length=length, offset=length)
    position = said.get("position", "0")
    file = File.objects.create(
        id=pk, testimony=testimony, sha256=sha256, prompt=said.get("prompt", "")[:64],
        role=role, position=int(position) if position.isdecimal() else 0,
    )  # fmt: skip
    return Upload.objects.create(file=file, device=device, length=length)


@transaction.atomic
def add_piece(upload_pk: int, offset: int, content: bytes) -> int:
    """Add what came to an upload and give its new offset. Raises LookupError where `offset` is not where it stands."""
    upload = Upload.objects.select_for_update().select_related("file").get(pk=upload_pk)
    if upload.offset != offset or offset + len(content) > upload.length:
        raise LookupError(upload.offset)
    if content:
        upload.pieces = [*upload.pieces, vault().put(content)]
        upload.offset += len(content)
    upload.touched = timezone.now()
    upload.save(update_fields=["pieces", "offset", "touched"])
    if upload.offset == upload.length and upload.file.state == File.State.EXPECTED:
        upload.file.state = File.State.RECEIVED
        upload.file.save(update_fields=["state"])
        from griot.testimonies.tasks import examine_soon

        examine_soon(upload.file_id)
    return int(upload.offset)


@transaction.atomic
def cancel_upload(upload: Upload) -> None:
    """Let go of what has come of a file that will not come whole."""
    _forget_pieces(upload)
    upload.file.delete()


def examine(pk: uuid.UUID) -> None:
    """Put a received file together, verify it, strip it, and seal it. May be run again at any time, by anybody.

    A file whose checksum is not the sender's is asked for again; one that is no media is refused, and nothing of it kept.
    """
    with transaction.atomic():
        file = File.objects.select_for_update(skip_locked=True).filter(pk=pk, state=File.State.RECEIVED).first()
        if file is None:
            return
        upload = file.upload
        place = vault()
        with place.scratch() as folder:
            whole, clean = folder / "whole", folder / "clean"
            sha256 = _put_together(upload, whole)
            if sha256 != file.sha256:
                _ask_again(upload)
                return
            try:
                if found := arrival.scan(whole):
                    raise Refused(f"a virus scanner calls it {found}")
                what = arrival.take_in(whole, clean)
            except Refused as refusal:
                file.state, file.why = File.State.REFUSED, str(refusal)[:250]
                _forget_pieces(upload)
                file.save()
                return
            with clean.open("rb") as content:
                file.vault = place.put(content)
            file.size = clean.stat().st_size
        file.media, file.mime, file.suffix = what.media, what.mime, what.suffix
        file.seconds, file.width, file.height = what.seconds, what.width, what.height
        file.state, file.arrived, file.why = File.State.VERIFIED, timezone.now(), ""
        file.save()
        _forget_pieces(upload)
        if file.role == File.Role.STORY:
            plan(file)


def _put_together(upload: Upload, to: Path) -> str:
    """Write the pieces in order, and give the whole's SHA-256."""
    place, digest = vault(), hashlib.sha256()
    with to.open("wb") as out:
        for name in upload.pieces:
            piece = place.read(name)
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _ask_again(upload: Upload) -> None:
    tries = upload.file.why.count("arrived damaged")
    _forget_pieces(upload)
    upload.offset = 0
    upload.save(update_fields=["offset"])
    upload.file.why = "arrived damaged; " * min(tries + 1, MOST_TRIES)
    upload.file.state = File.State.EXPECTED if tries + 1 < MOST_TRIES else File.State.REFUSED
    upload.file.save(update_fields=["why", "state"])


def _forget_pieces(upload: Upload) -> None:
    names, upload.pieces = list(upload.pieces), []
    upload.save(update_fields=["pieces"])
    transaction.on_commit(lambda: vault().erase(*names))


def sweep(now: datetime) -> list[uuid.UUID]:
    """Clear what killed processes left, let go of uploads that nobody goes on with, and give the files yet to examine."""
    vault().sweep()
    for upload in Upload.objects.filter(touched__lt=now - FORGOTTEN, file__state=File.State.EXPECTED).select_related(
        "file"
    ):
        cancel_upload(upload)
    return list(File.objects.filter(state=File.State.RECEIVED).values_list("pk", flat=True))


def tidy(now: datetime) -> int:
    """Erase what lies in the vault and belongs to nothing: a process was killed between sealing and storing. Gives how many that were.

    Only what is older than ORPHANED goes, so that nothing is taken from under somebody's hands.
    """
    old = vault().untouched_since((now - ORPHANED).timestamp())
    known = {
        *File.objects.exclude(vault="").values_list("vault", flat=True),
        *Spoken.objects.values_list("vault", flat=True),
    }
    for pieces in Upload.objects.values_list("pieces", flat=True):
        known.update(pieces)
    for rendition in Rendition.objects.only("vault", "parts"):
        known.update(rendition.names)
    orphans = [name for name in old if name not in known]
    vault().erase(*orphans)
    return len(orphans)


# --- reading what was sent ------------------------------------------------------------------


def _uuid(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise Refused(f"{where}: a UUID is expected") from None


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"{where}: an object is expected")
    return value


def _text(value: Any, where: str, limit: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"{where}: a text is expected")
    if len(value) > limit:
        raise Refused(f"{where}: at most {limit} characters")
    return value.replace("\0", "").strip()


def _one_of(value: Any, choices: tuple[str, ...], where: str) -> Any:
    if value not in choices:
        raise Refused(f"{where}: one of {', '.join(choices)} is expected")
    return value


def _year(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not isinstance(value, int) or not 1900 <= value <= timezone.localdate().year:
        raise Refused("teller.birth_year: a year is expected")
    return value


def _position(told: Mapping[str, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = told.get("latitude"), told.get("longitude")
    if latitude is None or longitude is None:
        return None, None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (latitude, longitude)):
        raise Refused("teller.latitude, teller.longitude: numbers are expected")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Refused("teller.latitude, teller.longitude: no place on earth")
    return float(latitude), float(longitude)


def _moment(value: Any, where: str) -> datetime:
    """An aware moment; phones' clocks are wrong now and then, so a moment to come is now."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(f"{where}: a moment with its offset is expected, such as 2026-11-24T07:00:00Z")
    return min(moment, timezone.now())


def _day(value: str) -> date:
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None:
        raise Refused("consent.until: a date is expected, such as 2027-11-24")
    return day
