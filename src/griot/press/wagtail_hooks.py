"""The press in the admin: outlets, sources, beats, our own organisation, the ledger."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSetGroup

from griot.accounts.first_steps import Step
from griot.accounts.forms import OwnFieldsForm
from griot.accounts.guarding import OF_THE_VIEW, GuardedItem, Rule, guard, has
from griot.accounts.viewsets import OwnFieldsViewSet
from griot.press import rooms
from griot.press.core.pages.urls import canonical_url
from griot.press.models import Beat, Organisation, Outlet, Source

# Nothing of it goes out but through an issue.
guard(dict.fromkeys(("outlets", "sources", "beats", "organisations"), OF_THE_VIEW))
guard(
    {
        "press": Rule(has("press.add_source"), factor=False),
        "press:ledger": Rule(has("press.view_source"), factor=False),
        "press:try_beat": Rule(has("press.view_source"), factor=False),
        "press:push_token": Rule(has("press.change_source"), factor=False),
    }
)


class SourceForm(OwnFieldsForm):
    """A source by hand: each kind has its own sort of address. A secret is written, never shown."""

    secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="A mailbox's password. Leave empty to keep it as it is.",
    )

    before: Source | None = None  # as it was, where it was there

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        kind, url = facts.get("kind"), str(facts.get("url", "")).strip()
        if kind == Source.Kind.MAILBOX and not url.startswith(("imaps://", "imap://")):
            self.add_error("url", "A mailbox's address looks like imaps://user@mail.example.org/INBOX")
        elif kind == Source.Kind.PUSH:
            name = url.removeprefix("push:")
            if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
                self.add_error("url", "A push has a short name of letters and figures, like push:partner")
            facts["url"] = f"push:{name}"
        elif kind and kind not in {Source.Kind.MAILBOX, Source.Kind.PUSH} and not canonical_url(url):
            self.add_error(
                "url", ValidationError("This is no web address; one looks like https://www.example.org/feed")
            )
        if facts.get("secret") and self.moved & {"kind", "url"}:
            self.add_error(
                "secret",
                "Somebody else has changed the address since you opened the page, so that your password might"
                " go to another server. Nothing was saved: open the page anew.",
            )
        self.before = before = Source.objects.filter(pk=self.instance.pk).first()
        if before and not facts.get("secret"):
            # What is kept is handed to the server and user that it was given for, and to nobody else.
            if before.kind == kind and _server_of(before.url) == _server_of(url):
                facts["secret"] = before.secret
            elif kind == Source.Kind.MAILBOX:
                self.add_error("secret", "This is another mailbox: its password is asked for anew.")
        return facts

    def save(self, commit: bool = True) -> Any:
        source = super().save(commit)
        facts = ("kind", "url", "secret", "is_active")
        changed = {name for name in facts if getattr(self.before, name, None) != getattr(source, name)}
        if commit and self.before and changed:
            source.begin_anew(is_elsewhere=bool(changed & {"kind", "url"}))
        return source


def _server_of(url: str) -> tuple[str, str]:
    """Scheme, and user with host and port."""
    try:
        return urlsplit(url)[:2]
    except ValueError:
        return url, ""


class OutletViewSet(OwnFieldsViewSet):
    model = Outlet
    icon = "globe"
    form_fields = ["name", "attribution", "country", "language", "home_page", "weight", "is_agency"]
    list_display = ["name", "attribution", "country", "language", "weight"]
    list_filter = ["language", "country"]
    search_fields = ["name"]


class SourceViewSet(OwnFieldsViewSet):
    model = Source
    icon = "rss"
    list_display = ["outlet", "kind", "url", "is_active", "failures", "next_fetch"]
    list_filter = ["kind", "is_active"]
    search_fields = ["url", "outlet__name"]
    form_fields = ["outlet", "kind", "url", "secret", "is_active"]
    form = SourceForm


class BeatViewSet(OwnFieldsViewSet):
    model = Beat
    icon = "search"
    form_fields = ["name", "query", "about", "threshold", "is_active"]
    list_display = ["name", "threshold", "is_active"]


class OrganisationViewSet(OwnFieldsViewSet):
    model = Organisation
    icon = "group"
    form_fields = ["name", "names", "spokespeople"]
    list_display = ["name"]
    menu_label = "Our organisation"


class PressGroup(ModelViewSetGroup):
    menu_label = "Press"
    menu_icon = "globe"
    menu_order = 200
    items = (
        OutletViewSet("outlets"),
        SourceViewSet("sources"),
        BeatViewSet("beats"),
        OrganisationViewSet("organisations"),
    )


@hooks.register("register_admin_viewset")
def viewsets() -> PressGroup:
    return PressGroup()


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    patterns = [
        path("ledger/", rooms.morning_ledger, name="ledger"),
        path("find/", rooms.find_sources, name="find_sources"),
        path("find/<int:pk>/", rooms.found, name="found"),
        path("try/", rooms.try_beat, name="try_beat"),
        path("opml/", rooms.bring_opml, name="bring_opml"),
        path("starter/", rooms.starter_pack, name="starter_pack"),
        path("token/<int:pk>/", rooms.push_token, name="push_token"),
    ]
    return [path("press/", include((patterns, "press")))]


@hooks.register("register_admin_menu_item")
def ledger_item() -> MenuItem:
    return GuardedItem("Ledger", reverse("press:ledger"), icon_name="list-ul", order=190)


@hooks.register("griot_first_steps")
def first_steps(user: Any) -> list[Step]:
    beat = Beat.objects.filter(is_active=True).first()
    return [
        Step(
            20,
            "Sources that the newsroom listens to",
            Source.objects.filter(is_active=True).exists(),
            "press.add_source",
            reverse("press:find_sources"),
            "By an outlet’s home page, a list that you have (OPML), or the starter pack.",
        ),
        Step(
            30,
            "The beat, tried on last night’s pieces",
            bool(beat and beat.tried),
            "press.change_beat",
            reverse("press:try_beat"),
            "See what its query finds and misses before you rely on it.",
        ),
    ]


@hooks.register("register_admin_menu_item")
def find_item() -> MenuItem:
    return GuardedItem("Add a source", reverse("press:find_sources"), icon_name="plus", order=195)
