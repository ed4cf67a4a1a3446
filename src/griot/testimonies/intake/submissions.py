"""Messengers with ODK Collect or KoboCollect: the forms that they may fill in, and their submissions as
testimonies in intake.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from babel import Locale
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from griot.locking import one_after_another
from griot.testimonies.core.errors import Refused, Withdrawn
from griot.testimonies.core.forms import submitted, xforms
from griot.testimonies.intake import speaking
from griot.testimonies.intake.allowance import see_to_bytes
from griot.testimonies.intake.receiving import examine_soon, expect
from griot.testimonies.intake.sealing import SealedFile
from griot.testimonies.intake.sent import moment_in
from griot.testimonies.intake.taking import take_testimony
from griot.testimonies.intake.training import mark
from griot.testimonies.keeping import vault
from griot.testimonies.leaving_out import leave_out
from griot.testimonies.making.rendering import plan_anew
from griot.testimonies.models import (
    Campaign,
    Device,
    File,
    Messenger,
    Module,
    Spoken,
    Step,
    Submission,
    Testimony,
    Upload,
)
from griot.testimonies.models.days import UNKNOWN

log = logging.getLogger(__name__)
EVIDENCE = ("answer", "signature")


def _makers(messenger: Messenger) -> dict[str, Callable[[], xforms.Form]]:
    """How each form that the messenger may fill in now is made, by its id: training that is due; guides once
    what is required was passed.
    """
    campaign = messenger.team.campaign
    found: dict[str, Callable[[], xforms.Form]] = {
        _training_id(m): partial(_training, m) for m in messenger.modules_due()
    }
    if messenger.may_collect and campaign.is_running:
        for kind in sorted(set(campaign.guides.values_list("kind", flat=True))):
            found[_interview_id(campaign, kind)] = partial(_interview, messenger, kind)
    return found


def forms_for(messenger: Messenger) -> list[xforms.Form]:
    """The messenger's forms. What can't be one is left out, and the log says so."""
    return [form for form_id, make in _makers(messenger).items() if (form := _made(form_id, make))]


def form_for(messenger: Messenger, form_id: str) -> xforms.Form | None:
    """One of the messenger's forms; None for what is none of theirs now, or can't be made."""
    make = _makers(messenger).get(form_id)
    return _made(form_id, make) if make else None


def _made(form_id: str, make: Callable[[], xforms.Form]) -> xforms.Form | None:
    try:
        return make()
    except Refused:
        log.exception("%s is left out of the forms for ODK Collect", form_id)
        return None


def _training_id(module: Module) -> str:
    return f"griot-{module.campaign.slug}-training-{module.pk}"


def _training(module: Module) -> xforms.Form:
    return xforms.training(_training_id(module), module.title, module.language, module.text, module.questions)


def _interview_id(campaign: Campaign, kind: str) -> str:
    return f"griot-{campaign.slug}-{kind}"


def _interview(messenger: Messenger, kind: str) -> xforms.Form:
    campaign = messenger.team.campaign
    languages = [c for c in dict.fromkeys([messenger.language, *campaign.languages]) if c in xforms.LANGUAGES]
    guides = sorted(
        campaign.guides.filter(kind=kind),
        key=lambda g: languages.index(g.language) if g.language in languages else len(languages),
    )
    text: dict[str, dict[str, str]] = {}
    hint: dict[str, dict[str, str]] = {}
    for guide in guides:
        for prompt in guide.prompts:
            text.setdefault(str(prompt["id"]), {})[guide.language] = str(prompt.get("text", ""))
            hint.setdefault(str(prompt["id"]), {})[guide.language] = str(prompt.get("hint", ""))
    spoken: dict[str, dict[str, str]] = {}
    for words, row in speaking.current(campaign):
        spoken.setdefault(words.what, {})[words.language] = media_name(row)
    consents = {row.language: row.text for row in campaign.consent_texts.order_by("version")}
    return xforms.interview(
        xforms.Guide(
            _interview_id(campaign, kind),
            guides[0].title,
            kind,
            languages,
            consents=consents or {languages[0]: campaign.about},
            prompts=[
                xforms.Prompt(name, text[name], hint[name], spoken.get(f"{kind}/{name}", {})) for name in text
            ],
            countries={code: {c: _country(code, c) for c in languages} for code in campaign.countries},
            spoken=spoken.get(speaking.CONSENT, {}),
        )
    )


def media_name(row: Spoken) -> str:
    return f"{row.pk}-{row.md5[:8]}.m4a"


def media_of(messenger: Messenger, form: xforms.Form) -> list[Spoken]:
    """The recordings that a form plays."""
    return [
        row
        for _, row in speaking.current(messenger.team.campaign)
        if f"jr://audio/{media_name(row)}" in form.xml
    ]


def _country(code: str, language: str) -> str:
    return str(Locale(language).territories.get(code) or Locale("fr").territories.get(code, code))


def take(device: Device, said: submitted.Submitted, arrived: Iterable[SealedFile]) -> Testimony | None:
    """Store a submission, or a part of one: the same id again adds the files that were missing. Gives the
    testimony; None for a training. A form that was edited, and is sent again under another id, is the same
    testimony, said anew.

    Raises Refused in words, and Withdrawn for what was taken back. A form that was filled in is taken,
    whatever its campaign is called by now: it can't be changed. A file that no question names is kept like
    the others, and so are other bytes under a name that came already: the phone lets go of both. What came
    twice is erased from the vault.
    """
    try:
        with transaction.atomic():
            if re.fullmatch(r"griot-.+-training-\d+", said.form_id):
                _take_training(device.messenger, said)
                return None
            return _take_interview(device, said, arrived)
    except Withdrawn:
        own = _known(device.messenger, said)
        _place(own)
        own.save()  # what is edited from it is withdrawn, too
        raise


def _take_interview(device: Device, said: submitted.Submitted, arrived: Iterable[SealedFile]) -> Testimony:
    messenger = device.messenger
    if not said.form_id.startswith("griot-") or not said.form_id.endswith(f"-{said.answers.get('kind', '')}"):
        raise Refused(f"{said.form_id!r} is no form of ours; get the blank forms anew")
    one_after_another(f"submissions of {messenger.pk}")  # what comes first is known by one of them alone
    own = _known(messenger, said)
    was_edited = _place(own)
    is_new = own._state.adding
    row = _take_answers(messenger, said, own)
    own.save()
    pk = row.pk
    unused = list(arrived)
    known = {file.name for file in said.files}
    unnamed = dict.fromkeys(file.name for file in unused if file.name not in known)
    named_at_all = [*said.files, *(submitted.SubmittedFile(name, "") for name in unnamed)]
    there = set(row.files.values_list("pk", flat=True))
    uploads = _expected(row, device, named_at_all)
    for named in named_at_all:
        if _file_pk(pk, named.name) not in uploads:
            raise Refused(f"{named.name}: another file was sent under it")
        _keep_first(messenger, uploads[_file_pk(pk, named.name)], named.name, unused)
    questions = {file.name: file.question for file in said.files}
    for file in list(unused):
        held = uploads[_file_pk(pk, file.name)].file
        if held.sha256 not in {"", file.sha256}:
            other = submitted.SubmittedFile(f"{file.name} {file.sha256}", questions.get(file.name, ""))
            for upload in _expected(row, device, [other]).values():
                _keep_first(messenger, upload, file.name, unused, file.sha256)
    if was_edited or own.order == "unsure":
        _leave_out(row, set(row.files.values_list("pk", flat=True)) - there)
    if is_new and not was_edited:
        _leave_out(row, there - uploads.keys())
    transaction.on_commit(lambda: vault().erase(*(name for file in unused for name in file.pieces)))
    return row


def _take_answers(messenger: Messenger, said: submitted.Submitted, own: Submission) -> Testimony:
    pk = own.testimony_id
    evidence = next((str(_file_pk(pk, f.name)) for f in said.files if f.question in EVIDENCE), "")
    sent = submitted.as_sent(said, str(pk), evidence)
    if own.order == "older":  # a phone keeps the moment of what it edits
        sent["consent"]["given"] = (moment_in(sent["told"], "told") - timedelta(seconds=1)).isoformat()
    elif own.order == "unsure":
        sent["consent"]["given"] = UNKNOWN.isoformat()
    return take_testimony(messenger, sent, "ODK")[0]


def _known(messenger: Messenger, said: submitted.Submitted) -> Submission:
    """The submission, not stored yet where it is new, of the testimony that it belongs to."""
    instance, before = _uuid(said.instance), _uuid(said.before) if said.before else None
    code = said.answers.get("receipt_code", "")
    code = code and salted_hmac("griot.submission", f"{messenger.pk} {code}", algorithm="sha256").hexdigest()
    known = Submission.objects.filter(code=code).first() if code else None
    named = Q(pk__in=[pk for pk in (instance, before) if pk]) | Q(before=instance)
    known = known or Submission.objects.filter(named).first()
    testimony = known.testimony_id if known else instance
    own = Submission.objects.filter(pk=instance, testimony=testimony).first()
    return own or Submission(pk=instance, testimony_id=testimony, code=code, before=before)


def _place(own: Submission) -> bool:
    """Set its order among those of its testimony; gives whether one came that was edited from it. Where a
    form between two that came is missing, nobody knows which is newer.
    """
    came = {row.pk: row for row in Submission.objects.filter(testimony=own.testimony_id).exclude(pk=own.pk)}
    edited = {row.before for row in came.values()}
    newest = {pk for pk, row in came.items() if row.before and pk not in edited}
    was_edited = own.pk in edited or (bool(came) and own.before is None and None not in edited)
    is_last = not came or (own.before is not None and newest <= {own.before})
    own.order = own.order or ("older" if was_edited else "newer" if is_last else "unsure")
    return was_edited


def _leave_out(testimony: Testimony, dropped: Collection[uuid.UUID]) -> None:
    """Files that are in the form before it was edited, and not after: the teller may have wanted that."""
    if count := leave_out(testimony, dropped):
        words = f"edited on the phone; recordings that are not in it any more, and left out: {count}"
        testimony.steps.create(kind=Step.Kind.COMMENT, words=words)
        plan_anew(testimony)


def _expected(
    row: Testimony, device: Device, named: Sequence[submitted.SubmittedFile]
) -> dict[uuid.UUID, Upload]:
    """The files that a submission names, by their ids: looked for until they come, also with a later part."""
    wanted: dict[uuid.UUID, dict[str, Any]] = {}
    for position, said in enumerate(named):
        facts = {
            "role": File.Role.EVIDENCE if said.question in EVIDENCE else File.Role.STORY,
            "prompt": said.question.partition("_")[2][:64],
            "position": position,
        }
        wanted.setdefault(_file_pk(row.pk, said.name), facts)
    expect(row, device, wanted)
    ours = Upload.objects.select_for_update(of=("self", "file")).select_related("file")
    ours = ours.filter(file__in=wanted, file__testimony=row)
    return {upload.file_id: upload for upload in ours}


def _keep_first(
    messenger: Messenger, upload: Upload, name: str, unused: list[SealedFile], sha256: str = ""
) -> None:
    """Keep the first of `unused` under that name (and checksum), where it is still looked for."""
    came = next((f for f in unused if f.name == name and sha256 in {"", f.sha256}), None)
    if came and upload.file.state == File.State.EXPECTED:
        unused.remove(came)
        see_to_bytes(messenger, came.size)
        _keep(upload, came)


def _keep(upload: Upload, came: SealedFile) -> None:
    upload.length = upload.offset = came.size
    upload.begun = timezone.now()  # of the day on which it came, whenever it was named
    upload.pieces = list(came.pieces)
    upload.save()
    upload.file.sha256, upload.file.state = came.sha256, File.State.RECEIVED
    upload.file.save(update_fields=["sha256", "state"])
    examine_soon(upload.file_id)


def _take_training(messenger: Messenger, said: submitted.Submitted) -> None:
    number = said.form_id.rpartition("-")[2]
    module = next((m for m in messenger.modules() if str(m.pk) == number), None)
    if module is None:
        raise Refused(f"there is no training {said.form_id!r}; get the blank forms anew")
    count = len(module.questions)
    mark(
        messenger,
        module,
        submitted.choices_of(said, "before", count),
        submitted.choices_of(said, "after", count),
        said.instance[:64],
    )


def _uuid(instance: str) -> uuid.UUID:
    try:
        return uuid.UUID(instance)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"odk:{instance}")


def _file_pk(testimony: Any, name: str) -> uuid.UUID:
    return uuid.uuid5(testimony, name)
