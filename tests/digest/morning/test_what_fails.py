"""What fails in a morning is set aside, and the issue is laid out with everything beside it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision

from griot.digest.models import IssueFrame, IssuePage
from griot.digest.morning.assembling import lay_out, morning, start_issue
from griot.digest.tasks import publish_due
from griot.press.models import Article, Line, Outlet, Story
from griot.troubles.models import Trouble
from tests.digest.issues import make_issue

pytestmark = pytest.mark.django_db
BROKEN = {
    "type": "event",
    "value": {"title": "A day that no calendar has", "begins": "2026-02-31T10:00"},
    "id": "e",
}


def a_story(number: int, outlets: object) -> Story:
    now = timezone.now()
    story = Story.objects.create(
        first_published=now, last_published=now, score=1.0, headline=f"Story {number}"
    )
    outlet, _ = Outlet.objects.get_or_create(name="The Post")
    Article.objects.create(
        outlet=outlet, url=f"https://a.example/{number}", title="Boats met", published=now, story=story
    )
    facts = {"body": f"reported that {number} boats were met.", "claims": [], "ok": True}
    Line.objects.create(story=story, language="en", outlets=outlets, **facts)
    return story


def night() -> tuple:
    now = timezone.now()
    return now - timedelta(hours=36), now + timedelta(minutes=1)


def test_a_line_that_cannot_be_laid_out_does_not_stop_the_issue(site, admin_user):
    named = [{"name": "The Post", "url": "https://a.example/1"}]
    good, bad, other = a_story(1, named), a_story(2, named), a_story(3, named)
    Line.objects.filter(story=bad).update(
        ok=False, claims=7
    )  # no list of claims: who may approve can't be said
    Line.objects.get(story=bad).overrides.create(claim="2", why="Said so.", by=admin_user)
    issue = lay_out(timezone.localdate(), *night())
    assert {v["story"] for v in issue.body[0].value["lines"]} == {good.pk, other.pk}
    assert Trouble.objects.get().row == str(bad.pk)


def test_a_story_whose_line_cannot_be_drafted_does_not_stop_the_morning(site):
    bad, good = a_story(1, []), a_story(2, [])
    Line.objects.all().delete()
    Article.objects.filter(story=bad).delete()  # drafting needs an article
    _, issue = morning(timezone.localdate(), timezone.now() + timedelta(minutes=1))
    assert Line.objects.get().story == good
    assert Trouble.objects.get(what="drafting lines").row == str(bad.pk)
    assert issue.body[0].value["lines"][0]["story"] == good.pk


def test_a_block_of_the_frame_that_cannot_be_made_is_left_out(site):
    today = timezone.localdate()
    text = {"type": "text", "value": "<p>Before the lines.</p>", "id": "a"}
    share = {"type": "share", "value": {}, "id": "b"}
    frame = IssueFrame.objects.create(name="Every day", weekdays=[today.isoweekday()])
    IssueFrame.objects.filter(pk=frame.pk).update(body=json.dumps([text, BROKEN, share]))
    issue = start_issue(today, "en")
    assert [b.block_type for b in issue.body] == ["text", "share"]
    assert "event" in Trouble.objects.get().row


def test_a_block_of_the_draft_that_cannot_be_read_stays_and_the_lines_come(site):
    story = a_story(1, [{"name": "The Post", "url": "https://a.example/1"}])
    issue = start_issue(timezone.localdate(), "en")
    for revision in issue.revisions.all():
        revision.content["body"] = json.dumps([BROKEN])
        revision.save()
    lay_out(timezone.localdate(), *night())
    stored = json.loads(IssuePage.objects.get(pk=issue.pk).get_latest_revision().content["body"])
    assert [b["type"] for b in stored] == ["event", "press_review"]
    assert [line["value"]["story"] for line in stored[1]["value"]["lines"]] == [story.pk]


def test_what_cannot_be_published_does_not_keep_others_from_it(site):
    today = timezone.localdate()
    pages = [make_issue(day=today - timedelta(days=n), live=False) for n in range(3)]
    past = timezone.now() - timedelta(minutes=1)
    for page in pages:
        revision = page.save_revision(approved_go_live_at=past)
        revision.content["go_live_at"] = past.isoformat()
        revision.save()
    bad = Revision.objects.get(object_id=str(pages[1].pk))
    bad.content["body"] = json.dumps([BROKEN])
    bad.save()
    Revision.objects.filter(pk=bad.pk).update(
        approved_go_live_at=past - timedelta(minutes=1)
    )  # the first in line
    publish_due()
    assert set(IssuePage.objects.live().values_list("pk", flat=True)) == {pages[0].pk, pages[2].pk}
    assert Trouble.objects.get().row == str(bad.pk)
    IssuePage.objects.filter(pk=pages[0].pk).update(expire_at=past)
    publish_due()
    assert not IssuePage.objects.get(pk=pages[0].pk).live
