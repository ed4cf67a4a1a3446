"""Troubles on the panel of administrators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_POST
from wagtail import hooks

from griot.accounts.guarding import OF_THE_VIEW, guard
from griot.accounts.panels import Panel
from griot.accounts.requests import number_in
from griot.accounts.roles import permissions
from griot.troubles.auditing import audit, is_urgent
from griot.troubles.models import Trouble

MOST_SHOWN = 20
MAY = "troubles.delete_trouble"
guard({"troubles": OF_THE_VIEW})


class Troubles(Panel):
    """What was set aside since somebody looked; nothing where there is nothing."""

    order = 5
    template_name = "troubles/panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        rows = Trouble.objects.all()
        more = rows.count() - MOST_SHOWN
        return {"rows": rows[:MOST_SHOWN], "more": more}


class Weaknesses(Panel):
    """What is weak in this newsroom: the urgent to be seen, the rest folded."""

    order = 6
    template_name = "troubles/weaknesses.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        found = audit()
        urgent = [message for message in found if is_urgent(message)]
        return {"urgent": urgent, "others": found[len(urgent) :]}


@hooks.register("construct_homepage_panels")
def panel(request: HttpRequest, panels: list[Panel]) -> None:
    if request.user.has_perm(MAY):
        panels.append(Troubles())
    if request.user.is_superuser:
        panels.append(Weaknesses())


@hooks.register("register_permissions")
def may_be_given() -> QuerySet[Permission]:
    return permissions([MAY])


@permission_required(MAY, raise_exception=True)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Somebody has seen a trouble: it goes, and comes again if it is one still."""
    Trouble.objects.filter(pk=number_in(request.POST.get("pk")) or 0).delete()
    return redirect("wagtailadmin_home")


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [path("troubles/", include(([path("seen/", seen, name="seen")], "troubles")))]
