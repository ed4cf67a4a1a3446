"""Testimonies, what their tellers allow, and the way each takes to the public."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from griot.testimonies.core import consent, types
from griot.testimonies.core.errors import Refused
from griot.testimonies.models.campaigns import KIND_CHOICES, LANGUAGES, Campaign, Messenger, token_hash
from griot.testimonies.models.days import day_of
from griot.testimonies.models.making import MakingState

USE_CHOICES = [
    ("team", "Inside the team"),
    ("screenings", "Screenings"),
    ("web", "Website"),
    ("mail", "E-mail digest"),
    ("partners", "Partners"),
    ("media", "Other media"),
]


RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # told apart when read aloud
RECEIPT_LENGTH = 12
AHEAD = timedelta(minutes=15)  # by which a clock may be wrong and no worse than others
MOST_POSITION = 32767  # of files in a testimony: the column's


def plain_receipt(code: str) -> str:
    """A receipt's code as it is compared: dashes and small letters do not count."""
    return "".join(c for c in code.upper() if c.isalnum())


def receipt_hash(code: str) -> str:
    """What is kept of a code, ours or one that a phone made. Raises Refused for what could be guessed."""
    plain = plain_receipt(code)
    if len(plain) != RECEIPT_LENGTH or len(set(plain)) < 4 or set(plain) - set(RECEIPT_LETTERS):
        raise Refused(
            f"receipt: {RECEIPT_LENGTH} of the letters and figures {RECEIPT_LETTERS} are expected, chosen"
            " by chance"
        )
    return token_hash(plain)


def receipt_code(chance: bytes) -> str:
    """A code made of RECEIPT_LENGTH bytes or more, as it is written on a receipt."""
    code = "".join(RECEIPT_LETTERS[byte % len(RECEIPT_LETTERS)] for byte in chance[:RECEIPT_LENGTH])
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


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
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
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
        """Whether something newer than what was said then is held. A clock that is ahead orders nothing that
        comes of one that is not.
        """
        is_ahead = self.as_of is not None and moment <= timezone.now() + AHEAD < self.as_of
        return self.as_of is not None and moment < self.as_of and not is_ahead

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
        known = sorted(self.consents.all(), key=lambda c: c.version)
        return known[-1] if known else None

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
            if file.role == "story" and file.media in {"video", "audio"} and file.state == "verified"
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


class Consent(models.Model):
    """One version of what a teller allows. Rows are added, never changed."""

    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="consents")
    version = models.PositiveSmallIntegerField(default=1)
    uses = ArrayField(models.CharField(max_length=12, choices=USE_CHOICES), default=list, blank=True)
    naming = models.CharField(
        max_length=12,
        choices=[(n, n.replace("_", " ")) for n in ("named", "first_name", "alias", "unnamed")],
        default="unnamed",
    )
    place = models.CharField(
        max_length=8, choices=[(p, p) for p in ("country", "region", "exact")], default="country"
    )
    face = models.CharField(max_length=5, choices=[(f, f) for f in ("show", "blur", "hide")], default="blur")
    voice = models.CharField(
        max_length=5, choices=[(v, v) for v in ("show", "alter", "hide")], default="alter"
    )
    until = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=8, choices=LANGUAGES)
    explained = models.CharField(
        max_length=8, choices=[("read", "read aloud"), ("played", "played")], default="read"
    )
    text_version = models.PositiveSmallIntegerField(default=1)
    evidence = models.CharField(
        max_length=64, blank=True, help_text="the file with the teller's answer, or what was signed"
    )
    is_minor = models.BooleanField(default=False)
    guardian_name = models.CharField(max_length=160, blank=True)
    guardian_relation = models.CharField(max_length=80, blank=True)
    given = models.DateTimeField(default=timezone.now)
    by = models.CharField(
        max_length=16, default="messenger", help_text="who took it down: messenger, teller, team"
    )

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["testimony", "version"], name="one_consent_a_version")]

    def as_value(self) -> types.Consent:
        guardian = types.Guardian(self.guardian_name, self.guardian_relation) if self.guardian_name else None
        return types.Consent(
            uses=frozenset(cast("list[types.Use]", self.uses)),
            naming=cast("types.Naming", self.naming),
            place=cast("types.Place", self.place),
            face=cast("types.Face", self.face),
            voice=cast("types.Voice", self.voice),
            until=self.until,
            language=self.language,
            explained=cast("types.Explained", self.explained),
            given=self.given,
            evidence=self.evidence,
            is_minor=self.is_minor,
            guardian=guardian,
            version=self.version,
            by=cast("types.By", self.by),
        )


class Proposal(models.Model):
    """What a phone has sent of a testimony after its intake: it waits for a person, and changes nothing until
    then.
    """

    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="proposals")
    said = models.JSONField(help_text="as it was sent")
    at = models.DateTimeField(default=timezone.now)
    decided = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    @property
    def given(self) -> datetime:
        """When it was said, by the phone's clock."""
        return datetime.fromisoformat(self.said["consent"]["given"])

    @property
    def name(self) -> str:
        return str(self.said["teller"]["name"])

    @property
    def alias(self) -> str:
        return str(self.said["teller"]["alias"])

    @property
    def guardian(self) -> str:
        return str((self.said["consent"]["guardian"] or {"name": ""})["name"])

    def is_of_minor(self, held: types.Consent) -> bool:
        """Whether it says that the teller may be a minor, by its mark or their year of birth."""
        year = self.birth_year
        return bool(self.said["consent"]["is_minor"]) or consent.may_be_minor(held, year, day_of())

    @property
    def birth_year(self) -> int | None:
        return cast("int | None", self.said["teller"]["birth_year"])


class Writing(models.Model):
    """A testimony's words in one language: what its page and its block in an issue say, and its
    transcript.
    """

    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="writings")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200, blank=True)
    quote = models.CharField(
        max_length=400, blank=True, help_text="one sentence of theirs, without quotation marks"
    )
    body = models.TextField(blank=True, help_text="paragraphs, apart by empty lines")
    subtitles = models.TextField(
        blank=True, help_text="WebVTT; what stands in {braces} is neither heard nor read"
    )
    chapters = models.TextField(blank=True, help_text="one a line: 1:05 The desert")
    captions = models.JSONField(default=dict, blank=True, help_text="words under each photo, by its file")
    machine = models.JSONField(
        default=list, blank=True, help_text="fields that a machine wrote and nobody has gone over yet"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["testimony", "language"], name="one_writing_a_language")
        ]

    @property
    def texts(self) -> dict[str, str]:
        fields = {name: getattr(self, name) for name in ("title", "quote", "body", "subtitles", "chapters")}
        return fields | {f"caption {pk}": words for pk, words in self.captions.items()}

    @property
    def gone_over(self) -> dict[str, str]:
        """What a person has written or gone over: all that may be shown."""
        return {name: "" if name in self.machine else text for name, text in self.texts.items()}


class MachineWork(models.Model):
    """Something that a machine writes for a testimony: asked for, being made, done or failed."""

    class Kind(models.TextChoices):
        TRANSCRIPT = "transcript", "transcript"
        TRANSLATION = "translation", "translation"

    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="machine_works")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=MakingState.choices, default=MakingState.WAITING)
    progress = models.FloatField(default=0.0, help_text="from 0 to 1")
    why = models.CharField(max_length=250, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["testimony", "kind", "language"], name="one_machine_work_of_a_kind"
            )
        ]


class Step(models.Model):
    """Something done to a testimony on its way: who, when, why."""

    class Kind(models.TextChoices):
        MOVED = "moved", "moved on"
        SENT_BACK = "sent_back", "sent back"
        SAFE = "safe", "found safe"
        RISK = "risk", "marked as high risk"
        COMMENT = "comment", "comment"
        ASSIGNED = "assigned", "assigned"
        EDITED = "edited", "edited"
        UNDONE = "undone", "back to what was approved"
        PUBLISHED = "published", "published"
        UNPUBLISHED = "unpublished", "taken off the site"
        WITHDRAWN = "withdrawn", "withdrawn"
        CONSENT = "consent", "consent changed"

    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)
    of = models.CharField(max_length=32, blank=True, help_text="the mark of what was found safe")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    @property
    def is_open(self) -> bool:
        """Whether all who see the testimony read its words; those of a protection check tell of danger."""
        checks = {Testimony.State.INTAKE, Testimony.State.PROTECTION}
        return (
            not self.of
            and self.kind not in {self.Kind.SAFE, self.Kind.RISK}
            and self.from_state not in checks
        )
