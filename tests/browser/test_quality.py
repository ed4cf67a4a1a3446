"""What can be measured of every page: accessibility (axe-core), Lighthouse on an issue, and
mail clients' support.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from wagtail.users.models import UserProfile

from griot.digest.models import Correction, IssuePage
from griot.digest.release.editions import make_editions
from griot.digest.site.composing import issue_of
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.press.stories.beats_store import first_beat
from griot.press.stories.pipeline import rate_stories
from tests.browser.tools import COUNTING, lighthouse, still, visit
from tests.digest.desk.nights import tell
from tests.digest.issues import make_full_issue
from tests.signing_in import with_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def newsroom(site, settings, live_server, admin_user):
    """Two issues out, one with every block and editions; stories on the desk; somebody to send to."""
    settings.PUBLIC_URL = live_server.url
    first_beat()
    issue = make_full_issue()
    make_editions(issue)
    for page in IssuePage.objects.all():
        page.get_latest_revision().publish(skip_permission_checks=True)
    Correction.objects.create(issue=issue, text="The film lasts 45 minutes, not 54.")
    told = [tell(f"Migrants {n} met at sea", "The Harbour Times", "Al Marsa", hours=n + 1) for n in range(6)]
    rate_stories({s.pk for s in told})
    audience = Audience.objects.create(name="Friends", slug="friends")
    subscriber = Subscriber.objects.create(email="a@reader.example")
    Subscription.objects.create(audience=audience, subscriber=subscriber, token="token")
    return issue


def violations(page) -> list[str]:
    """What axe finds, each with its first place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {n['html'][:140]} | {n['failureSummary'][:200]}"
        for v in found
        for n in v["nodes"][:2]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readers_pages_have_no_barriers(newsroom, live_server, chromium, scheme):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    anchors = [
        b.anchor for b in issue_of(newsroom).blocks if b.kind in {"feature", "gallery", "quote", "figures"}
    ]
    day = newsroom.slug
    paths = [
        "/",
        f"/{day}/",
        "/ar/",
        f"/fr/{day}/",
        "/archive/",
        "/ar/archive/",
        "/archive/?q=reported",
        "/archive/?q=(",
        "/unsubscribe/token/",
        "/nothing/",
        *(f"/{day}/item/{a}/" for a in anchors),
    ]
    found = {}
    for path in paths:
        visit(page, live_server.url + path)
        if bad := violations(page):
            found[path] = bad
    context.close()
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editors_pages_have_no_barriers(
    newsroom, live_server, chromium, scheme, admin_client, admin_user
):
    with_second_factor(admin_client, admin_user)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    context.add_init_script(COUNTING)
    context.add_cookies(
        [{"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    paths = [
        "/admin/desk/",
        "/admin/desk/?q=migrants",
        "/admin/desk/?state=accepted",
        f"/admin/issues/preflight/{newsroom.pk}/",
        f"/admin/issues/correct/{newsroom.pk}/",
        f"/admin/mailing/send/{newsroom.pk}/",
        "/admin/press/ledger/",
        f"/admin/pages/{newsroom.pk}/edit/",
    ]
    found = {}
    for path in paths:
        visit(page, live_server.url + path)
        bad = violations(page)
        if path == "/admin/desk/":
            page.keyboard.press("a")
            still(page)
            page.keyboard.press("i")
            bad += violations(page)
            page.keyboard.press("i")
            page.keyboard.press("e")
            bad += violations(page)
            page.keyboard.press("Escape")
            page.keyboard.press("?")
            bad += violations(page)
        if bad:
            found[path] = bad
    context.close()
    assert found == {}


def test_the_desk_has_no_barriers_from_right_to_left(
    newsroom, live_server, chromium, admin_client, admin_user
):
    UserProfile.get_for_user(admin_user)
    UserProfile.objects.update(preferred_language="ar")
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies(
        [{"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    for path in ("/admin/desk/", f"/admin/issues/preflight/{newsroom.pk}/"):
        visit(page, live_server.url + path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert violations(page) == []
    context.close()


def test_lighthouse_finds_an_issue_fit_for_phones(newsroom, live_server, chromium, tmp_path):
    scores, size, failed = lighthouse(f"{live_server.url}/{newsroom.slug}/", tmp_path)
    print("Lighthouse, mobile:", scores, size, "bytes")
    assert min(scores[n] for n in ("accessibility", "best-practices", "seo")) >= 95, (scores, failed)
    assert size <= 200 * 1024
