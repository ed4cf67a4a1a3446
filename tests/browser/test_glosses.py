"""Foreign headlines on the desk get their glosses as they come into view, in the browser."""

from __future__ import annotations

import pytest

from griot.press.models import Gloss
from griot.press.stories.beats_store import first_beat
from griot.press.stories.pipeline import rate_stories
from tests.browser.test_morning import editor, sign_in
from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.browser.tools import still, visit
from tests.digest.desk.nights import tell
from tests.digest.desk.test_glosses import translating

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GLOSSES = "document.querySelectorAll('.desk-row .desk-gloss:not([data-gloss])').length"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_what_comes_into_view_is_glossed(site, settings, live_server, page_at, client, web, width, scheme):
    settings.PUBLIC_URL = live_server.url
    web.pages["here/translate"] = translating
    settings.TRANSLATOR = f"libretranslate+{web.url('here', '')}"
    first_beat()
    told = [
        tell(f"Des migrants secourus au large, nouvelle {n}", "Le Phare", language="fr") for n in range(40)
    ]
    wolof = tell("Gaal gu bare ci géej", "Saabalkat", language="wo")
    rate_stories({s.pk for s in [*told, wolof]})
    page = page_at(width, scheme)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    page.wait_for_function(f"{GLOSSES} > 1")
    still(page)
    seen = page.evaluate(GLOSSES)
    assert seen < 30, "what nobody looks at is not sent to a translator"
    assert not violations(page) and page.evaluate(OVERFLOW) <= 0
    page.evaluate("document.querySelector('.desk-row:last-child').scrollIntoView()")
    page.wait_for_function(f"{GLOSSES} > {seen}")
    page.locator(f"#row-{wolof.pk}").scroll_into_view_if_needed()
    page.wait_for_selector("#desk-gloss-why:not([hidden])")
    assert "Wolof is not translated" in page.inner_text("#desk-gloss-why")
    page.locator(f"#row-{told[0].pk} .desk-open").click()
    page.wait_for_selector(".desk-article .desk-gloss:not([data-gloss])")
    still(page)
    assert "fr: DES MIGRANTS SECOURUS" in page.inner_text(".desk-story > .desk-gloss")
    page.click("[data-translate]")
    page.wait_for_selector(".desk-article > p.desk-gloss:not([data-gloss]):last-child")
    assert not violations(page) and page.evaluate(OVERFLOW) <= 0
    assert Gloss.objects.filter(words__startswith="fr: ").count() > seen
