"""What is made from a sealed file so that people may see it: films, stills, sound, photos; cut, and
anonymised as the consent wants.

A rendition is made for a face, a voice and a cut. What may be shown is decided when it is asked for
(`showable`, `public`): a consent that changes from "show" to "blur" hides the open rendition at once, and has
the other made. A cut that changes has others made, which wait for approval; those that are public stay.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from griot.characters import fit_text
from griot.locking import is_database_away, only_one_at
from griot.queueing import soon
from griot.testimonies.core.consent import FACES, VOICES
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media import encoding
from griot.testimonies.core.media.encoding import COVERED, WHOLE
from griot.testimonies.core.media.renditions import FILMS, FOR_EDITORS, HEARD, SEEN, may_be_perceived
from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.core.types import Consent, Cut
from griot.testimonies.keeping import vault
from griot.testimonies.models import File, MakingState, Rendition, Testimony
from griot.testimonies.signals import announce

log = logging.getLogger(__name__)
STILL_AT = 0.2  # of what is shown, where nobody has chosen a moment
_KINDS = {
    "video": ("light", "still", "waves", "stream", "small"),
    "audio": ("sound", "waves"),
    "photo": ("photo",),
}
_SAME_AS_LIGHT = frozenset({"stream", "small"})  # who has looked at the light film has looked at these
_MIME = {
    "photo": "image/jpeg",
    "still": "image/jpeg",
    "sound": "audio/mp4",
    "small": "video/webm",
    "waves": "application/json",
}


def plan(file: File) -> None:
    """Note down what the file's current consent and cut ask to be made, and have it made; what is cut
    otherwise and not public goes. Done again, it adds what is new.
    """
    consent = file.testimony.in_force
    if consent is None or file.state != File.State.VERIFIED:
        return
    if not set(consent.uses):
        return  # kept, and nothing else
    cut = file.wanted_cut()
    for row in file.renditions.all():
        if row.cut != _key(row.kind, cut, file.seconds) and not _is_public(row):
            _let_go(row)
    for kind in (*_KINDS.get(file.media, ()), *(["proof"] if not cut.is_whole else [])):
        is_seen, is_heard = kind in SEEN and file.media != "audio", kind in HEARD
        if (is_seen and kind not in FILMS and consent.face == "hide") or (
            file.media == "audio" and is_heard and consent.voice == "hide"
        ):
            continue
        face = "show" if not is_seen or consent.face == "show" else "blur"
        voice = "show" if not is_heard or consent.voice == "show" else consent.voice
        row, is_new = Rendition.objects.get_or_create(
            file=file,
            kind=kind,
            face=face,
            voice=voice,
            cut=_key(kind, cut, file.seconds),
            defaults={"key": secrets.token_hex(12)},
        )
        if is_new or row.state == MakingState.FAILED:
            render_soon(row.pk)


def plan_anew(row: Testimony) -> None:
    """What is cut otherwise now, covered, or not to be heard, is made, and waits for approval beside what is
    public; what was public before goes.
    """
    for file in row.files.filter(role=File.Role.STORY):
        plan(file)
    announce(row)


def _key(kind: str, cut: Cut, seconds: float) -> str:
    """What a rendition of a kind depends on of a cut; "" for the whole."""
    if kind == "still":
        return f"{_still_at(cut, seconds):.3f}"
    if kind in {"photo", "proof", "waves"} or cut.is_whole:
        return ""
    return hashlib.sha256(repr((cut.begins, cut.ends, cut.bleeps)).encode()).hexdigest()[:16]


def _still_at(cut: Cut, seconds: float) -> float:
    if cut.still is not None:
        return cut.still
    return (
        cut.begins + (max(cut.begins, cut.ends if cut.ends is not None else seconds) - cut.begins) * STILL_AT
    )


def _let_go(row: Rendition) -> None:
    """What is shown no more. What was whole becomes the editors' proof, with the cover of its faces, in place
    of one that was made meanwhile.
    """
    if row.kind in {"light", "sound"} and not row.cut and row.state == MakingState.READY:
        for proof in Rendition.objects.filter(file=row.file, kind="proof", face=row.face, voice=row.voice):
            _let_go(proof)
        # Under another address: what browsers and proxies keep under the old one is not asked for again.
        Rendition.objects.filter(pk=row.pk).update(kind="proof", key=secrets.token_hex(12))
        return
    old = row.names
    transaction.on_commit(lambda: vault().erase(*old))
    row.delete()


def _is_public(row: Rendition) -> bool:
    testimony = row.file.testimony
    return testimony.state == Testimony.State.PUBLISHED and _is_approved(row, testimony.approved)


def _is_approved(row: Rendition, approved: Mapping[str, Any]) -> bool:
    """Whether somebody has looked at it, and it is of a file that was approved, cut as it was then."""
    file = approved.get("files", {}).get(str(row.file_id))
    if row.approved is None or row.kind in FOR_EDITORS or file is None:
        return False
    return row.cut == _key(row.kind, Cut.approved(file["cut"]), row.file.seconds)


def allowed(testimony: Testimony) -> list[Rendition]:
    """The renditions that the current consent lets be seen or heard, in order, those for editors included.

    Asks nothing of the database where the testimony came `with_renditions`.
    """
    wanted = testimony.in_force
    if wanted is None or testimony.over:
        return []
    found = [
        rendition
        for file in testimony.files.all()
        if file.role == File.Role.STORY
        for rendition in file.renditions.all()
        if rendition.state == MakingState.READY and _may_be_perceived(rendition, wanted)
    ]
    return sorted(found, key=lambda rendition: (rendition.file.position, rendition.pk))


def with_renditions(rows: QuerySet[Testimony]) -> QuerySet[Testimony]:
    """The rows with all that deciding on their renditions asks for, in a fixed number of queries."""
    return rows.prefetch_related("writings", "consents", "proposals", "files__cut", "files__renditions")


def showable(testimony: Testimony) -> list[Rendition]:
    """The renditions that the current consent lets be shown, cut as is wanted now, whether a person has
    looked at them or not.
    """
    rows = [rendition for rendition in allowed(testimony) if rendition.kind not in FOR_EDITORS]
    cuts = {file: file.wanted_cut() for file in {row.file for row in rows}}
    return [row for row in rows if row.cut == _key(row.kind, cuts[row.file], row.file.seconds)]


def public(testimony: Testimony) -> list[Rendition]:
    """Those that readers see and hear where it is published: looked at by a person, of files that were
    approved with it and cut as they were then, and of each the most open that was approved.
    """
    agreed = testimony.agreed
    if agreed is None:
        return []
    rows = [row for row in allowed(testimony) if _is_approved(row, testimony.approved)]
    rows = [row for row in rows if _may_be_perceived(row, agreed)]
    most_open = {(row.file_id, row.kind): row for row in sorted(rows, key=_openness)}
    return [row for row in rows if most_open[row.file_id, row.kind] == row]


def _openness(row: Rendition) -> tuple[int, int]:
    return FACES.index(row.face), VOICES.index(row.voice)


def _may_be_perceived(row: Rendition, consent: Consent) -> bool:
    return may_be_perceived(row.kind, row.file.media, (row.face, row.voice), consent.face, consent.voice)


def uncut(file: File) -> Rendition | None:
    """What editors see and hear of a recording to cut it and to write its subtitles: all that may be."""
    rows = [rendition for rendition in allowed(file.testimony) if rendition.file_id == file.pk]
    proofs = [rendition for rendition in rows if rendition.kind == "proof"]
    whole = [rendition for rendition in rows if rendition.kind in {"light", "sound"} and not rendition.cut]
    return next(iter(proofs or whole), None)


def waves_of(file: File) -> Rendition | None:
    rows = allowed(file.testimony)
    return next((r for r in rows if r.file_id == file.pk and r.kind == "waves"), None)


def make(pk: int) -> None:
    """Make one rendition. May be run again at any time; a maker that was killed leaves nothing behind."""
    with only_one_at(f"rendition {pk}") as is_ours:
        if is_ours:
            _make(pk)


def _make(pk: int) -> None:
    with transaction.atomic():
        row = (
            Rendition.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("file")
            .filter(pk=pk)
            .first()
        )
        if row is None or row.state == MakingState.READY or row.file.state != File.State.VERIFIED:
            return
        if _waits_for_cover(row):
            return  # whoever finishes that has this one made
        cut = row.file.wanted_cut()
        if row.cut != _key(row.kind, cut, row.file.seconds):
            return  # `plan` has another made, and lets this one go
        row.state = MakingState.MAKING
        row.save(update_fields=["state"])
    still_wanted = Rendition.objects.filter(pk=pk, state=MakingState.MAKING)
    try:
        made = _made(row, cut)
    except Exception as error:
        if why := why_it_failed(error, Refused):
            still_wanted.update(state=MakingState.FAILED, why=why)
        else:
            raise
    else:
        if not still_wanted.update(
            state=MakingState.READY, progress=1.0, why="", approved=_looked_at(row), **made
        ):
            vault().erase(
                made["vault"], *made.get("parts", {}).values()
            )  # withdrawn, or cut otherwise meanwhile
    if row.kind in FILMS:
        for other in Rendition.objects.filter(
            file=row.file, kind__in=FILMS, state=MakingState.WAITING
        ).exclude(pk=pk):
            render_soon(other.pk)


def why_it_failed(error: Exception, *told: type[Exception]) -> str:
    """Why work that a sweep asks for again is not tried again: in the words of those that are `told`, and of
    a file that is damaged, or the kind of an error that nobody thought of. "" for what passes: a database, a
    disk or a key that is away.
    """
    if isinstance(error, VaultError) and _opens():
        told = (*told, VaultError)
    if isinstance(error, told):
        return fit_text(str(error), 250) or type(error).__name__
    if isinstance(error, (OSError, VaultError)) or is_database_away(error):
        return ""
    log.exception("set aside")
    return f"an error of ours, {type(error).__name__}: the log tells more"


def _opens() -> bool:
    """Whether the vault opens what is sealed now: it is the file's fault then that it can't be opened."""
    try:
        vault().prove()
    except (OSError, VaultError):
        return False
    return True


def render_soon(pk: int) -> None:
    soon("testimonies.render", f"render {pk}", pk=pk)


def _waits_for_cover(row: Rendition) -> bool:
    """A film's faces are covered once: by the proof's maker where there is one, else by the light film's.
    The others wait.
    """
    if row.kind not in FILMS or row.face != "blur" or _known_cover(row):
        return False
    films = Rendition.objects.filter(file=row.file, face="blur")
    first = films.filter(kind="proof").first() or films.filter(kind="light").first()
    return (
        first is not None and first.pk != row.pk and first.state in {MakingState.WAITING, MakingState.MAKING}
    )


def _known_cover(row: Rendition) -> str:
    """The vault's name of the film's pictures with their faces covered, where an earlier maker has
    left them.
    """
    if row.kind not in FILMS or row.face != "blur":
        return ""
    found = Rendition.objects.filter(file=row.file, state=MakingState.READY, parts__has_key=COVERED).first()
    return str(found.parts[COVERED]) if found else ""


def _looked_at(row: Rendition) -> datetime | None:
    if row.kind not in _SAME_AS_LIGHT:
        return row.approved
    same = Rendition.objects.filter(file=row.file, face=row.face, voice=row.voice, cut=row.cut)
    light = same.filter(kind="light").first()
    return light.approved if light else None


def _made(row: Rendition, cut: Cut) -> dict[str, Any]:
    """Make it, and put it into the vault. Raises Refused."""
    file, place = row.file, vault()
    last = timezone.now()

    def progress(seconds: float) -> None:
        nonlocal last
        if (now := timezone.now()) - last > timedelta(seconds=2):
            last = now
            share = min(0.99, seconds / file.seconds) if file.seconds else 0.0
            Rendition.objects.filter(pk=row.pk).update(progress=share)

    with place.opened(file.vault, file.suffix) as source, place.keeping() as put:
        to, covered = source.with_name("made"), source.with_name(COVERED)
        known = _known_cover(row)
        if known:
            with covered.open("wb") as out:
                place.copy(known, out)
        mime, lines, parts = _MIME.get(row.kind, "video/mp4"), 0, {}
        match "sound" if row.kind == "proof" and file.media == "audio" else row.kind:
            case "photo":
                encoding.photo(source, to, row.face)
            case "still":
                encoding.still(source, to, row.face, _still_at(cut, file.seconds))
            case "waves":
                encoding.waves(source, to, file.seconds)
            case "sound":
                encoding.sound(source, to, row.voice, WHOLE if row.kind == "proof" else cut, progress)
                mime = "audio/mp4"
            case "small":
                encoding.small(source, to, row.face, row.voice, cut, progress)
            case "stream":
                folder = source.parent / "stream"
                folder.mkdir()
                lines = encoding.stream(source, folder, row.face, row.voice, cut, file.height, progress)
                made = sorted(folder.iterdir())
                size = sum(path.stat().st_size for path in made)
                parts = {path.name: put(path.read_bytes()) for path in made}
                return {
                    "vault": "",
                    "parts": parts,
                    "mime": "application/vnd.apple.mpegurl",
                    "size": size,
                    "width": 0,
                    "height": lines,
                }
            case _:
                encoding.light(
                    source, to, row.face, row.voice, WHOLE if row.kind == "proof" else cut, progress
                )
        width, height = encoding.size_of(to, mime)
        if covered.is_file() and not known:
            with covered.open("rb") as content:
                parts = {COVERED: put(content)}
        with to.open("rb") as content:
            name = put(content)
        return {
            "vault": name,
            "parts": parts,
            "mime": mime,
            "size": to.stat().st_size,
            "width": width,
            "height": height,
        }


def unfinished() -> list[int]:
    """Renditions that wait for a maker, and those that have one, who may have been killed."""
    states = [MakingState.WAITING, MakingState.MAKING]
    return list(Rendition.objects.filter(state__in=states).values_list("pk", flat=True))
