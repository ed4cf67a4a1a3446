"""Testimonies' rooms in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from griot.accounts.forms import OwnFieldsForm
from griot.accounts.guarding import GuardedItem, guard
from griot.accounts.panels import Panel
from griot.accounts.viewsets import OwnFieldsViewSet
from griot.testimonies.access import ADDRESSES, countries_of, note, roles_of, teams_of
from griot.testimonies.intake import messengers, read_aloud
from griot.testimonies.intake.widgets import PROMPTS, QUESTIONS
from griot.testimonies.models import Campaign, ConsentText, Country, Guide, Messenger, Module, Referral
from griot.testimonies.review import cutting, rooms, steps
from griot.testimonies.review.waiting import waiting
from griot.testimonies.showing import media

guard(ADDRESSES)


class CampaignViewSet(OwnFieldsViewSet):
    model = Campaign
    icon = "folder-open-inverse"
    form_fields = ["name", "slug", "about", "countries", "languages", "begins", "ends", "is_public"]
    list_display = ["name", "begins", "ends"]


class CountryForm(OwnFieldsForm):
    """Who listens to messengers is named by somebody else, and whoever listened before is told."""

    def clean_focal_person(self) -> Any:
        wanted, now = self.cleaned_data["focal_person"], Country.objects.filter(pk=self.instance.pk).first()
        self.before = now.focal_person if now else None
        if wanted == self.for_user != self.before and not self.for_user.is_superuser:
            raise forms.ValidationError("Another administrator has to name you.")
        return wanted

    def save(self, commit: bool = True) -> Any:
        team, before = super().save(commit), self.before
        if team.focal_person != before:
            note(self.for_user, None, "focal person", f"{team}: {before or 'nobody'} → {team.focal_person}")
            if before:
                told = (
                    f"{team}: you are no longer its focal person",
                    f"{self.for_user} has named {team.focal_person or 'nobody'} instead, who reads the"
                    " check-ins of its messengers, also those that were sent to you. If that is not as it"
                    " should be, tell an administrator.",
                )
                transaction.on_commit(lambda: before.email_user(*told, fail_silently=True))
        return team


class CountryViewSet(OwnFieldsViewSet):
    model = Country
    icon = "site"
    form_fields = ["campaign", "code", "coordinators", "focal_person"]
    form = CountryForm
    list_display = ["campaign", "code", "focal_person"]
    menu_label = "Country teams"


class GuideViewSet(OwnFieldsViewSet):
    model = Guide
    icon = "list-ul"
    panels = [
        *map(FieldPanel, ["campaign", "kind", "language", "title"]),
        FieldPanel("prompts", widget=PROMPTS),
    ]
    list_display = ["title", "campaign", "kind", "language"]
    menu_label = "Interview guides"


class ConsentTextViewSet(OwnFieldsViewSet):
    model = ConsentText
    icon = "openquote"
    form_fields = ["campaign", "language", "version", "text"]
    list_display = ["campaign", "language", "version"]
    menu_label = "Consent texts"


class ModuleViewSet(OwnFieldsViewSet):
    model = Module
    icon = "doc-full"
    panels = [
        *map(FieldPanel, ["campaign", "slug", "language", "position", "title", "text"]),
        FieldPanel("questions", widget=QUESTIONS),
        *map(FieldPanel, ["is_required", "refresh_days"]),
    ]
    list_display = ["title", "campaign", "language", "position"]
    menu_label = "Training"


class OwnIndex(IndexView):
    """Of a table that teams share, each sees its own rows."""

    def get_base_queryset(self) -> QuerySet[Any]:
        mine = ADDRESSES[str(self.index_url_name).partition(":")[0]].rows
        rows = super().get_base_queryset()
        return rows.filter(pk__in=mine(self.request.user).values("pk")) if mine else rows


class ReferralForm(OwnFieldsForm):
    """Whom to turn to stays within the countries of whoever changes it, before and after."""

    def clean_country(self) -> str:
        country, codes = str(self.cleaned_data["country"]), countries_of(self.for_user)
        if codes is not None and country not in codes:
            raise forms.ValidationError(f"Of a country that you coordinate: {', '.join(sorted(codes))}.")
        return country


class ReferralViewSet(OwnFieldsViewSet):
    model = Referral
    icon = "help"
    form_fields = ["country", "subject", "language", "name", "contact", "url"]
    form = ReferralForm
    list_display = ["name", "country", "subject", "language"]
    list_filter = ["country", "subject"]
    menu_label = "People to turn to"
    index_view_class = OwnIndex


class MessengerForm(OwnFieldsForm):
    """A messenger stays within the teams of whoever changes them, before and after."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = forms.ModelChoiceField(teams_of(self.for_user))

    def clean_team(self) -> Country:
        """Nobody takes a messenger to where they read what was said to somebody else."""
        team, user = self.cleaned_data["team"], self.for_user
        before = Country.objects.filter(messengers__pk=self.instance.pk).first()
        is_listener = before is not None and before.focal_person == user
        if before and team.focal_person == user and not is_listener and not user.is_superuser:
            raise forms.ValidationError("Somebody else has to do that: you would read their check-ins.")
        return team


class MessengerViewSet(OwnFieldsViewSet):
    model = Messenger
    icon = "mobile-alt"
    form_fields = ["team", "name", "language"]
    form = MessengerForm
    list_display = ["name", "team", "state"]
    index_view_class = OwnIndex


_viewsets: list[ModelViewSet] = [
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


class Waiting(Panel):
    """The testimonies that wait for somebody, as their roles have it."""

    order = 24
    template_name = "testimonies/waiting.html"

    def __init__(self, user: Any) -> None:
        self.rows = waiting(user)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"rows": self.rows}


@hooks.register("construct_homepage_panels")
def panel(request: HttpRequest, panels: list[Panel]) -> None:
    if roles_of(request.user) and (found := Waiting(request.user)).rows:
        panels.append(found)


class _ForRoles(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(roles_of(request.user))


@hooks.register("register_admin_menu_item")
def menu() -> SubmenuMenuItem:
    items = [
        _ForRoles("Review", reverse("testimonies:list"), icon_name="group", order=1),
        GuardedItem("Messengers", reverse("testimonies:messengers"), icon_name="mobile-alt", order=2),
        GuardedItem("Check-ins", reverse("testimonies:check_ins"), icon_name="comment", order=3),
        GuardedItem("Read aloud", reverse("testimonies:spoken"), icon_name="media", order=9),
        *(v.get_menu_item(order=10 + i) for i, v in enumerate(_viewsets)),
    ]
    return SubmenuMenuItem("Testimonies", Menu(items=items), icon_name="group", order=250)
