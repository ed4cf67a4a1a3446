"""What sources deliver, and the articles that are read from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField, HnswIndex

from griot.press.core import types
from griot.press.models.sources import Outlet, Source


class Article(models.Model):
    """One piece, read and dated."""

    class ReadFrom(models.TextChoices):
        PAGE = "page", "its page"
        FEED = "feed", "the feed's summary"
        MAIL = "mail", "a mail"
        PUSH = "push", "a push"
        ARCHIVE = "archive", "a web archive"

    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="articles")
    url = models.TextField(unique=True)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    author = models.CharField(max_length=200, blank=True)
    piece = models.CharField(
        max_length=12,
        default="news",
        help_text="news, statement, feature, photo essay, opinion, interview, review or data",
    )
    language = models.CharField(max_length=12, blank=True)
    places = ArrayField(
        models.CharField(max_length=2), default=list, help_text="countries it names, most named first"
    )
    image = models.TextField(blank=True)
    published = models.DateTimeField()
    published_from = models.CharField(max_length=12)
    utc_offset = models.SmallIntegerField(
        null=True, help_text="minutes east of UTC that its date was given in"
    )
    updated = models.DateTimeField(null=True, help_text="when the page says that it was changed")
    first_seen = models.DateTimeField(default=timezone.now)
    read_from = models.CharField(max_length=8, choices=ReadFrom.choices)
    why_not_page = models.CharField(max_length=200, blank=True)
    copy_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    vector = HalfVectorField(dimensions=types.DIMENSIONS, null=True)
    bands = ArrayField(
        models.BigIntegerField(), default=list, help_text="of its MinHash signature: copies share some"
    )
    in_window = models.BooleanField(
        default=True, help_text="recent enough for new articles to be compared with it"
    )
    is_indexed = models.BooleanField(
        default=False, help_text="by its vector: of its story and day the first that says just this"
    )
    search = SearchVectorField(null=True, help_text="what searching.py makes of its title, summary and text")
    story = models.ForeignKey("Story", models.SET_NULL, null=True, blank=True, related_name="articles")

    class Meta:
        ordering = ["-published", "url"]
        indexes = [
            models.Index(fields=["-published"], name="article_published"),
            models.Index(fields=["published"], condition=Q(in_window=True), name="article_in_window"),
            # Both hold the window alone, so that they stay small however much is remembered. What says the
            # very same words is in the vector index once: in a crowd of equal points a graph loses sight of
            # those near it (tests/press/stories/test_crowds.py). With pgvector's own 16 and 64 it did not
            # find a few in a hundred that stand alone.
            HnswIndex(
                fields=["vector"],
                opclasses=["halfvec_cosine_ops"],
                condition=Q(in_window=True, is_indexed=True),
                name="article_vector",
                m=32,
                ef_construction=128,
            ),
            GinIndex(fields=["bands"], condition=Q(in_window=True), name="article_bands"),
            # What lies before the window is only searched: an article enters this index when it leaves the
            # window.
            HnswIndex(
                fields=["vector"],
                opclasses=["halfvec_cosine_ops"],
                condition=Q(in_window=False, is_indexed=True),
                name="article_past_vector",
                m=32,
                ef_construction=128,
            ),
            GinIndex(fields=["search"], name="article_search"),
        ]

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
            author=self.author,
            piece=self.piece,
            is_agency=self.outlet.is_agency,
            places=tuple(self.places),
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
    text = models.TextField(
        blank=True, help_text="the whole piece, where the source brings it: a mail, a push"
    )
    published = models.DateTimeField(null=True)
    utc_offset = models.SmallIntegerField(null=True)
    language = models.CharField(max_length=35, blank=True)
    first_seen = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=200, blank=True)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="entries")

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["source", "identity"], name="entry_once_per_source")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="new"), name="entries_to_read"),
            models.Index(fields=["first_seen"], name="entry_first_seen"),
        ]


class Backfill(models.Model):
    """How far a web archive has been read."""

    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    head = models.CharField(max_length=64, help_text="SHA-256 of its first megabyte")
    offset = models.BigIntegerField(
        default=0, help_text="the byte where the first record begins that is not stored"
    )
    articles = models.PositiveIntegerField(default=0)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "size", "head"], name="one_backfill_per_file")]
