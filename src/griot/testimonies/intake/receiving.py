"""Files that phones send: taken in piece by piece until they are whole, then verified, stripped and
sealed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.accounts.requests import number_in
from griot.locking import only_one_at
from griot.queueing import soon
from griot.testimonies.core.errors import Refused, Withdrawn
from griot.testimonies.core.media import arrival
from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.core.types import MOST_FILES
from griot.testimonies.intake.allowance import see_to_bytes, see_to_files
from griot.testimonies.intake.sent import object_in, one_of, uuid_in, whole_in
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import plan
from griot.testimonies.models import HELD, Contact, Device, File, Rendition, Spoken, Testimony, Upload
from griot.testimonies.models.testimonies import MOST_POSITION
from griot.troubles.sweeping import each

DAMAGED = "arrived damaged; "
MOST_TRIES = 3  # that a file may arrive damaged, or with another checksum than it was sent with
ORPHANED = timedelta(hours=6)
FORGOTTEN = timedelta(days=60)  # that nobody has gone on with an upload


def examine_soon(pk: Any) -> None:
    soon("testimonies.examine", f"examine {pk}", pk=str(pk))


@transaction.atomic
def begin_upload(device: Device, length: int, said: Mapping[str, str]) -> Upload:
    """An upload for a file that a phone has, or the one that is there already: by the file's id, or by
    what it holds.

    `said` are the fields of tus' Upload-Metadata. Raises Refused.
    """
    if not 0 < length <= arrival.MOST_BYTES:
        raise Refused(f"a file has from 1 byte to {arrival.MOST_BYTES // 2**20} MB")
    pk, sha256 = uuid_in(said.get("id"), "id"), said.get("sha256", "")
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise Refused("sha256: the checksum of the whole file is expected, as 64 hexadecimal digits")
    testimony = (
        Testimony.objects.select_for_update().filter(pk=uuid_in(said.get("testimony"), "testimony")).first()
    )
    if testimony is None or testimony.messenger_id != device.messenger_id:
        raise Refused("testimony: send what it is and its consent first")
    if testimony.over:
        raise Withdrawn
    known = Upload.objects.select_for_update().select_related("file").filter(file_id=pk).first()
    if known:
        if known.file.testimony_id != testimony.pk or known.file.sha256 not in {"", sha256}:
            raise Refused("id: another file was sent under it")
        if known.file.sha256:
            return known
    else:
        see_to_files(testimony, 1)
    role = one_of(said.get("role") or "story", (File.Role.STORY, File.Role.EVIDENCE), "role")
    if testimony.files.filter(sha256=sha256, role=role, state__in=HELD).exists():
        as_known = {"role": File.Role.DUPLICATE, "state": File.State.VERIFIED}
        upload = known or _new_upload(pk, device, testimony=testimony)
        return _begun(upload, length, length, sha256=sha256, **as_known)
    see_to_bytes(device.messenger, length)
    position = testimony.position(number_in(said.get("position")) or 0)
    upload = known or _new_upload(pk, device, testimony=testimony, position=position)
    return _begun(upload, length, 0, sha256=sha256, role=role, prompt=said.get("prompt", "")[:64])


def _begun(upload: Upload, length: int, offset: int, **facts: Any) -> Upload:
    for name, fact in facts.items():
        setattr(upload.file, name, fact)
    upload.file.save(update_fields=facts)
    upload.length, upload.offset = length, offset
    upload.begun = upload.touched = timezone.now()
    upload.save(update_fields=["length", "offset", "begun", "touched"])
    return upload


@transaction.atomic
def expect_files(testimony: Testimony, device: Device, said: Any) -> None:
    """The recordings that a phone says belong to a testimony: looked for until they come. `said` is a list of
    objects with `id`, `role` and `position`. Raises Refused.
    """
    if not isinstance(said, list) or len(said) > MOST_FILES:
        raise Refused(f"files: a list of at most {MOST_FILES} is expected")
    wanted: dict[uuid.UUID, dict[str, Any]] = {}
    for one in said:
        file = object_in(one, "files")
        role = one_of(file.get("role"), (File.Role.STORY, File.Role.EVIDENCE), "files: role")
        position = whole_in(file.get("position"), "files: position", 0, MOST_POSITION)
        wanted[uuid_in(file.get("id"), "files: id")] = {"role": role, "position": position}
    expect(testimony, device, wanted)


def expect(testimony: Testimony, device: Device, wanted: Mapping[uuid.UUID, Mapping[str, Any]]) -> None:
    """Files that are to come, by their ids, with what is known of them; those that are known stay as they
    are, whosever they are. Raises Refused where they are too many. Inside a transaction, which holds the
    testimony until it ends.
    """
    if Testimony.objects.select_for_update().get(pk=testimony.pk).withdrawn:
        raise Withdrawn
    known = set(File.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    behind = testimony.position(0)
    new = [
        File(
            **{**facts, "position": min(behind + facts["position"], MOST_POSITION)},
            pk=pk,
            testimony=testimony,
        )
        for pk, facts in sorted(wanted.items())  # two at once wait for one another in one order
        if pk not in known
    ]
    see_to_files(testimony, len(new))
    File.objects.bulk_create(new, ignore_conflicts=True)  # another testimony's, named at the same moment
    uploads = [Upload(file=file, device=device, length=0) for file in new]
    Upload.objects.bulk_create(uploads, ignore_conflicts=True)


def _new_upload(pk: uuid.UUID, device: Device, **facts: Any) -> Upload:
    """Raises Refused where a file has that id: one that was erased, or one that came at the same moment."""
    file, is_new = File.objects.get_or_create(pk=pk, defaults=facts)
    if not is_new:
        raise Refused("id: another file was sent under it")
    return Upload.objects.create(file=file, device=device, length=0)


@transaction.atomic
def add_piece(upload_pk: int, offset: int, content: bytes) -> int:
    """Add what came to an upload and give its new offset. Raises LookupError where `offset` is not
    where it stands.
    """
    upload = _held(upload_pk)
    if upload is None:  # cancelled, or erased with its testimony
        raise LookupError(upload_pk)
    if upload.offset != offset or offset + len(content) > upload.length:
        raise LookupError(upload.offset)
    if content:
        upload.pieces = [*upload.pieces, vault().put(content)]
        upload.offset += len(content)
    upload.touched = timezone.now()
    upload.save(update_fields=["pieces", "offset", "touched"])
    if upload.offset == upload.length > 0 and upload.file.state == File.State.EXPECTED:
        upload.file.state = File.State.RECEIVED
        upload.file.save(update_fields=["state"])
        examine_soon(upload.file_id)
    return int(upload.offset)


@transaction.atomic
def cancel_upload(upload: Upload) -> None:
    """Let go of what has come of a file that will not come whole."""
    held = _held(upload.pk)
    if held and held.file.state == File.State.EXPECTED:
        _forget_pieces(held)
        held.file.delete()


def _held(upload_pk: int) -> Upload | None:
    return Upload.objects.select_for_update().select_related("file").filter(pk=upload_pk).first()


def examine(pk: uuid.UUID) -> None:
    """Put a received file together, verify it, strip it, and seal it. May be run again at any
    time, by anybody.

    A file whose checksum is not the sender's, or of which a piece can't be read any more, is asked for again.
    One that can't be opened is kept as it came, for a person. What a virus scanner names is refused, and
    nothing of it kept: the phone keeps its own. Raises VaultError where nobody can be asked for a piece that
    can't be read.
    """
    with only_one_at(f"file {pk}") as is_ours:
        waiting = File.objects.filter(pk=pk, state=File.State.RECEIVED).select_related("upload__device")
        if is_ours and (file := waiting.first()):
            try:
                with vault().scratch() as folder:
                    _settle(file.upload, _examined(file, folder))
            except VaultError:
                if waiting.exists():
                    raise  # else it was withdrawn meanwhile, and its pieces are gone


def _examined(file: File, folder: Path) -> dict[str, Any]:
    """What becomes of a file: its fields, anew. What is to be kept lies in the vault by then."""
    whole, clean = folder / "whole", folder / "clean"
    try:
        sha256 = _put_together(file.upload, whole)
    except VaultError:
        if _tries(file) == MOST_TRIES or not _is_held_by_its_phone(file):
            raise
        vault().prove()  # raises where the keys are at fault: put back, they open what came
        return _expected_anew(file)
    if found := arrival.scan(whole):
        why = f"a virus scanner calls it {found}"
        if file.arrived:  # it was kept, and the phone has let go of its own
            return _as_it_came(whole, why)
        return {"state": File.State.REFUSED, "why": why[:250]}
    if sha256 != file.sha256:
        return _asked_for_again(file, whole, sha256)
    try:
        what = arrival.take_in(whole, clean)
    except Refused as refusal:
        return _as_it_came(whole, str(refusal))
    facts = {name: getattr(what, name) for name in ("media", "mime", "suffix", "seconds", "width", "height")}
    return {**_sealed(clean), **facts, "state": File.State.VERIFIED, "why": ""}


def _put_together(upload: Upload, to: Path) -> str:
    """Write the pieces in order, and give the whole's SHA-256."""
    with to.open("wb") as out:
        for name in upload.pieces:
            vault().copy(name, out)
    with to.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").hexdigest()


def _sealed(path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        return {"vault": vault().put(content), "size": path.stat().st_size, "arrived": timezone.now()}


def _as_it_came(whole: Path, why: str) -> dict[str, Any]:
    return {**_sealed(whole), "state": File.State.KEPT, "why": why[:250]}


def _asked_for_again(file: File, whole: Path, sha256: str) -> dict[str, Any]:
    """At the last time, or where no phone has it any more, what came is kept under the checksum that it has:
    the phone, whose copy has another, keeps that.
    """
    if _tries(file) < MOST_TRIES and _is_held_by_its_phone(file):
        return _expected_anew(file)
    why = "it arrived with another checksum than it was sent with"
    return {**_as_it_came(whole, why), "sha256": sha256}


def _tries(file: File) -> int:
    """How often it has come, this time included; MOST_TRIES stands for more."""
    return min(file.why.count(DAMAGED) + 1, MOST_TRIES)


def _expected_anew(file: File) -> dict[str, Any]:
    return {"state": File.State.EXPECTED, "why": DAMAGED * _tries(file)}


def _is_held_by_its_phone(file: File) -> bool:
    """Whether it may be asked for again: our app lets go of a file when we hold it, or when it is told to
    erase all; ODK Collect when it was sent.
    """
    device = file.upload.device
    is_of_our_app = device is not None and not device.login and not device.is_wiped
    return file.arrived is None and is_of_our_app


@transaction.atomic
def _settle(upload: Upload, facts: Mapping[str, Any]) -> None:
    """Store what became of a file, unless it was withdrawn while it was examined: nothing is kept then."""
    held = _held(upload.pk)
    if held is None or held.file.state != File.State.RECEIVED:
        vault().erase(facts.get("vault", ""))
        return
    file = held.file
    for name, value in facts.items():
        setattr(file, name, value)
    if file.state == File.State.VERIFIED:  # one that was kept, and could be opened late, stands behind
        file.position = file.testimony.position(file.position)
    file.save(update_fields=[*facts, "position"])
    if file.state == File.State.EXPECTED:
        held.offset = 0
        held.save(update_fields=["offset"])
    _forget_pieces(held)
    if file.state == File.State.VERIFIED and file.role == File.Role.STORY:
        plan(file)


def discard(file: File, why: str) -> None:
    """Let go of a file that was kept for a person, who has decided so."""
    name = file.vault
    transaction.on_commit(lambda: vault().erase(name))
    file.vault, file.state, file.why = "", File.State.ERASED, why[:250]
    file.save(update_fields=["vault", "state", "why"])


def examine_again(file: File) -> None:
    """Try once more to open a file that was kept: the disk was full then, or we know more kinds by now."""
    file.upload.pieces = [file.vault]
    file.upload.save(update_fields=["pieces"])
    file.vault, file.state = "", File.State.RECEIVED
    file.save(update_fields=["vault", "state"])
    examine_soon(file.pk)


def _forget_pieces(upload: Upload) -> None:
    names, upload.pieces = list(upload.pieces), []
    upload.save(update_fields=["pieces"])
    transaction.on_commit(lambda: vault().erase(*names))


def sweep(now: datetime) -> None:
    """Clear what killed processes left, and let go of what came of uploads that nobody goes on with. The
    files are still waited for: a phone may be away for long, and whoever reviews may go on without it.
    """
    vault().sweep()
    forgotten = Upload.objects.filter(
        touched__lt=now - FORGOTTEN, offset__gt=0, file__state=File.State.EXPECTED
    )
    each("letting go of forgotten uploads", forgotten.values_list("pk", flat=True), _begin_at_nothing)


@transaction.atomic
def _begin_at_nothing(pk: int) -> None:
    held = _held(pk)
    if held and held.file.state == File.State.EXPECTED:
        held.offset = 0
        held.save(update_fields=["offset"])
        _forget_pieces(held)


def unfinished() -> list[uuid.UUID]:
    """The files yet to examine."""
    return list(File.objects.filter(state=File.State.RECEIVED).values_list("pk", flat=True))


def tidy(now: datetime) -> int:
    """Erase what lies in the vault and belongs to nothing: a process was killed between sealing and storing.
    Gives how many that were.

    Only what is older than ORPHANED goes, so that nothing is taken from under somebody's hands.
    """
    old = vault().untouched_since((now - ORPHANED).timestamp())
    known = {
        *File.objects.exclude(vault="").values_list("vault", flat=True),
        *Spoken.objects.values_list("vault", flat=True),
        *Contact.objects.values_list("vault", flat=True),
    }
    for pieces in Upload.objects.values_list("pieces", flat=True):
        known.update(pieces)
    for rendition in Rendition.objects.only("vault", "parts"):
        known.update(rendition.names)
    orphans = [name for name in old if name not in known]
    return each("tidying the vault", orphans, vault().erase)
