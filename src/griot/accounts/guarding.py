"""Who may open which address of the admin: one table, asked before any view, and besides what the view asks.

What no row names is closed to all but administrators with a second factor: an address that a library brings
along is decided on before anybody uses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages as wagtail_messages
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem

from griot.accounts.factors import ask_for_second_factor, has_second_factor
from griot.accounts.requests import SignedIn
from griot.accounts.roles import accounts, names

WHY = "This changes what others rely on, or shows whom they trust us with: prove a second factor first."
BULK = "wagtail_bulk_action"
NAMED_BY = ("pk", "page_id", "page_to_move_id")


class NotNow(Exception):
    """What somebody may do, but not now; the message says why and what to do. In the admin it is shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who `may` come in, whether with a second `factor`, and to which `rows`, where an address names one:
    their own of a table that several teams share.
    """

    may: Callable[[Any], bool] = lambda user: True
    factor: bool = True
    rows: Callable[[Any], QuerySet[Any]] | None = None


OF_THE_VIEW = Rule(factor=False)  # what the view itself asks is enough
HOUSE = Rule(lambda user: bool(user.is_superuser))
NOBODY = Rule(lambda user: False)
# By a view's name, or by the namespace that it is in; the longest name counts.
RULES: dict[str, Rule] = {
    # One's own account, and what every page of the admin is made with.
    **dict.fromkeys(
        (
            "account_inactive",
            "account_login",
            "account_logout",
            "account_reauthenticate",
            "account_reset_password",
            "account_signup",
            "organisation_login",
            "openid_connect_callback",
            "openid_connect_login",
            "socialaccount_connections",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",
            "mfa_activate_totp",  # `SecondFactor` asks who has one
            "mfa_add_webauthn",
            "mfa_authenticate",
            "mfa_deactivate_totp",
            "mfa_download_recovery_codes",
            "mfa_edit_webauthn",
            "mfa_generate_recovery_codes",
            "mfa_index",
            "mfa_list_webauthn",
            "mfa_login_webauthn",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn",
            "mfa_view_recovery_codes",
            "second_factors",  # both ask for an administrator, `forget_factors` for a factor
            "forget_factors",
            "team",
            "wagtailadmin_account",
            "wagtailadmin_block_preview",
            "wagtailadmin_dismissibles",
            "wagtailadmin_editing_sessions",
            "wagtailadmin_home",
            "wagtailadmin_javascript_catalog",
            "wagtailadmin_login",
            "wagtailadmin_logout",
            "wagtailadmin_password_reset",
            "wagtailadmin_password_reset_complete",
            "wagtailadmin_password_reset_confirm",
            "wagtailadmin_password_reset_done",
            "wagtailadmin_sprite",
            "wagtailadmin_tag_autocomplete",
            "wagtailadmin_tag_model_autocomplete",
            "admin/^.*/$",  # no such page
        ),
        OF_THE_VIEW,
    ),
    # Pages and pictures: Wagtail's permissions, and a second person approves what goes out.
    **dict.fromkeys(
        (
            f"{BULK}:digest.picture",
            "wagtail_localize:download_pofile",
            "wagtail_localize:edit_override",
            "wagtail_localize:edit_string_translation",
            "wagtail_localize:javascript_catalog",
            "wagtail_localize:machine_translate",
            "wagtail_localize:preview_translation",
            "wagtail_localize:stop_translation",
            "wagtail_localize:submit_page_translation",
            "wagtail_localize:translations_report",
            "wagtail_localize:translations_report_results",
            "wagtail_localize:update_translations",
            "wagtailadmin_api",
            "wagtailadmin_choose_page",
            "wagtailadmin_choose_page_anchor_link",
            "wagtailadmin_choose_page_child",
            "wagtailadmin_choose_page_chosen_multiple",
            "wagtailadmin_choose_page_email_link",
            "wagtailadmin_choose_page_external_link",
            "wagtailadmin_choose_page_phone_link",
            "wagtailadmin_choose_page_search",
            "wagtailadmin_explore",
            "wagtailadmin_explore_results",
            "wagtailadmin_explore_root",
            "wagtailadmin_pages",
            "wagtailadmin_reports",  # of pages that one may edit
            "wagtailembeds",
            "wagtailimages",
            "wagtailimages_chooser",
        ),
        OF_THE_VIEW,
    ),
    # Rights, and what holds for the whole house. The log tells of everything that anybody has changed.
    **dict.fromkeys(
        (
            "wagtailadmin_api:documents",  # what nothing of the admin uses
            "wagtailadmin_api:images",
            "wagtailadmin_api:pages:action",
            "invite",
            "invite_again",
            BULK,  # of accounts, of pages, and of whatever comes
            "wagtailadmin_reports:site_history",
            "wagtailadmin_reports:site_history_results",
            "wagtailadmin_collections",
            "wagtailadmin_workflows",
            "wagtaillocales",
            "wagtailsettings",
            "wagtailsites",
            "wagtailsnippets",
            "wagtailusers_groups",
            "wagtailusers_users",
            "wagtail_localize:submit_snippet_translation",
            "wagtail_localize:snippets_api_detail",
            "wagtail_localize:snippets_api_listing",
            "wagtailadmin_error_test",
            "admin/test404/",
        ),
        HOUSE,
    ),
}


# Files that would be public as soon as somebody has uploaded them: an issue has pictures, and no documents.
RULES |= dict.fromkeys((f"{BULK}:wagtaildocs.document", "wagtaildocs", "wagtaildocs_chooser"), NOBODY)
# It writes what is public without publishing, and asks only who may edit. Our editions are translations.
RULES["wagtail_localize:convert_to_alias"] = NOBODY
# It fails at what is no PO file, and leaves it on the disk.
RULES["wagtail_localize:upload_pofile"] = NOBODY


def guard(rules: Mapping[str, Rule]) -> None:
    """An app's own rows, where it is loaded."""
    RULES.update(rules)


def key_of(match: ResolverMatch) -> str | None:
    """Under which name the table has an address; None where it has none."""
    parts = [*match.namespaces, *([match.url_name] if match.url_name else [])]
    names = [":".join(parts[:length]) for length in range(len(parts), 0, -1)] or [match.route]
    if match.url_name == BULK:
        names.insert(0, "{}:{app_label}.{model_name}".format(BULK, **match.kwargs))
    return next((name for name in names if name in RULES), None)


def rule_of(match: ResolverMatch) -> Rule:
    return RULES.get(key_of(match) or "", HOUSE)


def has(permission: str) -> Callable[[Any], bool]:
    return lambda user: bool(user.has_perm(permission))


def opens(user: Any, path: str) -> bool:
    """Whether the table lets somebody in, with a second factor: what is offered leads somewhere."""
    return rule_of(resolve(path)).may(user)


class GuardedItem(MenuItem):
    """In a menu for those whom its address lets in."""

    def is_shown(self, request: HttpRequest) -> bool:
        return opens(request.user, self.url)


MOST_ASKED = 60  # accounts that are tried for whom to ask


def whom_to_ask(rule: Rule, user: Any) -> str:
    """Who may open what this user may not, in words: those with a role for it, else the administrators."""
    people = accounts()
    if not rule.may(user):
        others = people.filter(is_superuser=False).exclude(pk=user.pk)
        if found := [other for other in others[:MOST_ASKED] if rule.may(other)]:
            return f"You may not open this. Ask {names(found)}, who may."
    found = list(people.filter(is_superuser=True)[:MOST_ASKED])
    return f"Your roles do not cover this. Ask an administrator{f': {names(found)}' if found else ''}."


def _name_whom_to_ask(request: HttpRequest, response: HttpResponse) -> None:
    """Wagtail's words for who may not do something name nobody."""
    if response.get("Location") != reverse("wagtailadmin_home") or request.resolver_match is None:
        return
    for said in list(messages.get_messages(request)):
        is_refusal = _("Sorry, you do not have permission to access this area.") in str(said.message)
        if is_refusal:
            words = whom_to_ask(rule_of(request.resolver_match), request.user)
            button = wagtail_messages.button(reverse("team"), "Who does what")
            wagtail_messages.error(request, words, buttons=[button])
        else:
            messages.add_message(request, said.level, said.message, said.extra_tags)


class Guard:
    """Asks the table, of whoever has signed in; who has not is sent there by the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/") and request.user.is_authenticated:
            _name_whom_to_ask(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("admin/") or not request.user.is_authenticated:
            return None
        rule = rule_of(match)
        if not rule.may(request.user):
            return cast(HttpResponse, permission_denied(request))
        if rule.factor and not has_second_factor(request.user):
            return ask_for_second_factor(cast(SignedIn, request), WHY)
        pk = next((kwargs[name] for name in NAMED_BY if name in kwargs), None)
        if rule.rows and pk and not rule.rows(request.user).filter(pk=unquote(str(pk))).exists():
            raise Http404
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What others rely on is not deleted, what may not be done now is not done, and both say so."""
        if isinstance(exception, NotNow):
            messages.error(request, str(exception))
            return redirect(request.get_full_path())
        if isinstance(exception, ProtectedError):
            held = exception.protected_objects
        elif isinstance(exception, RestrictedError):
            held = exception.restricted_objects
        else:
            return None
        by = Counter(str(row._meta.verbose_name_plural) for row in held)
        counted = ", ".join(f"{count} {name}" for name, count in by.most_common())
        messages.error(request, f"It is not deleted: others rely on it ({counted}).")
        return redirect(request.path)
