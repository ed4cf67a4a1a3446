"""Pictures with their rights."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from wagtail.images.models import AbstractImage, AbstractRendition

from griot.testimonies.core.media.pictures import without_metadata


class Picture(AbstractImage):
    """A picture with its rights: nothing is shown without a credit and a description, or after
    its rights end.
    """

    credit = models.CharField(max_length=200, help_text="Agency/Name, as it is to be printed")
    description = models.CharField(
        "alternative text", max_length=255, help_text="What the picture shows, for those who can't see it"
    )
    licence = models.CharField(
        max_length=120, blank=True, help_text="CC BY 4.0, or what was agreed with the agency"
    )
    rights_until = models.DateField(
        "rights end after",
        null=True,
        blank=True,
        help_text="After this day it vanishes from the web, and from mails that were sent. Empty: no end.",
    )

    changed = models.DateTimeField(
        default=timezone.now, editable=False, help_text="when what readers see of it last was"
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "credit",
        "licence",
        "rights_until",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    def save(self, *args: Any, **options: Any) -> None:
        # Newly uploaded: nothing that it says of itself is kept.
        if self.file and not getattr(self.file, "_committed", True):
            self.file.open()
            content = without_metadata(self.file.read())
            # What nobody has shown yet is found by nobody who guesses what it is called.
            name = f"{secrets.token_urlsafe(12)}.{Path(str(self.file.name)).name}"
            self.file = ContentFile(content, name=name)
            self.file_size, self.file_hash = len(content), ""
            self.changed = timezone.now()
        elif not Picture.objects.filter(
            pk=self.pk, credit=self.credit, description=self.description, licence=self.licence
        ).exists():
            self.changed = timezone.now()
        super().save(*args, **options)

    @property
    def may_be_shown(self) -> bool:
        return self.rights_until is None or self.rights_until >= timezone.localdate()


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]
