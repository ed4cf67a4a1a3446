"""What readers read of a page changes by publishing it, and by nothing else; and it goes out whole."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections, transaction
from django.test import Client, TestCase
from django.utils import timezone
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from griot.accounts.guarding import NotNow
from griot.digest.models import DigestIndexPage, IssuePage, PictureRendition, ToldItem
from griot.digest.release.approving import approval_of, why_not
from griot.digest.release.editions import make_editions, translate_editions
from griot.digest.release.preflight import preflight
from griot.digest.release.publishing import publish_due
from griot.digest.site.composing import bound_lines
from griot.digest.tasks import index_anew_now
from griot.mailing.models import Audience, Schedule, Subscriber, Subscription
from griot.mailing.scheduling import schedule, unschedule
from griot.press.models import Story
from griot.press.stories.pipeline import merge_into
from tests.digest.desk.nights import tell
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor
from tests.support import until_waiting

pytestmark = pytest.mark.django_db
UNAPPROVED = "Nobody approved this"


@pytest.fixture
def issue(site) -> IssuePage:
    """An issue that is out in English and French, whose draft says something else by now."""
    page = make_issue()
    for edition in make_editions(page):
        if edition.specific.language == "fr":
            edition.specific.save_revision().publish(skip_permission_checks=True)
    page.body[0].value["title"] = page.summary = UNAPPROVED
    page.save_revision()
    return IssuePage.objects.get(pk=page.pk)


def french() -> IssuePage:
    return IssuePage.objects.get(language="fr")


def _translation_says(words: str, key: object, path: str) -> Translation:
    found = Translation.objects.get(source__object_id=key, target_locale__language_code="fr")
    segment = StringSegment.objects.filter(source=found.source, context__path__endswith=path).first()
    StringTranslation.objects.update_or_create(
        translation_of=segment.string,
        locale=found.target_locale,
        context=segment.context,
        defaults={"data": words, "translation_type": "manual"},
    )
    return found


def _saved_anyhow(issue: IssuePage) -> None:
    page = french()
    page.title = page.summary = UNAPPROVED
    page.save()


def _edition_is_published_unapproved(issue: IssuePage) -> None:
    for name in ("one", "another"):  # a second person counts
        get_user_model().objects.create_superuser(name)
    found = _translation_says(UNAPPROVED, issue.translation_key, ".title")
    with pytest.raises(NotNow), TestCase.captureOnCommitCallbacks(execute=True):
        found.save_target(publish=True)


def _saved_by_who_had_read_it_before_it_was_out(issue: IssuePage) -> None:
    page = french()
    page.live, page.summary = False, UNAPPROVED
    page.save()
    page.refresh_from_db()
    IssuePage.objects.filter(pk=page.pk).update(live=True)


WAYS: list[Callable[[IssuePage], object]] = [
    make_editions,
    _saved_anyhow,
    _edition_is_published_unapproved,
    _saved_by_who_had_read_it_before_it_was_out,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_page_that_is_out_says_what_was_published(issue, way):
    way(issue)
    assert french().live and UNAPPROVED.encode() not in Client().get(french().url).content


def test_what_a_machine_says_waits_in_the_draft(issue, admin_user, settings, web):
    web.pages["here/translate"] = json.dumps({"translatedText": UNAPPROVED})
    settings.TRANSLATOR = f"libretranslate+http://127.0.0.1:{web.port}"
    translate_editions(issue, admin_user)
    assert french().has_unpublished_changes and web.seen
    assert UNAPPROVED.encode() not in Client().get(french().url).content


def test_what_was_brought_up_to_date_is_its_draft_and_comes_out_by_publishing(issue):
    make_editions(issue)
    draft = french().get_latest_revision_as_object()
    assert french().has_unpublished_changes and draft.body[0].value["title"] == UNAPPROVED
    french().get_latest_revision().publish(skip_permission_checks=True)
    assert UNAPPROVED.encode() in Client().get(french().url).content


def test_a_front_page_that_was_not_published_says_what_it_said(site):
    front = DigestIndexPage.objects.get(locale__language_code="en")
    front.introduction = "Hello"
    front.save_revision().publish(skip_permission_checks=True)
    source, _ = TranslationSource.update_or_create_from_instance(front)
    Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="fr"))
    found = _translation_says(UNAPPROVED, front.translation_key, "introduction")
    with pytest.raises(NotNow), TestCase.captureOnCommitCallbacks(execute=True):
        found.save_target(publish=True)
    answer = Client().get("/fr/")
    assert answer.status_code == 200 and UNAPPROVED.encode() not in answer.content


def test_a_draft_comes_out_by_no_other_save(site):
    page = make_issue(live=False)
    page.live, page.summary = True, "Edited"
    page.save()
    page.refresh_from_db()
    assert (page.live, page.summary) == (False, "Edited")


def test_a_page_is_taken_off_as_it_was(issue):
    page = french()
    page.summary = UNAPPROVED
    page.unpublish()
    page.refresh_from_db()
    assert not page.live and page.summary != UNAPPROVED


def test_who_dies_while_an_issue_goes_out_leaves_a_draft(site, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    issue = make_issue(live=False)
    revision = issue.save_revision()
    with monkeypatch.context() as patch:
        patch.setattr("griot.digest.signals.index_issue", killed)
        with pytest.raises(Killed):
            revision.publish(skip_permission_checks=True)
    issue.refresh_from_db()
    assert not issue.live and not ToldItem.objects.exists()
    revision.publish(skip_permission_checks=True)
    assert ToldItem.objects.filter(issue=issue).exists()


@pytest.fixture
def told_story(site) -> Story:
    """What the first line of an issue tells; the issue is a draft."""
    story = tell("57 migrants rescued off Lampedusa", "The Harbour Times")
    page = make_issue(live=False)
    next(bound_lines(page)).value["story"] = story.pk
    page.save_revision()
    return story


@pytest.mark.parametrize("is_merged", [False, True])
def test_what_the_press_was_not_told_it_is_told_by_the_next_sweep(told_story, is_merged):
    """As after a kill between publishing and what follows it; its stories may have been merged since."""
    drafted = told_story.pk
    if is_merged:
        told_story = tell("Rescue off Lampedusa", "Northern Ledger")
        merge_into(told_story, [drafted])
    IssuePage.objects.get().get_latest_revision().publish(skip_permission_checks=True)  # no commit here
    told_story.refresh_from_db()
    assert told_story.told is None
    index_anew_now()
    told_story.refresh_from_db()
    first = told_story.told
    assert first and told_story.told_line == ToldItem.objects.get(story=drafted).text
    index_anew_now()
    told_story.refresh_from_db()
    assert told_story.told == first, "and once"


def test_an_issue_that_is_published_again_tells_nothing_anew(told_story):
    page = IssuePage.objects.get()
    page.get_latest_revision().publish(skip_permission_checks=True)
    index_anew_now()
    IssuePage.objects.update(first_published_at=timezone.now() - timedelta(days=1))
    news = {"told": timezone.now() - timedelta(hours=20), "grown": timezone.now() - timedelta(hours=1)}
    Story.objects.update(**news, told_line="A newer issue's words")
    page = IssuePage.objects.get()
    page.summary = "A typo less"
    page.save_revision().publish(skip_permission_checks=True)
    index_anew_now()
    told_story.refresh_from_db()
    assert (told_story.told, told_story.told_line) == (news["told"], "A newer issue's words")


@pytest.mark.django_db(transaction=True)
def test_who_publishes_waits_for_no_story_that_the_press_holds(told_story):
    page = IssuePage.objects.get()
    with ThreadPoolExecutor(1) as elsewhere:

        def publish() -> None:
            page.get_latest_revision().publish(skip_permission_checks=True)
            connection.close()

        with transaction.atomic():
            Story.objects.filter(pk=told_story.pk).update(score=1)
            other = elsewhere.submit(publish)
            until_waiting(other)
            IssuePage.objects.select_for_update().get(pk=page.pk)  # it holds nothing that the press waits for
        other.result()
    told_story.refresh_from_db()
    assert told_story.told and IssuePage.objects.get().live


@pytest.mark.parametrize("change", [{"slug": "elsewhere"}, {"expire_at": "soon"}])
def test_an_approval_holds_for_where_and_until_when(site, django_user_model, change):
    page = make_issue(day=timezone.localdate(), live=False)
    editor, first, second = (django_user_model.objects.create_user(f"u{n}") for n in range(3))
    for user in (first, second):
        user.groups.set(Group.objects.filter(name="Chief editor"))
    page.save_revision(user=editor)
    page.get_workflow().start(page, editor).current_task_state.approve(user=first)
    page = IssuePage.objects.get(pk=page.pk)
    assert approval_of(page) and not why_not(page)
    for name, value in change.items():
        setattr(page, name, timezone.now() + timedelta(seconds=1) if value == "soon" else value)
    page.save_revision(user=editor)
    assert "second person" in why_not(IssuePage.objects.get(pk=page.pk))


@pytest.fixture
def plan(site) -> Schedule:
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    audience = Audience.objects.create(name="All", slug="all")
    Subscription.objects.create(audience=audience, subscriber=Subscriber.objects.create(email="a@b.example"))
    [row] = schedule(issue, [audience], timezone.now() + timedelta(minutes=5), "UTC")
    return row


@pytest.mark.parametrize("factor", [True, False])
def test_a_publication_that_a_send_waits_for_is_taken_back_with_it_alone(plan, django_user_model, factor):
    user, client = django_user_model.objects.create_user("m"), Client()
    user.groups.set(Group.objects.filter(name="Chief editor"))
    (with_second_factor if factor else Client.force_login)(client, user)
    revision = plan.issue.planned()
    address = f"/admin/pages/{plan.issue.pk}/revisions/{revision.pk}/unschedule/"
    answer = client.post(address, follow=True)
    assert ("planned to be sent to “All”" in answer.content.decode()) == factor
    assert plan.issue.planned() == revision
    unschedule(plan)
    assert plan.issue.planned() is None


@pytest.mark.parametrize("why", ["its file is gone", "the disk is full"])
def test_a_picture_that_can_not_be_made_takes_nothing_with_it(site, monkeypatch, why):
    issue = make_issue()
    PictureRendition.objects.all().delete()
    if why == "the disk is full":

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", full)
    else:
        picture = issue.body[0].value["picture"]
        picture.file.storage.delete(picture.file.name)
    for path in (issue.url, "/", "/feed/", f"{issue.url}pdf/", f"{issue.url}card/"):
        answer = Client().get(path)
        assert answer.status_code == 200, path
    assert b"Communities Meet to Share" in Client().get(issue.url).content
    assert any(
        "can’t be shown" in f.text or "can't be shown" in f.text
        for f in preflight(issue)
        if f.level == "must"
    )


def test_an_issue_that_a_full_disk_kept_in_is_out_when_there_is_room(site, monkeypatch):
    issue = make_issue(live=False)
    revision = issue.save_revision()
    PictureRendition.objects.all().delete()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.save(update_fields=["approved_go_live_at"])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("griot.digest.signals.index_issue", full)
        publish_due(timezone.now())
        assert not IssuePage.objects.get(pk=issue.pk).live
    publish_due(timezone.now() + timedelta(hours=3))
    assert IssuePage.objects.get(pk=issue.pk).live
    assert ToldItem.objects.filter(issue=issue).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "save", [IssuePage.save, lambda _: make_editions(IssuePage.objects.get(language="en"))]
)
def test_a_draft_that_is_saved_while_it_goes_out_takes_nothing_off(site, save):
    make_editions(make_issue())
    revision, stale = french().save_revision(), french()
    stale.title = UNAPPROVED

    def saved() -> None:
        try:
            save(stale)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            revision.publish(skip_permission_checks=True)
            waiting = pool.submit(saved)
            until_waiting(waiting)
        waiting.result()
    page = french()
    assert page.live and page.live_revision and page.title != UNAPPROVED
