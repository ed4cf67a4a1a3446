"""What readers find where links lead, and which other article a line may link to."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from griot.digest.models import IssuePage, LinkCheck
from griot.digest.release.linking import check_links_of
from griot.digest.release.preflight import links_of, preflight
from griot.digest.site.composing import issue_of
from griot.press.models import Line, Story
from griot.press.stories.lines import draft_story
from tests.digest.desk.nights import tell
from tests.digest.issues import make_issue
from tests.digest.release.test_mending import signed_in

pytestmark = pytest.mark.django_db
TEXT = "Forty-one people drowned when a boat sank off Kayar on Monday, the navy of Senegal said. "
PAGE = f"<html lang='en'><title>A boat sank off Kayar</title><article><h1>A boat sank</h1><p>{TEXT * 9}</p>"
SOFT = "<html><title>Page not found</title><p>Sorry, the page you were looking for is not here.</p>"
PAY = (
    "<html><title>A boat sank off Kayar</title><article><h1>A boat sank off Kayar</h1><p>Forty-one people"
    " drowned.</p><p>Subscribe to continue reading</p><p>Already a subscriber? <a href='/login'>Log in</a></p>"
)
SPANISH = (
    "<html lang='es'><title>Un naufragio</title><article><h1>Un naufragio frente a Kayar</h1><p>"
    + "Cuarenta y una personas murieron ahogadas cuando un bote se hundió frente a Kayar el lunes. " * 9
)


@pytest.fixture
def issue(site, web, settings):
    settings.FETCH_ALLOWED = frozenset({f"here.localhost:{web.port}"})
    settings.FETCH_DELAY = 0
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.body = [("press_review", issue.body[5].value)]
    issue.save_revision()
    return issue


def draft(issue) -> IssuePage:
    return IssuePage.objects.get(pk=issue.pk).get_latest_revision_as_object()


def checked(issue, web, *paths: str) -> dict[str, str]:
    """What the pre-flight says of each address, by its path."""
    outlets = [{"name": f"Outlet {n}", "url": at(web, path)} for n, path in enumerate(paths)]
    issue.body[0].value["lines"][0]["outlets"] = outlets
    issue.save_revision()
    check_links_of(issue.pk)
    found = [f for f in preflight(draft(issue)) if ".localhost" in f.where]
    return {f.where.split("/")[3].split(" (")[0]: f"{f.level}: {f.text.split(' (', 1)[1]}" for f in found}


def at(web, path: str) -> str:
    return f"http://here.localhost:{web.port}/{path}"


def test_walls_errors_pages_that_are_gone_and_other_languages_are_told_apart(issue, web):
    html = {"Content-Type": "text/html; charset=utf-8"}
    web.pages |= {
        "here/good": (200, html, PAGE),
        "here/soft": (200, html, SOFT),
        "here/pay": (200, html, PAY),
        "here/spanish": (200, html, SPANISH),
        "here/refused": (403, html, b"no"),
        "here/failed": (500, html, b"no"),
        "here/moved": (302, {"Location": "/"}, b""),
        "here/": (200, html, PAGE),
    }
    said = checked(issue, web, "good", "soft", "pay", "spanish", "refused", "failed", "moved", "gone")
    assert said == {
        "soft": "should: says that nothing is there)",
        "pay": "should: asks to subscribe)",
        "spanish": "know: Spanish)",
        "refused": "should: refused (HTTP 403))",
        "failed": "should: the server failed (HTTP 500))",
        "moved": "should: leads to the site’s front page)",
        "gone": "should: not found (HTTP 404))",
    }
    kinds = {c.url.rsplit("/", 1)[1]: c.found for c in LinkCheck.objects.filter(url__contains=".localhost")}
    assert kinds["refused"] == kinds["pay"] == "wall" and kinds["failed"] == kinds["gone"] == "error"
    assert kinds["soft"] == kinds["moved"] == "nothing" and kinds["good"] == "page"


def test_links_are_opened_as_a_browser_does_and_say_who_asks(issue, web, settings):
    web.pages["here/good"] = (200, {}, PAGE)
    checked(issue, web, "good")
    [headers] = [headers for _, path, headers in web.seen if path == "here/good"]
    assert headers["User-Agent"].startswith("Mozilla/5.0") and settings.USER_AGENT in headers["User-Agent"]
    assert "text/html" in headers["Accept"] and headers["Sec-Fetch-Mode"] == "navigate"


def test_no_link_leads_into_the_house(issue, web):
    issue.body[0].value["lines"][0]["outlets"] = [{"name": "A", "url": at(web, "hop")}]
    issue.save_revision()
    web.pages["here/hop"] = (302, {"Location": f"http://127.0.0.1:{web.port}/secret"}, b"")
    check_links_of(issue.pk)
    assert "not a public address" in LinkCheck.objects.get(url=at(web, "hop")).error
    assert not [path for _, path, _ in web.seen if path.endswith("/secret")]


def told(*outlets: str) -> Story:
    story = tell("Forty-one people drowned when a boat sank off Kayar", *outlets)
    story.articles.update(text=TEXT, summary=TEXT)
    draft_story(story, "en")
    return story


def placed(issue, story: Story) -> None:
    line = Line.objects.get(story=story)
    value = issue.body[0].value["lines"][0]
    value["story"], value["body"], value["outlets"] = story.pk, line.body, line.outlets
    issue.save_revision()


def bad(url: str) -> None:
    LinkCheck.objects.create(url=url, found="wall", error="refused (HTTP 403)")


def test_the_next_outlets_article_takes_the_place_of_one_that_is_walled(issue, client):
    story = told("Wire", "Post")
    line = Line.objects.get(story=story)
    first, second = line.outlets[0], line.outlets[1]
    line.outlets = [first]
    line.save()
    placed(issue, story)
    bad(first["url"])
    [finding] = [f for f in preflight(draft(issue)) if f.what == "Readers meet a wall"]
    assert finding.mend.words == f"Name {second['name']} instead"
    chief = signed_in(client, "chief", "Chief editor")
    chief.post(reverse("digest:mend", args=[issue.pk]), {"finding": finding.key})
    assert second["url"] in links_of(issue_of(draft(issue))) and first["url"] not in links_of(
        issue_of(draft(issue))
    )
    assert [o["url"] for o in Line.objects.get(pk=line.pk).outlets] == [second["url"]], "checked at the desk"


def test_an_outlet_that_is_named_beside_another_is_left_out(issue):
    story = told("Wire", "Post")
    placed(issue, story)
    outlets = Line.objects.get(story=story).outlets
    bad(outlets[0]["url"])
    [finding] = [f for f in preflight(draft(issue)) if f.what == "Readers meet a wall"]
    assert finding.mend.words == f"Leave {outlets[0]['name']} out"
    bad(outlets[1]["url"])
    found = [f for f in preflight(draft(issue)) if f.what == "Readers meet a wall"]
    assert len(found) == 2 and not any(f.mend for f in found), "there is none to take its place"


def test_an_article_that_left_the_story_is_no_more_linked_from_its_line(issue):
    story = told("Wire", "Post")
    placed(issue, story)
    moved = story.articles.order_by("pk").first()
    other = Story.objects.create(first_published=timezone.now(), last_published=timezone.now())
    moved.story = other
    moved.save()
    [finding] = [f for f in preflight(draft(issue)) if f.what.startswith("Links to an article of another")]
    assert finding.story == story.pk and finding.mend


def test_a_line_whose_story_was_merged_is_checked_by_the_other(issue):
    story = told("Wire", "Post")
    placed(issue, story)
    into = told("Matin")
    story.articles.update(story=into)
    Line.objects.filter(story=story).delete()
    Story.objects.filter(pk=story.pk).update(merged_into=into)
    Line.objects.filter(story=into).update(body="reported something else.")
    assert [f for f in preflight(draft(issue)) if f.what.startswith("Changed in the issue")]
