"""Issues are Wagtail pages; the archive is their parent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Page

from griot.digest.blocks import IssueBlocks
from griot.digest.words import LANGUAGES

ISSUES_PER_PAGE = 30


class Picture(AbstractImage):
    """A picture with its rights: nothing is shown without a credit and a description."""

    credit = models.CharField(max_length=200, help_text="Agency/Name, as it is to be printed")
    description = models.CharField(
        "alternative text", max_length=255, help_text="What the picture shows, for those who can't see it"
    )

    admin_form_fields = (
        "title", "file", "description", "credit", "collection", "tags",
        "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]


@register_setting(icon="cog")
class Newsroom(BaseSiteSetting):
    """What every issue says of who makes it."""

    name = models.CharField(max_length=120, default="Griot", help_text="The digest's name, in its head and subject")
    contact = models.EmailField(blank=True, help_text="Where readers write to: Comments/questions")

    panels = [FieldPanel("name"), FieldPanel("contact")]

    class Meta:
        verbose_name = "Newsroom"


class DigestIndexPage(RoutablePageMixin, Page):
    """The front: the latest issue, the archive of all, and the feed."""

    introduction = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types = ["digest.IssuePage"]
    max_count = 1

    class Meta:
        verbose_name = "archive"

    def issues(self) -> models.QuerySet[IssuePage]:
        return IssuePage.objects.child_of(self).live().public().order_by("-day", "language")

    @path("")
    def latest(self, request: HttpRequest) -> HttpResponse:
        """The newest issue itself; its own address stands in its canonical link."""
        issue = self.issues().first()
        return issue.serve(request) if issue else self.archive(request)

    @path("archive/", name="archive")
    def archive(self, request: HttpRequest) -> HttpResponse:
        from griot.digest.composing import archive_of
        from griot.digest.rendering.web import render_archive

        page = Paginator(self.issues(), ISSUES_PER_PAGE).get_page(request.GET.get("page"))
        return HttpResponse(render_archive(archive_of(self, page)))

    @path("feed/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        from griot.digest.composing import issue_of, newsroom, path_of
        from griot.digest.rendering.atom import render_feed

        issues = [(issue_of(page), page.last_published_at) for page in self.issues()[:ISSUES_PER_PAGE]]
        return HttpResponse(
            render_feed(issues, path_of(self), newsroom().name), content_type="application/atom+xml; charset=utf-8"
        )


class IssuePage(Page):
    """One dated digest in one language."""

    day = models.DateField("date", default=timezone.localdate)
    language = models.CharField(max_length=12, choices=LANGUAGES, default="en")
    summary = models.CharField(max_length=300, blank=True, help_text="One sentence for the archive, feeds and inboxes")
    body = StreamField(IssueBlocks(), blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("day"), FieldPanel("language"), FieldPanel("summary")], heading="Issue"),
        FieldPanel("body"),
    ]
    parent_page_types = ["digest.DigestIndexPage"]
    subpage_types: list[str] = []
    preview_modes = [("web", "Web page"), ("mail", "E-mail"), ("text", "Plain text")]

    class Meta:
        verbose_name = "issue"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "language"],
                name="one_issue_a_day_and_language",
                violation_error_message="There is an issue of that date in that language already; edit that one.",
            )
        ]

    def clean(self) -> None:
        super().clean()
        twin = IssuePage.objects.filter(day=self.day, language=self.language).exclude(pk=self.pk).first()
        if twin:
            raise ValidationError({"day": f"“{twin.title}” is of that date and language already; edit that one."})

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from griot.digest.composing import issue_of
        from griot.digest.rendering.web import render_issue

        return HttpResponse(render_issue(issue_of(self)))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from griot.digest.composing import issue_of
        from griot.digest.rendering import render

        format = {"web": "html", "mail": "email", "text": "text"}[mode_name]
        content_type = "text/plain" if format == "text" else "text/html"
        response = HttpResponse(render(issue_of(self), format), content_type=f"{content_type}; charset=utf-8")
        if mode_name == "mail":
            response["Content-Security-Policy"] = MAIL_POLICY
        return response


# A mail's own styles are inline, as mail clients want them; nothing else may run or load.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
