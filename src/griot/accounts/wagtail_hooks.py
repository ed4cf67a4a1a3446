from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import DismissibleMenuItem, MenuItem
from wagtail.log_actions import LogFormatter

from griot.accounts.first_steps import Step, first_steps
from griot.accounts.guarding import HOUSE
from griot.accounts.panels import Panel
from griot.accounts.roles import ROLES, permissions, publishers


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_account_menu_item")
def factors_item(request: HttpRequest) -> dict[str, str]:
    return {
        "url": reverse("mfa_index"),
        "label": "Second factor",
        "help_text": "An authenticator app, a passkey, recovery codes.",
    }


@hooks.register("register_settings_menu_item")
def second_factors_item() -> MenuItem:
    return AdministratorsItem("Second factors", reverse("second_factors"), icon_name="key", order=700)


@hooks.register("register_settings_menu_item")
def team_item() -> MenuItem:
    return MenuItem("Who does what", reverse("team"), icon_name="group", order=690)


@hooks.register("construct_reports_menu")
def only_what_opens(request: HttpRequest, items: list[MenuItem]) -> None:
    if not HOUSE.may(request.user):
        items[:] = [item for item in items if item.name != "site-history"]


@hooks.register("construct_help_menu")
def without_the_makers(request: HttpRequest, items: list[MenuItem]) -> None:
    """What is new in Wagtail is no news to a press office."""
    items[:] = [item for item in items if not isinstance(item, DismissibleMenuItem)]


@hooks.register("register_permissions")
def rights_of_roles() -> QuerySet[Permission]:
    """What a group's form offers besides what tables of the admin bring along."""
    return permissions(right for role in ROLES for right in role.rights)


@hooks.register("griot_first_steps")
def not_alone(user: Any) -> list[Step]:
    return [
        Step(
            50,
            "A second person who may approve",
            publishers().exclude(last_login=None).count() > 1,
            "auth.add_user",
            reverse("invite"),
            "An issue is approved by somebody else than who edited it: a chief editor, who has signed in.",
        )
    ]


class FirstSteps(Panel):
    """What a new newsroom has still to do, for those who can; folded once its first issue is out."""

    order = 10
    template_name = "accounts/first_steps.html"

    def __init__(self, user: Any) -> None:
        self.steps = first_steps(user)

    @property
    def is_needed(self) -> bool:
        return any(not step.is_done for step in self.steps)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        done = sum(step.is_done for step in self.steps)
        has_begun = self.steps[-1].is_done
        return {"steps": self.steps, "done": done, "has_begun": has_begun}


@hooks.register("construct_homepage_panels")
def what_to_do_first(request: HttpRequest, panels: list[Panel]) -> None:
    if (steps := FirstSteps(request.user)).is_needed:
        panels.append(steps)


@hooks.register("register_log_actions")
def forgetting(actions: Any) -> None:
    @actions.register_action("griot.forget_factors")
    class ForgetFactors(LogFormatter):
        label = "Take second factors away"

        def format_message(self, entry: Any) -> str:
            return "Second factors taken away"


@hooks.register("insert_global_admin_css")
def accounts_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("griot/accounts.css"))
