"""Who does what in a newsroom: named roles, each with what its work needs and nothing more.

A role is a group of accounts (Settings, Groups); an account may have several. Administrators have no role:
they are superusers, who run the house and make the accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page


@dataclass(frozen=True, slots=True)
class Role:
    """What a group of a given `name` is for, and may do.

    `rights` are permissions as "app.codename"; `pages` those on pages (add, change, publish): on all, or on
    those in other languages than the newsroom's own, where it `translates`; `pictures` those on pictures
    (add, change).
    """

    name: str
    does: str
    rights: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    translates: bool = False
    pictures: tuple[str, ...] = ()


def _rows(app: str, acts: str, tables: str) -> tuple[str, ...]:
    return tuple(f"{app}.{act}_{table}" for table in tables.split() for act in acts.split())


DUTY_EDITOR, CHIEF_EDITOR, TRANSLATOR = "Duty editor", "Chief editor", "Translator"
_AT_THE_DESK = ("digest.change_issuepage", "press.view_source", "press.add_source")
_OF_TELLERS = "add change view"

ROLES = (
    Role(
        DUTY_EDITOR,
        "Chooses and edits the morning’s lines, adds sources, and submits the issue for approval.",
        rights=_AT_THE_DESK,
        pages=("add", "change"),
        pictures=("add", "change"),
    ),
    Role(
        CHIEF_EDITOR,
        "Does all that a duty editor does; approves, publishes, corrects and takes off; decides on beats,"
        " sources, themes and layouts.",
        rights=(
            *_AT_THE_DESK,
            *_rows("press", "change delete", "source"),
            *_rows("press", "add change delete view", "outlet beat"),
            *_rows("press", "add change view", "organisation"),
            *_rows("digest", "add change delete view", "theme issueframe"),
        ),
        pages=("add", "change", "publish"),
        pictures=("add", "change"),
    ),
    Role(
        TRANSLATOR,
        "Translates the issue’s editions, which a chief editor publishes. Changes no word of the original.",
        pages=("change",),
        translates=True,
    ),
    Role(
        "Mailing manager",
        "Keeps audiences and subscribers, sends issues and corrections, and looks after what did not arrive.",
        rights=(
            "mailing.add_send",
            *_rows("mailing", "add change view", "audience"),
            *_rows("mailing", "add change delete view", "subscriber subscription"),
        ),
    ),
    Role(
        "Country coordinator",
        "Trains and looks after the messengers of a country, and sees, hears and withdraws its testimonies.",
        rights=(
            "testimonies.coordinate",
            *_rows("testimonies", _OF_TELLERS, "messenger referral"),
        ),
    ),
    Role(
        "Protection officer",
        "Hears all testimonies, decides what is safe for who tells them, and withdraws what is not.",
        rights=("testimonies.protect",),
    ),
    Role(
        "Testimony editor",
        "Writes and cuts what is shown of testimonies that were found safe.",
        rights=("testimonies.edit",),
    ),
    Role(
        "Testimony approver",
        "Publishes testimonies that others have edited, and takes them off.",
        rights=("testimonies.approve",),
    ),
    Role(
        "Programme officer",
        "Plans campaigns: country teams, guides, consent texts, training. Withdraws; hears nothing.",
        rights=(
            "testimonies.administer",
            *_rows(
                "testimonies",
                _OF_TELLERS,
                "campaign country guide consenttext module messenger referral",
            ),
        ),
    ),
)
# Wagtail's own two groups become ours, with whoever is in them.
_FORMER = {DUTY_EDITOR: "Editors", CHIEF_EDITOR: "Moderators"}


def first_roles(new_fronts: Iterable[Page] = ()) -> None:
    """A group for each role that has none yet. One that is there stays as the newsroom has made it; only the
    pages of a new language are given to translators.
    """
    for role in ROLES:
        group = Group.objects.filter(name=role.name).first()
        if group is None:
            group = Group.objects.filter(name=_FORMER.get(role.name)).first() or Group()
            group.name = role.name
            group.save()
            _grant(group, role)
        elif role.translates:
            _grant_pages(group, role, new_fronts)


def _grant(group: Group, role: Role) -> None:
    group.permissions.set(permissions(("wagtailadmin.access_admin", *role.rights)))
    roots = Page.objects.filter(depth=1)
    fronts = Page.objects.filter(depth=2).exclude(locale__language_code=settings.LANGUAGE_CODE)
    _grant_pages(group, role, fronts if role.translates else roots)
    for collection in Collection.objects.filter(depth=1):
        for permission in permissions(f"wagtailimages.{act}_image" for act in role.pictures):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


def _grant_pages(group: Group, role: Role, pages: Iterable[Page]) -> None:
    for page in pages:
        for permission in permissions(f"wagtailcore.{act}_page" for act in role.pages):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def permissions(names: Iterable[str]) -> QuerySet[Permission]:
    """The permissions of these names, "app.codename"."""
    wanted = Q(pk__in=[])
    for app, _, codename in (name.partition(".") for name in names):
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


def publishers() -> QuerySet[Any]:
    """Who may publish, and so approve what others have edited."""
    groups = GroupPagePermission.objects.filter(permission__codename="publish_page").values("group")
    return accounts().filter(Q(is_superuser=True) | Q(groups__in=groups)).distinct()


def accounts() -> QuerySet[Any]:
    """Who may sign in, by name."""
    users = get_user_model().objects.filter(is_active=True)
    return users.prefetch_related("groups").order_by("first_name", "last_name", "username")


def names(people: Sequence[Any], most: int = 3) -> str:
    """The names of people, for a sentence that says whom to ask."""
    found = [person.get_full_name() or person.get_username() for person in people[:most]]
    return " or ".join(", ".join(found).rsplit(", ", 1))
