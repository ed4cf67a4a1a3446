"""What tellers allow, version after version, and what phones propose late."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from griot.testimonies.core import consent, types
from griot.testimonies.models.campaigns import WRITTEN_IN
from griot.testimonies.models.days import UNKNOWN, day_of

USE_CHOICES = [
    ("team", "Inside the team"),
    ("screenings", "Screenings"),
    ("web", "Website"),
    ("mail", "E-mail digest"),
    ("partners", "Partners"),
    ("media", "Other media"),
]


class Consent(models.Model):
    """One version of what a teller allows. Rows are added, never changed."""

    testimony = models.ForeignKey("testimonies.Testimony", models.CASCADE, related_name="consents")
    version = models.PositiveIntegerField(default=1)
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
    language = models.CharField(max_length=8, choices=WRITTEN_IN)
    explained = models.CharField(
        max_length=8,
        choices=[
            ("read", "read aloud to the teller"),
            ("played", "a recording of it was played"),
            ("voiced", "read out by a phone’s voice"),
            ("alone", "read by the teller"),
        ],
        help_text="the way in which the teller was told what they allow, as it happened",
    )
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

    testimony = models.ForeignKey("testimonies.Testimony", models.CASCADE, related_name="proposals")
    said = models.JSONField(help_text="as it was sent")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(
        default=0, help_text="of the consent that was held once it was heard: what narrows it since, holds"
    )
    decided = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    @property
    def given(self) -> datetime:
        """When it was said, by the phone's clock."""
        return datetime.fromisoformat(self.said["consent"]["given"])

    @property
    def is_timed(self) -> bool:
        """Whether it is known when it was said: its phone's clock can have been right."""
        return self.given > UNKNOWN

    @property
    def name(self) -> str:
        return str(self.said["teller"]["name"])

    @property
    def alias(self) -> str:
        return str(self.said["teller"]["alias"])

    @property
    def guardian(self) -> str:
        return str((self.said["consent"]["guardian"] or {"name": ""})["name"])

    @property
    def unknown_names(self) -> set[str]:
        """What it calls people, and nothing that is held does."""
        row = self.testimony
        return ({self.name, self.guardian} - {*row.names, ""}) | ({self.alias} - {*row.aliases, ""})

    def is_of_minor(self, held: types.Consent) -> bool:
        """Whether it says that the teller may be a minor, by its mark or their year of birth."""
        year = self.birth_year
        return bool(self.said["consent"]["is_minor"]) or consent.may_be_minor(held, year, day_of())

    @property
    def birth_year(self) -> int | None:
        return cast("int | None", self.said["teller"]["birth_year"])
