"""Themes of the archive: a slip in one keeps no reader from searching, and no issue from being published."""

from __future__ import annotations

import pytest
from django.urls import reverse

from griot.digest.models import Theme
from tests.digest.issues import make_issue

pytestmark = pytest.mark.django_db
FACTS = {"name": "Rescue", "slug": "rescue", "query": "film"}


@pytest.mark.parametrize("names", ['["Secours"]', '"Secours"', '{"fr": 1}', "7"])
def test_names_in_other_languages_go_by_their_code(site, admin_client, names):
    answer = admin_client.post(reverse("themes:add"), {**FACTS, "names": names})
    assert answer.status_code == 200 and "By the language’s code" in answer.content.decode()
    assert (
        admin_client.post(reverse("themes:add"), {**FACTS, "names": '{"fr": "Secours"}'}).status_code == 302
    )


@pytest.mark.parametrize("names", [["Secours"], "Secours", {"en": 1}, {"en": "Secours"}])
def test_a_broken_theme_takes_nothing_from_readers(site, client, names):
    Theme.objects.create(**FACTS, names=names)
    Theme.objects.create(name="Broken", slug="broken", query="")
    make_issue()
    page = client.get("/archive/?q=film")
    assert page.status_code == 200
    assert ("Secours" if names == {"en": "Secours"} else "Rescue") in page.content.decode()
