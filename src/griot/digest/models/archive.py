"""What readers look for in the archive: themes, and the items of issues; and whether links answer."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from griot.digest.models.issues import IssuePage
from griot.press.models import check_query
from griot.testimonies.copies import Copy


class Theme(models.Model):
    """A subject that readers may look for in the archive: what its query finds is of it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True, help_text="in other languages, by code")
    query = models.TextField(help_text="In the query language of beats; docs/beats.md.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        name = self.names.get(language) if isinstance(self.names, dict) else None
        return name if isinstance(name, str) and name else self.name

    def clean(self) -> None:
        check_query(self.query)
        if not isinstance(self.names, dict) or not all(isinstance(name, str) for name in self.names.values()):
            raise ValidationError(
                {"names": 'By the language’s code, as in {"fr": "Secours", "ar": "إغاثة"}.'}
            )


class ToldItem(Copy):
    """One item of a published issue, as the archive is searched: a press line, a feature, a quote, …"""

    issue = models.ForeignKey(IssuePage, models.CASCADE, related_name="told")
    day = models.DateField()
    language = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    section = models.CharField(max_length=16, blank=True)
    anchor = models.CharField(max_length=20)
    title = models.CharField(max_length=250, blank=True)
    text = models.TextField()
    outlets = ArrayField(models.CharField(max_length=140), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    themes = ArrayField(models.CharField(max_length=50), default=list)
    story = models.BigIntegerField(null=True, db_index=True)
    search = SearchVectorField(null=True)

    class Meta:
        ordering = ["-day", "position"]
        indexes = [
            GinIndex(fields=["search"], name="told_search"),
            GinIndex(fields=["outlets", "countries", "themes"], name="told_facets"),
            models.Index(fields=["language", "-day"], name="told_day"),
        ]


class LinkCheck(models.Model):
    """What a reader finds at an address that an issue leads to."""

    class Found(models.TextChoices):
        PAGE = "page", "a page"
        WALL = "wall", "a wall"
        NOTHING = "nothing", "a page that says there is nothing"
        ERROR = "error", "no page"

    url = models.TextField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    found = models.CharField(max_length=8, choices=Found.choices, default=Found.PAGE)
    error = models.CharField(max_length=200, blank=True, help_text="what keeps readers from it, in words")
    language = models.CharField(max_length=12, blank=True, help_text="the page’s, where it can be told")
