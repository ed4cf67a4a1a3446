"""What follows from publishing an issue: the press remembers what has been told."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published

from griot.digest.composing import press_line
from griot.digest.models import IssuePage
from griot.press.pipeline import mark_told


@receiver(page_published, sender=IssuePage)
def remember_what_was_told(instance: IssuePage, **_: Any) -> None:
    """A story in a published issue is told; from now on only what is new makes it news again."""
    told = {
        int(line["story"]): press_line(line).text
        for block in instance.body
        if block.block_type == "press_review"
        for line in block.value["lines"]
        if line["story"]
    }
    mark_told(told)
