"""The press in the admin: outlets and sources."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from griot.press.models import Outlet, Source


class OutletViewSet(ModelViewSet):
    model = Outlet
    icon = "globe"
    form_fields = ["name", "attribution", "country", "language", "home_page", "weight"]
    list_display = ["name", "attribution", "country", "language", "weight"]
    list_filter = ["language", "country"]
    search_fields = ["name"]


class SourceViewSet(ModelViewSet):
    model = Source
    icon = "rss"
    form_fields = ["outlet", "url", "is_active"]
    list_display = ["outlet", "url", "is_active", "failures", "next_fetch"]
    list_filter = ["is_active"]
    search_fields = ["url", "outlet__name"]


class PressGroup(ModelViewSetGroup):
    menu_label = "Press"
    menu_icon = "globe"
    menu_order = 200
    items = (OutletViewSet("outlets"), SourceViewSet("sources"))


@hooks.register("register_admin_viewset")
def viewsets() -> PressGroup:
    return PressGroup()
