"""What follows from publishing an issue: the archive can find it, and the press remembers what has
been told.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from griot.digest.models import IssuePage
from griot.digest.morning.telling import index_issue, issues_with, tell_the_press
from griot.digest.site.typesetting import forget_older
from griot.testimonies.models import Testimony
from griot.testimonies.signals import changed


@receiver(page_published, sender=IssuePage)
def remember_what_was_told(instance: IssuePage, **_: Any) -> None:
    """A story in a published issue is told; from now on only what is new makes it news again."""
    index_issue(instance)
    # Stories are the press's rows: who publishes waits for none of them while holding what others wait for.
    transaction.on_commit(tell_the_press, robust=True)


@receiver(page_unpublished, sender=IssuePage)
def forget_what_was_shown(instance: IssuePage, **_: Any) -> None:
    """What is taken off is taken off in all languages, also where it was to come out later."""
    index_issue(instance)
    if instance.is_edition:
        return
    for edition in instance.get_translations():  # held by who takes it off
        edition.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)
        if edition.live:
            edition.unpublish()


@receiver(changed, sender=Testimony)
def tell_as_it_may_be_told_now(pk: Any, **_: Any) -> None:
    """The archive's index keeps words, and what was set in type lies on the disk: both are made anew."""
    forget_older()
    for page in issues_with(pk):
        if page.live:
            index_issue(page)
