"""What follows from publishing an issue: the archive can find it, and the press remembers what has been told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from griot.digest.composing import press_line
from griot.digest.models import IssuePage
from griot.digest.telling import index_issue
from griot.press.pipeline import mark_told


@receiver(page_published, sender=IssuePage)
def remember_what_was_told(instance: IssuePage, **_: Any) -> None:
    """A story in a published issue is told; from now on only what is new makes it news again."""
    index_issue(instance)
    told = {
        int(line["story"]): press_line(line).text
        for block in instance.body
        if block.block_type == "press_review"
        for line in block.value["lines"]
        if line["story"]
    }
    if instance.language == settings.LANGUAGE_CODE:
        mark_told(told)


@receiver(page_unpublished, sender=IssuePage)
def forget_what_was_shown(instance: IssuePage, **_: Any) -> None:
    index_issue(instance)
