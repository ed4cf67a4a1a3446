"""What a teller allows, version after version."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from griot.testimonies.core import types
from griot.testimonies.core.consent import ALLOWANCES, after, allowances, as_far_as, is_within
from griot.testimonies.core.errors import TooMuch, Withdrawn
from griot.testimonies.intake.allowance import last_day
from griot.testimonies.making.rendering import plan_anew
from griot.testimonies.models import Consent, Step, Testimony
from griot.testimonies.models.days import AHEAD

TOO_OFTEN = "it was changed too often today; go on tomorrow, or take it back"
MOST_CHANGES = 60  # of its consent, by its teller or its messenger, a day


@transaction.atomic
def add_consent(
    testimony: Testimony, said: types.Consent, *, is_reviewed: bool = False, is_telling: bool = False
) -> bool:
    """What holds now that this was said, as the testimony's next version; False where nothing changes. Raises
    Refused for a testimony that was withdrawn meanwhile, and TooMuch for what does not protect its teller and
    was changed too often in a day. With what `is_telling` came what protects somebody, such as a name, which
    is bounded by itself: it is not refused.
    """
    row = Testimony.objects.select_for_update().get(pk=testimony.pk)
    versions = _telling(row)
    if versions and row.over:
        raise Withdrawn
    value = after(versions, said, is_reviewed, row.receipt_narrows or row.is_perhaps_minor)
    if value is None:
        return False
    if versions and not (is_reviewed or is_telling or _protects(value, versions[-1])):
        changes = row.steps.filter(kind=Step.Kind.CONSENT, words=f"by the {value.by}", at__range=last_day())
        if changes.count() >= MOST_CHANGES:
            raise TooMuch(TOO_OFTEN, [TOO_OFTEN])
    Consent.objects.create(
        testimony=row,
        version=versions[-1].version + 1 if versions else 1,
        uses=sorted(value.uses),
        naming=value.naming,
        place=value.place,
        face=value.face,
        voice=value.voice,
        until=value.until,
        language=value.language,
        explained=value.explained,
        evidence=value.evidence,
        is_minor=value.is_minor,
        guardian_name=value.guardian.name if value.guardian else "",
        guardian_relation=value.guardian.relation if value.guardian else "",
        given=value.given,
        by=value.by,
    )
    if row.approved:  # what is taken back comes back by approval alone
        row.approved["consent"] = allowances(as_far_as(value, row.approved["consent"]))
        row.save(update_fields=["approved"])
    if versions:
        Step.objects.create(testimony=row, kind=Step.Kind.CONSENT, words=f"by the {value.by}")
    plan_anew(row)  # a face that is now to be blurred, a use that is new
    return True


def _telling(testimony: Testimony) -> list[types.Consent]:
    """Of its consent's versions those that say what holds next (`consent.after`), however many there are: the
    one given last, also by the teller, one that was not a messenger's, and the last.
    """
    rows = testimony.consents.order_by("given", "version")
    last = testimony.consents.order_by("version").last()
    telling = (rows.last(), rows.filter(by="teller").last(), rows.exclude(by="messenger").last(), last)
    by_version = {row.version: row.as_value() for row in telling if row}
    versions, now = [by_version[version] for version in sorted(by_version)], timezone.now()
    # What was given later than now was said by a clock that was wrong: whatever comes now is later.
    return [v if v.given <= now + AHEAD else replace(v, given=now - AHEAD) for v in versions]


def _protects(said: types.Consent, held: types.Consent) -> bool:
    """Whether it allows less, and not only for a shorter time, or tells of a minor: what is heard at any
    time, for it can't be said often.
    """
    is_less = any(getattr(said, name) != getattr(held, name) for name in ALLOWANCES if name != "until")
    return (is_within(said, held) and is_less) or (said.is_minor and not held.is_minor)
