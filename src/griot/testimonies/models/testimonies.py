"""Testimonies, and the ids under which forms sent them."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from griot.testimonies.core import consent, types
from griot.testimonies.models.campaigns import KIND_CHOICES, WRITTEN_IN, Campaign, Messenger
from griot.testimonies.models.consents import Consent, Proposal
from griot.testimonies.models.days import day_of
from griot.testimonies.models.receipts import RECEIPT_LENGTH, receipt_code, receipt_hash

MOST_POSITION = 32767  # of files in a testimony: the column's
RECORDINGS = frozenset({"video", "audio"})


class Testimony(models.Model):
    """What was told. Withdrawn, only the bare fact is left: its id, its campaign and when."""

    class State(models.TextChoices):
        INTAKE = "intake", "intake"
        PROTECTION = "protection", "protection check"
        TRANSCRIPTION = "transcription", "transcription"
        TRANSLATION = "translation", "translation"
        EDITING = "editing", "editing"
        APPROVAL = "approval", "approval"
        PUBLISHED = "published", "published"
        CLOSED = "closed", "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="testimonies")
    messenger = models.ForeignKey(
        Messenger, models.PROTECT, null=True, blank=True, related_name="testimonies"
    )
    kind = models.CharField(max_length=16, choices=KIND_CHOICES, default="interview")
    language = models.CharField(max_length=8, choices=WRITTEN_IN, default="en")
    state = models.CharField(max_length=16, choices=State.choices, default=State.INTAKE, db_index=True)
    told = models.DateTimeField(default=timezone.now, help_text="when, by the phone's clock")
    arrived = models.DateTimeField(default=timezone.now)

    name = models.CharField("teller’s name", max_length=160, blank=True)
    alias = models.CharField("other name", max_length=80, blank=True)
    names = ArrayField(
        models.CharField(max_length=160),
        default=list,
        blank=True,
        editable=False,
        help_text="every name that was heard of the teller, and of guardians: a text may say an earlier one",
    )
    aliases = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        editable=False,
        help_text="every other name that was heard",
    )
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="where the teller is: SN")
    region = models.CharField(max_length=120, blank=True)
    spot = models.CharField("exact place", max_length=160, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    left = models.CharField("from", max_length=120, blank=True)
    reached = models.CharField("to", max_length=120, blank=True)
    answers = models.JSONField(
        default=dict, blank=True, help_text="what was written down, by the guide's prompts"
    )
    heard = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        editable=False,
        help_text="hashes of what phones have sent: the same again changes nothing",
    )
    as_of = models.DateTimeField(
        null=True, editable=False, help_text="when the newest of them was said: what is older comes too late"
    )
    approved = models.JSONField(
        default=dict, blank=True, editable=False, help_text="what is public of it, as it was approved"
    )

    themes = ArrayField(
        models.CharField(max_length=24, choices=[(t, t) for t in types.THEMES]), default=list, blank=True
    )
    route = models.CharField(
        max_length=24, choices=[(r, r.replace("_", " ").capitalize()) for r in types.ROUTES], blank=True
    )

    slug = models.SlugField(unique=True, editable=False)
    receipt = models.CharField(
        max_length=64, blank=True, editable=False, help_text="hash of the code on the receipt"
    )
    receipt_narrows = models.BooleanField(
        default=False,
        editable=False,
        help_text="staff have seen it: it can take back, and allows nothing more",
    )
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_testimonies"
    )
    is_high_risk = models.BooleanField(default=False, help_text="two people have to find it safe")
    hurts = models.BooleanField(
        "hard to hear", default=False, help_text="says so to colleagues before they open it"
    )
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=16, blank=True, help_text="teller, guardian, team, expiry")
    erased = models.DateTimeField(
        null=True, blank=True, help_text="when the last of its files and words were gone"
    )

    turn = models.PositiveIntegerField(
        default=0, editable=False, help_text="counts the changes of what may be shown of it"
    )

    class Meta:
        ordering = ["-arrived"]
        verbose_name_plural = "testimonies"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], condition=~models.Q(receipt=""), name="one_testimony_a_receipt"
            )
        ]
        default_permissions = ()
        permissions = [
            ("coordinate", "Coordinator: sees, hears and withdraws the testimonies of their country"),
            ("protect", "Protection officer: hears all testimonies and decides what is safe"),
            ("edit", "Editor: writes what is shown of testimonies found safe"),
            ("approve", "Approver: publishes testimonies and takes them off"),
            ("administer", "Administrator: campaigns, messengers, withdrawals; hears nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.id)[:8]}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self.slug:
            self.slug = secrets.token_hex(5)  # says nothing of who or when
        self.hear_names(self.name, self.alias)
        if not self._state.adding and options.get("update_fields") is None:  # a turn is never taken back
            fields = self._meta.concrete_fields
            options["update_fields"] = [f.name for f in fields if f.name not in {"id", "turn"}]
        super().save(*args, **options)

    def is_older(self, moment: datetime) -> bool:
        """Whether something newer than what was said then is held."""
        return self.as_of is not None and moment < self.as_of

    def hear_names(self, name: str, alias: str, guardian: str = "") -> None:
        """Keep what the teller and whoever consents for them are called with all that was heard before."""
        self.names = list(dict.fromkeys(filter(None, [*self.names, name, guardian])))
        self.aliases = list(dict.fromkeys(filter(None, [*self.aliases, alias])))

    def kept_back(self, naming: types.Naming) -> list[str]:
        """The names that no text says, but for what is shown of them: every one that was ever heard; other
        names where no more than these may be shown.
        """
        return [*self.names, *(self.aliases if naming in {"unnamed", "alias"} else [])]

    def perhaps_kept_back(self, naming: types.Naming) -> list[str]:
        """Names that a phone has said late, and that nobody has looked at yet."""
        heard = [name for p in self.undecided for name in (p.name, p.guardian) if name not in self.names]
        if naming in {"unnamed", "alias"}:
            heard += [p.alias for p in self.undecided if p.alias not in {*self.names, *self.aliases}]
        return list(dict.fromkeys(filter(None, heard)))

    @property
    def undecided(self) -> list[Proposal]:
        """What phones have sent late, and nobody has looked at yet."""
        return [p for p in self.proposals.all() if p.decided is None]

    @property
    def is_minor(self) -> bool:
        """Whether the teller may be a minor, by what is held."""
        row = self.consent
        return row is not None and consent.may_be_minor(row.as_value(), self.birth_year, day_of())

    @property
    def is_perhaps_minor(self) -> bool:
        """The same, or by what a phone has said late and nobody has looked at yet."""
        row = self.consent
        return self.is_minor or (
            row is not None and any(p.is_of_minor(row.as_value()) for p in self.undecided)
        )

    @property
    def teller(self) -> types.Teller:
        return types.Teller(
            self.name,
            self.alias,
            self.birth_year,
            self.country,
            self.region,
            self.spot,
            self.latitude,
            self.longitude,
            self.left,
            self.reached,
        )

    @property
    def consent(self) -> Consent | None:
        """The current version."""
        if "consents" in getattr(self, "_prefetched_objects_cache", {}):
            return max(self.consents.all(), key=lambda c: c.version, default=None)
        return self.consents.order_by("version").last()

    @property
    def in_force(self) -> types.Consent | None:
        """What the teller allows now: the current version, of a minor no more than may be shown of one."""
        if (row := self.consent) is None:
            return None
        value = row.as_value()
        return consent.as_of_a_minor(value) if self.is_perhaps_minor else value

    @property
    def agreed(self) -> types.Consent | None:
        """What the public may be shown: what the teller allows now, as far as it was approved. What they
        allow since waits for approval; what they take back holds at once.
        """
        value = self.in_force
        if value is None or "consent" not in self.approved:
            return value
        return consent.as_far_as(value, self.approved["consent"])

    @property
    def over(self) -> types.Withdrawal:
        return self.over_on(day_of())

    def over_on(self, day: date) -> types.Withdrawal:
        row = self.consent
        return consent.state(row.as_value() if row else None, self.withdrawn, day)

    def as_it_stands(self) -> dict[str, Any]:
        """What would be public of it if it were approved now, in the shape of `approved`: nothing of it is
        shown but through `consent.shown`.
        """
        return {
            "kind": self.kind,
            "language": self.language,
            "teller": asdict(self.teller),
            "consent": consent.allowances(self.in_force) if self.in_force else {},
            "themes": list(self.themes),
            "route": self.route,
            "writings": {w.language: w.gone_over for w in self.writings.all() if any(w.gone_over.values())},
            "files": {
                str(file.pk): file.as_it_stands(file.wanted_cut())
                for file in self.files.all()
                if file.role == "story" and file.state == "verified"
            },
        }

    def is_as_approved(self) -> bool:
        """Whether it stands as it was approved. What its teller allows since, or takes back, is nobody's
        work; what somebody took over for them is.
        """
        if not self.approved or (row := self.consent) is None:
            return False
        now = self.as_it_stands()
        if row.by != "teller" and self.in_force != self.agreed:
            return False
        return {**now, "consent": self.approved["consent"]} == self.approved

    def leading(self) -> Any:
        """The recording that is shown, which its transcript belongs to: the story's first film or sound.
        What comes after the intake stands behind it (`position`).
        """
        recordings = [
            file
            for file in self.files.all()
            if file.role == "story" and file.media in RECORDINGS and file.state == "verified"
        ]
        return next(iter(recordings), None)

    def position(self, wanted: int) -> int:
        """Where a new file stands: as its phone says, or behind all others once the intake is over. At the
        last position of all there is room for any number: one stands behind another by when it arrived.
        """
        if self.state != self.State.INTAKE:
            last = self.files.aggregate(models.Max("position"))["position__max"]
            wanted = max(wanted, (last or 0) + 1)
        return min(wanted, MOST_POSITION)

    def make_receipt(self, narrows: bool = False) -> str:
        """A new code for the teller’s receipt; an earlier one ends. What others have seen only `narrows`."""
        code = receipt_code(secrets.token_bytes(RECEIPT_LENGTH))
        self.receipt, self.receipt_narrows = receipt_hash(code), narrows
        self.save(update_fields=["receipt", "receipt_narrows"])
        return code

    def claim_receipt(self, receipt: str) -> bool:
        """Take a code's hash as this testimony's, which is stored; False where it is another's already: whose
        it is keeps it, also of two that come at once.
        """
        try:
            with transaction.atomic():
                self.receipt = receipt
                self.save(update_fields=["receipt"])
        except IntegrityError:
            self.receipt = ""
        return bool(self.receipt)


class Contact(models.Model):
    """How to reach somebody who offered a story, where they left that: sealed in the vault, for a while."""

    testimony = models.OneToOneField(Testimony, models.CASCADE)
    vault = models.CharField(max_length=32, blank=True)
    until = models.DateField(help_text="the last day on which it is kept, as its teller was told")
    is_forgotten = models.BooleanField(
        default=False, help_text="its teller had it erased: their form, sent again, does not bring it back"
    )

    class Meta:
        default_permissions = ()


class Submission(models.Model):
    """A form that ODK Collect sent, by its own id: one that was edited comes under another, and names the one
    `before`. All of them have the `code` that the teller's receipt had in the first (a keyed hash), by which
    they are one testimony. They stay once that is withdrawn, so that none of them brings it back.
    """

    id = models.UUIDField(primary_key=True)
    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="submissions")
    code = models.CharField(max_length=64, blank=True, db_index=True)
    before = models.UUIDField(null=True)
    order = models.CharField(
        max_length=6,
        choices=[(order, order) for order in ("newer", "older", "unsure")],
        help_text="than what had come before it of the same testimony",
    )

    class Meta:
        default_permissions = ()
