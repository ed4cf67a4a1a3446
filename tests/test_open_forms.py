"""Forms of the admin that were open while somebody else changed the row: they give nobody back what was taken
away, write over nobody's words unasked, and keep what was typed.
"""

from __future__ import annotations

from inspect import signature

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from lxml import html
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from griot.accounts.viewsets import OwnFieldsViewSet
from griot.digest.models import Newsroom, Picture
from griot.mailing.models import Audience
from griot.press.models import Source
from griot.testimonies.models import Country
from tests.digest.issues import make_picture
from tests.signing_in import with_second_factor
from tests.testimonies.test_addresses import people, rows  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
TABLES = (
    *("campaigns", "country_teams", "guides", "consent_texts", "training_modules", "referrals", "messengers"),
    *("audiences", "subscribers", "subscriptions", "outlets", "sources", "beats", "organisations"),
    *("themes", "wagtailusers_users", "wagtailusers_groups"),
)


@pytest.fixture
def root(people):  # noqa: F811
    client = Client()
    with_second_factor(client, people["root"])
    return client


def opened(client, path: str) -> dict[str, list[str]]:
    """What a browser would send of a page's form if nothing was touched."""
    page = html.fromstring(client.get(path).content)
    [form] = [form for form in page.forms if form.get("id") == "w-editor-form"]
    said: dict[str, list[str]] = {}
    for name, value in form.form_values():
        said.setdefault(name, []).append(value)
    return said


def test_every_table_of_ours_is_in_the_list():
    found = [viewset for make in hooks.get_hooks("register_admin_viewset") for viewset in _flat(make())]
    ours = {v.name: v for v in found if isinstance(v, ModelViewSet) and "griot." in str(v.model)}
    assert all(isinstance(viewset, OwnFieldsViewSet) for viewset in ours.values())
    assert set(ours) | {"wagtailusers_users", "wagtailusers_groups"} == {*TABLES, "issue_frames"}


def _flat(made):
    for one in made if isinstance(made, list | tuple) else [made]:
        yield from getattr(one, "registerables", [one])


@pytest.mark.parametrize("table", TABLES)
def test_a_form_that_nobody_touched_changes_nothing(root, rows, people, table):  # noqa: F811
    row = rows[table][0]
    path = reverse(f"{table}:edit", args=[row.pk])
    shown, said = root.get(path).context["form"], opened(root, path)
    assert said["as-shown"] == ["1"]
    options = {"for_user": people["root"]} if "for_user" in _options(type(shown)) else {}
    form = type(shown)(QueryDict(urlencode(said, doseq=True)), instance=shown.instance, **options)
    form.full_clean()
    assert form.changed_data == [] and not form.moved


def _options(form_class) -> set[str]:
    return {name for base in form_class.__mro__ for name in signature(base.__init__).parameters}


def test_whoever_was_taken_out_of_a_team_stays_out(root, people):  # noqa: F811
    team = Country.objects.get(code="SN")
    path = reverse("country_teams:edit", args=[team.pk])
    said = opened(root, path)
    team.coordinators.clear()
    Country.objects.update(focal_person=None)
    assert root.post(path, said).status_code == 302
    team.refresh_from_db()
    assert not team.coordinators.exists() and team.focal_person is None


def test_an_account_that_was_closed_stays_closed(root, people, django_user_model):  # noqa: F811
    django_user_model.objects.update(email="p@a.example", first_name="P", last_name="Q")
    closed = people["protection"]
    path = reverse("wagtailusers_users:edit", args=[closed.pk])
    said = opened(root, path)
    django_user_model.objects.filter(pk=closed.pk).update(is_active=False)
    closed.groups.clear()
    assert root.post(path, {**said, "last_name": "Ndiaye"}).status_code == 302
    closed.refresh_from_db()
    assert (closed.is_active, closed.last_name, closed.groups.count()) == (False, "Ndiaye", 0)


def test_rights_that_were_ended_stay_ended(root):
    picture = make_picture()
    path = reverse("wagtailimages:edit", args=[picture.pk])
    said = opened(root, path)
    Picture.objects.filter(pk=picture.pk).update(rights_until="2026-01-31")
    assert root.post(path, {**said, "title": "Another title"}).status_code == 302
    picture.refresh_from_db()
    assert (picture.title, str(picture.rights_until)) == ("Another title", "2026-01-31")


def test_a_second_person_that_was_asked_for_is_asked_for(root, site):
    path = reverse("wagtailsettings:edit", args=["digest", "newsroom", site.pk])
    Newsroom.objects.update_or_create(site=site, defaults={"needs_second_person": False})
    said = opened(root, path)
    Newsroom.objects.update(needs_second_person=True)
    assert root.post(path, {**said, "contact": "desk@a.example"}).status_code == 302
    row = Newsroom.objects.get(site=site)
    assert (row.contact, row.needs_second_person) == ("desk@a.example", True)


def test_lines_end_in_a_browser_as_they_like(root, rows):  # noqa: F811
    campaign = rows["campaigns"][0]
    type(campaign).objects.update(about="One.\nTwo.\n")
    path = reverse("campaigns:edit", args=[campaign.pk])
    said = {name: [v.replace("\n", "\r\n") for v in values] for name, values in opened(root, path).items()}
    assert root.post(path, {**said, "about": "One.\r\nThree."}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.about.split() == ["One.", "Three."]


def test_two_who_change_it_to_the_same_agree(root, rows):  # noqa: F811
    campaign = rows["campaigns"][0]
    path = reverse("campaigns:edit", args=[campaign.pk])
    said = opened(root, path)
    type(campaign).objects.update(about="Ours.")
    assert root.post(path, {**said, "about": "Ours."}).status_code == 302


def test_who_has_left_meanwhile_is_not_subscribed_again(root, rows, client):  # noqa: F811
    row = rows["subscriptions"][0]
    other = Audience.objects.create(name="Other", slug="other")
    path = reverse("subscriptions:edit", args=[row.pk])
    said = opened(root, path)
    client.post(f"/unsubscribe/{row.token}/")
    assert root.post(path, {**said, "audience": other.pk}).status_code == 302
    row.refresh_from_db()
    assert row.ended and row.audience == other
    assert root.post(path, {**opened(root, path), "ended": ""}).status_code == 302
    row.refresh_from_db()
    assert row.ended is None, "who saw it may subscribe them again"


def test_a_password_goes_to_no_server_that_another_has_put_there(root, rows):  # noqa: F811
    source = rows["sources"][0]
    good, other = "imaps://desk@mail.good.example/INBOX", "imaps://desk@mail.other.example/INBOX"
    Source.objects.filter(pk=source.pk).update(kind="mailbox", url=good)
    path = reverse("sources:edit", args=[source.pk])
    said = opened(root, path)
    Source.objects.filter(pk=source.pk).update(url=other)
    answer = root.post(path, {**said, "secret": "of good"})
    assert answer.status_code == 200 and b"might go to another server" in answer.content
    source.refresh_from_db()
    assert (source.url, source.secret) == (other, "")


def test_who_changes_what_another_has_changed_is_asked(root, rows):  # noqa: F811
    campaign = rows["campaigns"][0]
    path = reverse("campaigns:edit", args=[campaign.pk])
    said = opened(root, path)
    type(campaign).objects.update(ends="2026-01-31", about="Theirs.")
    answer = root.post(path, {**said, "about": "Mine."})
    assert answer.status_code == 200 and b"Somebody else has changed this" in answer.content
    campaign.refresh_from_db()
    assert campaign.about == "Theirs."
    page = html.fromstring(answer.content)
    [form] = [form for form in page.forms if form.get("id") == "w-editor-form"]
    again = dict(form.form_values())
    assert again["about"].strip() == "Mine."
    assert root.post(path, {**said, **again, "about": "Mine."}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.about == "Mine." and str(campaign.ends) == "2026-01-31", "what was not touched stays"
