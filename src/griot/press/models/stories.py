"""Stories, and what editors have said of which articles belong together."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from griot.press.models.articles import Article


class Story(models.Model):
    """Articles on the same event. A merged story stays as a redirect to the one it went into.

    What the desk shows and filters by is kept with it, and brought up to date whenever its articles change.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        DISCARDED = "discarded", "discarded"
        LATER = "later", "later"

    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="absorbed")
    first_published = models.DateTimeField()
    last_published = models.DateTimeField(db_index=True)
    score = models.FloatField(default=0, help_text="for the beat it is nearest to")
    told = models.DateTimeField(null=True, blank=True, help_text="when an issue last told it")
    told_line = models.TextField(blank=True, help_text="what that issue said")
    headline = models.CharField(max_length=500, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, help_text="that its articles name, most first"
    )
    outlets = ArrayField(
        models.BigIntegerField(), default=list, help_text="ids of those that report or carry it"
    )
    reports = models.PositiveSmallIntegerField(default=0, help_text="independent ones")
    copies = models.PositiveSmallIntegerField(default=0)
    is_ours = models.BooleanField(default=False, help_text="our own organisation appears in it")
    grown = models.DateTimeField(null=True, help_text="when its newest report of its own was first seen")
    changed = models.DateTimeField(
        default=timezone.now, help_text="when its articles, line or decision last changed"
    )
    decision = models.CharField(max_length=9, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-score", "-last_published"]
        indexes = [models.Index(fields=["changed"], name="story_changed")]

    def __str__(self) -> str:
        return f"Story {self.pk}"


class Verdict(models.Model):
    """What an editor has said of two articles: one story, or not. The machine never undoes it."""

    first = models.ForeignKey(Article, models.CASCADE, related_name="+")
    second = models.ForeignKey(Article, models.CASCADE, related_name="+")
    together = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_verdict_per_pair")]
