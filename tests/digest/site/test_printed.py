"""How what readers see is set: marks, dates, share links, paper."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html as lxml_html
from PIL import Image

from griot.digest.core import types
from griot.digest.core.rendering import render
from griot.digest.core.rendering.typeset import _line_pieces, issue_pdf
from griot.digest.core.words import when
from griot.digest.models import IssuePage
from griot.digest.site.composing import issue_of
from tests.digest.issues import make_issue


@pytest.fixture
def issue(site):
    return make_issue()


@pytest.mark.django_db
@pytest.mark.parametrize("paragraphs", range(16, 34, 2))
def test_no_page_holds_a_banner_alone(issue, tmp_path, paragraphs):
    value = issue_of(issue)
    picture = next(b for b in value.blocks if b.kind == "banner").picture
    Image.new("RGB", (1400, 900)).save(tmp_path / "red.jpg")
    text = types.Text("t", "<p>Words of a line.</p>" * paragraphs)
    photos = {picture.url: "red.jpg"}

    def pages(*blocks: types.Block) -> int:
        paper = issue_pdf(replace(value, blocks=blocks), tmp_path, photos)
        return len(re.findall(rb"/Type\s*/Page\b", paper))

    banner, last = types.Banner("b", picture, ""), types.Text("l", "<p>The last words.</p>")
    with_it = pages(text, banner, last)
    assert with_it <= pages(text) + 1 and pages(text, banner) == pages(banner, text)
    if paragraphs == 16:
        assert with_it == 1


@pytest.mark.django_db
def test_paper_names_every_outlet_of_a_line(issue):
    line = next(b for b in issue_of(issue).blocks if b.kind == "press_review").lines[1]
    said = _line_pieces(line)
    assert {piece["text"] for piece in said if piece["url"]} >= {f"Outlet {c}" for c in "abcdef"}
    assert "".join(piece["text"] for piece in said).endswith("Outlet f)")


@pytest.mark.django_db
def test_share_links_are_quiet_until_wanted_and_stand_once_for_the_issue(client, issue):
    page = lxml_html.fromstring(client.get(f"/{issue.slug}/").content)
    assert page.xpath("//details[contains(@class, 'share')]") and not page.xpath("//details[@open]")
    closed = page.xpath("//details//a[contains(@href, 'wa.me')]")
    [of_the_issue] = [a for a in page.xpath("//a[contains(@href, 'wa.me')]") if a not in closed]
    assert "item" not in of_the_issue.get("href")
    del issue.body[-1]
    issue.save_revision().publish(skip_permission_checks=True)
    page = lxml_html.fromstring(client.get(f"/{issue.slug}/").content)
    assert len(page.xpath("//a[contains(@href, 'wa.me')][not(ancestor::details)]")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["html", "email", "text"])
def test_what_readers_see_is_printed_as_their_language_prints_it(site, format):
    issue = make_issue("fr")
    issue.title = 'L\'accord "tient"?'
    issue.save_revision().publish(skip_permission_checks=True)
    value = issue_of(IssuePage.objects.get(pk=issue.pk))
    assert value.title == issue.title, "what is stored stays"
    shown = html.unescape(render(value, format))
    assert "https://outlet.example/story" in shown and "«\u202fI must protect it" in shown
    if format != "text":
        assert "L’accord «\u202ftient\u202f»\u202f?" in shown


def test_times_run_from_the_left_in_arabic():
    begins = datetime(2026, 12, 1, 18, tzinfo=UTC)
    event = types.Event("e", "T", begins, begins + timedelta(hours=2), True, "", "", None)
    assert "\u206618:00–20:00 UTC\u2069" in when(event, "ar")
    assert when(event, "es") == "1 de diciembre de 2026, 18:00–20:00 UTC"
    assert when(event, "fr").startswith("1er décembre 2026, ")
    days = types.Event("e", "T", begins, begins + timedelta(days=2), False, "", "", None)
    assert when(days, "en") == "1–3 Dec 2026"
