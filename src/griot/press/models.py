"""What the newsroom remembers of the world's press."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import VectorField

from griot.press import types
from griot.press.lines import line_text


class Outlet(models.Model):
    """A publisher as readers know it."""

    name = models.CharField(max_length=120, unique=True)
    attribution = models.CharField(
        max_length=140,
        blank=True,
        help_text="How a line names it where the bare name would puzzle: UAE's The National.",
    )
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code")
    language = models.CharField(max_length=12, blank=True)
    home_page = models.URLField(max_length=500, blank=True)
    weight = models.SmallIntegerField(default=0, help_text="Notable outlets come first in a line: higher is earlier.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """One feed of an outlet."""

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="sources")
    url = models.URLField("feed address", max_length=1000, unique=True)
    is_active = models.BooleanField(default=True)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    next_fetch = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    interval = models.DurationField(default=timedelta(hours=1), editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="in a row")

    class Meta:
        ordering = ["outlet__name", "url"]

    def __str__(self) -> str:
        return f"{self.outlet}: {self.url}"


class Fetch(models.Model):
    """One visit to a source and what came of it: the ledger is made of these."""

    class Outcome(models.TextChoices):
        NEW = "new", "new entries"
        SILENT = "silent", "nothing new"
        FAILED = "failed", "failed"

    source = models.ForeignKey(Source, models.CASCADE, related_name="fetches")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    new_entries = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)


class Host(models.Model):
    """What politeness towards one host needs to know, for all workers."""

    name = models.CharField(max_length=260, primary_key=True)
    next_request = models.DateTimeField(default=timezone.now)
    robots = models.TextField(blank=True)
    robots_error = models.CharField(max_length=300, blank=True, help_text="why its robots.txt could not be had")
    robots_until = models.DateTimeField(null=True)


class Article(models.Model):
    """One piece, read and dated."""

    class ReadFrom(models.TextChoices):
        PAGE = "page", "its page"
        FEED = "feed", "the feed's summary"

    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="articles")
    url = models.TextField(unique=True)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    image = models.TextField(blank=True)
    published = models.DateTimeField(db_index=True)
    published_from = models.CharField(max_length=12)
    first_seen = models.DateTimeField(default=timezone.now)
    read_from = models.CharField(max_length=4, choices=ReadFrom.choices)
    why_not_page = models.CharField(max_length=200, blank=True)
    copy_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    vector = VectorField(dimensions=types.DIMENSIONS)
    score = models.FloatField(default=0, help_text="nearness to the beat")
    story = models.ForeignKey("Story", models.SET_NULL, null=True, blank=True, related_name="articles")

    class Meta:
        ordering = ["-published", "url"]

    def __str__(self) -> str:
        return self.title

    def as_value(self) -> types.Article:
        """The article as the pure modules know it. Wants `outlet` and `copy_of` selected."""
        return types.Article(
            url=self.url,
            outlet=self.outlet.name,
            title=self.title,
            summary=self.summary,
            text=self.text,
            published=self.published,
            language=self.language,
            attribution=self.outlet.attribution,
            copy_of=self.copy_of.url if self.copy_of else None,
            weight=self.outlet.weight,
        )


class Entry(models.Model):
    """One item of a source as delivered, and what became of it."""

    class State(models.TextChoices):
        NEW = "new", "to be read"
        READ = "read", "read"
        KEPT_OUT = "kept out", "not an article"

    source = models.ForeignKey(Source, models.CASCADE, related_name="entries")
    identity = models.CharField(max_length=64, help_text="SHA-256 of the id and address as delivered")
    url = models.TextField(blank=True)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    published = models.DateTimeField(null=True)
    language = models.CharField(max_length=35, blank=True)
    first_seen = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=200, blank=True)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="entries")

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["source", "identity"], name="entry_once_per_source")]
        indexes = [models.Index(fields=["id"], condition=Q(state="new"), name="entries_to_read")]


class Story(models.Model):
    """Articles on the same event. A merged story stays as a redirect to the one it went into."""

    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="absorbed")
    first_published = models.DateTimeField()
    last_published = models.DateTimeField(db_index=True)
    score = models.FloatField(default=0)

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-score", "-last_published"]

    def __str__(self) -> str:
        return f"Story {self.pk}"


class Line(models.Model):
    """One sentence of the press review, for one story in one language."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="lines")
    language = models.CharField(max_length=12, default="en")
    outlets = models.JSONField(help_text="[{name, url}] in the order of attribution")
    body = models.TextField(help_text="from the verb to the full stop")
    claims = models.JSONField(help_text="[{text, kind, url, passage}]; without a passage a claim is unsupported")
    ok = models.BooleanField()
    drafted = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "language"], name="line_once_per_story")]

    def __str__(self) -> str:
        return line_text(self.as_value())

    def as_value(self) -> types.Line:
        return types.Line(
            outlets=tuple(types.OutletLink(o["name"], o["url"]) for o in self.outlets),
            body=self.body,
            language=self.language,
            claims=tuple(types.Claim(**c) for c in self.claims),
        )
