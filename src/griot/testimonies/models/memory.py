"""What is remembered of testimonies beside themselves. Neither table can be changed from the application:
the database refuses.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import ModelLogEntry


class Access(models.Model):
    """Somebody looked at a testimony, or did something to it. Kept when the testimony is gone."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    testimony = models.UUIDField(null=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    who = models.CharField(max_length=160, help_text="as they were called then")
    what = models.CharField(max_length=40, help_text="page, original, rendition, edit, withdraw …")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]


class Departure(models.Model):
    """A testimony left the house: in a mail, a download, to a partner. Known so that people can be told when
    it is withdrawn.
    """

    at = models.DateTimeField(default=timezone.now)
    testimony = models.UUIDField(db_index=True)
    how = models.CharField(max_length=12, help_text="mail, download, partner, screening, export")
    to = models.CharField(max_length=200, help_text="an audience and its issue, a person, an organisation")
    count = models.PositiveIntegerField(default=1, help_text="how many received it")

    class Meta:
        ordering = ["-pk"]


@receiver(pre_save, sender=ModelLogEntry)
def without_names(sender: type, instance: ModelLogEntry, **rest: Any) -> None:
    """Wagtail's log says which of our rows somebody changed by its number: a label would be a messenger's
    name, for all who read the log, and for as long as it is kept.
    """
    kind = instance.content_type
    if kind and kind.app_label == "testimonies":
        instance.label = f"{kind.name} {instance.object_id}"
