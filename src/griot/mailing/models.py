"""Who receives an issue, and the ledger of what was delivered to whom."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify

from griot.digest.core.subjects import LONGEST
from griot.testimonies.copies import Copy


def new_token() -> str:
    return secrets.token_urlsafe(18)


class Audience(models.Model):
    """A mailing list."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, blank=True)  # of its name; mails bear it, for programs that sort
    language = models.CharField(
        max_length=12,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=(
            "It gets the edition in this language; where nobody has translated it, each reader’s second"
            " language."
        ),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        plain = slugify(self.name)[:40].strip("-")
        if not self.slug and plain and not Audience.objects.filter(slug=plain).exists():
            self.slug = plain
        self.slug = self.slug or f"{plain}-{secrets.token_hex(3)}".strip("-")
        super().save(*args, **options)


class Subscriber(models.Model):
    """An address that somebody asked us to write to."""

    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    second_language = models.CharField(
        max_length=12,
        choices=settings.LANGUAGES,
        blank=True,
        help_text="Read where the edition of their list is held; the newsroom’s language by default.",
    )

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="subscriber_once",
                violation_error_message="This address is subscribed already.",
            )
        ]

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """A subscriber on an audience; the token is their key to leave it."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="subscriptions")
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    since = models.DateTimeField(default=timezone.now, editable=False)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "subscriber"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.subscriber} → {self.audience}"

    def clean(self) -> None:
        if self.ended and self.ended > timezone.now():
            raise ValidationError({"ended": "It ends at once: give no moment that is to come."})


def new_mark() -> str:
    return secrets.token_hex(16)


class Send(Copy):
    """One edition to its readers of one audience, or a correction of it, frozen as it was rendered when the
    send began.
    """

    issue = models.ForeignKey("digest.IssuePage", models.PROTECT, related_name="sends")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="sends")
    subject = models.CharField(max_length=300)
    html = models.TextField()
    text = models.TextField()
    mark = models.CharField(
        max_length=32, default=new_mark, editable=False, help_text="what nobody outside can write into it"
    )
    language = models.CharField(max_length=12)
    started = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    finished = models.DateTimeField(null=True)
    content = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, editable=False, help_text="the issue as it was when it began"
    )
    remade = models.DateTimeField(null=True, help_text="when a teller’s consent had it rendered anew")
    correction = models.ForeignKey("digest.Correction", models.SET_NULL, null=True, related_name="sends")
    is_correction = models.BooleanField(default=False)

    class Meta:
        ordering = ["-started"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "audience"],
                condition=Q(is_correction=False),
                name="one_send_per_issue_and_audience",
            ),
            models.UniqueConstraint(
                fields=["correction", "audience", "issue"], name="one_send_per_correction_and_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.audience}"

    @property
    def is_taken_back(self) -> bool:
        """Whether its issue was taken off, or its correction taken back: nothing of it leaves any more. What
        corrects an issue that was taken off is still sent.
        """
        return self.correction_id is None if self.is_correction else not self.issue.live

    @property
    def unsubscribe_mark(self) -> str:
        """Stands in html and text where each recipient's own address to unsubscribe goes."""
        return f"https://unsubscribe.invalid/{self.mark}/"

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state; every state is present."""
        found = dict(self.deliveries.values_list("state").annotate(n=Count("pk")))
        return {state: found.get(state, 0) for state in Delivery.State.values}


class Subject(models.Model):
    """What an editor had an edition's mail called instead of what is proposed."""

    issue = models.OneToOneField("digest.IssuePage", models.CASCADE, related_name="+")
    words = models.CharField(max_length=LONGEST)
    answered = models.JSONField(default=list, help_text="the claims of it that its author answers for")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.words


class Proof(Copy):
    """One mail of an edition, as its readers would get it, to who asked for it and nobody else."""

    issue = models.ForeignKey("digest.IssuePage", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, help_text="why it could not be sent")


class Schedule(models.Model):
    """A send that is to begin at a time. `zone` is the one that the editor spoke of; `at` is the moment."""

    issue = models.ForeignKey("digest.IssuePage", models.CASCADE, related_name="schedules")
    audience = models.ForeignKey(Audience, models.CASCADE, related_name="schedules")
    at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    send = models.OneToOneField(Send, models.SET_NULL, null=True, related_name="schedule")
    error = models.CharField(max_length=300, blank=True, help_text="why it could not begin")

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["issue", "audience"], name="scheduled_once")]

    @property
    def is_open(self) -> bool:
        return self.send_id is None and not self.error


class PublishedForSends(models.Model):
    """A revision that is to be published because sends are planned: it moves and ends with them. What a
    person has planned is in no row here, and does neither.
    """

    revision = models.OneToOneField("wagtailcore.Revision", models.CASCADE, related_name="+")


class Delivery(models.Model):
    """One message to one address.

    queued → claimed (by a lane, nothing said yet) → sending (the relay is being spoken to)
    → sent, or refused by the relay. A lane that died while sending leaves the row in doubt:
    the relay may have taken the message; an editor has it sent again, or skipped. Who is not subscribed any
    more when their turn comes has left. `is_doubted` stays: whatever was decided, it may have arrived.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        CLAIMED = "claimed", "claimed by a lane"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        REFUSED = "refused", "refused"
        IN_DOUBT = "in doubt", "in doubt"
        SKIPPED = "skipped", "not sent, by decision"
        LEFT = "left", "not subscribed any more"

    send = models.ForeignKey(Send, models.CASCADE, related_name="deliveries")
    address = models.EmailField()
    token = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    lane = models.PositiveSmallIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    hangups = models.PositiveIntegerField(default=0, help_text="how often the relay was gone in its turn")
    not_before = models.DateTimeField(default=timezone.now)
    reply = models.CharField(max_length=300, blank=True)
    changed = models.DateTimeField(default=timezone.now)
    is_doubted = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["send", "address"], name="delivery_once")]
        indexes = [
            models.Index(fields=["send", "state"], name="delivery_state"),
            models.Index(fields=["send", "id"], condition=Q(state="queued"), name="delivery_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"
