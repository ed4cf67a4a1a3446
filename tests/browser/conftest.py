from __future__ import annotations

import re
import time

import pytest

from tests.browser.tools import COUNTING, PATIENCE

# The desk answers a refused act with 409 or 422, and a test may take the network away: the browser says so by
# itself.
REFUSED = re.compile(r"status of (409|422)|ERR_INTERNET_DISCONNECTED")


@pytest.fixture
def page_at(chromium):
    """A page of a given width and colour scheme that fails on any error in the console."""
    contexts, errors = [], []

    def open_at(width: int, scheme: str = "light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(COUNTING)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: errors.append(m.text) if m.type == "error" and not REFUSED.search(m.text) else None,
        )
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield open_at
    for context in contexts:
        context.close()
    time.sleep(0.6)  # what the pages had asked for is answered before the database is emptied
    assert errors == []
