"""Who answers for an issue that the pre-flight would keep in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from griot.digest.models.desk import name_of
from griot.digest.models.issues import IssuePage


class Answer(models.Model):
    """A chief editor's word that an issue may go out as it is in one respect. It holds for what it was said
    of, and is kept when it is taken back.
    """

    issue = models.ForeignKey(IssuePage, models.CASCADE, related_name="answers")
    judgement = models.CharField(max_length=16, help_text="one line, day, translation, claims")
    said_of = ArrayField(models.CharField(max_length=24), help_text="marks of what it was said of")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, help_text="when it was taken back")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{name_of(self.by)} on {timezone.localtime(self.at):%-d %B, %H:%M}: {self.why}"
