"""What a teller allows, version after version; of testimonies that are one, in each what all of them do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from griot.testimonies.core import types
from griot.testimonies.core.consent import ALLOWANCES, after, allowances, as_far_as, is_within, narrowed
from griot.testimonies.core.errors import TooMuch, Withdrawn
from griot.testimonies.intake.allowance import DAY
from griot.testimonies.making.rendering import plan_anew
from griot.testimonies.models import Consent, Step, Testimony

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
    row = Testimony.hold(testimony.pk)
    versions = _telling(row)
    if versions and row.over:
        raise Withdrawn
    narrows = row.receipt_narrows or row.is_perhaps_minor
    value = after(versions, said, is_reviewed, narrows)
    if value is None:
        return False
    if versions and not (is_reviewed or is_telling or _protects(value, versions[-1])):
        words, since = f"by the {value.by}", timezone.now() - DAY
        if row.steps.filter(kind=Step.Kind.CONSENT, words=words, at__gt=since).count() >= MOST_CHANGES:
            raise TooMuch(TOO_OFTEN, [TOO_OFTEN])
    _hold(row, value)
    for same in row.same():
        if said.by == "teller" and not same.over:  # their own word is of all
            if found := after(_telling(same), said, narrows=narrows or same.is_perhaps_minor):
                _hold(same, found)
        else:
            _narrow(same, _as_of(row, value))
    return True


def _telling(testimony: Testimony) -> list[types.Consent]:
    """Of its consent's versions those that say what holds next (`consent.after`), however many there are: the
    one given last, also by the teller, one that was not a messenger's, and the last.
    """
    rows = testimony.consents.order_by("given", "version")
    last = testimony.consents.order_by("version").last()
    telling = (rows.last(), rows.filter(by="teller").last(), rows.exclude(by="messenger").last(), last)
    by_version = {row.version: row.as_value() for row in telling if row}
    return [by_version[version] for version in sorted(by_version)]


def _protects(said: types.Consent, held: types.Consent) -> bool:
    """Whether it allows less, and not only for a shorter time, or tells of a minor: what is heard at any
    time, for it can't be said often.
    """
    is_less = any(getattr(said, name) != getattr(held, name) for name in ALLOWANCES if name != "until")
    return (is_within(said, held) and is_less) or (said.is_minor and not held.is_minor)


def _hold(row: Testimony, value: types.Consent) -> None:
    """Write down its consent's next version, and what follows from it at once."""
    last = row.consents.order_by("version").last()
    Consent.objects.create(
        testimony=row,
        version=last.version + 1 if last else 1,
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
    if last:
        Step.objects.create(testimony=row, kind=Step.Kind.CONSENT, words=f"by the {value.by}")
    plan_anew(row)  # a face that is now to be blurred, a use that is new


def _as_of(row: Testimony, value: types.Consent) -> types.Consent:
    """Its consent with what is known of its teller."""
    return replace(value, is_minor=value.is_minor or row.is_perhaps_minor)


def _narrow(row: Testimony, said: types.Consent) -> None:
    """Allow no more than `said` does, which is another's that is the same."""
    held = row.consent.as_value() if row.consent else None
    if held is None or row.over:
        return
    less = narrowed(held, said)
    if replace(held, given=less.given, by=less.by) != less:
        _hold(row, less)


def _hear_teller(row: Testimony, at: datetime | None) -> None:
    """What is held of it now, its teller has said in another that is the same: from now on others only narrow
    it.
    """
    if at and row.consent and not row.consents.filter(by="teller", given__gte=at).exists():
        _hold(row, replace(row.consent.as_value(), by="teller", given=at))


@transaction.atomic
def join(rows: Sequence[Testimony]) -> bool:
    """These turn out to be one testimony: from now on what one allows less, all do, what its teller says of
    one holds for all, and one that is taken back takes the others with it. Gives whether that is new.
    """
    roots = dict.fromkeys(row.same_as_id or row.pk for row in rows)
    if len(roots) < 2:
        return False
    first, *others = roots
    Testimony.objects.filter(Q(pk__in=others) | Q(same_as__in=others)).update(same_as=first)
    one = Testimony.hold(first)
    held = [row for row in (one, *one.same()) if not row.over]
    said = [_as_of(row, row.consent.as_value()) for row in held if row.consent]
    spoken = max((c.given for row in held for c in row.consents.filter(by="teller")), default=None)
    names, aliases = ([name for row in held for name in getattr(row, of)] for of in ("names", "aliases"))
    for row in held:
        row.names = list(dict.fromkeys([*row.names, *names]))
        row.aliases = list(dict.fromkeys([*row.aliases, *aliases]))
        row.save(update_fields=["names", "aliases"])
        for value in said:
            _narrow(row, value)
        _hear_teller(row, spoken)
        words = f"it turned out to be the same as {', '.join(str(its) for its in held if its != row)}"
        Step.objects.create(testimony=row, kind=Step.Kind.COMMENT, words=words)
        plan_anew(row)  # for the names that it is not to say
    return True
