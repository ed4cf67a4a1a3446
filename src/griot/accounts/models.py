"""What keeps strangers from trying for ever."""

from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """How often something was tried from somewhere; see `limiting`."""

    place = models.CharField(max_length=64, primary_key=True, help_text="keyed hash of what and from where")
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)
