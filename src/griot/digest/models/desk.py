"""Who is at the desk, and what they did there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


def name_of(user: Any) -> str:
    """How the desk calls an editor; an account that is gone is somebody."""
    return user.get_full_name() or user.get_username() if user else "somebody"


class Presence(models.Model):
    """An editor at the desk, and the story that is open before them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="presence")
    story = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField(default=timezone.now)

    @property
    def name(self) -> str:
        return name_of(self.user)


class Assignment(models.Model):
    """Who is on a story."""

    story = models.BigIntegerField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    @property
    def name(self) -> str:
        return name_of(self.user)


class Shift(models.Model):
    """The time for which somebody holds the day's issue. One at a time does."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)

    @property
    def name(self) -> str:
        return name_of(self.user)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended=None), name="one_holds_the_issue"
            )
        ]


class Note(models.Model):
    """What somebody leaves for the next shift; it stands until one of them has read it."""

    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read = models.DateTimeField(null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at"]


class DeskAction(models.Model):
    """Something an editor did at the desk, with what it takes to undo it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=200, help_text="what was done, in words")
    story = models.BigIntegerField(null=True)
    undo = models.JSONField()
    is_behind = models.BooleanField(default=False, help_text="undone, or told that it can't be")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "-id"], name="desk_action_of_user")]
