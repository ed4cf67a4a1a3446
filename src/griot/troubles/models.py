"""The rows that were set aside, and why; and when the jobs of each day were begun."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Trouble(models.Model):
    """One row with which a job failed. It goes when the job succeeds with it, or somebody has seen it."""

    what = models.CharField(max_length=80, help_text="the job, in words")
    row = models.CharField(max_length=80, help_text="what it failed with")
    why = models.CharField(max_length=400)
    first = models.DateTimeField(default=timezone.now)
    last = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-last"]
        constraints = [models.UniqueConstraint(fields=["what", "row"], name="one_trouble_a_row")]


class Daily(models.Model):
    """A job of each day, and the last of the newsroom's days for which it was asked for."""

    job = models.CharField(max_length=80, primary_key=True)
    day = models.DateField()
