"""A second factor set up and used in Chromium: an authenticator app, and a passkey of the browser's
own virtual device.
"""

from __future__ import annotations

import pytest

from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.browser.tools import still
from tests.signing_in import code
from tests.testimonies.people import user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password of length"


@pytest.fixture
def house(site, settings, live_server, django_user_model):
    settings.PUBLIC_URL = live_server.url
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user_with(django_user_model, "protection", name="noor")
    return live_server.url


def sign_in(page, url: str) -> None:
    page.goto(f"{url}/admin/testimonies/")
    page.fill("[name=login]", "noor")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_an_app_is_set_up_before_raw_material_opens(house, page_at, width, scheme):
    page = page_at(width, scheme)
    found = []

    def look() -> None:
        still(page)
        assert page.evaluate(OVERFLOW) <= 0, page.url
        found.extend((page.url, v) for v in violations(page))

    page.goto(f"{house}/admin/login/")
    look()
    sign_in(page, house)
    look()
    page.click("a[href$='/totp/activate/']")
    look()
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#authenticator_secret")
    look()
    page.fill("[name=code]", code(page.input_value("#authenticator_secret")))
    page.keyboard.press("Enter")
    page.wait_for_selector("#recovery_codes")
    look()
    page.check("#codes_saved")
    page.click("text=Go on to what you wanted to open")
    page.wait_for_url("**/admin/testimonies/")
    assert found == []


def test_a_passkey_is_set_up_and_opens_the_door_without_a_password(house, page_at):
    page = page_at(1280)
    url = house.replace("127.0.0.1", "localhost")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, url)
    page.click("a[href$='/webauthn/add/']")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=name]")
    page.fill("[name=name]", "My phone")
    page.check("[name=passwordless]")
    assert violations(page) == []
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("#recovery_codes")
    page.context.clear_cookies()
    page.goto(f"{url}/admin/login/?next=/admin/testimonies/")
    with page.expect_navigation(url="**/admin/testimonies/"):
        page.click("#passkey_login")
    assert page.title().startswith("Testimonies")
