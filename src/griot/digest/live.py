"""What readers read of a page changes by publishing it, and by nothing else.

Wagtail keeps what readers read in the page's own row, and drafts in revisions. Some ways of what is built on
it write that row beside publishing (a translation that is brought up to date does). Here the row itself takes
it from a publication alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import models, transaction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction

# Of a page that is out: where it stands, what its newest draft is, who holds it. Nothing of it is read.
_BESIDE = frozenset(
    "path depth numchild url_path latest_revision latest_revision_created_at draft_title"
    " has_unpublished_changes locked locked_at locked_by owner alias_of".split()
)
_is_published: ContextVar[bool] = ContextVar("is_published", default=False)


@contextmanager
def _publication() -> Iterator[None]:
    """A page goes out, or is taken off, with all that follows from it, or not at all."""
    token = _is_published.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        _is_published.reset(token)


def lead_through_the_page() -> None:
    """Wagtail acts on a revision, or on a page, without asking it: here it asks, whichever way it came."""
    publish, unpublish = PublishRevisionAction.execute, UnpublishAction.execute

    @wraps(publish)
    def publish_by_the_page(action: PublishRevisionAction, skip_permission_checks: bool = False) -> Any:
        if _is_published.get() or not isinstance(action.object, OutByPublishing):
            return publish(action, skip_permission_checks)
        action.check(skip_permission_checks)
        return action.object.publish(
            action.revision,
            user=action.user,
            changed=action.changed,
            log_action=action.log_action,
            previous_revision=action.previous_revision,
            skip_permission_checks=skip_permission_checks,
        )

    @wraps(unpublish)
    def unpublish_as_it_is(action: UnpublishAction, skip_permission_checks: bool = False) -> Any:
        page = getattr(action.object, "specific", action.object)
        if not isinstance(page, OutByPublishing):
            return unpublish(action, skip_permission_checks)
        action.object = page
        with _publication():
            page.hold()
            page.refresh_from_db()  # nobody's older copy comes back by it
            return unpublish(action, skip_permission_checks)

    PublishRevisionAction.execute = publish_by_the_page  # type: ignore[method-assign]
    UnpublishAction.execute = unpublish_as_it_is  # type: ignore[method-assign]


class OutByPublishing(models.Model):
    """A page whose row is written as a whole by what publishes it, or takes it off, alone while it is out;
    nor does it come out by any other `save`. A draft is not affected: the instance keeps what it was given,
    for its revision. What Wagtail publishes and takes off comes this way, too (`lead_through_the_page`).
    """

    class Meta:
        abstract = True

    def hold(self) -> Any:
        """Itself as it is once others are done with it, locked until the transaction ends; None where it is
        not stored.
        """
        rows: Any = type(self)._default_manager
        rows.select_for_update(of=("self",), no_key=True).filter(pk=self.pk).values_list("pk").first()
        return rows.filter(pk=self.pk).first()  # the lock's own query saw the page's other table as it was

    def publish(self, *args: Any, **options: Any) -> Any:
        with _publication():
            return super().publish(*args, **options)  # type: ignore[misc]

    def save(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if self.pk and not _is_published.get():
                options["update_fields"] = self._unread(options.get("update_fields"))
            super().save(*args, **options)

    def _unread(self, wanted: Any) -> set[str]:
        """Of the fields that are to be written, those that change nothing that readers read."""
        fields = {field.name for field in self._meta.concrete_fields if not field.primary_key}
        stored = OutByPublishing.hold(self)
        if stored and stored.live:
            fields &= _BESIDE
        elif self.live:  # type: ignore[attr-defined]
            fields -= {"live"}
        return fields if wanted is None else fields & set(wanted)
