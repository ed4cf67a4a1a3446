"""What a translator has said of a text."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Gloss(models.Model):
    """A headline, a lead or a sentence of the press in another language, as the translator put it."""

    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the translator, both languages and the text"
    )
    words = models.TextField()
    made = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "glosses"

    def __str__(self) -> str:
        return self.words
