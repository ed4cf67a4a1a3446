"""Nothing unapproved goes out, by whatever way of Wagtail's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision, TaskState

from griot.accounts.guarding import NotNow
from griot.digest import signals
from griot.digest.models import IssuePage, Picture
from griot.digest.release import approving, publishing
from griot.digest.release.approving import why_not
from griot.digest.release.editions import make_editions
from griot.digest.release.publishing import publish_due
from griot.digest.wagtail_hooks import some_editions_are_off
from griot.mailing.models import Audience, Send, Subscriber, Subscription
from griot.mailing.scheduling import begin_due, schedule, unschedule
from tests.digest.issues import make_issue, make_picture, read_by_a_person
from tests.mailing.plans import time_passes
from tests.signing_in import with_second_factor
from tests.testimonies import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(site):
    """Who may publish, has written the draft, and has a colleague who has not read it."""
    people = [get_user_model().objects.create_user(name, password="x") for name in ("ana", "bo")]
    for user in people:
        user.groups.set(Group.objects.filter(name__in=["Duty editor", "Chief editor"]))
    return people[0]


@pytest.fixture
def draft(writer):
    page = make_issue()
    page.unpublish()
    IssuePage.objects.get().save_revision(user=writer)
    return IssuePage.objects.get()


def is_out(page) -> bool:
    return IssuePage.objects.get(pk=page.pk).live


def test_an_issue_whose_end_is_put_off_in_that_moment_stays_out(draft, monkeypatch):
    draft.expire_at = timezone.now() + timedelta(seconds=1)
    draft.save_revision().publish(skip_permission_checks=True)
    IssuePage.objects.update(expire_at=timezone.now() - timedelta(minutes=1))

    def keys(rows):
        found = list(rows.values_list("pk", flat=True))
        IssuePage.objects.update(expire_at=timezone.now() + timedelta(days=365))
        return found

    monkeypatch.setattr(publishing, "_keys", keys)
    publish_due(timezone.now())
    assert is_out(draft)


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def house(client, django_user_model):
    """The client of an administrator: several pages at once are changed by nobody else."""
    with_second_factor(client, django_user_model.objects.create_superuser("house"))
    return client


@pytest.mark.parametrize("how", ["by its button", "with others", "by its last day", "deleted"])
def test_an_issue_is_taken_off_in_all_its_languages(draft, house, how):
    draft.save_revision().publish(skip_permission_checks=True)
    make_editions(draft)
    for edition in draft.get_translations():
        edition.get_latest_revision().publish(skip_permission_checks=True)
    [edition, *_] = editions = list(draft.get_translations().live())
    assert len(editions) == 3
    if how == "by its button":
        address = f"/admin/pages/{draft.pk}/unpublish/"
        assert "with its 3 editions" in " ".join(house.get(address).content.decode().split())
        house.post(address)
    elif how == "with others":
        house.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={draft.pk}")
    elif how == "by its last day":
        IssuePage.objects.filter(pk=draft.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        publish_due(timezone.now())
    else:
        house.post(f"/admin/pages/{draft.pk}/delete/")
    assert not IssuePage.objects.filter(live=True).exists()
    if how != "deleted":
        draft.get_latest_revision().publish(skip_permission_checks=True)
        edition.get_latest_revision().publish(skip_permission_checks=True)
        edition.refresh_from_db()
        edition.unpublish()
        assert is_out(draft), "an edition goes by itself"


def test_several_at_once(draft, house):
    client = house
    answer = client.post(f"/admin/bulk/wagtailcore/page/publish/?id={draft.pk}", {"include_descendants": ""})
    assert not is_out(draft) and answer.status_code == 302
    assert "not been approved by a second person" in said(answer)


def test_with_what_is_below(draft, house):
    parent = draft.get_parent()
    house.post(f"/admin/bulk/wagtailcore/page/publish/?id={parent.pk}", {"include_descendants": "on"})
    assert not is_out(draft)


@pytest.mark.parametrize("action", ["publish", "copy", "revert_to_page_revision", "create_alias"])
def test_the_programming_interface_of_the_admin_is_closed(draft, writer, client, action):
    client.force_login(writer)
    address = f"/admin/api/main/pages/{draft.pk}/action/{action}/"
    client.post(address, {"destination_page_id": draft.get_parent().pk, "keep_live": True})
    assert not is_out(draft) and IssuePage.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # an edition is published when the change is committed
def test_an_edition_waits_for_its_original(draft, writer, client):
    client.force_login(writer)
    edition = next(e for e in make_editions(draft) if e.locale.language_code == "fr")
    read_by_a_person(edition)

    def publish():
        return client.post(f"/admin/pages/{edition.pk}/edit/", {"action": "publish"})

    assert "that goes first" in said(publish()) and not is_out(edition)
    draft.get_latest_revision().publish(skip_permission_checks=True)
    publish()
    assert is_out(edition)


@pytest.mark.parametrize("how", ["planned with it", "planned by itself", "by hand"])
def test_an_edition_of_what_was_taken_off_comes_out_by_no_way(draft, writer, house, how):
    draft.save_revision().publish(skip_permission_checks=True)
    [edition, *_] = make_editions(draft)
    if how == "planned with it":
        audience = Audience.objects.create(name="Staff", slug="staff", language=edition.locale.language_code)
        reader = Subscriber.objects.create(email="a@reader.example")
        Subscription.objects.create(audience=audience, subscriber=reader)
        schedule(
            IssuePage.objects.get(pk=draft.pk), [audience], timezone.now() + timedelta(minutes=30), "UTC"
        )
    elif how == "planned by itself":
        edition.go_live_at = timezone.now() + timedelta(minutes=30)
        edition.save_revision().publish(skip_permission_checks=True)
    house.post(f"/admin/pages/{draft.pk}/unpublish/")
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    if how == "by hand":
        house.post(f"/admin/pages/{edition.pk}/edit/", {"action": "publish"})
        with pytest.raises(NotNow, match="that goes first"):
            edition.get_latest_revision().publish(skip_permission_checks=True)
    publish_due(timezone.now() + timedelta(hours=1))
    begin_due(timezone.now() + timedelta(hours=1))
    assert not is_out(draft) and not is_out(edition) and not Send.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_edition_that_goes_out_as_its_issue_is_taken_off_is_off_too(draft, meanwhile):
    draft.save_revision().publish(skip_permission_checks=True)
    [edition, *_] = make_editions(IssuePage.objects.get(pk=draft.pk))
    taken_off = meanwhile(IssuePage, "is_out_at", IssuePage.objects.get(pk=draft.pk).unpublish)
    edition.get_latest_revision().publish(skip_permission_checks=True)
    taken_off()
    assert not is_out(draft) and not is_out(edition)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_off_while_a_change_of_it_goes_out_is_off(draft, meanwhile, house):
    draft.save_revision().publish(skip_permission_checks=True)
    change = IssuePage.objects.get(pk=draft.pk).save_revision()
    taken_off = meanwhile(signals, "index_issue", lambda: house.post(f"/admin/pages/{draft.pk}/unpublish/"))
    change.publish(skip_permission_checks=True)
    assert "unpublished" in said(taken_off()) and not is_out(draft)


@pytest.mark.django_db(transaction=True)
def test_a_planned_change_of_what_is_taken_off_in_that_moment_is_not_published(draft, meanwhile):
    draft.save_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish(skip_permission_checks=True)
    taken_off = meanwhile(publishing, "_is_edition", IssuePage.objects.get(pk=draft.pk).unpublish)
    time_passes(timedelta(hours=2))
    publish_due(timezone.now())
    taken_off()
    assert not is_out(draft)


def test_an_older_copy_of_a_page_takes_it_off(draft):
    draft.save_revision().publish(skip_permission_checks=True)
    seen = IssuePage.objects.get(pk=draft.pk)
    IssuePage.objects.get(pk=draft.pk).save_revision().publish(skip_permission_checks=True)
    seen.unpublish()
    assert not is_out(draft)


@pytest.mark.django_db(transaction=True)
def test_who_dies_while_an_issue_is_taken_off_leaves_none_of_its_editions_out_without_it(draft, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    draft.save_revision().publish(skip_permission_checks=True)
    [edition, *_] = make_editions(IssuePage.objects.get(pk=draft.pk))
    edition.get_latest_revision().publish(skip_permission_checks=True)
    with monkeypatch.context() as patch:
        patch.setattr(signals, "index_issue", killed)
        with pytest.raises(Killed):
            IssuePage.objects.get(pk=draft.pk).unpublish()
    assert is_out(draft) and is_out(edition), "whoever takes it off is not told that it is off"
    IssuePage.objects.get(pk=draft.pk).unpublish()
    assert not is_out(draft) and not is_out(edition)


@pytest.mark.parametrize("held", ["a change is planned", "locked by a colleague"])
def test_an_issue_is_taken_off_at_once_whatever_holds_it(draft, writer, client, held):
    draft.save_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    if held == "a change is planned":
        page.go_live_at = timezone.now() + timedelta(hours=9)
        page.save_revision().publish(skip_permission_checks=True)
    else:
        page.locked, page.locked_by = True, get_user_model().objects.get(username="bo")
        page.save()
    with_second_factor(client, writer)
    client.post(f"/admin/pages/{draft.pk}/unpublish/")
    assert not is_out(draft) and not IssuePage.objects.get(pk=draft.pk).planned()


def test_a_planned_change_of_what_is_out_is_taken_back_though_a_mail_is_planned(draft, house):
    draft.save_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    page.go_live_at = timezone.now() + timedelta(hours=9)
    page.save_revision().publish(skip_permission_checks=True)
    staff = Audience.objects.create(name="Staff", slug="staff")
    schedule(page, [staff], timezone.now() + timedelta(hours=1), "UTC")
    house.post(f"/admin/pages/{page.pk}/revisions/{page.planned().pk}/unschedule/")
    assert page.planned() is None


def test_who_publishes_an_issue_again_is_told_what_is_still_off(draft, house):
    draft.save_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    request = house.get(f"/admin/pages/{draft.pk}/edit/").wsgi_request
    some_editions_are_off(request, page)
    for edition in make_editions(page):
        edition.get_latest_revision().publish(skip_permission_checks=True)
    IssuePage.objects.get(pk=draft.pk).unpublish()
    assert not list(get_messages(request))
    some_editions_are_off(request, page)
    [told] = map(str, get_messages(request))
    assert "still off in other languages" in told and "Français" in told


def test_an_edition_of_what_was_changed_since_it_went_out_waits(draft, writer):
    draft.get_latest_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    page.summary = "What nobody else has read"
    page.save_revision(user=writer)
    edition = next(e for e in make_editions(page) if e.locale.language_code == "fr")
    read_by_a_person(edition)
    with pytest.raises(NotNow, match="edition of may not go out"):
        edition.get_latest_revision().publish(user=writer)


def test_an_issue_is_not_copied(draft, writer, client):
    client.force_login(writer)
    facts = {"new_title": "x", "new_slug": "other", "new_parent_page": draft.get_parent().pk}
    answer = client.post(f"/admin/pages/{draft.pk}/copy/", facts)
    assert answer.status_code == 302 and "of one day" in said(answer) and IssuePage.objects.count() == 1


@pytest.fixture
def editor(client):
    """Who writes issues, and publishes none."""
    user = get_user_model().objects.create_user("editor", password="x")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    client.force_login(user)
    return user


def same(picture: Picture, client, **facts: object):
    """Save a picture as it is but for what is said."""
    picture = Picture.objects.get(pk=picture.pk)
    said = {"title": "T", "description": picture.description, "credit": picture.credit, "licence": ""}
    said |= {"rights_until": "", "tags": "", "collection": picture.collection_id, **facts}
    return client.post(f"/admin/images/{picture.pk}/", said)


def another(picture: Picture, client, description: str = "Another thing"):
    """Put another picture, and other words, in a picture's place."""
    file = SimpleUploadedFile("b.jpg", made.photo(), "image/jpeg")
    return same(picture, client, description=description, file=file)


def test_a_picture_in_a_public_issue_is_as_public(draft, writer, editor, client):
    picture = Picture.objects.get()
    assert another(picture, client).status_code == 302  # it stands in a draft
    draft.get_latest_revision().publish(skip_permission_checks=True)
    before, words = Picture.objects.get().file.name, Picture.objects.get().description
    refused = another(picture, client, description="A third thing")
    assert b"which is out or approved" in refused.content and Picture.objects.get().file.name == before
    for address in (
        f"/admin/images/{picture.pk}/delete/",
        f"/admin/bulk/digest/picture/delete/?id={picture.pk}",
    ):
        assert "Take it out of the issue first" in said(client.post(address)), address
    until = {"rights_until": str(timezone.localdate())}
    assert b"who may publish that" in same(picture, client, **until).content
    client.force_login(writer)
    assert b"a picture of its own" in another(picture, client, description="A third thing").content
    assert same(picture, client, **until).status_code == 302
    found = Picture.objects.get()
    assert (found.file.name, found.description) == (before, words) and found.rights_until


def approve(page: IssuePage, asks, approves) -> None:
    page.get_workflow().start(page, asks)
    page = IssuePage.objects.get(pk=page.pk)
    page.current_workflow_task.on_action(page.current_workflow_task_state, approves, "approve")


def test_what_was_approved_is_not_written_over(draft, writer, monkeypatch):
    """Wagtail's editor may overwrite the last revision, for saving by itself."""
    colleague = get_user_model().objects.get(username="bo")
    monkeypatch.setattr(IssuePage, "publish", lambda *_, **__: None)
    approve(draft, writer, colleague)
    monkeypatch.undo()
    page = IssuePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    approved, page.summary = page.get_latest_revision(), "What nobody else has read"
    for _ in range(2):
        page.save_revision(user=writer, overwrite_revision=page.get_latest_revision())
    assert page.get_latest_revision() != approved and page.revisions.filter(pk__gt=approved.pk).count() == 1
    assert "not been approved" in why_not(page)


def test_a_picture_of_a_change_that_is_planned_is_as_public(draft, writer, editor, client):
    draft.get_latest_revision().publish(skip_permission_checks=True)
    page, new = IssuePage.objects.get(pk=draft.pk), make_picture("Another")
    page.body = [("banner", {"picture": new, "url": ""})]
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision(user=writer).publish(skip_permission_checks=True)
    assert b"which is out or approved" in another(new, client, description="A third thing").content
    assert "Take it out of the issue first" in said(client.post(f"/admin/images/{new.pk}/delete/"))


def test_the_rights_to_a_public_picture_are_changed_by_who_may_publish(draft, editor, client):
    draft.get_latest_revision().publish(skip_permission_checks=True)
    for until in ("2020-01-01", "2099-01-01"):
        answer = same(Picture.objects.get(), client, rights_until=until)
        assert b"who may publish that" in answer.content


def test_a_picture_is_what_is_asked_to_be_approved(draft, writer, editor, client):
    draft.get_workflow().start(draft, writer)
    assert b"which is out or approved, or about to be" in another(Picture.objects.get(), client).content


def test_an_approval_is_of_the_pictures_that_were_seen(draft, writer, client, monkeypatch):
    colleague = get_user_model().objects.get(username="bo")
    monkeypatch.setattr(IssuePage, "publish", lambda *_, **__: None)  # approved, and not yet out
    approve(draft, writer, colleague)
    monkeypatch.undo()
    assert why_not(draft) == ""
    client.force_login(writer)
    assert b"which is out or approved" in another(Picture.objects.get(), client).content
    assert why_not(IssuePage.objects.get(pk=draft.pk)) == ""
    picture = Picture.objects.get()  # whatever else changes it
    picture.description = "Another thing"
    picture.save()
    assert "not been approved" in why_not(IssuePage.objects.get(pk=draft.pk))


@pytest.mark.parametrize("state", ["in approval", "approved", "scheduled"])
@pytest.mark.parametrize("way", ["/admin/pages/{}/delete/", "/admin/bulk/wagtailcore/page/delete/?id={}"])
def test_what_is_on_its_way_out_is_not_deleted(
    draft, writer, client, django_user_model, monkeypatch, state, way
):
    monkeypatch.setattr(approving, "preflight", lambda page, at: [])
    monkeypatch.setattr(IssuePage, "publish", lambda *_, **__: None)
    if state == "in approval":
        draft.get_workflow().start(draft, writer)
    else:
        approve(draft, writer, get_user_model().objects.get(username="bo"))
    if state == "scheduled":
        monkeypatch.undo()
        monkeypatch.setattr(approving, "preflight", lambda page, at: [])
        Subscription.objects.create(
            audience=Audience.objects.create(name="Staff", slug="staff"),
            subscriber=Subscriber.objects.create(email="reader@news.example"),
        )
        IssuePage.objects.update(first_published_at=None)  # what was taken off is not planned by a send
        page = IssuePage.objects.get(pk=draft.pk)
        schedule(page, Audience.objects.all(), timezone.now() + timedelta(hours=5), "UTC", writer)
    assert approving.state_of(IssuePage.objects.get(pk=draft.pk)) == state
    editor = django_user_model.objects.create_user("ed", password="x", is_superuser="bulk" in way)
    editor.groups.set(Group.objects.filter(name="Duty editor"))
    with_second_factor(client, editor)
    answer = client.post(way.format(draft.pk), follow=True)
    assert b"is not deleted" in answer.content
    assert IssuePage.objects.filter(pk=draft.pk).exists()


def test_who_wrote_an_issue_is_its_author_however_often_it_was_saved_since(draft, writer):
    colleague = get_user_model().objects.get(username="bo")
    page = IssuePage.objects.get(pk=draft.pk)
    page.title = "Ana's words"
    page.save_revision(user=writer)
    for _ in range(21):
        IssuePage.objects.get(pk=draft.pk).get_latest_revision_as_object().save_revision(user=colleague)
    assert approving.author_of(IssuePage.objects.get(pk=draft.pk)) == writer.pk


@pytest.mark.parametrize("what", ["issue", "audience"])
def test_nothing_that_a_planned_send_needs_is_deleted(site, what):
    issue = make_issue()
    issue.save_revision()
    staff = Audience.objects.create(name="Staff", slug="staff")
    Subscription.objects.create(
        audience=staff, subscriber=Subscriber.objects.create(email="reader@news.example")
    )
    [row] = schedule(issue, [staff], timezone.now() + timedelta(hours=5), "UTC")
    doomed = staff if what == "audience" else IssuePage.objects.get()
    with pytest.raises(NotNow, match="is planned to be sent"), transaction.atomic():
        doomed.delete()
    unschedule(row)
    doomed.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["approve", "reject"])
def test_who_decides_on_an_issue_second_is_told_that_it_was_decided(draft, writer, client, meanwhile, first):
    third = get_user_model().objects.create_user("cy", password="x")
    third.groups.set(Group.objects.filter(name__in=["Duty editor", "Chief editor"]))
    draft.get_workflow().start(draft, writer)
    state = IssuePage.objects.get().current_workflow_task_state
    second = "reject" if first == "approve" else "approve"
    with_second_factor(client, third)
    address = f"/admin/pages/workflow/action/{draft.pk}/{second}/{state.pk}/"
    decided = meanwhile(TaskState, first, lambda: client.post(address, {"comment": "no"}))
    with transaction.atomic():
        task = state.task.specific
        task.on_action(TaskState.objects.get(pk=state.pk), get_user_model().objects.get(username="bo"), first)
    assert "meanwhile" in said(decided())
    wanted = "approved" if first == "approve" else "rejected"
    assert TaskState.objects.get(pk=state.pk).status == wanted
