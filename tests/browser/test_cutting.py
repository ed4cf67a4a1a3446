"""The cutting room in Chromium: a film is subtitled, cut and silenced by keyboard, saved, and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from griot.testimonies.making.rendering import make
from griot.testimonies.models import Cut, Guide, Rendition, Writing
from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.browser.tools import visit
from tests.signing_in import with_second_factor
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_cutting import film

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(site, settings, live_server, client, django_user_model, tmp_path):
    """The address of a film's cutting room, and the cookie of an editor."""
    settings.PUBLIC_URL = live_server.url
    make_messenger(make_campaign())
    phone = Phone()
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    for kind in ("light", "waves"):
        make(Rendition.objects.get(kind=kind).pk)
    type(testimony).objects.update(state="editing")
    with_second_factor(client, user_with(django_user_model, "editor"))
    return (
        f"{live_server.url}/admin/testimonies/{testimony.pk}/cutting/{file.pk}/",
        client.cookies["sessionid"].value,
    )


def opened(page, room):
    url, session = room
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url[: url.index("/admin")]}])
    visit(page, url)
    page.wait_for_function("document.getElementById('player').readyState >= 1")
    page.evaluate("document.activeElement.blur()")
    return page


def to(page, moment: float) -> None:
    page.evaluate(
        "t => new Promise(r => { const p = document.getElementById('player'); p.addEventListener('seeked', ()"
        " => r(), {once: true}); p.currentTime = t })",
        moment,
    )


def test_a_film_is_subtitled_and_cut_by_keyboard(page_at, room):
    page = opened(page_at(1280), room)
    to(page, 1.0)
    page.keyboard.press("n")
    page.keyboard.type("I am Awa and I left at night.")
    page.keyboard.press("Escape")
    to(page, 2.0)
    page.keyboard.press("s")
    expect(page.locator("#cues li")).to_have_count(2)
    words = page.locator("#cues textarea").first
    words.evaluate("e => { e.focus(); const n = e.value.indexOf('Awa'); e.setSelectionRange(n, n + 3) }")
    page.keyboard.press("Control+b")
    page.keyboard.press("Escape")
    to(page, 6.0)
    page.keyboard.press("b")
    to(page, 6.5)
    page.keyboard.press("b")
    to(page, 0.5)
    page.keyboard.press("[")
    to(page, 7.0)
    page.keyboard.press("]")
    to(page, 5.0)
    page.keyboard.press("p")
    page.keyboard.press("c")
    page.keyboard.type("Green")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")  # the second subtitle is not chosen: the first goes
    expect(page.locator("#cues li")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator("#cues li")).to_have_count(2)
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator("text=Saved.")).to_be_visible()
    writing = Writing.objects.get(language="fr")
    assert (
        writing.subtitles.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nI am {Awa}")
        and "left at night." in writing.subtitles
    )
    assert writing.chapters == "0:05 Green"
    cut = Cut.objects.get()
    assert (cut.begins, cut.ends, cut.still) == (0.5, 7.0, 5.0) and cut.bleeps == [[6.0, 6.5]]
    assert set(Rendition.objects.filter(state="waiting").values_list("kind", flat=True)) >= {
        "light",
        "still",
        "stream",
    }


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_it_fits_and_has_no_barriers(page_at, room, width, scheme):
    page = opened(page_at(width, scheme), room)
    to(page, 1.0)
    page.get_by_role("button", name="New subtitle here").click()
    page.keyboard.type("يوم جديد")
    assert page.evaluate(OVERFLOW) <= 0
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").evaluate("e => e.open") and violations(page) == []


def test_a_file_is_taken_in_and_what_is_wrong_is_said(page_at, room, tmp_path):
    page = opened(page_at(1280), room)
    (tmp_path / "a.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,500\nBonjour\n\n2\n00:00:03,000 --> 00:00:04,000\nÇa va ?\n"
    )
    page.set_input_files("#take-in", tmp_path / "a.srt")
    expect(page.locator("#cues li")).to_have_count(2)
    (tmp_path / "b.srt").write_bytes(b"\x00\x01 nothing")
    page.set_input_files("#take-in", tmp_path / "b.srt")
    expect(page.locator("#told")).to_contain_text("No subtitles could be read")
    page.fill("[name=ends]", "soon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".cut-ends")).to_contain_text("a time like 1:05.2 is expected")
    expect(page.locator("#cues li")).to_have_count(2)
    page.fill("[name=ends]", "0:01")
    page.fill("[name=begins]", "0:02")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("text=It has to begin before it ends")).to_be_visible()
    assert not Cut.objects.exists() and not Writing.objects.exists(), "nothing is half saved"


def test_two_editors_do_not_write_over_each_other(page_at, room):
    page = opened(page_at(1280), room)
    to(page, 1.0)
    page.keyboard.press("n")
    page.keyboard.type("Mine")
    Writing.objects.create(
        testimony_id=room[0].split("/")[5],
        language="fr",
        subtitles="WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nTheirs\n",
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("text=Somebody else has saved this meanwhile")).to_be_visible()
    expect(page.locator("#cues textarea").first).to_have_value("Mine")
    assert "Theirs" in Writing.objects.get().subtitles


def test_a_guides_prompts_are_typed_in_fields(page_at, site, live_server, settings, client, admin_user):
    settings.PUBLIC_URL = live_server.url
    guide = Guide.objects.create(
        campaign=make_campaign(),
        kind="interview",
        language="fr",
        title="Partir",
        prompts=[{"id": "leaving", "text": "Pourquoi ?"}],
    )
    with_second_factor(client, admin_user)
    page = page_at(1280)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    visit(page, f"{live_server.url}/admin/guides/edit/{guide.pk}/")
    page.get_by_role("button", name="Add a prompt").click()
    page.keyboard.type("Was there a place where you were safe?")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Move up: prompt 2").click()
    page.locator("button[type=submit]", has_text="Save").first.click()
    page.wait_for_url("**/admin/guides/")
    guide.refresh_from_db()
    assert guide.prompts == [
        {"id": "there", "text": "Was there a place where you were safe?"},
        {"id": "leaving", "text": "Pourquoi ?"},
    ]
    visit(page, f"{live_server.url}/admin/guides/edit/{guide.pk}/")
    assert violations(page) == []
    page.get_by_label("What is asked").first.fill("")
    page.locator("button[type=submit]", has_text="Save").first.click()
    expect(page.locator("text=Prompt 1: id, text are expected").first).to_be_visible()
