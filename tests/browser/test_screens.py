"""What people see, in Chromium."""

from __future__ import annotations

import pytest

from griot.digest.core.rendering import render
from griot.digest.site.composing import issue_of
from griot.mailing.models import Audience, Send, Subscriber, Subscription
from griot.mailing.sending import deliver
from tests.browser.tools import visit
from tests.digest.issues import make_issue
from tests.signing_in import code
from tests.support import words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def issue(site, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    return make_issue()


CONTRAST = """() => {
  const luminance = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
  const background = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$|transparent/.test(c)) return c } return 'rgb(255,255,255)' };
  return [...document.querySelectorAll('p, a, h1, h2, li, figcaption, time, footer, b, span, div')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.offsetParent).map(e => {
    const [a, b] = [luminance(getComputedStyle(e).color), luminance(background(e))].sort((x, y) => y - x);
    return [(a + .05) / (b + .05), e.tagName, e.textContent.slice(0, 40)] }).filter(([ratio]) => ratio < 4.5)
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_readers_pages_fit_and_can_be_read(live_server, issue, page_at, width, scheme):
    page = page_at(width, scheme)
    for address in ("/", "/archive/"):
        visit(page, live_server.url + address)
        assert page.evaluate(OVERFLOW) == 0
        assert page.evaluate(CONTRAST) == []
    visit(page, live_server.url)
    broken = "() => [...document.images].filter(i => i.complete && !i.naturalWidth).length"
    assert page.evaluate(broken) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 375])
def test_the_mail_fits_and_can_be_read(live_server, issue, page_at, width, scheme):
    page = page_at(width, scheme)
    page.set_content(render(issue_of(issue), "email"))
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate(CONTRAST) == []


def test_arabic_is_laid_out_from_the_right(site, settings, live_server, page_at):
    settings.PUBLIC_URL = live_server.url
    make_issue("ar")
    page = page_at(375)
    visit(page, f"{live_server.url}/ar/")
    assert page.evaluate(OVERFLOW) == 0
    mark = page.locator(".wordmark img").bounding_box()
    assert mark["x"] > 375 / 2, "the mark stands at the right edge, where Arabic begins"


def test_the_keyboard_reaches_the_content_first(live_server, issue, page_at):
    page = page_at(1280)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"


def test_an_editor_signs_in_edits_previews_and_sends(live_server, issue, page_at, django_user_model):
    django_user_model.objects.create_superuser("admin", "a@b.example", "a password of length")
    audience = Audience.objects.create(name="Staff", slug="staff")
    for n in range(3):
        Subscription.objects.create(
            audience=audience, subscriber=Subscriber.objects.create(email=f"r{n}@news.example")
        )
    page = page_at(1280)
    page.goto(live_server.url + "/admin/")
    assert "Sign in to Griot" in page.content()
    page.fill("[name=login]", "admin")
    page.fill("[name=password]", "a password of length")
    page.click("button[type=submit]")
    page.wait_for_selector("text=This morning")

    page.goto(f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    page.fill("[name=title]", "A better title")
    page.locator("button", has_text="Save draft").first.click()
    page.wait_for_selector("text=has been updated")

    page.goto(f"{live_server.url}/admin/mailing/send/{issue.pk}/")
    page.click("a[href$='/totp/activate/']")
    page.fill("[name=password]", "a password of length")
    page.keyboard.press("Enter")
    page.wait_for_selector("#authenticator_secret")
    page.fill("[name=code]", code(page.input_value("#authenticator_secret")))
    page.keyboard.press("Enter")
    page.check("#codes_saved")
    page.click("text=Go on to what you wanted to open")
    page.wait_for_url("**/admin/mailing/send/**")
    assert "3 recipients" in words(page.content())
    page.click("text=Send now …")
    page.click("text=Yes, send to 3")
    page.wait_for_selector("text=0 of 3 done")
    deliver(Send.objects.get(), 1)
    page.reload()
    page.wait_for_selector("text=3 of 3")

    page.goto(live_server.url + "/admin/mailing/outbox/")
    page.click("table a >> nth=0")
    frame = page.frame_locator("iframe")
    frame.locator("text=Communities Meet to Share").wait_for()


def test_leaving_an_audience_takes_two_clicks_and_can_be_undone(live_server, site, page_at):
    audience = Audience.objects.create(name="Staff", slug="staff")
    subscription = Subscription.objects.create(
        audience=audience, subscriber=Subscriber.objects.create(email="r@news.example")
    )
    page = page_at(375)
    page.goto(f"{live_server.url}/unsubscribe/{subscription.token}/")
    page.click("text=Unsubscribe")
    page.wait_for_selector("text=You are unsubscribed")
    page.click("text=subscribe again")
    page.wait_for_selector("text=You are subscribed again")
