from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

from griot.runtime.programs import chromium as find_chromium
from tests.browser.tools import COUNTING, PATIENCE

# The desk answers a refused act with 409 or 422, and a test may take the network away: the browser says so by
# itself. An editor's autosave is refused with 400 when the form itself has overtaken it, or is not whole yet.
REFUSED = re.compile(r"status of (409|422)|ERR_INTERNET_DISCONNECTED")
OVERTAKEN = re.compile(r"status of 400 .*/edit/$")


@pytest.fixture(scope="package")
def chromium() -> Iterator:
    """Headless Chromium; browser tests skip where there is none.

    Playwright's event loop runs in this thread as long as it does, and Django has another connection in a thread
    with a loop. So both end with the folder: the next tests may run loops of their own, and find their connection.
    """
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine, and no right to install one")
    connections.close_all()
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Django would take every query beside the loop for a mistake.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def page_at(chromium):
    """A page of a given width and colour scheme that fails on any error in the console."""
    contexts, errors = [], []

    def note(message) -> None:
        told = f"{message.text} {message.location['url']}"
        if message.type == "error" and not REFUSED.search(told) and not OVERTAKEN.search(told):
            errors.append(told)

    def open_at(width: int, scheme: str = "light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(COUNTING)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield open_at
    for context in contexts:
        context.close()
    time.sleep(0.6)  # what the pages had asked for is answered before the database is emptied
    assert errors == []
