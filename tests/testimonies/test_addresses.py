"""Each address of the admin: who gets in, to what is theirs and what is others', with a second factor and
without. An address that stands nowhere here fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from wagtail.models import Collection, Locale, Workflow

from griot.accounts.guarding import BULK, OF_THE_VIEW, RULES, key_of
from griot.digest.models import IssueFrame, Theme
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.press.models import Beat, Organisation, Outlet, Source
from griot.testimonies.access import ADDRESSES
from griot.testimonies.models import ConsentText, Country, Guide, Messenger, Module, Referral
from tests.signing_in import with_second_factor
from tests.testimonies.people import group_of, make_campaign, make_messenger

pytestmark = pytest.mark.django_db

PEOPLE = (
    *("nobody", "coordinator", "other coordinator", "protection", "editor", "approver", "administrator"),
    *("press", "root"),  # all permissions of the press, the digest and the mailing; all there are
)
NONE = "---------"
SHARED = {"referrals", "messengers", "testimonies:messenger"}  # by teams: each has rows of its own
# Who gets in with a second factor, in the order of PEOPLE; without one nobody does. The longest name counts.
WITH_FACTOR = {
    # row         nco peaprt
    "campaigns": "------.-.",
    "campaigns:delete": "--------.",
    "country_teams": "------.-.",
    "country_teams:delete": NONE,  # it has messengers
    "guides": "------.-.",
    "guides:delete": "--------.",
    "consent_texts": "------.-.",
    "consent_texts:delete": NONE,  # somebody may have agreed to it
    "training_modules": "------.-.",
    "training_modules:delete": "--------.",
    "referrals": "-..---.-.",  # the list, and a new one
    "referrals own": "-.----.-.",
    "referrals other": "--.---.-.",
    "referrals:delete": "--------.",
    "messengers": "-..---.-.",
    "messengers own": "-.----.-.",
    "messengers other": "--.---.-.",
    "messengers:delete": "--------.",
    "testimonies:messengers": "-..-----.",
    "testimonies:messenger": NONE,
    "testimonies:messenger own": "-.------.",
    "testimonies:messenger other": "--.-----.",
    "testimonies:spoken": "------.-.",
    "testimonies:spoken_file": "------.-.",
    "testimonies:check_ins": "---.-----",  # the focal person
    "audiences": "-------..",
    "mailing": "-------..",
    "subscribers": "-------..",
    "subscriptions": "-------..",
    BULK: "--------.",
    f"{BULK}:wagtaildocs.document": NONE,
    "wagtaildocs": NONE,
    "wagtaildocs_chooser": NONE,
    "wagtailadmin_api:documents": "--------.",
    "wagtailadmin_api:images": "--------.",
    "wagtailadmin_api:pages:action": "--------.",
    "wagtailadmin_collections": "--------.",
    "wagtailadmin_error_test": "--------.",
    "wagtailadmin_reports:site_history": "--------.",
    "wagtailadmin_reports:site_history_results": "--------.",
    "wagtailadmin_workflows": "--------.",
    "invite": "--------.",
    "invite_again": "--------.",
    "wagtaillocales": "--------.",
    "wagtailsettings": "--------.",
    "wagtailsites": "--------.",
    "wagtailsnippets": NONE,  # there are none
    "wagtailusers_groups": "--------.",
    "wagtailusers_users": "--------.",
    "wagtail_localize:submit_snippet_translation": "--------.",
    "wagtail_localize:snippets_api_detail": "--------.",
    "wagtail_localize:snippets_api_listing": "--------.",
    "wagtail_localize:convert_to_alias": NONE,
    "wagtail_localize:upload_pofile": NONE,
}
# Likewise, and nobody is asked for a factor.
WITHOUT_FACTOR = {
    "beats": "-------..",
    "desk": "-------..",
    "digest": "-------..",
    "issue_frames": "-------..",
    "organisations": "-------..",
    "outlets": "-------..",
    "press": "-------..",
    "press:ledger": "-------..",
    "press:push_token": "-------..",
    "press:try_beat": "-------..",
    "sources": "-------..",
    "themes": "-------..",
    "troubles": "-------..",
}
# Where each view asks by itself: test_access.py has testimonies', Wagtail's own tests have its.
BY_THE_VIEW = {
    "testimonies",
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
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_explore_root",
    "wagtailadmin_pages",
    "wagtailadmin_reports",
    "wagtailembeds",
    "wagtailimages",
    "wagtailimages_chooser",
    f"{BULK}:digest.picture",
    "admin/^.*/$",
}
# Likewise, after a second factor.
TAKE_AWAY = {
    f"wagtailadmin_pages:{act}"
    for act in ("delete", "move", "move_confirm", "revisions_unschedule", "set_privacy", "unpublish")
}
# One's own account, and parts of pages.
OWN = (
    "account_",
    "mfa_",
    "openid_",
    "organisation_login",
    "socialaccount_",
    "second_factors",
    "forget_factors",
    "team",
    "wagtailadmin_account",
    "wagtailadmin_block_preview",
    "wagtailadmin_choose_page",
    "wagtailadmin_dismissibles",
    "wagtailadmin_editing_sessions",
    "wagtailadmin_home",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailadmin_sprite",
    "wagtailadmin_tag_",
)
UNNAMED = {"admin/test404/", "admin/^.*/$"}


def routes(patterns: Any, route: str = "", spaces: tuple[str, ...] = (), fields: Any = ()) -> Iterator[Any]:
    """Each address of the site: its route, its name, and the fields in it."""
    for entry in patterns:
        at = route + str(entry.pattern)
        found = (*fields, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from routes(entry.url_patterns, at, inner, found)
        elif at.startswith("admin/"):
            yield at, ":".join((*spaces, entry.name)) if entry.name else None, found


ADMIN = sorted(set(routes(get_resolver().url_patterns)), key=str)
WORDS = {"app_label": "auth", "model_name": "user", "action": "delete", "app_name": "digest"}


def address(name: str, fields: tuple[str, ...], row: Any) -> str:
    known = {**WORDS, "model_name": "newsroom"} if name.startswith("wagtailsettings") else WORDS
    return reverse(name, kwargs={field: known.get(field, getattr(row, "pk", 1)) for field in fields})


def key(name: str, fields: tuple[str, ...]) -> str | None:
    """Which row of the guard's table an address has, whatever it names."""

    class Match:
        namespaces, url_name = name.split(":")[:-1], name.split(":")[-1]
        kwargs, route = WORDS, ""

    return key_of(Match)  # type: ignore[arg-type]


def test_every_address_has_been_decided_on():
    decided = {**WITH_FACTOR, **WITHOUT_FACTOR}
    undecided = {name or route for route, name, fields in ADMIN if not (name and key(name, fields))} - UNNAMED
    assert not undecided, "closed to all but administrators: decide in RULES or an app's own rows, and here"
    known = {row.partition(" ")[0] for row in decided} | BY_THE_VIEW | TAKE_AWAY
    missing = {row for row in RULES if row not in known | UNNAMED and not row.startswith(OWN)}
    assert not missing, "say here who gets in"
    assert set(ADDRESSES) <= known
    used = {key(name, fields) for _, name, fields in ADMIN if name}
    assert {row for row in RULES if row not in used | UNNAMED and ":" not in row} == set(), "nothing has it"
    for row in RULES:
        if row in WITHOUT_FACTOR:
            assert not RULES[row].factor, row
        elif row in TAKE_AWAY:
            assert RULES[row].factor, row
        elif row in BY_THE_VIEW or row.startswith(OWN):
            assert RULES[row] is OF_THE_VIEW, row
        else:
            assert RULES[row].factor, row


@pytest.fixture
def rows(site, django_user_model) -> dict[str, tuple[Any, Any]]:
    """A row for each namespace: of one's own team, and of another's where teams share a table."""
    campaign = make_campaign()
    for country, phone in (("SN", "phone"), ("GN", "other phone")):
        make_messenger(campaign, country, phone, f"Mame of {country}")
        Referral.objects.create(country=country, subject="help", name="Help", contact="+1")
    outlet = Outlet.objects.create(name="The Wire", language="en")
    audience, reader = (
        Audience.objects.create(name="Partners", slug="partners"),
        Subscriber.objects.create(email="reader@a.example"),
    )
    single = {
        "campaigns": campaign,
        "country_teams": Country.objects.get(code="SN"),
        "guides": Guide.objects.create(campaign=campaign, language="fr", title="Questions"),
        "consent_texts": ConsentText.objects.create(campaign=campaign, language="fr", text="Non."),
        "training_modules": Module.objects.create(
            campaign=campaign, slug="care", language="fr", title="Care", text="Ask."
        ),
        "audiences": audience,
        "subscribers": reader,
        "subscriptions": Subscription.objects.create(audience=audience, subscriber=reader),
        "outlets": outlet,
        "sources": Source.objects.create(outlet=outlet, kind="feed", url="https://wire.example/feed"),
        "beats": Beat.objects.create(name="Beat", query="migration"),
        "organisations": Organisation.objects.create(name="Us"),
        "themes": Theme.objects.create(name="Rescue", slug="rescue"),
        "issue_frames": IssueFrame.objects.create(name="Frame"),
        "invite_again": django_user_model.objects.create_user("expected"),
        "wagtaillocales": Locale.objects.get(language_code="fr"),
        "wagtailsites": site,
        "wagtailsettings": site,
        "wagtailusers_users": django_user_model.objects.create_user("someone"),
        "wagtailusers_groups": Group.objects.create(name="Some"),
        "wagtailadmin_workflows": Workflow.objects.create(name="Flow"),
        "wagtailadmin_collections": Collection.get_first_root_node().add_child(name="Pictures"),
    }
    two = {name: Referral.objects.order_by("-country") for name in ("referrals",)}
    two |= {name: Messenger.objects.order_by("-team__code") for name in ("messengers", "testimonies")}
    return {**{k: (row, row) for k, row in single.items()}, **{k: tuple(found) for k, found in two.items()}}


@pytest.fixture
def people(rows, django_user_model) -> dict[str, Any]:
    found = {}
    into = Permission.objects.filter(codename="access_admin")
    for name in PEOPLE[:-1]:
        found[name] = django_user_model.objects.create_user(name)
        found[name].groups.set(group_of(name.removeprefix("other ")))
        found[name].user_permissions.set(into)
    found["root"] = django_user_model.objects.create_superuser("root")
    apps = ("press", "digest", "mailing", "troubles")
    found["press"].user_permissions.add(*Permission.objects.filter(content_type__app_label__in=apps))
    found["press"].groups.set(Group.objects.filter(name__in=["Duty editor", "Chief editor"]))
    for code, name in (("SN", "coordinator"), ("GN", "other coordinator")):
        Country.objects.get(code=code).coordinators.add(found[name])
    Country.objects.filter(code="SN").update(focal_person=found["protection"])
    return found


def gets_in(client: Client, path: str, is_row_shared: bool) -> bool:
    """Whether somebody is let through to a view that writes, whatever it then says to an empty form; where
    teams share a table, to a row of it.
    """
    client.raise_request_exception = False
    for ask in (client.post, client.get):
        client.cookies.pop("messages", None)  # of the address before
        point = transaction.savepoint()
        answer = ask(path)
        transaction.savepoint_rollback(point)
        if answer.status_code != 405:
            break
    to = answer.get("Location", "")
    words = [str(message) for message in get_messages(answer.wsgi_request)]
    is_refused = answer.status_code == 403 or any("do not have permission" in said for said in words)
    is_hidden = is_row_shared and answer.status_code == 404
    return not (is_refused or is_hidden or to.startswith(("/admin/login/", "/admin/factors/")))


def decides(name: str) -> str:
    """Which row of the tables here an address has."""
    rows = {row.partition(" ")[0] for row in {**WITH_FACTOR, **WITHOUT_FACTOR}}
    parts = name.split(":")
    names = (":".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((found for found in names if found in rows), "")


SPACES = sorted({decides(name) for _, name, _ in ADMIN if name} - {""})
SHARES = 6  # of the addresses, each by one process, with people who sign in once


@pytest.mark.parametrize("share", range(SHARES))
def test_only_who_may_gets_in(rows, people, share):
    clients: dict[tuple[str, bool], Client] = {}
    for has_factor in (True, False):
        for name, user in people.items():
            client = clients[name, has_factor] = Client()
            (with_second_factor if has_factor else Client.force_login)(client, user)
    spaces = SPACES[share::SHARES]
    wrong = [
        said
        for _, name, fields in ADMIN
        if name and decides(name) in spaces
        for said in wrongly_let_in(clients, name, fields, rows)
    ]
    assert not wrong, "\n".join(wrong)


def wrongly_let_in(
    clients: dict[tuple[str, bool], Client], name: str, fields: tuple[str, ...], rows: dict[str, Any]
) -> Iterator[str]:
    """What differs from the tables above at one address."""
    decided, space = {**WITH_FACTOR, **WITHOUT_FACTOR}, decides(name)
    own, other = rows.get(name.partition(":")[0], (None, None))
    is_shared = ("pk" in fields and bool({name, name.partition(":")[0]} & SHARED)) or NONE in decided[space]
    for whose, row in {"own": own, **({"other": other} if other != own else {})}.items():
        who = (decided.get(f"{space} {whose}") if is_shared else None) or decided[space]
        path, may = (
            address(name, fields, row),
            {p for p, gets in zip(PEOPLE, who, strict=True) if gets == "."},
        )
        for has_factor in (True, False):
            asking = PEOPLE if has_factor else may
            found = {person for person in asking if gets_in(clients[person, has_factor], path, is_shared)}
            wanted = may if has_factor or space in WITHOUT_FACTOR else set()
            if found != wanted:
                yield f"{name} {whose} factor={has_factor}: {found} instead of {wanted}"
