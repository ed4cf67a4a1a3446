"""How far something is that the newsroom makes: a rendition of a file, or what a machine writes."""

from django.db import models


class MakingState(models.TextChoices):
    WAITING = "waiting", "waiting"
    MAKING = "making", "being made"
    READY = "ready", "ready"
    FAILED = "failed", "failed"
