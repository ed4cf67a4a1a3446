"""The front page of a language belongs to the house: no single editor changes it, or takes it from its readers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from griot.accounts.guarding import RULES, NotNow
from griot.digest.models import DigestIndexPage, IssuePage, Picture
from griot.digest.release.editions import make_editions
from griot.digest.wagtail_hooks import TAKES_AWAY
from tests.signing_in import with_second_factor
from tests.testimonies import made

pytestmark = pytest.mark.django_db
SAID = {"title": "Griot", "introduction": "Nobody approved this.", "seo_title": "", "search_description": ""}
NO_COMMENTS = {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


@pytest.fixture
def front(site) -> DigestIndexPage:
    page = DigestIndexPage.objects.get(locale__language_code="en")
    page.add_child(
        instance=IssuePage(title="Monday", slug="monday", day=date(2026, 11, 2), live=True, body=[])
    )
    return page


@pytest.fixture
def client_of(django_user_model):
    """Signs somebody in who is in Wagtail's own groups of editors, with a second factor or without."""

    def sign_in(*groups: str, factor: bool) -> Client:
        user = django_user_model.objects.create_user(f"somebody {factor}")
        user.groups.set(Group.objects.filter(name__in=groups))
        client = Client()
        (with_second_factor if factor else Client.force_login)(client, user)
        return client

    return sign_in


@pytest.mark.parametrize("factor", [True, False])
def test_who_may_publish_issues_changes_no_front_page_and_takes_no_archive_away(front, client_of, factor):
    client = client_of("Chief editor", factor=factor)
    said: dict[str, Any] = {**SAID, **NO_COMMENTS, "slug": front.slug, "action-publish": "1"}
    answer = client.post(f"/admin/pages/{front.pk}/edit/", said, follow=True)
    assert b"changed by an administrator" in answer.content
    client.post(f"/admin/pages/{front.pk}/privacy/", {"restriction_type": "password", "password": "x"})
    for act in ("unpublish", "delete", "move"):
        client.post(f"/admin/pages/{front.pk}/{act}/", {"include_descendants": "on"})
    bulk = f"/admin/bulk/wagtailcore/page/unpublish/?id={front.pk}"
    client.post(bulk, {"include_descendants": "on"})
    reader = Client().get(front.url)
    assert reader.status_code == 200 and b"Nobody approved this" not in reader.content
    assert not front.view_restrictions.exists()
    assert Client().get(front.issues().get().url).status_code == 200


def test_an_administrator_changes_the_front_page(front, admin_user):
    client = Client()
    with_second_factor(client, admin_user)
    said = {**SAID, **NO_COMMENTS, "introduction": "New words.", "slug": front.slug, "action-publish": "1"}
    client.post(f"/admin/pages/{front.pk}/edit/", said)
    assert DigestIndexPage.objects.get(pk=front.pk).introduction == "New words."


def test_a_language_has_one_front_page(front, client_of):
    client = client_of("Duty editor", "Chief editor", factor=True)
    root, count = front.get_parent().pk, DigestIndexPage.objects.count()
    said = {**SAID, **NO_COMMENTS, "slug": "another"}
    client.post(f"/admin/pages/add/digest/digestindexpage/{root}/", {**said, "action-publish": "1"})
    copied = {"new_title": "Another", "new_slug": "another", "new_parent_page": root, "publish_copies": "on"}
    for more in ({}, {"copy_subpages": "on"}):
        client.post(f"/admin/pages/{front.pk}/copy/", {**copied, **more})
    assert DigestIndexPage.objects.count() == count


def test_what_nobody_has_signed_publishes_no_front_page(front):
    """As wagtail-localize does, whoever has translated it."""
    front.introduction = "Nobody approved this."
    with pytest.raises(NotNow):
        front.save_revision().publish()
    assert b"Nobody approved" not in Client().get(front.url).content


@pytest.mark.parametrize("factor", [False, True])
@pytest.mark.parametrize("is_live", [False, True])
def test_nobody_publishes_or_takes_off_an_edition_by_making_it_an_alias(front, client_of, factor, is_live):
    """It would be written as its original stands, past all that publishing asks."""
    issue = front.issues().get()
    issue.save_revision().publish(skip_permission_checks=True)
    edition = make_editions(issue)[0].specific
    edition.title = "Translated"
    edition.save_revision()
    IssuePage.objects.filter(pk=edition.pk).update(live=is_live, title="Translated")
    IssuePage.objects.filter(pk=issue.pk).update(live=not is_live)
    client = client_of("Duty editor", "Chief editor", factor=factor)
    client.post(f"/admin/localize/page/{edition.pk}/convert_to_alias/")
    edition.refresh_from_db()
    assert edition.live is is_live and edition.title == "Translated" and edition.alias_of is None


def test_an_issue_is_taken_off_by_who_may_publish_after_a_second_factor(front, client_of):
    issue = front.issues().get()
    for factor, is_live in ((False, True), (True, False)):
        client_of("Chief editor", factor=factor).post(f"/admin/pages/{issue.pk}/unpublish/")
        issue.refresh_from_db()
        assert issue.live is is_live
    assert all(RULES[row].factor for row in TAKES_AWAY)


def test_nobody_makes_a_file_public_by_uploading_it(front, client_of):
    client = client_of("Duty editor", "Chief editor", factor=True)
    client.post(
        "/admin/documents/add/", {"title": "x", "file": SimpleUploadedFile("release.pdf", b"%PDF-1.4")}
    )
    assert Client().get("/documents/1/release.pdf").status_code == 404
    assert b"/admin/documents/" not in client.get("/admin/").content


def test_a_pictures_address_is_not_guessed_from_its_name(site):
    content = SimpleUploadedFile("minister.jpg", made.photo())
    picture = Picture.objects.create(title="x", file=content, credit="A", description="B")
    again = Picture.objects.create(title="x", file=SimpleUploadedFile("minister.jpg", made.photo()))
    names = [p.get_rendition("max-100x100").file.name for p in (picture, again)]
    assert all(re.search(r"[\w-]{16}", name.replace("minister", "")) for name in names)
    assert len({name.partition(".")[0] for name in names}) == 2
