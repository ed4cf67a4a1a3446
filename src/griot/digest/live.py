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

# Of a page that is out: where it stands, what its newest draft is, who holds it. Nothing of it is read.
_BESIDE = frozenset(
    "path depth numchild url_path latest_revision latest_revision_created_at draft_title"
    " has_unpublished_changes locked locked_at locked_by owner alias_of".split()
)
_TAKEN_OFF = frozenset(("live", "expired", "live_revision"))
_is_published: ContextVar[bool] = ContextVar("is_published", default=False)


@contextmanager
def _publication() -> Iterator[None]:
    """A page goes out with all that follows from it, or not at all."""
    token = _is_published.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        _is_published.reset(token)


def lead_through_publish() -> None:
    """Wagtail's page editor publishes a revision without asking its page: here it asks it, too."""
    execute = PublishRevisionAction.execute

    @wraps(execute)
    def ask_the_page(action: PublishRevisionAction, skip_permission_checks: bool = False) -> Any:
        if _is_published.get() or not isinstance(action.object, OutByPublishing):
            return execute(action, skip_permission_checks)
        action.check(skip_permission_checks)
        return action.object.publish(
            action.revision,
            user=action.user,
            changed=action.changed,
            log_action=action.log_action,
            previous_revision=action.previous_revision,
            skip_permission_checks=skip_permission_checks,
        )

    PublishRevisionAction.execute = ask_the_page  # type: ignore[method-assign]


class OutByPublishing(models.Model):
    """A page whose row is written as a whole by `publish` alone while it is out; nor does it come out by any
    other `save`. A draft is not affected: the instance keeps what it was given, for its revision. What
    Wagtail publishes comes through `publish`, too (`lead_through_publish`).
    """

    class Meta:
        abstract = True

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
        model: Any = type(self)
        page: Any = self
        row = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=self.pk)
        is_live, published = row.values_list("live", "last_published_at").first() or (False, None)
        if is_live:
            # A copy from before it went out says that it is a draft, and takes nothing off.
            is_taken_off = not page.live and page.last_published_at == published
            fields &= _BESIDE | (_TAKEN_OFF if is_taken_off else frozenset())
        elif page.live:
            fields -= {"live"}
        return fields if wanted is None else fields & set(wanted)
