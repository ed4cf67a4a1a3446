"""The newsroom's sign stands wherever readers and phones meet it."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from griot.digest.core.rendering import render
from griot.digest.models import Newsroom
from griot.digest.site.composing import issue_of
from griot.digest.site.newsroom import newsroom
from tests.digest.issues import make_issue, make_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(site) -> Newsroom:
    found = newsroom()
    found.name, found.sign = "Kora", make_picture("Our sign")
    found.save()
    return found


def opened(client, path: str) -> Image.Image:
    answer = client.get(path)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/png", path
    return Image.open(io.BytesIO(answer.content))


def test_without_a_picture_the_names_first_letter_stands_there(site, client):
    letters = []
    for name in ("Kora", "أخبار", "…", "नया"):
        Newsroom.for_site(site).save()
        Newsroom.objects.update(name=name)
        letters.append(client.get("/sign/").content)
        assert opened(client, "/sign/192.png").size == (192, 192)
    assert len(set(letters)) == len(letters)


def test_the_newsrooms_own_picture_takes_the_letters_place_everywhere(ours, client):
    issue = make_issue("en", timezone.localdate())
    without = {path: client.get(path).content for path in (f"/{issue.slug}/card/", f"/{issue.slug}/pdf/")}
    shown = opened(client, "/sign/")
    assert shown.size != (160, 160) and shown.height <= 160
    for side in (180, 192, 512):
        icon = opened(client, f"/sign/{side}.png")
        assert icon.size == (side, side) and icon.getpixel((1, 1)) == (255, 255, 255)
    assert client.get("/sign/191.png").status_code == 404
    page = client.get(f"/{issue.slug}/").content.decode()
    assert 'src="/sign/"' in page and 'rel="icon" href="/sign/"' in page
    assert f"/sign/?{ours.sign_id}" in render(issue_of(issue, "mail"), "email")
    ours.sign = None
    ours.save()
    for path, content in without.items():
        assert client.get(path).content != content, path
    assert "/sign/" not in render(issue_of(issue, "mail"), "email"), "a mail has the name alone"


def test_a_sign_whose_rights_have_ended_is_not_shown(ours, client):
    before = client.get("/sign/").content
    ours.sign.rights_until = timezone.localdate() - timedelta(days=1)
    ours.sign.save()
    assert client.get("/sign/").content != before
    assert "/sign/" not in render(issue_of(make_issue(), "mail"), "email")


def test_a_phone_has_the_newsrooms_sign_on_its_home_screen(ours, client, settings, tmp_path):
    settings.CAPTURE_DIST = tmp_path
    (tmp_path / "manifest.webmanifest").write_text('{"name": "Griot"}')
    (tmp_path / "index.html").write_text('<title>Griot</title><link rel="icon" href="icon.svg">')
    icons = json.loads(client.get("/capture/manifest.webmanifest").content)["icons"]
    assert {icon["src"] for icon in icons} == {"/sign/192.png", "/sign/512.png"}
    assert '"/sign/192.png"' in client.get("/capture/").content.decode()
