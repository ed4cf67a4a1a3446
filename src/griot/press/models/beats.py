"""What the newsroom covers, and how near stories are to it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from griot.press.core.beats.query import QueryError, parse_query
from griot.press.models.stories import Story


def check_query(query: str) -> None:
    """For models whose `query` is in the query language. Raises ValidationError, which shows the place."""
    try:
        parse_query(query)
    except QueryError as error:
        raise ValidationError({"query": str(error)}) from None


class Beat(models.Model):
    """What the newsroom covers: a query, a few sentences, and what it has learned from the editors."""

    name = models.CharField(max_length=60, unique=True)
    query = models.TextField(
        help_text=(
            'Words, "phrases", word* for any ending, AND, OR, NOT, NEAR/5, title:… lead:… text:… lang:fr'
            " country:LY (…)"
        )
    )
    about = models.TextField(
        blank=True, help_text="A few sentences that say what the beat is about, one to a line."
    )
    threshold = models.FloatField(
        default=1.0, help_text="Score from which a story's line is drafted without being asked."
    )
    is_active = models.BooleanField(default=True)
    learned = models.JSONField(default=dict, editable=False)
    tried = models.DateTimeField(
        null=True, editable=False, help_text="when somebody last tried its query on a night's pieces"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_query(self.query)


class Rating(models.Model):
    """How near a story is to a beat, why, and what an editor made of it."""

    class Judgement(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        DISCARDED = "discarded", "discarded"

    story = models.ForeignKey(Story, models.CASCADE, related_name="ratings")
    beat = models.ForeignKey(Beat, models.CASCADE, related_name="ratings")
    score = models.FloatField(db_index=True)
    features = models.JSONField(default=dict)
    reasons = models.JSONField(default=list, help_text="why, in words, the weightiest first")
    judgement = models.CharField(max_length=9, choices=Judgement.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "beat"], name="rated_once_per_beat")]
