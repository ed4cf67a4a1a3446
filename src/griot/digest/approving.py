"""Whether an issue may go out: edited, approved by a second person, without blocking findings."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission, Workflow, WorkflowState, WorkflowTask

from griot.digest.composing import newsroom
from griot.digest.models import DigestIndexPage, IssuePage, SecondPersonTask
from griot.digest.preflight import blocks

APPROVERS = "Moderators"  # Wagtail's own group of those who may publish


def first_workflow() -> None:
    """Issues are approved by a second person; whoever wants more steps adds them in Wagtail's settings."""
    if SecondPersonTask.objects.exists():
        return
    task = SecondPersonTask.objects.create(name="Approved by a second person")
    task.groups.set(Group.objects.filter(name=APPROVERS))
    workflow = Workflow.objects.create(name="Issue: edited, then approved by a second person")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for index in DigestIndexPage.objects.all():
        workflow.workflow_pages.create(page=index)


def second_person_counts() -> bool:
    """Whether a second person must approve: the newsroom asks for it, and there are two who may."""
    if not newsroom().needs_second_person:
        return False
    groups = GroupPagePermission.objects.filter(permission__codename="publish_page").values("group")
    users = get_user_model().objects.filter(is_active=True)
    return users.filter(is_superuser=True).union(users.filter(groups__in=groups)).count() > 1


def approval_of(page: IssuePage) -> WorkflowState | None:
    """The approval that the issue's newest revision has, where it has one."""
    states = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_APPROVED)
    found: WorkflowState | None = states.select_related("current_task_state").order_by("-pk").first()
    last = found.task_states.order_by("-pk").first() if found else None
    return found if last and last.revision_id == page.latest_revision_id else None


def why_not(page: IssuePage) -> str:
    """Why the issue may not go out now, in words; "" where it may."""
    draft = page.get_latest_revision_as_object()
    found = blocks(draft)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        return f"The pre-flight blocks it: {found[0].text}{more}"
    if (
        draft.language == DigestIndexPage.objects.first().locale.language_code
        and second_person_counts()
        and approval_of(page) is None
    ):
        return (
            "It has not been approved by a second person as it stands now: submit it, and let somebody else approve it."
        )
    return ""


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
