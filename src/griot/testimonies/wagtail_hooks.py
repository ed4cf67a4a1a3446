"""Testimonies' rooms in the admin."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from griot.accounts.requests import SignedIn
from griot.testimonies.access import Role, messengers_of, roles_of, teams_of, with_second_factor
from griot.testimonies.intake import messengers, read_aloud
from griot.testimonies.intake.widgets import PROMPTS, QUESTIONS
from griot.testimonies.models import Campaign, ConsentText, Country, Guide, Messenger, Module, Referral
from griot.testimonies.review import cutting, rooms, steps
from griot.testimonies.showing import media


class CampaignViewSet(ModelViewSet):
    model = Campaign
    icon = "folder-open-inverse"
    form_fields = ["name", "slug", "about", "countries", "languages", "begins", "ends", "is_public"]
    list_display = ["name", "begins", "ends"]


class _WithFactor(ModelViewSet):
    """What decides who hears whom: each of its pages asks for a second factor."""

    roles: tuple[Role, ...] = ("administrator",)

    def construct_view(self, view_class: Any, **options: Any) -> Any:
        return with_second_factor(*self.roles)(super().construct_view(view_class, **options))


class CountryViewSet(_WithFactor):
    model = Country
    icon = "site"
    form_fields = ["campaign", "code", "coordinators", "focal_person"]
    list_display = ["campaign", "code", "focal_person"]
    menu_label = "Country teams"


class GuideViewSet(ModelViewSet):
    model = Guide
    icon = "list-ul"
    panels = [
        *map(FieldPanel, ["campaign", "kind", "language", "title"]),
        FieldPanel("prompts", widget=PROMPTS),
    ]
    list_display = ["title", "campaign", "kind", "language"]
    menu_label = "Interview guides"


class ConsentTextViewSet(ModelViewSet):
    model = ConsentText
    icon = "openquote"
    form_fields = ["campaign", "language", "version", "text"]
    list_display = ["campaign", "language", "version"]
    menu_label = "Consent texts"


class ModuleViewSet(ModelViewSet):
    model = Module
    icon = "doc-full"
    panels = [
        *map(FieldPanel, ["campaign", "slug", "language", "position", "title", "text"]),
        FieldPanel("questions", widget=QUESTIONS),
        *map(FieldPanel, ["is_required", "refresh_days"]),
    ]
    list_display = ["title", "campaign", "language", "position"]
    menu_label = "Training"


class ReferralViewSet(ModelViewSet):
    model = Referral
    icon = "help"
    form_fields = ["country", "subject", "language", "name", "contact", "url"]
    list_display = ["name", "country", "subject", "language"]
    list_filter = ["country", "subject"]
    menu_label = "People to turn to"


class MessengerForm(WagtailAdminModelForm):
    """A messenger stays within the teams of whoever changes them, before and after."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = forms.ModelChoiceField(teams_of(self.for_user))


class MessengerIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[Messenger]:
        return super().get_base_queryset().filter(pk__in=messengers_of(self.request.user).values("pk"))


class MessengerViewSet(_WithFactor):
    model = Messenger
    icon = "mobile-alt"
    roles = ("coordinator", "administrator")
    edit_handler = ObjectList([*map(FieldPanel, ["team", "name", "language"])], base_form_class=MessengerForm)
    list_display = ["name", "team", "state"]
    index_view_class = MessengerIndex

    def construct_view(self, view_class: Any, **options: Any) -> Any:
        view = super().construct_view(view_class, **options)

        @wraps(view)
        def of_mine(request: SignedIn, *args: Any, **kwargs: Any) -> Any:
            if (pk := kwargs.get("pk", args[0] if args else None)) is not None:
                get_object_or_404(messengers_of(request.user), pk=unquote(str(pk)))
            return view(request, *args, **kwargs)

        return of_mine


_viewsets = [
    CampaignViewSet("campaigns"),
    CountryViewSet("country_teams"),
    GuideViewSet("guides"),
    ConsentTextViewSet("consent_texts"),
    ModuleViewSet("training_modules"),
    ReferralViewSet("referrals"),
]
_messengers = MessengerViewSet("messengers")


@hooks.register("register_admin_viewset")
def viewsets() -> list[ModelViewSet]:
    return [*_viewsets, _messengers]


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    patterns = [
        path("", rooms.testimonies, name="list"),
        path("messengers/", messengers.messengers, name="messengers"),
        path("messengers/<int:pk>/", messengers.messenger, name="messenger"),
        path("read-aloud/", read_aloud.spoken, name="spoken"),
        path("read-aloud/<int:pk>/", read_aloud.spoken_file, name="spoken_file"),
        path("check-ins/", messengers.check_ins, name="check_ins"),
        path("renditions/<int:pk>/", media.room_rendition, name="rendition"),
        path("originals/<uuid:pk>/", media.original, name="original"),
        path("<uuid:pk>/", rooms.testimony, name="testimony"),
        path("<uuid:pk>/step/", steps.step, name="step"),
        path("<uuid:pk>/cutting/<uuid:file_pk>/", cutting.cutting, name="cutting"),
    ]
    return [path("testimonies/", include((patterns, "testimonies")))]


class _ForRoles(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(roles_of(request.user))


class _ForCoordinators(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("testimonies.coordinate")


class _ForAdministrators(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("testimonies.administer")


class _ForFocalPersons(MenuItem):
    def is_shown(self, request: SignedIn) -> bool:
        return request.user.listens_in.exists()


@hooks.register("register_admin_menu_item")
def menu() -> SubmenuMenuItem:
    items = [
        _ForRoles("Review", reverse("testimonies:list"), icon_name="group", order=1),
        _ForCoordinators("Messengers", reverse("testimonies:messengers"), icon_name="mobile-alt", order=2),
        _ForFocalPersons("Check-ins", reverse("testimonies:check_ins"), icon_name="comment", order=3),
        _ForAdministrators("Read aloud", reverse("testimonies:spoken"), icon_name="media", order=9),
        *(v.get_menu_item(order=10 + i) for i, v in enumerate(_viewsets)),
    ]
    return SubmenuMenuItem("Testimonies", Menu(items=items), icon_name="group", order=250)
