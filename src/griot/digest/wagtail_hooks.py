"""Our look in the admin, and the duty editor's first panel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component

from griot.digest.models import IssuePage
from griot.press.models import Article, Fetch, Notice, Source

NIGHT_HOURS = 36


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("griot/admin.css"))


class ThisMorning(Component):
    """Today's issue, and whether the press was heard."""

    template_name = "digest/this_morning.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        since = timezone.now() - timedelta(hours=NIGHT_HOURS)
        last = Fetch.objects.filter(at__gt=since).order_by("source_id", "-at").distinct("source_id")
        return {
            "issue": IssuePage.objects.filter(day=timezone.localdate()).order_by("language").first(),
            "may_send": parent_context["request"].user.has_perm("mailing.add_send"),
            "sources": Source.objects.filter(is_active=True).count(),
            "articles": Article.objects.filter(published__gt=since).count(),
            "notices": Notice.objects.filter(is_over=False)[:6],
            "failing": [f for f in last.select_related("source__outlet") if f.outcome == Fetch.Outcome.FAILED],
        }


@hooks.register("construct_homepage_panels")
def first_panel(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(ThisMorning())
