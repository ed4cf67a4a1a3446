"""Campaigns, their messengers, what messengers learn, and who looks after them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from griot.testimonies.core.types import KINDS
from griot.testimonies.models.days import day_of

LANGUAGES = [("en", "English"), ("fr", "Français"), ("pt", "Português"), ("ar", "العربية"), ("wo", "Wolof")]
WRITTEN_IN = [*LANGUAGES, ("es", "Español")]  # that tellers speak, and that readers read
KIND_CHOICES = [(k, k.replace("_", " ").capitalize()) for k in KINDS]
INVITE_DAYS = 14


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check_rows(rows: Any, field: str, wanted: dict[str, type], called: str) -> None:
    """Whether a JSON field is a list of objects with these fields. Raises ValidationError, naming the row."""
    if not isinstance(rows, list):
        raise ValidationError({field: f"A list is expected: {', '.join(wanted)} for each {called}."})
    for n, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not all(
            isinstance(row.get(k), kind) and row.get(k) != "" for k, kind in wanted.items()
        ):
            raise ValidationError({field: f"{called.capitalize()} {n}: {', '.join(wanted)} are expected."})


class Campaign(models.Model):
    """Something that testimonies are collected for: Migrants as Messengers."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    about = models.TextField(
        blank=True, help_text="What it is for, in words that a messenger can read to a teller"
    )
    countries = ArrayField(models.CharField(max_length=2), help_text="ISO codes: SN, GN, NG")
    languages = ArrayField(models.CharField(max_length=8, choices=LANGUAGES), default=list)
    begins = models.DateField(default=timezone.localdate)
    ends = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(
        "open to anyone", default=False, help_text="Anyone may offer a story through the public form."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        today = day_of()
        return self.begins <= today and (self.ends is None or today <= self.ends)

    @property
    def is_heard(self) -> bool:
        """Whether somebody may have agreed to what it reads out, also on a phone not heard of yet."""
        return self.testimonies.exists() or Messenger.objects.filter(team__campaign=self).exists()

    def clean(self) -> None:
        """What it is for is read out where there is no consent text; its address is that of phones' forms."""
        known = Campaign.objects.filter(pk=self.pk).first()
        if known and known.slug != self.slug and known.is_heard:
            raise ValidationError({"slug": "Phones have forms of this address: it stays."})
        if known and known.about != self.about and known.is_heard and not known.consent_texts.exists():
            raise ValidationError(
                {"about": "Phones read this out before they ask for consent: add a consent text first."}
            )


class Country(models.Model):
    """A country team of a campaign: who coordinates it, and who listens when retelling hurts."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="teams")
    code = models.CharField(max_length=2, help_text="ISO code: SN")
    coordinators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="coordinates", blank=True)
    focal_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="listens_in",
        help_text="The only one who sees the well-being check-ins of this country’s messengers",
    )

    class Meta:
        verbose_name_plural = "countries"
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="one_team_a_country")]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.code}"

    def clean(self) -> None:
        """What waits on its messengers' phones was told for its campaign."""
        before = Country.objects.filter(pk=self.pk, messengers__devices__isnull=False).first()
        if before and before.campaign_id != self.campaign_id:
            raise ValidationError(
                {
                    "campaign": f"Its messengers have joined with phones: what waits on them was told for"
                    f" {before.campaign}. Make a new team for the other campaign."
                }
            )


class Guide(models.Model):
    """What is asked in an interview, in one language."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="guides")
    kind = models.CharField(max_length=16, choices=KIND_CHOICES, default="interview")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    title = models.CharField(max_length=200)
    prompts = models.JSONField(
        default=list,
        help_text=(
            "Asked one after the other. The short name tells the translations of a prompt, and what was"
            " answered to it."
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "language"], name="one_guide_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    def clean(self) -> None:
        """Phones take guides along for weeks: what they can't read does not get that far."""
        _check_rows(self.prompts, "prompts", {"id": str, "text": str}, "prompt")
        ids = [row["id"] for row in self.prompts]
        names = Counter(i.replace("-", "_") for i in ids)  # as forms for ODK Collect have them
        if wrong := next(
            (
                i
                for i in ids
                if names[i.replace("-", "_")] > 1 or not re.fullmatch(r"[A-Za-z][\w-]{0,40}", i, re.ASCII)
            ),
            None,
        ):
            raise ValidationError(
                {
                    "prompts": (
                        f"{wrong!r}: an id has letters and figures, begins with a letter, and stands once;"
                        " - and _ are the same."
                    )
                }
            )


class ConsentText(models.Model):
    """What is read or played to a teller before anything is recorded. A changed text is a new version: the
    database refuses to change or delete one that somebody may have agreed to.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="consent_texts")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    version = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()

    class Meta:
        ordering = ["language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "version"], name="one_consent_text_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.language}, version {self.version}"

    def clean(self) -> None:
        known = ConsentText.objects.filter(pk=self.pk).first()
        if known and known.campaign.is_heard:
            raise ValidationError(
                "Somebody may have agreed to this text, on a phone that we have not heard of yet: it stays as"
                " it is. Add your words as a new version."
            )

    @classmethod
    def unheard(cls) -> models.QuerySet[ConsentText]:
        """Those that nobody can have agreed to (`Campaign.is_heard`)."""
        return cls.objects.exclude(campaign__teams__messengers__isnull=False).exclude(
            campaign__testimonies__isnull=False
        )


class Spoken(models.Model):
    """A text read aloud by somebody: a consent text or a prompt, to be played to tellers in their language,
    also without a network. The newest reading counts; those of consent texts stay, as the texts do.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="spoken")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    what = models.CharField(
        max_length=80, help_text="consent, or a guide's kind and a prompt's id: interview/leaving"
    )
    of = models.CharField(
        max_length=64, help_text="hash of the text that was read; a text that changed has to be read anew"
    )
    vault = models.CharField(max_length=32)
    size = models.PositiveIntegerField(help_text="bytes")
    seconds = models.FloatField()
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32, help_text="what OpenRosa's manifests want")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "what"],
                condition=~models.Q(what="consent"),
                name="one_reading_of_a_text",
            )
        ]


class Module(models.Model):
    """A training module with a short check before and after."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="modules")
    slug = models.SlugField()
    language = models.CharField(max_length=8, choices=LANGUAGES)
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    text = models.TextField(help_text="Paragraphs, apart by empty lines")
    questions = models.JSONField(
        default=list, help_text="Asked before and after reading; three of four have to be right."
    )
    is_required = models.BooleanField("before collecting", default=True)
    refresh_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="After so many days it falls due again. Empty: never."
    )

    class Meta:
        ordering = ["position", "language"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "slug", "language"], name="one_module_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    def clean(self) -> None:
        _check_rows(self.questions, "questions", {"text": str, "answers": list, "right": int}, "question")
        for n, row in enumerate(self.questions, 1):
            if len(row["answers"]) < 2 or not 0 <= row["right"] < len(row["answers"]):
                raise ValidationError(
                    {"questions": f"Question {n}: at least two answers, and “right” counts from 0."}
                )


class Messenger(models.Model):
    """A trained peer interviewer. They have no account in the newsroom; their phone has a key of its own."""

    class State(models.TextChoices):
        INVITED = "invited", "invited"
        ACTIVE = "active", "active"
        FROZEN = "frozen", "frozen"

    team = models.ForeignKey(Country, models.PROTECT, related_name="messengers")
    name = models.CharField(max_length=120, help_text="As the team calls them; never shown outside of it")
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    state = models.CharField(max_length=8, choices=State.choices, default=State.INVITED, editable=False)
    invite = models.CharField(
        max_length=64, blank=True, editable=False, help_text="hash of the invitation's token"
    )
    invite_until = models.DateTimeField(null=True, editable=False)
    added = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What waits on a phone was told for the team that its messenger was in, and is read there."""
        before = Messenger.objects.filter(pk=self.pk, devices__isnull=False).first()
        if before and before.team_id != self.team_id:
            raise ValidationError(
                {
                    "team": f"{before} has joined with a phone: what waits on it was told for {before.team},"
                    " and is read there. Invite them to the other team as a new messenger."
                }
            )

    def invite_anew(self) -> str:
        """A token for one phone to join with, valid for INVITE_DAYS; an earlier one no longer is."""
        token = secrets.token_urlsafe(24)
        self.invite, self.invite_until = token_hash(token), timezone.now() + timedelta(days=INVITE_DAYS)
        self.save(update_fields=["invite", "invite_until"])
        return token

    def freeze(self) -> None:
        """No more contact: whatever the phone asks next, it is told to wipe itself, and so is it whatever
        becomes of its messenger.
        """
        self.state, self.invite = self.State.FROZEN, ""
        self.save(update_fields=["state", "invite"])
        self.devices.update(is_wiped=True)

    def thaw(self) -> None:
        """Back, but with a new phone key."""
        self.state, self.invite = self.State.INVITED, ""
        self.save(update_fields=["state", "invite"])

    def modules_due(self) -> list[Module]:
        """Modules never passed, or passed too long ago, in the messenger's language (English where
        it has none).
        """
        passed = {
            t.module.slug: t
            for t in self.trainings.select_related("module").filter(is_passed=True).order_by("at")
        }
        now = timezone.now()
        due = []
        for module in self.modules():
            last = passed.get(module.slug)
            is_stale = last and module.refresh_days and last.at + timedelta(days=module.refresh_days) < now
            if last is None or is_stale:
                due.append(module)
        return due

    def modules(self) -> list[Module]:
        found: dict[str, Module] = {}
        for module in self.team.campaign.modules.all():
            known = found.get(module.slug)
            if (
                known is None
                or module.language == self.language
                or (known.language != self.language and module.language == "en")
            ):
                found[module.slug] = module
        return sorted(found.values(), key=lambda m: m.position)

    @property
    def may_collect(self) -> bool:
        return self.state == self.State.ACTIVE and not any(m.is_required for m in self.modules_due())


class Device(models.Model):
    """A messenger's phone. Its key is kept as a hash."""

    messenger = models.ForeignKey(Messenger, models.PROTECT, related_name="devices")
    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120, blank=True)
    joined = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)
    is_wiped = models.BooleanField(default=False, help_text="told to erase what it holds")
    login = models.CharField(
        max_length=40, blank=True, help_text="what ODK Collect signs in as; our own app has its key"
    )
    ha1 = models.CharField(
        max_length=32, blank=True, help_text="of its password, as Digest wants it (RFC 7616, 3.4.2)"
    )

    @property
    def is_in_use(self) -> bool:
        return not self.is_wiped and self.messenger.state == Messenger.State.ACTIVE


class Training(models.Model):
    """A messenger's try at a module: right answers before and after, of as many as there are."""

    messenger = models.ForeignKey(Messenger, models.CASCADE, related_name="trainings")
    module = models.ForeignKey(Module, models.CASCADE, related_name="trainings")
    at = models.DateTimeField(default=timezone.now)
    before = models.PositiveSmallIntegerField(null=True)
    after = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    is_passed = models.BooleanField()
    sent = models.CharField(
        max_length=64, blank=True, help_text="the submission's own id, where it may come twice"
    )

    class Meta:
        ordering = ["-at"]


class CheckIn(models.Model):
    """How a messenger is, said freely. Only the focal person of their country reads it."""

    messenger = models.ForeignKey(Messenger, models.CASCADE, related_name="check_ins")
    at = models.DateTimeField(default=timezone.now)
    mood = models.PositiveSmallIntegerField(help_text="from 1, very bad, to 5, very well")
    words = models.TextField(blank=True, max_length=2000)
    wants_call = models.BooleanField(default=False)
    answered = models.DateTimeField(null=True, blank=True)
    sent = models.CharField(max_length=64, blank=True, help_text="the phone's own id, as it may come twice")

    class Meta:
        ordering = ["-at"]


class Referral(models.Model):
    """Somebody to turn to in a country: for messengers, for tellers, and at the end of every public page."""

    class Subject(models.TextChoices):
        HELP = "help", "Help now"
        LEGAL = "legal", "Legal ways"
        LOCAL = "local", "Opportunities nearby"
        CARE = "care", "Care for messengers"

    country = models.CharField(max_length=2)
    subject = models.CharField(max_length=8, choices=Subject.choices)
    language = models.CharField(max_length=8, choices=WRITTEN_IN, default="en")
    name = models.CharField(max_length=160)
    contact = models.CharField(max_length=200, blank=True, help_text="a telephone number, an address")
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["country", "subject", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"
