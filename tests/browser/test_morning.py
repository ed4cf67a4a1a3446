"""A morning at the desk, driven as editors drive it: by keys alone, two at once, on a phone, in Arabic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from griot.digest.desk.placing import draft_of, issue_in_the_making
from griot.digest.models import IssuePage
from griot.digest.release.editions import make_editions
from griot.mailing.models import Audience, Schedule, Subscriber, Subscription
from griot.press.models import Line, Story
from griot.press.stories.beats_store import first_beat
from griot.press.stories.pipeline import rate_stories
from tests.browser.test_quality import violations
from tests.browser.test_screens import OVERFLOW
from tests.browser.tools import still, visit
from tests.digest.desk.nights import tell
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor
from tests.support import words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def night(site, settings, live_server):
    """300 stories of the night, one better than the next."""
    settings.PUBLIC_URL = live_server.url
    first_beat()
    told = [
        tell(
            f"Migrants and rescue boats, report {n}",
            *[f"Outlet {k}" for k in range(1 + (n < 5))],
            hours=1 + n / 60,
        )
        for n in range(300)
    ]
    rate_stories({s.pk for s in told})
    for n, story in enumerate(told):
        Story.objects.filter(pk=story.pk).update(score=9 - n / 100)
        story.ratings.update(score=9 - n / 100)
    audience = Audience.objects.create(name="Friends", slug="friends")
    subscriber = Subscriber.objects.create(email="a@reader.example")
    Subscription.objects.create(audience=audience, subscriber=subscriber)
    return told


def editor(name: str = "ana"):
    return get_user_model().objects.create_superuser(
        name, f"{name}@example.org", "x", first_name=name.title()
    )


def sign_in(page, live_server, client, user) -> None:
    client = type(client)()  # a client of its own: signing in again would sign the first one out
    with_second_factor(client, user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def press(page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)
        still(page)


def tab_to(page, selector: str) -> None:
    for _ in range(150):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {selector}")


def said(page, words: str) -> None:
    page.wait_for_function("w => document.getElementById('desk-said').textContent.includes(w)", arg=words)


def lines() -> list[int]:
    with draft_of(issue_in_the_making().pk) as draft:
        return [item["value"]["story"] for item in draft.lines("press_review")]


def test_a_morning_by_keys_alone(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    for n in range(4):
        page.keyboard.press("a")
        said(page, f"report {n}")
    press(page, "d")
    said(page, "Discarded")
    press(page, "l")
    said(page, "Later")
    press(page, "e")
    page.wait_for_selector(".desk-edit textarea:focus")
    page.keyboard.press("Control+A")
    page.keyboard.type("reported that boats with migrants were met near Lampedusa on Sunday.")
    page.keyboard.press("Control+Enter")
    said(page, "Edited")
    edited = Line.objects.get(version=1)
    assert edited.body.startswith("reported that boats") and edited.ok
    press(page, "a")
    said(page, "Accepted")
    press(page, "x j m")
    said(page, "Merged 2 stories")
    press(page, "u")
    said(page, "Undone: Merged")
    press(page, "i")
    tab_to(page, ".desk-placed-line")
    before = lines()
    page.keyboard.press("Alt+ArrowDown")
    said(page, "place 2")
    assert lines() == [before[1], before[0], *before[2:]] and len(before) == 5
    press(page, "?")
    assert page.locator("#desk-keys").is_visible()
    press(page, "Escape")
    tab_to(page, "#issue-pane a[href*='/preflight/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/preflight/**")
    assert "Nothing keeps it from going out." in words(page.content())
    tab_to(page, "a[href*='/mailing/send/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mailing/send/**")
    tab_to(page, "select[name=zone]")
    page.keyboard.type("Dakar")
    tab_to(page, "section[aria-labelledby=schedule] button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=goes out on")
    plan = Schedule.objects.get()
    assert plan.zone == "Africa/Dakar" and timezone.localdate(plan.at) == plan.issue.day
    assert IssuePage.objects.get(pk=plan.issue_id).approved_schedule


@pytest.mark.parametrize("before", ["never out", "out"])
def test_what_the_editor_publishes_by_its_button_is_read(site, live_server, page_at, client, before):
    issue = make_issue(day=timezone.localdate(), live=before == "out")
    issue.save_revision()
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/pages/{issue.pk}/edit/")
    page.fill("[name=title]", "A new title")
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    page.locator("button[name=action-publish]:visible").first.click()
    page.wait_for_selector(".messages :text('has been published')")
    assert "A new title" in client.get(issue.url).content.decode()


def test_a_story_on_its_way_is_edited_when_it_is_there_and_typed_words_stay(
    night, live_server, page_at, client
):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")

    def slowly(route):
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/desk/story/**", slowly)
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector(".desk-edit textarea:focus")
    shown = page.locator(".desk-story").get_attribute("data-story")
    assert shown == page.locator(".desk-row.is-current").get_attribute("data-story")
    page.keyboard.press("Control+A")
    page.keyboard.type("reported what nobody has saved.")
    page.locator(".desk-row .desk-open").first.click()
    page.wait_for_selector(f".desk-story:not([data-story='{shown}'])")
    assert page.locator(".desk-edit").is_hidden()
    page.locator(f"#row-{shown} .desk-open").click()
    page.wait_for_selector(f".desk-story[data-story='{shown}'] .desk-edit:not([hidden])")
    assert page.locator(".desk-edit textarea").input_value() == "reported what nobody has saved."


def test_more_stories_come_as_one_goes_down(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    for _ in range(70):
        press(page, "j")
    page.wait_for_function(
        "document.querySelector('.desk-row.is-current .desk-open').textContent.endsWith('report 70')"
    )
    assert page.locator(".desk-row").count() >= 100


def test_a_page_of_stories_that_does_not_come_is_asked_for_again(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    page.route("**/desk/rows/**", lambda asked: asked.fulfill(status=409, body="not now"))
    for _ in range(55):
        press(page, "j")
    said(page, "No more stories came")
    page.unroute("**/desk/rows/**")
    press(page, "j")
    page.wait_for_function("document.querySelectorAll('.desk-row').length >= 100")


def test_another_wording_is_taken_with_a_key_and_taken_back(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    story = night[0]
    line = Line.objects.get(story=story)
    article = story.articles.first()
    article.text = f"{article.text} The boats were taken to the harbour of Lampedusa by two fishermen."
    article.save()
    press(page, "o")
    page.wait_for_selector(".desk-wordings [data-wording]")
    shown = page.locator(".desk-wordings [data-wording]").first.get_attribute("data-wording")
    assert shown != line.body
    assert violations(page) == []
    press(page, "o")
    said(page, "Edited")
    assert Line.objects.get(story=story).body == shown
    page.wait_for_selector(".desk-wordings:empty", state="attached")
    press(page, "u")
    said(page, "Undone")
    assert Line.objects.get(story=story).body == line.body


def test_a_quick_undo_undoes_what_was_done_last(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    first = night[0]

    def slowly(route):
        if "discard" in route.request.post_data:
            page.wait_for_timeout(700)
        route.continue_()

    page.route("**/desk/act/**", slowly)
    for key in "ajdu":
        page.keyboard.press(key)
    said(page, "Undone: Discarded")
    assert lines() == [first.pk]
    page.unroute("**/desk/act/**")

    def never(route):
        page.wait_for_timeout(300)
        route.fulfill(status=409, json={"message": "Somebody was first."})

    page.route("**/desk/act/**", lambda r: never(r) if "discard" in r.request.post_data else r.continue_())
    for key in "du":
        page.keyboard.press(key)
    said(page, "Somebody was first.")
    still(page)
    assert lines() == [first.pk], "what could not be done is not undone, and what was done before it stays"
    assert set(Story.objects.exclude(decision="").values_list("pk", flat=True)) == {first.pk}


def test_two_editors_at_once(night, live_server, page_at, client):
    ana, bo = page_at(1280), page_at(1280)
    for page, name in ((ana, "ana"), (bo, "bo")):
        sign_in(page, live_server, client, editor(name))
        visit(page, f"{live_server.url}/admin/desk/")
    story = night[0]
    press(ana, "e")
    ana.locator(".desk-edit textarea").fill("reported that boats were met, as Ana has it.")
    press(bo, "e")
    bo.locator(".desk-edit textarea").fill("reported that boats were met, as Bo has it.")
    bo.keyboard.press("Control+Enter")
    said(bo, "Edited")
    ana.keyboard.press("Control+Enter")
    said(ana, "Bo has changed this line meanwhile")
    assert ana.locator(".desk-edit textarea").input_value().endswith("as Ana has it."), (
        "what Ana wrote is not lost"
    )
    assert "as Bo has it" in Line.objects.get(story=story).body
    ana.keyboard.press("Control+Enter")
    said(ana, "Edited")
    assert "as Ana has it" in Line.objects.get(story=story).body
    press(bo, "j")
    ana.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    ana.wait_for_selector(".desk-here:has-text('Bo is here')")
    fresh = tell("Migrants cross the river at night")
    rate_stories({fresh.pk})
    Story.objects.filter(pk=fresh.pk).update(
        grown=timezone.now() + timedelta(seconds=1), changed=timezone.now()
    )
    place = ana.evaluate("document.querySelector('.is-current').id")
    ana.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    ana.wait_for_selector("#desk-pill:has-text('1 new')")
    assert ana.evaluate("document.querySelector('.is-current').id") == place, "nobody loses their place"
    press(ana, "n")
    assert (
        ana.evaluate("document.querySelector('.is-current .desk-open').textContent")
        == "Migrants cross the river at night"
    )


def test_a_refusal_is_taken_back_in_words(night, live_server, page_at, client):
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    page.context.set_offline(True)
    press(page, "a")
    said(page, "can’t be reached")
    assert page.locator(f"#row-{night[0].pk}").is_visible()
    page.context.set_offline(False)


def test_on_a_phone(night, live_server, page_at, client):
    page = page_at(375)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/")
    assert page.evaluate(OVERFLOW) == 0
    page.locator(".desk-open").first.click()
    page.wait_for_selector(".desk-acts")
    assert page.evaluate(OVERFLOW) == 0
    for button in page.locator(".desk-acts button").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["y"] + box["height"] <= 900
    page.locator("[data-edit]").click()
    page.locator(".desk-edit textarea").fill("reported that boats were met near Lampedusa.")
    page.locator(".desk-edit button[type=submit]").click()
    said(page, "Edited")
    page.locator("[data-act=accept]").click()
    said(page, "Accepted")
    assert page.locator(".desk-list").is_visible() and lines() == [night[0].pk]
    page.locator(".desk-open:visible").first.click()
    page.locator("[data-act=discard]").click()
    said(page, "Discarded")
    page.locator("#desk-toast [data-undo]").click()
    said(page, "Undone")


def test_an_arabic_edition_runs_from_the_right(night, live_server, page_at, client):
    user = editor()
    from griot.digest.desk.actions import act

    for story in night[:2]:
        act("accept", user, {"story": story.pk})
    issue = issue_in_the_making()
    make_editions(issue, user)
    for page in IssuePage.objects.all():
        page.get_latest_revision().publish(skip_permission_checks=True)
    page = page_at(375)
    visit(page, f"{live_server.url}/ar/{issue.slug}/")
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.press-review h2')).direction") == "rtl"
    assert page.locator(".press-review li").first.get_attribute("dir") == "ltr", (
        "what is not translated keeps its own direction"
    )
    assert "لم يُترجم بعد" in page.content()


def test_a_claim_opens_its_article_at_the_passage(live_server, client, page_at, site):
    first_beat()
    story = tell("57 migrants are rescued off Lampedusa", "Wirepoint")
    rate_stories({story.pk})
    page = page_at(1280)
    sign_in(page, live_server, client, editor())
    visit(page, f"{live_server.url}/admin/desk/?story={story.pk}")
    claim = page.locator(".claim[data-article]").first
    claim.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".desk-article.is-read")
    still(page)
    assert page.evaluate("document.activeElement.matches('.desk-article.is-read :is(mark, h3)')")


def test_several_share_a_desk(live_server, client, page_at, site):
    first_beat()
    story = tell("57 migrants are rescued off Lampedusa", "Wirepoint")
    rate_stories({story.pk})
    ana, bo = page_at(1280), page_at(375, "dark")
    for page, name in ((ana, "ana"), (bo, "bo")):
        sign_in(page, live_server, client, editor(name))
        visit(page, f"{live_server.url}/admin/desk/?story={story.pk}")
    ana.click("text=I hold it")
    still(ana)
    ana.keyboard.press("t")
    ana.wait_for_selector(".desk-on-it >> text=Ana")
    ana.keyboard.press("u")
    ana.wait_for_selector(".desk-on-it", state="detached")
    ana.click("text=Hand over, or leave a note")
    ana.fill("textarea[name=note]", "The ferry story may grow.")
    ana.select_option(".griot-hand select", label="Bo")
    ana.click("button:has-text('Hand over')")
    ana.wait_for_selector("text=Bo holds the issue")
    visit(bo, f"{live_server.url}/admin/")
    assert "You hold the issue" in words(bo.content()) and "The ferry story may grow." in bo.content()
    assert bo.evaluate(OVERFLOW) == 0
    bo.click("button:has-text('Read')")
    still(bo)
    assert "The ferry story may grow." not in bo.content()
