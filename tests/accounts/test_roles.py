"""Roles: what each may do, who may be asked, who is invited."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission, Locale, Page
from wagtail.users.forms import GroupForm

from griot.accounts.roles import CHIEF_EDITOR, DUTY_EDITOR, ROLES, TRANSLATOR, first_roles, permissions
from griot.runtime.state import ROOT
from tests.signing_in import with_second_factor

pytestmark = pytest.mark.django_db
ASKED = re.compile(r"(?:has_perm|has|permission_required)\(\s*\"(\w+\.\w+)\"|= \"(troubles\.\w+)\"")


def test_whatever_the_code_asks_for_can_be_given(site):
    """In the form of a group; or only administrators could do it."""
    asked = {
        next(filter(None, found))
        for path in (ROOT / "src" / "griot").rglob("*.py")
        for found in ASKED.findall(path.read_text("utf-8"))
    }
    given = {right for role in ROLES for right in role.rights}
    assert len(asked) > 6
    import griot.urls  # noqa: F401  # which brings the admin's tables

    offered = {
        f"{row.content_type.app_label}.{row.codename}"
        for row in GroupForm().fields["permissions"].queryset.select_related("content_type")
    }
    assert (asked | given) - offered == set()


def test_a_newsroom_begins_with_its_roles(site):
    for role in ROLES:
        group = Group.objects.get(name=role.name)
        assert group.permissions.count() == len(set(role.rights)) + 1, role.name  # and the admin itself
        assert group.page_permissions.exists() == bool(role.pages)
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
    original = Page.objects.filter(locale=Locale.objects.get(language_code="en"))
    assert not GroupPagePermission.objects.filter(group__name=TRANSLATOR, page__in=original).exists()


def test_wagtails_groups_become_ours_with_whoever_is_in_them(site, django_user_model):
    Group.objects.filter(name__in=[DUTY_EDITOR, CHIEF_EDITOR]).delete()
    user = django_user_model.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="Moderators"))
    first_roles()
    assert [group.name for group in user.groups.all()] == [CHIEF_EDITOR]
    user = django_user_model.objects.get(pk=user.pk)
    assert user.has_perm("digest.change_issuepage") and user.has_perm("wagtailadmin.access_admin")
    assert GroupPagePermission.objects.filter(group__name=CHIEF_EDITOR).count() == 3


def test_a_role_stays_as_the_newsroom_has_made_it_but_for_a_new_language(site):
    editors, translators = Group.objects.get(name=DUTY_EDITOR), Group.objects.get(name=TRANSLATOR)
    editors.permissions.remove(*permissions(["press.add_source"]))
    translators.page_permissions.all().delete()
    front = Page.objects.exclude(locale__language_code="en").filter(depth=2).first()
    first_roles([front])
    assert not editors.permissions.filter(codename="add_source").exists()
    assert [given.page_id for given in translators.page_permissions.all()] == [front.pk]
    assert Permission.objects.filter(group=translators).count() == 1


def somebody(django_user_model, name: str, *roles: str):
    user = django_user_model.objects.create_user(name.lower(), first_name=name, last_name="Ba")
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def refused(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/"
    return answer.content.decode()


def test_a_refusal_says_whom_to_ask(site, client, django_user_model):
    django_user_model.objects.create_superuser("carla", first_name="Carla", last_name="Root")
    somebody(django_user_model, "Bo", "Mailing manager")
    with_second_factor(client, somebody(django_user_model, "Ana", DUTY_EDITOR))
    assert "Ask Bo Ba, who may." in refused(client, "/admin/mailing/")
    # Nobody has the role for it, or the view itself refuses: an administrator knows.
    assert "Ask an administrator: Carla Root." in refused(client, "/admin/campaigns/")
    assert "Ask an administrator: Carla Root." in refused(client, "/admin/outlets/new/")
    assert "Sorry" not in refused(client, "/admin/users/")


def test_what_was_said_before_a_refusal_is_still_said(site, client, django_user_model):
    django_user_model.objects.create_superuser("carla", first_name="Carla")
    user = somebody(django_user_model, "Ana", DUTY_EDITOR)
    with_second_factor(client, user)
    client.post("/admin/account/", {"password-old_password": "x"})  # which says something, or nothing
    assert "Carla" in refused(client, "/admin/users/")


def test_all_who_work_here_see_who_does_what_and_nobodys_address(site, client, django_user_model):
    root = django_user_model.objects.create_superuser("carla", "carla@a.example", first_name="Carla")
    ana = somebody(django_user_model, "Ana", DUTY_EDITOR)
    lea = somebody(django_user_model, "Lea")
    django_user_model.objects.filter(pk=lea.pk).update(email="lea@a.example")
    with_second_factor(client, ana)
    page = client.get("/admin/team/").content.decode()
    assert all(role.does in html.unescape(page) for role in ROLES)
    assert "Ana Ba" in page and "Carla" in page and "Without a role" in page
    assert "@a.example" not in page and "Invite" not in page
    with_second_factor(client, root)
    page = client.get("/admin/team/").content.decode()
    assert "Invite a colleague" in page and "lea@a.example" in page  # who has not been here yet


def test_a_colleague_is_invited_chooses_a_password_and_has_their_role(
    site, client, django_user_model, mailoutbox
):
    from griot.accounts.people import send_invitation

    root = django_user_model.objects.create_superuser("carla", "c@a.example", "x", first_name="Carla")
    with_second_factor(client, root)
    role = Group.objects.get(name=TRANSLATOR)
    facts = {"email": "Ines@A.example", "first_name": "Inès", "last_name": "Ba", "roles": [role.pk]}
    assert "at least one role" in client.post("/admin/team/invite/", {**facts, "roles": []}).content.decode()
    assert client.post("/admin/team/invite/", facts).status_code == 302
    ines = django_user_model.objects.get(email="ines@a.example")
    assert not ines.has_usable_password() and [g.name for g in ines.groups.all()] == [TRANSLATOR]
    assert "has an account" in client.post("/admin/team/invite/", facts).content.decode()
    send_invitation(ines.pk, "Carla")
    [mail] = mailoutbox
    assert mail.to == ["ines@a.example"] and "Carla" in mail.subject and f": {TRANSLATOR}.\n" in mail.body
    link = re.search(r"http://localhost:8000(/\S+confirm\S+)", mail.body).group(1)
    theirs = Client()
    form = theirs.get(link, follow=True)
    words = "a sentence nobody guesses"
    done = theirs.post(form.redirect_chain[-1][0], {"new_password1": words, "new_password2": words})
    assert done.status_code == 302
    theirs.post("/admin/login/", {"login": "ines@a.example", "password": words})
    assert theirs.get("/admin/").status_code == 200
    assert "This link is no longer good" in theirs.get(link, follow=True).content.decode()
    # Whoever has been here is invited no more.
    assert client.post(f"/admin/team/{ines.pk}/invite/").status_code == 404
    send_invitation(ines.pk, "Carla")
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_nobody_but_administrators_invites(site, client, django_user_model, role):
    with_second_factor(client, somebody(django_user_model, "Ana", role))
    waiting = somebody(django_user_model, "Lea")
    facts = {"email": "x@a.example", "first_name": "X", "roles": [Group.objects.first().pk]}
    for path in ("/admin/team/invite/", f"/admin/team/{waiting.pk}/invite/"):
        assert client.post(path, facts)["Location"] == "/admin/"
    assert not django_user_model.objects.filter(email="x@a.example").exists()
