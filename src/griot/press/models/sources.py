"""Outlets, their sources, and what visits to them were like."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac


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

    @property
    def credit(self) -> str:
        return self.attribution or self.name


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

    def begin_anew(self, is_elsewhere: bool) -> None:
        """Visit it at the next turn, however often it has failed; where it `is_elsewhere`, what is known of
        it is another place's, as are the pushes of that one's hub.
        """
        facts = {"next_fetch": timezone.now(), "failures": 0, "interval": timedelta(hours=1)}
        known = {"etag": "", "last_modified": "", "content_hash": "", "learned": {}}
        pushed = {"hub": "", "hub_topic": "", "hub_secret": "", "hub_until": None}
        Source.objects.filter(pk=self.pk).update(**facts, **(known | pushed if is_elsewhere else {}))

    @property
    def hub_word(self) -> str:
        """What a hub's answers are known by, in the address that it was given (WebSub §8)."""
        return salted_hmac("griot.press.hub", f"{self.pk} {self.hub_secret}", algorithm="sha256").hexdigest()[
            :32
        ]


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
