"""What is done to a testimony on its way: words, machines' work, and each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from griot.testimonies.models.making import MakingState
from griot.testimonies.models.testimonies import Testimony

SPOKEN = ("subtitles", "chapters")  # of what was written, that which belongs to the leading recording


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
    def spoken(self) -> dict[str, Any]:
        """What of it belongs to a recording, and which of that a machine wrote; set, that of another."""
        words = {name: getattr(self, name) for name in SPOKEN}
        return {**words, "machine": [name for name in SPOKEN if name in self.machine]}

    @spoken.setter
    def spoken(self, said: Mapping[str, Any]) -> None:
        for name in SPOKEN:
            setattr(self, name, said.get(name, ""))
        self.machine = sorted({*self.machine} - {*SPOKEN} | {*said.get("machine", ())})

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
