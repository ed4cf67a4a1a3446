"""Whether an issue may go out: edited, approved by a second person, without blocking findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Revision, TaskState, Workflow, WorkflowState, WorkflowTask

from griot.accounts.roles import CHIEF_EDITOR, accounts, names, publishers
from griot.digest.core.rendering.as_json import render_json
from griot.digest.models import GOES_FIRST, DigestIndexPage, IssuePage, SecondPersonTask
from griot.digest.registry import mails_of, tells_author, tells_why_not
from griot.digest.release.findings import Finding
from griot.digest.release.preflight import pictures_in, preflight
from griot.digest.site.composing import issue_of
from griot.digest.site.newsroom import newsroom


def first_workflow() -> None:
    """Issues are approved by a second person; whoever wants more steps adds them in Wagtail's settings."""
    if SecondPersonTask.objects.exists():
        return
    task = SecondPersonTask.objects.create(name="Approved by a second person")
    task.groups.set(Group.objects.filter(name=CHIEF_EDITOR))
    workflow = Workflow.objects.create(name="a second person for approval")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for index in DigestIndexPage.objects.all():
        workflow.workflow_pages.create(page=index)


def second_person_counts() -> bool:
    """Whether a second person must approve: the newsroom asks for it, and there are two who may."""
    if not newsroom().needs_second_person:
        return False
    return publishers().count() > 1


def said_in(revision: Revision) -> str:
    """What readers would read of a revision, on the site and by mail, where, and until when. Saving in the
    editor makes a new one even where nothing was changed.
    """
    page = revision.as_object()
    issues = [replace(issue_of(page, use), modified=None, published=None) for use in ("web", "mail")]
    facts = [page.title, page.summary, page.slug, str(page.expire_at)]
    return "\n".join([*facts, *map(render_json, issues)])


@tells_author
def author_of(page: IssuePage) -> int | None:
    """Who last changed what readers would read; None where that was the machine."""
    author, latest = None, None
    for revision in page.revisions.order_by("-created_at", "-pk").iterator(10):
        said = said_in(revision)
        if latest not in {None, said}:
            break
        author, latest = revision.user_id, said
    return author


def approval_of(page: IssuePage) -> WorkflowState | None:
    """The approval that the issue has as it stands now, where it has one."""
    states = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_APPROVED)
    found: WorkflowState | None = states.select_related("current_task_state").order_by("-pk").first()
    last = found.task_states.order_by("-pk").first() if found else None
    latest = page.get_latest_revision()
    if last is None or last.status != TaskState.STATUS_APPROVED:
        return None
    if last.revision_id != latest.pk and said_in(last.revision) != said_in(latest):
        return None
    return None if _pictures_changed(latest.as_object(), last.finished_at or last.started_at) else found


def _pictures_changed(draft: IssuePage, since: datetime) -> bool:
    """Whether a picture in it is no more what was approved: a page names its pictures, and holds none."""
    return any(picture.changed > since for block in draft.body for picture in pictures_in(block.value))


@tells_why_not
def why_not(page: IssuePage, at: datetime | None = None, found: list[Finding] | None = None) -> str:
    """Why the issue may not go out at a moment, in words; "" where it may. Without one, as it is planned, or
    now. `found` is what its pre-flight has just found for then.
    """
    if reason := why_not_approved(page, at, found):
        return reason
    if page.original == page and second_person_counts() and approval_of(page) is None:
        lacks = "It has not been approved by a second person as it stands now"
        if page.current_workflow_state:
            return f"{lacks}: it waits for that."
        return f"{lacks}: submit it, and let somebody else approve it."
    return ""


def why_not_approved(page: IssuePage, at: datetime | None = None, found: list[Finding] | None = None) -> str:
    """What keeps an issue in that no approval mends, in words; "" where nothing does."""
    if found is None:
        found = preflight(page.get_latest_revision_as_object(), at)
    if blocking := [finding for finding in found if finding.level == "must"]:
        more = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        return f"The pre-flight blocks it: {blocking[0].text}{more}"
    return why_not_before(page, at)


def why_not_before(page: IssuePage, at: datetime | None = None) -> str:
    """Why an edition waits for its original, in words; "" where it does not, and of an original."""
    original = page.original
    if original == page:
        return ""
    if not original.live and not original.planned():
        return GOES_FIRST
    is_out = original.live and not original.has_unpublished_changes
    of_it = "" if is_out else why_not(original, at)
    return of_it and f"The issue that it is an edition of may not go out. {of_it}"


def who_approves(page: IssuePage, user: Any) -> str:
    """Who changed an issue last, and who may approve it as it stands, in words to `user`; "" where nobody has
    to.
    """
    if page.is_edition or not second_person_counts() or approval_of(page):
        return ""
    author = accounts().filter(pk=author_of(page)).first()
    by = "Nobody has changed what it says" if author is None else f"{names([author])} edited it last"
    last = "You edited it last" if author == user else by
    asked = page.current_workflow_state
    asks = asked.requested_by_id if asked else user.pk
    others = list(publishers().exclude(pk__in=[author.pk if author else 0, asks or 0]))
    if user in others:
        return f"{last}. You may approve it."
    if not others and author and author != user and publishers().filter(pk=user.pk).exists():
        return f"{last}. Ask {names([author])} to submit it: then you may approve it."
    if not others:
        return f"{last}. Nobody else may approve it: an administrator makes somebody {CHIEF_EDITOR}."
    return f"{last}. {'' if asked else 'Submit it: '}{names(others)} may approve it."


def may_submit(page: IssuePage, user: Any) -> bool:
    """Whether an issue lacks an approval that nobody has been asked for yet, and this user may ask."""
    may = page.permissions_for_user(user)
    lacks = not page.is_edition and second_person_counts() and approval_of(page) is None
    return lacks and may.can_edit() and bool(may.can_submit_for_moderation())


def to_approve(page: IssuePage, user: Any) -> TaskState | None:
    """What of an issue this user may approve, where somebody waits for that."""
    task, asked = page.current_workflow_task, page.current_workflow_task_state
    acts = [act for act, *_ in task.get_actions(page, user)] if task else []
    return asked if "approve" in acts else None


def state_of(page: IssuePage) -> str:
    """Where an issue stands, in a word: draft, edited, in approval, approved, scheduled, out."""
    if page.live and not page.has_unpublished_changes:
        return "out"
    if page.approved_schedule:
        return "scheduled"
    if page.current_workflow_state:
        return "in approval"
    if approval_of(page):
        return "approved"
    return "edited" if page.revisions.exclude(user=None).exists() else "draft"


_WORKED_ON = {
    "in approval": "Somebody is asked to approve it.",
    "approved": "It is approved, and waits to be published.",
    "edited": "It is being worked on.",
}


def standing_of(page: IssuePage) -> tuple[str, str]:
    """Where an issue stands, in the word that an editor looks for (draft, scheduled, published, sent, taken
    off), and more of it as sentences.
    """
    if page.live:
        mails = mails_of(page)
        since = f"Published on {_when(page.first_published_at)}."
        changed = ""
        if page.has_unpublished_changes:
            is_approved = second_person_counts() and approval_of(page) is not None
            changed = f"It has changes that are {'approved, and ' if is_approved else ''}not out."
        return "sent" if mails else "published", " ".join(filter(None, (since, mails, changed)))
    if planned := page.planned():
        return "scheduled", f"It goes out on {_when(planned.approved_go_live_at)}."
    word, past = "draft", ""
    if page.first_published_at:
        word, past = "taken off", f"It was out since {_when(page.first_published_at)}. {mails_of(page)}"
    return word, f"{past} {_WORKED_ON.get(state_of(page), 'Nobody has worked on it yet.')}".strip()


def _when(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%A %-d %B, %H:%M}" if moment else "a day before this archive"
