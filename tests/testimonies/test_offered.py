"""What the admin offers leads somewhere: every link of the menus and of home, for every role."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from griot.accounts.roles import ROLES
from griot.testimonies.models import MakingState, Rendition
from tests.digest.issues import make_full_issue
from tests.signing_in import with_second_factor
from tests.testimonies.people import make_campaign
from tests.testimonies.showing.test_withdrawal import House

pytestmark = pytest.mark.django_db
OF_SCRIPTS = re.compile(r"/admin/(logout|sprite|jsi18n|api|block-preview)/|/admin/pages/$")  # no offers


@pytest.mark.parametrize("group", [*(role.name for role in ROLES), None])
def test_whoever_is_offered_a_page_of_the_admin_gets_in(site, django_user_model, group):
    campaign = make_campaign()
    user = django_user_model.objects.create_user("somebody")
    user.groups.set(Group.objects.filter(name=group))
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    if group == "Country coordinator":
        campaign.teams.first().coordinators.add(user)
    client = Client()
    with_second_factor(client, user)
    offered = offered_at_home(client)
    make_full_issue()
    offered |= offered_at_home(client)
    refused = {}
    for path in offered:
        answer = client.get(path)
        if answer.status_code in {302, 403, 404} and answer.get("Location", "/admin/") == "/admin/":
            refused[path] = answer.status_code
        client.cookies.pop("messages", None)
    assert offered and not refused


def offered_at_home(client: Client) -> set[str]:
    """The addresses on it, those of its menus, too."""
    home = html.unescape(client.get("/admin/").content.decode())
    return {path for path in re.findall(r'"(/admin/[^"\\#]*)', home) if not OF_SCRIPTS.match(path)}


def test_a_film_in_steps_is_no_file_to_look_at(site, django_user_model):
    house = House(django_user_model)
    row = Rendition.objects.get(pk=house.rendition.pk)
    row.pk, row.key, row.kind, row.vault, row.state = None, "stepped", "stream", "", MakingState.READY
    row.save()
    assert house.editor.get(f"/admin/testimonies/renditions/{row.pk}/").status_code == 404
