"""Issues are Wagtail pages; the archive is their parent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.locks import WorkflowLock
from wagtail.models import AbstractGroupApprovalTask, Page, PagePermissionTester, Revision, TaskState
from wagtail_localize.fields import SynchronizedField

from griot.accounts.forms import OwnFieldsForm
from griot.accounts.guarding import NotNow
from griot.accounts.roles import names, publishers
from griot.digest.blocks import IssueBlocks
from griot.digest.live import OutByPublishing
from griot.digest.registry import Answering, author_of, why_not


@register_setting(icon="cog")
class Newsroom(BaseSiteSetting):
    """What every issue says of who makes it."""

    name = models.CharField(
        max_length=120, default="Griot", help_text="The digest's name, in its head and subject"
    )
    contact = models.EmailField(blank=True, help_text="Where readers write to: Comments/questions")

    sign = models.ForeignKey(
        "digest.Picture",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=(
            "A logo: before the name on pages and in mails, on paper and share cards, and on phones that have"
            " the app. Without one, the name’s first letter stands there."
        ),
    )

    needs_second_person = models.BooleanField(
        "a second person approves",
        default=True,
        help_text=(
            "An issue goes out only when somebody else than its last editor has approved it. Counts as soon"
            " as two people may."
        ),
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("sign"),
        FieldPanel("contact"),
        FieldPanel("needs_second_person"),
    ]
    base_form_class = OwnFieldsForm

    class Meta:
        verbose_name = "Newsroom"

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        self.site.site_name = self.name  # as the admin, and invitations to it, call the house
        self.site.save(update_fields=["site_name"])


class DigestIndexPage(OutByPublishing, Answering, Page):  # type: ignore[django-manager-missing]
    """The front of one language: the latest issue, the archive of all, and the feeds."""

    introduction = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types = ["digest.IssuePage"]
    parent_page_types = ["wagtailcore.Page"]
    is_creatable = False  # `prepare` makes one for each language

    class Meta:
        verbose_name = "archive"

    def issues(self) -> models.QuerySet[IssuePage]:
        return IssuePage.objects.child_of(self).live().public().order_by("-day")

    def why_not_by(self, user: Any) -> str:
        """Why somebody may not publish it, in words; "" where they may."""
        if user and user.is_superuser:
            return ""
        return (
            "The front page is changed by an administrator, or after a second person's approval: submit it."
        )

    def publish(self, revision: Any, user: Any = None, *args: Any, **options: Any) -> Any:
        """By whatever way of Wagtail's. Raises NotNow where its user may not, unless
        `skip_permission_checks`: who says that has asked before.
        """
        if not options.get("skip_permission_checks") and (reason := self.why_not_by(user)):
            raise NotNow(f"“{self.title}” was not published. {reason}")
        return super().publish(revision, user, *args, **options)


class IssuePermissions(PagePermissionTester):
    def can_unpublish(self) -> bool:
        """Whoever may publish it takes it off at once, also where a change is planned or it is locked."""
        may_publish = self.user.is_superuser or "publish" in self.permissions
        return bool(self.user.is_active and self.page.live and may_publish)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Who only changes pages, as translators do, deletes none."""
        makes = self.user.is_superuser or {"add", "publish"} & set(self.permissions)
        return bool(makes and super().can_delete(ignore_bulk))


GOES_FIRST = "The issue that it is an edition of is not out: that goes first."


class IssuePage(OutByPublishing, Answering, Page):  # type: ignore[django-manager-missing]
    """One dated digest in one language. Its translations are its editions."""

    day = models.DateField("date", default=timezone.localdate)
    language = models.CharField(max_length=12, editable=False, default="en", help_text="that of its locale")
    summary = models.CharField(
        max_length=300, blank=True, help_text="One sentence for the archive, feeds and inboxes"
    )
    body = StreamField(IssueBlocks(), blank=True)
    printed_head = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="the head of a past issue that came as text, by paragraphs",
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("day"), FieldPanel("summary")], heading="Issue"),
        FieldPanel("body"),
    ]
    parent_page_types = ["digest.DigestIndexPage"]
    subpage_types: list[str] = []
    preview_modes = [("web", "Web page"), ("mail", "E-mail"), ("text", "Plain text")]
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]

    class Meta:
        verbose_name = "issue"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "language"],
                name="one_issue_a_day_and_language",
                violation_error_message=(
                    "There is an issue of that date in that language already; edit that one."
                ),
            )
        ]

    def clean(self) -> None:
        super().clean()
        if self.locale_id:
            self.language = self.locale.language_code
        twin = IssuePage.objects.filter(day=self.day, language=self.language).exclude(pk=self.pk).first()
        if twin:
            raise ValidationError(
                {"day": f"“{twin.title}” is of that date and language already; edit that one."}
            )

    def save(self, *args: Any, **options: Any) -> None:
        if self.locale_id:
            self.language = self.locale.language_code
        super().save(*args, **options)

    def save_revision(self, *args: Any, **options: Any) -> Any:
        """What somebody was asked to approve, or what is planned or out, is not written over in its place."""
        if (old := options.get("overwrite_revision")) and _is_relied_on(old):
            options["overwrite_revision"] = None
        return super().save_revision(*args, **options)

    def publish(
        self,
        revision: Any,
        user: Any = None,
        changed: bool = True,
        log_action: Any = True,
        previous_revision: Any = None,
        skip_permission_checks: bool = False,
    ) -> Any:
        """By whatever way of Wagtail's. Raises NotNow where the issue may not go out, unless
        `skip_permission_checks`: who says that has asked before; but for an edition, which is out only while
        its original is.
        """
        with transaction.atomic():
            original = self.hold()
            at = revision.as_object().go_live_at
            reason = "" if skip_permission_checks else why_not(self, at)
            if original != self and not reason:
                reason = "" if original.is_out_at(at) else GOES_FIRST
            if reason:
                raise NotNow(f"“{self.title}” is a draft, and was not published. {reason}")
            return super().publish(
                revision, user, changed, log_action, previous_revision, skip_permission_checks
            )

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return IssuePermissions(user, self)

    @property
    def original(self) -> IssuePage:
        """The issue of which it is an edition, in the newsroom's language; itself where there is none."""
        if self.language == settings.LANGUAGE_CODE:
            return self
        known = IssuePage.objects.filter(translation_key=self.translation_key)
        return known.filter(language=settings.LANGUAGE_CODE).first() or self

    @property
    def is_edition(self) -> bool:
        return self.original != self

    def hold(self) -> IssuePage:
        """Its original, with the issue locked until the transaction ends: what is published, planned and
        taken off of one issue is so one after the other.
        """
        original: IssuePage = super(IssuePage, self.original).hold()
        if original != self:
            super().hold()
        return original

    def planned(self) -> Revision | None:
        """What of it is to be published at a time; asked anew, where `scheduled_revision` keeps an answer."""
        found: Revision | None = self.revisions.filter(approved_go_live_at__isnull=False).first()
        return found

    def is_out_at(self, moment: datetime | None) -> bool:
        """Whether it is out by a moment, or now."""
        if self.live or moment is None or moment <= timezone.now():
            return self.live
        planned = self.revisions.filter(approved_go_live_at__lte=moment)
        return bool(planned.exists())


def _is_relied_on(revision: Revision) -> bool:
    is_planned = Revision.objects.filter(pk=revision.pk, approved_go_live_at__isnull=False).exists()
    is_out = IssuePage.objects.filter(live_revision=revision.pk).exists()
    return is_planned or is_out or TaskState.objects.filter(revision=revision.pk).exists()


class ApprovalLock(WorkflowLock):
    """While an issue waits for approval, those who may approve it edit it alone; who else opens it reads who
    they are.
    """

    def get_message(self, user: Any) -> str:
        if not self.for_user(user):
            return ""
        asked = self.object.current_workflow_state
        back = " “Cancel workflow”, in the menu below, takes it back." if asked.requested_by == user else ""
        who = names(list(publishers()))
        return f"It waits for approval. Until then {who} may change it, and nobody else.{back}"


class SecondPersonTask(AbstractGroupApprovalTask):
    """Approval of an issue by somebody who is neither its last editor nor the one who asks."""

    lock_class = ApprovalLock

    class Meta:
        verbose_name = "approval by a second person"

    @classmethod
    def get_description(cls) -> str:
        return (
            "Members of the chosen groups can approve this, but not what they edited last or submitted"
            " themselves"
        )

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        actions = super().get_actions(obj, user)
        return [a for a in actions if a[0] != "approve"] if self._is_author(obj, user) else actions

    def on_action(self, task_state: Any, user: Any, action_name: str, **options: Any) -> Any:
        if action_name == "approve" and self._is_author(task_state.workflow_state.content_object, user):
            raise PermissionDenied("an issue is approved by another person than who edited or submitted it")
        with transaction.atomic():
            held = TaskState.objects.select_for_update(of=("self",)).get(pk=task_state.pk)
            if held.status != TaskState.STATUS_IN_PROGRESS:
                raise NotNow(
                    f"Nothing was done: it was {held.get_status_display().lower()} meanwhile. Look again."
                )
            return super().on_action(task_state, user, action_name, **options)

    def _is_author(self, obj: Any, user: Any) -> bool:
        asked = obj.current_workflow_state
        return user.pk in {asked.requested_by_id if asked else None, author_of(obj)}


class IssueFrame(models.Model):
    """What an issue of certain weekdays begins with."""

    name = models.CharField(max_length=80, unique=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(
            choices=list(
                enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), 1)
            )
        ),
        default=list,
        blank=True,
    )
    body = StreamField(IssueBlocks(required=False), blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("weekdays", widget=forms.CheckboxSelectMultiple),
        FieldPanel("body"),
    ]

    class Meta:
        ordering = ["name"]
        verbose_name = "issue template"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        taken = {d: f.name for f in IssueFrame.objects.exclude(pk=self.pk) for d in f.weekdays}
        for day in self.weekdays or []:
            if day in taken:
                raise ValidationError(
                    {"weekdays": f"“{taken[day]}” is the template of one of these days already."}
                )


class Correction(models.Model):
    """What was wrong in an issue, said after it had gone out. It stands on the web issue at once."""

    issue = models.ForeignKey(IssuePage, models.CASCADE, related_name="corrections")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(help_text="What was wrong, and what is right.")
    translated = models.JSONField(default=dict)  # by language, for readers of its editions
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at"]

    def said_in(self, language: str) -> str:
        """What the readers of an edition are told; the original's words where nobody has written theirs."""
        return str(self.translated.get(language) or self.text)
