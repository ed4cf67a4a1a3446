"""The pages of tellers in a real browser, which sends what the forms' protection asks for."""

from __future__ import annotations

import pytest

from griot.testimonies.models import Campaign, Testimony
from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.testimonies.people import make_campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", ""), (375, "dark", "ar/")])
def test_a_story_is_offered_changed_and_taken_back(
    site, settings, live_server, page_at, width, scheme, language
):
    settings.PUBLIC_URL = live_server.url
    make_campaign()
    Campaign.objects.update(is_public=True, about="Your story belongs to you.")
    page = page_at(width, scheme)

    def is_good() -> bool:
        return violations(page) == [] and page.evaluate(OVERFLOW) == 0

    page.goto(f"{live_server.url}/{language}stories/offer/")
    assert is_good()
    page.fill("[name=words]", "I crossed at night.")
    page.check("[name=uses][value=web]")
    page.check("[name=agree]")
    page.click("main button")
    code = page.inner_text("code.code")
    page.goto(f"{live_server.url}/{language}receipt/")
    assert is_good()
    page.fill("#code", code)
    page.click("main button")
    page.wait_for_selector("fieldset")
    assert is_good()
    page.uncheck("[name=uses][value=web]")
    page.click("button[value=change]")
    page.wait_for_selector("fieldset")
    assert Testimony.objects.get().consent.uses == ["team"]
    page.check("[name=sure]")
    page.click("button[value=withdraw]")
    page.wait_for_selector("button[value=close]")
    assert Testimony.objects.get().withdrawn_by == "teller" and is_good()
