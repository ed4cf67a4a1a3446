"""A morning in the browser, each of its people with their own role and no other."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from griot.digest.models import IssuePage
from griot.mailing.models import Send
from tests.browser.test_morning import night, press, said, sign_in  # noqa: F401  (a fixture)
from tests.browser.tools import visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at(page_at, live_server, client):
    """A page that somebody of a role has open at the admin's home."""

    def sit_down(name: str, role: str):
        user, _ = get_user_model().objects.get_or_create(
            username=name.lower(), defaults={"first_name": name, "email": f"{name.lower()}@a.example"}
        )
        user.groups.set(Group.objects.filter(name=role))
        page = page_at(1280)
        sign_in(page, live_server, client, user)
        visit(page, f"{live_server.url}/admin/")
        return page

    return sit_down


def act(page, selector: str) -> None:
    """Click what leads to another page, wherever it is on a long one, and wait for it."""
    with page.expect_navigation():
        page.locator(selector).first.evaluate("e => e.click()")


def test_an_issue_goes_from_hand_to_hand(at, night, live_server):  # noqa: F811
    duty = at("Ana", "Duty editor")
    duty.click("a.button:has-text('Go to the desk')")
    duty.wait_for_selector("#rows [aria-selected=true], #desk-said", state="attached")
    for _ in range(3):
        press(duty, "a")
        said(duty, "Accepted")
    issue = IssuePage.objects.get(language="en")
    visit(duty, f"{live_server.url}/admin/issues/preflight/{issue.pk}/")
    duty.click(f"form[action$='/editions/{issue.pk}/'] button")
    duty.wait_for_selector("h3")
    visit(duty, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    assert duty.locator("[name=action-publish]").count() == 0
    act(duty, "[name=action-submit]")

    chief = at("Bo", "Chief editor")
    assert "Somebody is asked to approve it." in chief.content()
    visit(chief, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    act(chief, "[data-workflow-action-name=approve]")
    visit(chief, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    act(chief, "[name=action-publish]")
    assert IssuePage.objects.get(pk=issue.pk).live

    translator = at("Ines", "Translator")
    translator.click("li:has-text('Français') a")
    translator.click("button:text-is('Translate')")
    translator.fill("textarea:visible, [contenteditable=true]:visible", "Un bateau est arrivé.")
    translator.click("button:text-is('Save')")
    translator.wait_for_selector("text=Un bateau est arrivé.")
    offered = translator.locator(".js-translation-editor footer").inner_text()
    assert not {"Publish", "Delete", "alias"} & set(offered.split())
    visit(translator, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    assert "do not cover this" in translator.content()

    manager = at("Mo", "Mailing manager")
    manager.click("text=Send it, or plan it")
    manager.wait_for_selector("main form")
    manager.click("summary:has-text('Send now')")
    act(manager, "button:has-text('Yes, send to 1')")
    assert Send.objects.get().issue == issue
    visit(manager, f"{live_server.url}/admin/")
    assert "Send it, or plan it" not in manager.content()
