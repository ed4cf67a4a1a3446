"""Machines that write a first version of a testimony's words: a transcript of its recording, a translation
of its texts.

What they write is marked as theirs and shown to nobody outside before a person has gone over it and saved
it. They never write over what a person wrote. A piece of work is a row, so that a lost queue or a killed
worker loses nothing.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from griot.characters import fit_text
from griot.helpers.clients import helper_from
from griot.helpers.protocols import HelperError
from griot.locking import only_one_at
from griot.queueing import soon
from griot.testimonies.access import note, require
from griot.testimonies.core import names, types
from griot.testimonies.core.consent import name_of
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.encoding import opened
from griot.testimonies.core.media.subtitles import Cue, parse, unmarked, write
from griot.testimonies.core.media.transcribing import as_heard, readable, transcriber_from
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import why_it_failed
from griot.testimonies.models import File, MachineWork, MakingState, Step, Testimony, Writing

_MOST = {field.name: field.max_length for field in Writing._meta.fields}  # characters


def can_transcribe() -> bool:
    return bool(settings.TRANSCRIBER)


def can_translate() -> bool:
    return bool(settings.TRANSLATOR)


@transaction.atomic
def ask(testimony: Testimony, user: Any, kind: str, language: str) -> MachineWork:
    """Have a machine transcribe the recording, or translate the words into a language. Raises Refused
    where it can't.
    """
    row = Testimony.objects.select_for_update().get(pk=testimony.pk)
    if row.over:
        raise Refused("this testimony was withdrawn")
    require(user, "edit", row)
    note(user, row, f"asked for a {kind}", language)
    known = row.writings.filter(
        language=row.language if kind == MachineWork.Kind.TRANSCRIPT else language
    ).first()
    if kind == MachineWork.Kind.TRANSCRIPT:
        if not can_transcribe():
            raise Refused("No transcriber is configured (GRIOT_TRANSCRIBER).")
        if row.leading() is None:
            raise Refused("There is no recording to listen to.")
        if known and known.subtitles:
            raise Refused("There are subtitles already; a machine does not write over them.")
        language = row.language
    else:
        if not can_translate():
            raise Refused("No translator is configured (GRIOT_TRANSLATOR).")
        if known and any(known.gone_over.values()):
            raise Refused("Somebody has written in that language already; a machine does not write over it.")
        if language == row.language or not row.writings.filter(language=row.language).exists():
            raise Refused("There is nothing to translate yet: its words in its own language come first.")
    work, is_new = MachineWork.objects.get_or_create(
        testimony=row, kind=kind, language=language, defaults={"by": user}
    )
    if not is_new and work.state in {MakingState.WAITING, MakingState.MAKING}:
        return work
    work.state, work.why, work.by = MakingState.WAITING, "", user
    work.save()
    machine_soon(work.pk)
    return work


def machine_soon(pk: int) -> None:
    soon("testimonies.machine", f"machine {pk}", pk=pk)


def do(pk: int) -> None:
    """Do a piece of work. May be run again at any time."""
    with only_one_at(f"machine {pk}") as is_ours:
        if is_ours:
            _do(pk)


def _do(pk: int) -> None:
    with transaction.atomic():
        work = MachineWork.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if work is None or work.state in {MakingState.READY, MakingState.FAILED} or work.testimony.over:
            return
        work.state = MakingState.MAKING
        work.save(update_fields=["state"])
    recording = work.testimony.leading()
    try:
        texts = _transcribed(work) if work.kind == MachineWork.Kind.TRANSCRIPT else _translated(work)
        _store(work, texts, recording)
    except Exception as error:
        if why := why_it_failed(error, HelperError, Refused):
            MachineWork.objects.filter(pk=pk).update(state=MakingState.FAILED, why=why)
        else:
            raise


def _store(work: MachineWork, texts: dict[str, str], recording: File | None) -> None:
    """Keep what a machine wrote where nobody has gone over anything yet, as far as there is room for it.
    Raises Refused where the recording that it is of leads the story no more.
    """
    with transaction.atomic():
        row = Testimony.objects.select_for_update().get(pk=work.testimony_id)
        if row.over:
            return
        if row.leading() != recording:
            raise Refused("another recording leads the story meanwhile: ask once more")
        writing = row.writings.filter(language=work.language).first() or Writing(
            testimony=row, language=work.language
        )
        free = [name for name in texts if not getattr(writing, name) or name in writing.machine]
        if free:
            for name in free:
                setattr(writing, name, fit_text(texts[name], _MOST.get(name)))
            writing.machine = sorted({*writing.machine, *(name for name in free if texts[name])})
            writing.save()
            Step.objects.create(
                testimony=row,
                kind=Step.Kind.COMMENT,  # who goes over it is who edits
                by=work.by,
                words=f"a machine’s {work.get_kind_display()} in {work.language}",
                from_state=row.state,
            )
        MachineWork.objects.filter(pk=work.pk).update(state=MakingState.READY, progress=1.0)


def _still_held(work: MachineWork) -> tuple[Testimony, types.Consent]:
    """The testimony and its consent as they are now: asked before anything of it goes to a machine. Raises
    Refused where it was withdrawn meanwhile.
    """
    row = Testimony.objects.get(pk=work.testimony_id)
    if row.over or (consent := row.in_force) is None:
        raise Refused("this testimony was withdrawn")
    return row, consent


def _transcribed(work: MachineWork) -> dict[str, str]:
    transcriber = transcriber_from(settings.TRANSCRIBER)
    file = work.testimony.leading()
    if file is None:
        raise Refused("there is no recording any more")
    note("a machine", work.testimony, "transcript", f"heard by {transcriber.where}")

    def progress(seconds: float) -> None:
        _still_held(work)
        share = min(0.99, seconds / file.seconds) if file.seconds else 0.0
        MachineWork.objects.filter(pk=work.pk).update(progress=share)

    with vault().opened(file.vault, file.suffix) as source:
        sound = source.with_name("sound.wav")
        as_heard(source, opened(source), sound)
        _still_held(work)
        cues = readable(transcriber.transcribe(sound, work.testimony.language, progress))
    if not cues:
        raise Refused("it heard no words")
    return {"subtitles": write(cues)}


def _translated(work: MachineWork) -> dict[str, str]:
    """Every text in the other language; names that are kept back as it is sent, or marked, are not sent."""
    translator, row = helper_from(settings.TRANSLATOR), work.testimony
    source = row.writings.get(language=row.language)
    note("a machine", row, "translation", f"into {work.language} by {translator.where}")

    def said(text: str) -> str:
        now, consent = _still_held(work)
        kept = [*now.kept_back(consent.naming), *now.perhaps_kept_back(consent.naming)]
        plain = unmarked(names.without(text, kept, name_of(now.teller, consent))).strip()
        return translator.translate(plain, row.language, work.language) if plain.strip("… .") else plain

    cues = parse(source.subtitles)
    found = {name: said(getattr(source, name)) for name in ("title", "quote")}
    found["body"] = "\n\n".join(said(p) for p in source.body.split("\n\n") if p.strip())
    told = []
    for n, cue in enumerate(cues):
        told.append(Cue(cue.begins, cue.ends, said(cue.text)))
        MachineWork.objects.filter(pk=work.pk).update(progress=n / len(cues))
    found["subtitles"] = write(told)
    lines = (line.strip().partition(" ") for line in source.chapters.splitlines() if line.strip())
    found["chapters"] = "\n".join(f"{at} {said(title)}" for at, _, title in lines)
    return found


def unfinished() -> list[int]:
    states = [MakingState.WAITING, MakingState.MAKING]
    return list(MachineWork.objects.filter(state__in=states).values_list("pk", flat=True))
