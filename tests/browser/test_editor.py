"""The issue's editor: a row for each block and line, opened in place, saved by itself."""

from __future__ import annotations

import pytest
from django.utils import timezone

from griot.digest.desk.actions import act
from griot.digest.desk.placing import issue_in_the_making
from griot.digest.models import IssuePage
from tests.browser.test_morning import editor, sign_in
from tests.browser.tools import visit
from tests.digest.desk.nights import tell
from tests.digest.issues import make_full_issue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = "e => [...document.querySelectorAll(e)].filter((x) => x.checkVisibility()).length"
FIELDS = "main :is(input:not([type=hidden]), textarea, select, [role=textbox])"
BODY = "#panel-child-content-body-section"


@pytest.fixture
def open_editor(live_server, client, page_at, settings):
    settings.PUBLIC_URL = live_server.url
    user = editor()

    def open_at(issue, width: int = 1280):
        page = page_at(width)
        sign_in(page, live_server, client, user)
        visit(page, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
        page.wait_for_selector(".griot-state")
        return page

    return open_at


@pytest.mark.parametrize("width", [1280, 375])
def test_a_whole_issue_fits_two_screens(site, open_editor, width):
    page = open_editor(make_full_issue(), width)
    assert page.locator(BODY).bounding_box()["height"] < 2 * 900
    assert page.evaluate(SHOWN, FIELDS) <= 12, "what is folded away asks for nothing"
    line = page.locator(".w-panel__heading", has_text="57 <b>people</b> & others agreed").first
    assert "The Gulf Today, MENAFN reported that" in line.inner_text()
    assert line.locator(".griot-state").inner_text() == "by hand"


def test_a_line_opens_in_its_place_and_names_no_story(site, django_user_model, open_editor):
    story = tell("57 migrants are rescued off Lampedusa", "Wirepoint")
    act("accept", django_user_model.objects.create_user("ana2"), {"story": story.pk})
    page = open_editor(issue_in_the_making())
    row = page.locator(".w-panel__header", has_text="Wirepoint reported")
    assert row.locator(".griot-state").inner_text() == "draft"
    assert not page.locator("text=Story").first.is_visible()
    row.locator("[data-panel-toggle]").click()
    page.wait_for_selector("textarea[name$='-body']", state="visible")


def test_what_is_typed_is_saved_by_itself(site, open_editor):
    issue = make_full_issue(day=timezone.localdate())
    page = open_editor(issue)
    page.fill("[name=summary]", "")
    for _ in range(120):  # Wagtail looks at a form for a while before it notices what changes
        page.type("[name=summary]", "Ana writes. ", delay=40)
        page.wait_for_timeout(400)
        if "Ana writes." in IssuePage.objects.get(pk=issue.pk).get_latest_revision_as_object().summary:
            return
    raise AssertionError("nothing was saved")
