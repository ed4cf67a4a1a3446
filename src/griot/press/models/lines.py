"""Lines of the press review, who vouches for them, and how they know our own organisation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from griot.press.core import types
from griot.press.core.lines.lines import line_text
from griot.press.models.stories import Story


class Organisation(models.Model):
    """Our own organisation, as the press of each language calls it, and who speaks for it."""

    name = models.CharField(max_length=120, unique=True)
    names = models.TextField(
        help_text="How the press calls it in all languages, abbreviations too, one to a line."
    )
    spokespeople = models.TextField(blank=True, help_text="Names of those who speak for it, one to a line.")

    def __str__(self) -> str:
        return self.name

    def as_value(self) -> types.Organisation:
        def lines(text: str) -> tuple[str, ...]:
            return tuple(line.strip() for line in text.splitlines() if line.strip())

        return types.Organisation(self.name, lines(f"{self.name}\n{self.names}"), lines(self.spokespeople))


class Line(models.Model):
    """One sentence of the press review, for one story in one language."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="lines")
    language = models.CharField(max_length=12, default="en")
    outlets = models.JSONField(help_text="[{name, url}] in the order of attribution")
    body = models.TextField(help_text="from the verb to the full stop")
    piece = models.CharField(
        max_length=12, default="news", help_text="the kind of piece that it tells of, as of an article"
    )
    mention = models.TextField(blank=True, help_text="how our organisation appears, as a sentence")
    mentions = models.JSONField(
        default=list, help_text="[{kind, who, url, passage}]: where our organisation appears"
    )
    claims = models.JSONField(
        help_text="[{text, kind, url, passage}]; without a passage a claim is unsupported"
    )
    findings = models.JSONField(default=list, help_text="[{text, advice}] against the house style")
    ok = models.BooleanField()
    is_original = models.BooleanField(
        default=False, help_text="in the language of its articles, for want of a translator"
    )
    drafted = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(
        default=0, help_text="counts a person's edits: who edits names the one they saw"
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    is_by_hand = models.BooleanField(
        default=False, help_text="a person has written it, who may have left since: it is not drafted over"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "language"], name="line_once_per_story")]

    def __str__(self) -> str:
        return line_text(self.as_value())

    def as_value(self) -> types.Line:
        return types.Line(
            outlets=tuple(types.OutletLink(o["name"], o["url"]) for o in self.outlets),
            body=self.body,
            language=self.language,
            claims=tuple(_claim(c) for c in self.claims),
            mention=self.mention,
            piece=self.piece,  # type: ignore[arg-type]
        )

    @property
    def may_be_approved(self) -> bool:
        """Whether no claim is refused but those that a named person vouches for."""
        vouched = set(self.overrides.values_list("claim", flat=True))
        return all(not claim.is_refused or claim.text in vouched for claim in self.as_value().claims)


def _claim(stored: dict[str, Any]) -> types.Claim:
    nearest = tuple(types.Nearest(**n) for n in stored.get("nearest", ()))
    against = types.Nearest(**stored["against"]) if stored.get("against") else None
    return types.Claim(**{**stored, "nearest": nearest, "against": against})


class Override(models.Model):
    """A person vouches for a claim that no article supports; each for themselves."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="overrides")
    claim = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "claim", "by"], name="one_override_per_claim_and_person")
        ]
