"""What keeps an issue in as a whole, who answers for it, and what is mended in one click."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from griot.accounts.guarding import NotNow
from griot.digest.core.words import issue_title
from griot.digest.models import Answer, IssuePage, ToldItem
from griot.digest.release.approving import standing_of, why_not
from griot.digest.release.findings import rows_of
from griot.digest.release.preflight import preflight
from griot.press.models import Line, Story
from tests.digest.issues import make_issue
from tests.support import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def issue(site):
    return make(timezone.localdate())


def make(day):
    issue = make_issue(day=day, live=False)
    issue.save_revision()
    return issue


def draft(issue) -> IssuePage:
    return IssuePage.objects.get(pk=issue.pk).get_latest_revision_as_object()


def kept_in(issue, at=None) -> str:
    return why_not(IssuePage.objects.get(pk=issue.pk), at)


def found(issue, what: str, level: str = "must"):
    return [f for f in preflight(draft(issue)) if f.what.startswith(what) and f.level == level]


def with_lines(issue, count: int):
    """The issue with so many of its lines, and no feature where it has none."""
    lines = issue.body.get_prep_value()
    review = next(b for b in lines if b["type"] == "press_review")
    review["value"]["lines"] = review["value"]["lines"][:count]
    issue.body = issue.body.stream_block.to_python([review])
    issue.save_revision()


def write(issue, **changes) -> None:
    page = draft(issue)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision()


def click(client, issue, finding):
    answer = client.post(reverse("digest:mend", args=[issue.pk]), {"finding": finding.key}, follow=True)
    return words(answer.content)


def answers(client, issue, name: str, why: str = "It is meant to be so."):
    given = {"judgement": name, "why": why}
    return words(client.post(reverse("digest:answer", args=[issue.pk]), given, follow=True).content)


@pytest.fixture
def chief(client, issue):
    return signed_in(client, "chief", "Chief editor", first_name="Ana", last_name="Obi")


def signed_in(client, name: str, group: str, **names: str):
    user = get_user_model().objects.create_user(name, **names)
    user.groups.set(Group.objects.filter(name=group))
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "change_issuepage"]))
    client.force_login(user)
    return client


@pytest.fixture
def editor(client, issue):
    return signed_in(type(client)(), "bo", "Duty editor")


# --- what keeps it in ----------------------------------------------------------------------


def test_an_issue_with_nothing_to_read_stays_in(issue):
    with_lines(issue, 0)
    assert found(issue, "There is nothing to read") and "nothing to read" in kept_in(issue)


def test_a_feature_is_something_to_read(issue):
    review = next(b for b in issue.body if b.block_type == "press_review")
    review.value["lines"].clear()
    issue.save_revision()
    assert not found(issue, "There is") and found(issue, "There is no press line", "should")


def test_one_line_is_answered_for_by_the_chief_editor_and_of_that_line_alone(issue, chief, editor):
    with_lines(issue, 1)
    assert "one press line" in kept_in(issue)
    assert "Only who may approve" in answers(editor, issue, "one line") and not Answer.objects.exists()
    assert "Say why" in answers(chief, issue, "one line", " x ") and "one press line" in kept_in(issue)
    answers(chief, issue, "one line", "A quiet night, I looked twice.")
    assert not kept_in(issue)
    shown = words(chief.get(reverse("digest:preflight", args=[issue.pk])).content)
    assert "Ana Obi" in shown and "A quiet night, I looked twice." in shown
    write(issue, summary="Other words beside it.")
    assert not kept_in(issue), "it was said of the line"
    page = draft(issue)
    page.body[0].value["lines"][0]["body"] = "reported something else."
    page.save_revision()
    assert "one press line" in kept_in(issue)


def test_an_answer_is_taken_back_and_kept(issue, chief):
    with_lines(issue, 1)
    answers(chief, issue, "one line")
    assert not kept_in(issue)
    chief.post(reverse("digest:answer", args=[issue.pk]), {"judgement": "one line", "take_back": "1"})
    assert "one press line" in kept_in(issue) and Answer.objects.get().ended


@pytest.mark.parametrize("days", [-1, 1])
def test_an_issue_goes_out_on_the_day_whose_date_it_bears(site, days):
    day = timezone.localdate() + days * DAY
    issue = make(day)
    said = kept_in(issue)
    assert f"{day:%A %-d %B}" in said and f"{timezone.localdate():%A %-d %B}" in said
    with pytest.raises(NotNow, match="another day’s"):
        issue.get_latest_revision().publish()
    assert "another day’s" in kept_in(issue, timezone.now() + 3 * DAY)
    if days > 0:
        assert not kept_in(issue, timezone.now() + DAY), "that is its day"
        write(issue, go_live_at=timezone.now() + DAY)
        IssuePage.objects.get().get_latest_revision().publish()
        assert standing_of(IssuePage.objects.get())[0] == "scheduled" and not kept_in(issue)


def test_the_date_is_answered_for_of_that_day_alone(site, chief):
    issue = IssuePage.objects.get()
    write(issue, day=timezone.localdate() + DAY)
    answers(chief, issue, "day", "It is for tomorrow’s conference.")
    assert not kept_in(issue) and "another day’s" in kept_in(issue, timezone.now() + 3 * DAY)
    write(issue, day=timezone.localdate() - DAY)
    assert "another day’s" in kept_in(issue)


def test_what_was_out_may_be_corrected_on_a_later_day(site):
    issue = make_issue(day=timezone.localdate() - 9 * DAY)
    write(issue, summary="Corrected.")
    assert not kept_in(issue)


def test_one_day_has_one_issue_in_a_language_also_in_drafts(issue):
    out = make_issue(day=timezone.localdate() - DAY)
    write(issue, day=timezone.localdate() - 2 * DAY)
    IssuePage.objects.filter(pk=issue.pk).update(day=timezone.localdate() - 2 * DAY)
    write(out, day=timezone.localdate(), slug="other")
    IssuePage.objects.filter(pk=issue.pk).update(day=timezone.localdate())
    write(issue, day=timezone.localdate())
    assert "Another issue bears this date" in kept_in(issue) and "Another issue" in kept_in(out)


# --- what is mended in one click --------------------------------------------------------------


def test_what_is_alike_is_said_once_with_its_places(issue):
    lines = next(b for b in issue.body if b.block_type == "press_review").value["lines"]
    lines[1]["outlets"][0]["name"], lines[1]["outlets"][1]["name"] = "MENAFN", "The Gulf Today"
    issue.save_revision()
    [row] = [r for r in rows_of(preflight(draft(issue))) if r.what == "Outlets in several lines"]
    assert [f.where for f in row.places] == ["The Gulf Today (2)", "MENAFN (2)"] and row.level == "know"


def test_the_date_is_mended_and_that_is_undone(chief, issue):
    tomorrow = timezone.localdate() + DAY
    write(issue, day=tomorrow, title=issue_title(tomorrow, "en"), slug=str(tomorrow))
    [finding] = found(issue, "The date")
    assert f"It bears {timezone.localdate():%A %-d %B} now" in click(chief, issue, finding)
    page = draft(issue)
    assert (page.day, page.slug) == (timezone.localdate(), str(timezone.localdate()))
    assert page.title == issue_title(page.day, "en") and IssuePage.objects.get().day == page.day
    assert "meanwhile" in click(chief, issue, finding), "nobody mends twice"
    undo = {"mended": str(page.latest_revision_id)}
    chief.post(reverse("digest:mend", args=[issue.pk]), undo)
    assert draft(issue).day == tomorrow
    assert "changed since" in words(
        chief.post(reverse("digest:mend", args=[issue.pk]), undo, follow=True).content
    )


def test_lines_are_mended_where_they_stand(chief, issue):
    page = draft(issue)
    lines = next(b for b in page.body if b.block_type == "press_review").value["lines"]
    lines[0]["body"] = "reported that “illegal migrants” are illegal migrants."
    lines[0]["outlets"][1]["name"] = "The Gulf Today"
    lines[1]["story"] = 77
    page.summary = ""
    page.save_revision()
    earlier = make_issue(day=timezone.localdate() - DAY)
    ToldItem.objects.create(
        issue=earlier, day=earlier.day, language="en", position=0, kind="line", anchor="a", text="t", story=77
    )
    for what in ("Not how the house writes", "Named twice", "Told this week", "There is no summary"):
        [finding] = found(issue, what, "should")
        click(chief, issue, finding)
        assert not found(issue, what, "should"), what
    page = draft(issue)
    [line] = next(b for b in page.body if b.block_type == "press_review").value["lines"]
    assert line["body"] == "reported that “illegal migrants” are undocumented migrants."
    assert [o["name"] for o in line["outlets"]] == ["The Gulf Today"]
    assert page.summary == "Communities Meet to Share"
    assert page.get_latest_revision().user.username == "chief"


def test_a_line_that_was_changed_in_the_issue_is_checked_by_the_desks_own_act(chief, issue):
    story = Story.objects.create(first_published=timezone.now(), last_published=timezone.now())
    line = Line.objects.create(story=story, outlets=[], body="reported that 57 came.", ok=True, claims=[])
    page = draft(issue)
    value = next(b for b in page.body if b.block_type == "press_review").value["lines"][0]
    value["story"] = story.pk
    page.save_revision()
    [finding] = found(issue, "Changed in the issue", "should")
    said = click(chief, issue, finding)
    assert "names at least one outlet" in said, "as the desk refuses it"
    line.outlets = [{"name": "The Gulf Today", "url": "https://g.example/1"}]
    line.save()
    click(chief, issue, finding)
    line.refresh_from_db()
    assert line.is_by_hand and line.body == value["body"] and not found(issue, "Changed", "should")


def test_nobody_mends_what_they_may_not_edit_or_what_is_planned(chief, issue):
    write(issue, summary="", go_live_at=timezone.now() + timedelta(minutes=1))
    [finding] = found(issue, "There is no summary", "should")
    without = signed_in(type(chief)(), "without", "none")
    assert "may not edit" in click(without, issue, finding) and not draft(issue).summary
    IssuePage.objects.get().get_latest_revision().publish(skip_permission_checks=True)
    assert "take the plan back first" in click(chief, issue, finding) and not draft(issue).summary
    page = words(chief.get(reverse("digest:preflight", args=[issue.pk])).content)
    assert "<strong>Scheduled</strong>. It goes out on" in page and "Write it from the first item" not in page


def test_a_mend_is_no_address_to_be_opened(chief, issue):
    for name in ("digest:mend", "digest:answer"):
        assert chief.get(reverse(name, args=[issue.pk])).status_code == 405
    page = chief.get(reverse("digest:preflight", args=[issue.pk])).content.decode()
    forms = re.findall(r"<form method=\"post\".*?</form>", page, re.S)
    assert forms and all("csrfmiddlewaretoken" in form for form in forms)


def test_the_head_says_where_the_issue_stands(issue):
    assert standing_of(issue)[0] == "draft"
    issue.get_latest_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get()
    assert standing_of(page)[0] == "published" and "Published on" in standing_of(page)[1]
