"""What can be weak in how testimonies are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.db.models import F, Max, Q
from django.utils import timezone

from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.keeping import vault
from griot.testimonies.models import Campaign, CheckIn, Consent, Country, Device, File, Messenger, Testimony
from griot.testimonies.models.days import day_of
from griot.troubles.auditing import audited

SOON = timedelta(days=14)
ERASED_WITHIN = timedelta(hours=1)
CALLED_WITHIN = timedelta(days=2)
LOST = timedelta(days=60)  # a phone that was not heard of


@audited
def consents() -> Iterator[CheckMessage]:
    today = day_of()
    newest = Testimony.objects.filter(withdrawn=None).annotate(newest=Max("consents__version"))
    valid = Consent.objects.filter(
        pk__in=newest.filter(consents__version=F("newest")).values("consents__pk"), until__isnull=False
    )
    if past := valid.filter(until__lt=today - timedelta(days=1)).count():
        yield Error(
            f"Testimonies kept beyond what their tellers agreed to: {past}",
            hint="The worker ends them each minute: see whether one runs, and what it sets aside.",
        )
    if ending := valid.filter(until__range=(today, today + SOON)).count():
        yield Warning(
            f"Testimonies whose consent ends within {SOON.days} days, and that then are erased: {ending}",
            hint="Ask their tellers, if they want to be asked.",
        )
    waiting = Testimony.objects.filter(withdrawn__lt=timezone.now() - ERASED_WITHIN, erased=None).count()
    if waiting:
        yield Error(
            f"Withdrawn testimonies that are not erased yet: {waiting}",
            hint="What is set aside on the first panel says why.",
        )
    if kept := File.objects.filter(state=File.State.KEPT).count():
        yield Warning(
            f"Files that could not be opened, kept as they came with all that they tell: {kept}",
            hint="Whoever may open originals decides on them, in the review room.",
        )


@audited
def sealed() -> Iterator[CheckMessage]:
    """Whether the newest file opens, and the next will: a lost key is noticed before it is needed."""
    place = vault()
    try:
        place.check()
    except VaultError as error:
        yield Error(f"What comes in is lost to us: {error}", hint="docs/how-to/keep-the-vault.md")
    newest = place.newest()
    if newest is None:
        return
    try:
        place.open(newest).file.close()
    except VaultError as error:
        yield Error(
            f"The vault’s newest file can’t be opened: {error}",
            hint="Put the key file back from its backup: docs/how-to/keep-the-vault.md",
        )


@audited
def campaigns() -> Iterator[CheckMessage]:
    for campaign in Campaign.objects.filter(is_public=True, ends=None):
        yield Warning(
            f"Anyone may offer stories to “{campaign}” without an end",
            hint="Give it a last day, or close it.",
        )
    over = Campaign.objects.filter(ends__lt=day_of())
    for campaign in over.filter(teams__messengers__state=Messenger.State.ACTIVE).distinct():
        yield Warning(
            f"“{campaign}” is over, and its messengers’ phones still open it",
            hint="Freeze them: Testimonies, Messengers.",
        )
    # Whoever has left stays named: an account is switched off, not deleted.
    manned = Country.objects.filter(focal_person__is_active=True, coordinators__is_active=True)
    for team in Country.objects.exclude(pk__in=manned.values("pk")).exclude(campaign__in=over):
        yield Warning(
            f"{team} has nobody who coordinates it, or nobody who listens when retelling hurts",
            hint="Name them: Testimonies, Campaigns.",
        )


@audited
def calls() -> Iterator[CheckMessage]:
    """Whose call it is, and what they said, is their focal person's alone."""
    late = CheckIn.objects.filter(wants_call=True, answered=None, at__lt=timezone.now() - CALLED_WITHIN)
    for team in Country.objects.filter(pk__in=late.values("messenger__team")).select_related("campaign"):
        yield Error(
            f"{team}: a messenger who would like a call has not been answered for {CALLED_WITHIN.days} days",
            hint="Ask who listens there, or name somebody else: Testimonies, Campaigns.",
        )


@audited
def phones() -> Iterator[CheckMessage]:
    lost = Device.objects.filter(
        last_seen__lt=timezone.now() - LOST, is_wiped=False, messenger__state=Messenger.State.ACTIVE
    )
    if count := lost.count():
        yield Warning(
            f"Messengers’ phones not heard of for {LOST.days} days: {count}",
            hint="Ask where they are; wipe what is lost: Testimonies, Messengers.",
        )


@audited
def roles() -> Iterator[CheckMessage]:
    raw = Q(user_permissions__content_type__app_label="testimonies") | Q(
        groups__permissions__content_type__app_label="testimonies"
    )
    many = get_user_model().objects.filter(raw, is_superuser=True, is_active=True).distinct().count()
    if many > 1:
        yield Warning(
            f"Administrators who also have a role in testimonies: {many}",
            hint="Give who works with testimonies an account that can do nothing else.",
        )
