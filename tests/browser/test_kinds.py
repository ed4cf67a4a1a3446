"""An editor says what kind of piece a story's line tells of, in the browser."""

from __future__ import annotations

import pytest

from griot.press.models import Line
from griot.press.stories.beats_store import first_beat
from griot.press.stories.pipeline import rate_stories
from tests.browser.test_morning import editor, sign_in, tab_to
from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.browser.tools import still, visit
from tests.digest.desk.nights import tell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_a_line_is_drafted_as_the_kind_that_an_editor_says(
    site, settings, live_server, page_at, client, width, scheme
):
    settings.PUBLIC_URL = live_server.url
    first_beat()
    story = tell("Migrants and rescue boats near Lampedusa", "Harbour Times")
    rate_stories({story.pk})
    page = page_at(width, scheme)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    page.locator(".desk-row .desk-open").first.click()
    page.wait_for_selector(".desk-story")
    still(page)
    page.keyboard.press("e")
    page.wait_for_selector(".desk-edit textarea:focus")
    before = page.locator(".desk-edit textarea").input_value()
    assert page.locator("[name=piece]").input_value() == "news"
    page.select_option("[name=piece]", "opinion")
    assert page.evaluate(OVERFLOW) <= 0 and not violations(page)
    tab_to(page, "[data-tell]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[name=piece] option[selected]')?.value === 'opinion'")
    still(page)
    line = Line.objects.get(story=story)
    assert line.piece == "opinion" and line.body != before
