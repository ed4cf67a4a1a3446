"""What the newsroom remembers of the world's press."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField, HnswIndex

from griot.press.core import types
from griot.press.core.beats.query import QueryError, parse_query
from griot.press.core.lines.lines import line_text


def check_query(query: str) -> None:
    """For models whose `query` is in the query language. Raises ValidationError, which shows the place."""
    try:
        parse_query(query)
    except QueryError as error:
        raise ValidationError({"query": str(error)}) from None


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
    weight = models.SmallIntegerField(
        default=0, help_text="Notable outlets come first in a line: higher is earlier."
    )
    is_agency = models.BooleanField(
        "news agency", default=False, help_text="Its text in other outlets is credited to it, not to them."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Where an outlet's pieces come from: a feed, a sitemap, a page of links, a mailbox, or a push."""

    class Kind(models.TextChoices):
        FEED = "feed", "feed"
        SITEMAP = "sitemap", "news sitemap"
        LISTING = "listing", "page of links"
        MAILBOX = "mailbox", "mailbox (IMAP)"
        PUSH = "push", "push endpoint"

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FEED)
    url = models.CharField(
        "address",
        max_length=1000,
        unique=True,
        help_text="https://… or imaps://user@host/FOLDER; push:NAME for a push.",
    )
    secret = models.CharField(
        max_length=200,
        blank=True,
        help_text="The mailbox's password or the push token. It is never shown again.",
    )
    is_active = models.BooleanField(default=True)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    hub = models.CharField(
        max_length=1000, blank=True, editable=False, help_text="the WebSub hub that the feed names"
    )
    hub_topic = models.CharField(max_length=1000, blank=True, editable=False)
    hub_secret = models.CharField(max_length=64, blank=True, editable=False)
    hub_until = models.DateTimeField(null=True, editable=False, help_text="when the hub's lease ends")
    learned = models.JSONField(
        default=dict, editable=False, help_text="what its visits taught: article addresses, last mail"
    )
    next_fetch = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    interval = models.DurationField(default=timedelta(hours=1), editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="in a row")
    added = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["outlet__name", "url"]
        indexes = [models.Index(fields=["hub_topic"], name="source_topic", condition=~Q(hub_topic=""))]

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


class Notice(models.Model):
    """Something that an editor should know of a source: said once when it breaks, once when it is mended."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="notices")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=400)
    is_over = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(is_over=False), name="one_open_notice_per_source"
            )
        ]


class Host(models.Model):
    """What politeness towards one host needs to know, for all workers."""

    name = models.CharField(max_length=260, primary_key=True)
    next_request = models.DateTimeField(default=timezone.now)
    robots = models.TextField(blank=True)
    robots_error = models.CharField(
        max_length=300, blank=True, help_text="why its robots.txt could not be had"
    )
    robots_until = models.DateTimeField(null=True)


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
        help_text="news, statement, feature, opinion, interview, review or data",
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
    search = SearchVectorField(null=True, help_text="what searching.py makes of its title, summary and text")
    story = models.ForeignKey("Story", models.SET_NULL, null=True, blank=True, related_name="articles")

    class Meta:
        ordering = ["-published", "url"]
        indexes = [
            models.Index(fields=["-published"], name="article_published"),
            models.Index(fields=["published"], condition=Q(in_window=True), name="article_in_window"),
            # Both hold the window alone, so that they stay small however much is remembered.
            HnswIndex(
                fields=["vector"],
                opclasses=["halfvec_cosine_ops"],
                condition=Q(in_window=True),
                name="article_vector",
                m=16,
                ef_construction=64,
            ),
            GinIndex(fields=["bands"], condition=Q(in_window=True), name="article_bands"),
            # What lies before the window is only searched: an article enters this index when it leaves the
            # window.
            HnswIndex(
                fields=["vector"],
                opclasses=["halfvec_cosine_ops"],
                condition=Q(in_window=False),
                name="article_past_vector",
                m=16,
                ef_construction=64,
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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_query(self.query)


class Discovery(models.Model):
    """A search for the sources of a site, by its home page: what was found is offered, not added."""

    url = models.URLField("home page", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    started = models.DateTimeField(default=timezone.now)
    finished = models.DateTimeField(null=True)
    name = models.CharField(max_length=120, blank=True, help_text="what the site calls itself")
    language = models.CharField(max_length=12, blank=True)
    offers = models.JSONField(
        default=list, help_text="[{kind, url, title, entries: [{title, url, published}]}]"
    )
    reason = models.CharField(max_length=300, blank=True, help_text="why nothing was found")


class Backfill(models.Model):
    """How far a web archive has been read."""

    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(
        default=0, help_text="the byte where the first record begins that is not stored"
    )
    articles = models.PositiveIntegerField(default=0)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "size"], name="one_backfill_per_file")]


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
            mention=self.mention,
        )

    @property
    def may_be_approved(self) -> bool:
        """Whether every claim is supported, or has been vouched for by a named person."""
        vouched = set(self.overrides.values_list("claim", flat=True))
        return all(claim.is_supported or claim.text in vouched for claim in self.as_value().claims)


class Override(models.Model):
    """A person vouches for a claim that no article supports."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="overrides")
    claim = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "claim"], name="one_override_per_claim")]
