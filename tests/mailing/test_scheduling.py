"""Scheduled sends, editions by audience, and corrections to those who received the issue."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.utils import timezone

from griot.digest.models import Correction, IssuePage, Picture
from griot.digest.release import publishing
from griot.digest.release.editions import make_editions
from griot.mailing import saying
from griot.mailing.beginning import SendRefused, send_correction, start_send
from griot.mailing.models import Audience, Delivery, Schedule, Send, Subscriber, Subscription
from griot.mailing.scheduling import begin_due, moment, schedule, unschedule
from griot.mailing.sending import deliver
from griot.mailing.wagtail_hooks import some_have_not_got_it
from tests.digest.issues import make_issue, make_picture, read_by_a_person
from tests.mailing.plans import time_passes

pytestmark = pytest.mark.django_db


@pytest.fixture
def audience(site):
    return an_audience("Friends")


def an_audience(name: str, language: str = "en", readers: int = 2) -> Audience:
    audience = Audience.objects.create(name=name, slug=name.lower(), language=language)
    for n in range(readers):
        subscriber = Subscriber.objects.create(email=f"{name.lower()}{n}@reader.example")
        Subscription.objects.create(audience=audience, subscriber=subscriber)
    return audience


@pytest.fixture
def draft(site):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    return issue


@pytest.mark.django_db(transaction=True)
def test_two_who_send_as_an_edition_goes_out_send_once(site, meanwhile):
    issue, staff = make_issue(), an_audience("Personnel", "fr")
    edition = next(page for page in make_editions(issue) if page.language == "fr")
    read_by_a_person(edition)

    def begin_another() -> None:
        IssuePage.objects.get(pk=edition.pk).get_latest_revision().publish(skip_permission_checks=True)
        start_send(IssuePage.objects.get(pk=issue.pk), staff)

    other = meanwhile(saying, "render_mail", begin_another)
    start_send(issue, staff)
    with pytest.raises(SendRefused, match="once"):
        other()
    assert Counter(d.address for d in Delivery.objects.all()).most_common(1)[0][1] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["cancel", "plan anew"])
def test_a_mail_that_begins_as_it_is_taken_back_is_said_to_have_begun(site, admin_client, meanwhile, act):
    issue, staff = make_issue(), an_audience("Personnel")
    [row] = schedule(IssuePage.objects.get(pk=issue.pk), [staff], timezone.now() + timedelta(hours=1), "UTC")
    time_passes(timedelta(hours=1, minutes=1))
    tomorrow = timezone.now() + timedelta(days=1)
    plan = {"at": f"{tomorrow:%Y-%m-%dT%H:%M}", "zone": "UTC", "audiences": [staff.pk]}
    room, cancels = f"/admin/mailing/send/{issue.pk}/", f"/admin/mailing/schedules/{row.pk}/cancel/"
    other = meanwhile(
        saying,
        "render_mail",
        lambda: admin_client.post(cancels) if act == "cancel" else admin_client.post(room, plan),
    )
    begin_due()
    assert ("It has begun" if act == "cancel" else "goes to an audience once") in said(other())
    assert Schedule.objects.get().send == Send.objects.get()


def test_a_time_in_a_zone_is_a_moment():
    assert moment("2026-12-24T07:30", "Asia/Dhaka") == moment("2026-12-24T01:30", "UTC")
    assert moment("2026-12-24T07:30", "Africa/Dakar").tzinfo == ZoneInfo("Africa/Dakar")
    for time, zone in (
        ("soon", "UTC"),
        ("2026-12-24T07:30", "Nowhere/Town"),
        ("2026-12-24T07:30", "../etc/passwd"),
    ):
        with pytest.raises(SendRefused, match="time zone such as"):
            moment(time, zone)


def test_a_scheduled_issue_is_published_and_sent_at_its_time_and_once(draft, audience, admin_user):
    at = timezone.now() + timedelta(hours=2)
    schedule(draft, [audience], at, "UTC", admin_user)
    page = IssuePage.objects.get()
    assert page.approved_schedule and not page.live
    call_command("publish_scheduled", verbosity=0)
    assert begin_due() == 0 and not Send.objects.exists()
    later = at + timedelta(minutes=1)
    assert begin_due(later) == 0, "it waits for its publication"
    _publish_now(page)
    assert begin_due(later) == 1 and begin_due(later) == 0
    send = Send.objects.get()
    assert send.deliveries.count() == 2 and Schedule.objects.get().send == send


def _publish_now(page: IssuePage) -> None:
    revision = page.get_latest_revision()
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.content = {**revision.content, "go_live_at": past}
    revision.save()
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=past)
    call_command("publish_scheduled", verbosity=0)
    page.refresh_from_db()
    assert page.live


def test_what_cannot_be_scheduled_says_why(draft, audience, admin_user, django_user_model):
    soon = timezone.now() + timedelta(hours=1)
    with pytest.raises(SendRefused, match="has passed"):
        schedule(draft, [audience], timezone.now() - timedelta(minutes=1), "UTC", admin_user)
    with pytest.raises(SendRefused, match="at least one audience"):
        schedule(draft, [], soon, "UTC", admin_user)
    django_user_model.objects.create_superuser("second", "s@example.org", "x")
    with pytest.raises(SendRefused, match="approved by a second person"):
        schedule(draft, [audience], soon, "UTC", admin_user)
    assert not Schedule.objects.exists() and not IssuePage.objects.get().approved_schedule


def test_a_plan_can_be_taken_back(draft, audience, admin_user):
    (row,) = schedule(draft, [audience], timezone.now() + timedelta(hours=1), "UTC", admin_user)
    unschedule(row)
    assert not Schedule.objects.exists() and not IssuePage.objects.get().approved_schedule
    schedule(draft, [audience], timezone.now() + timedelta(hours=3), "UTC", admin_user)
    assert IssuePage.objects.get().approved_schedule


def test_what_could_not_begin_says_so_and_is_not_tried_for_ever(draft, site, admin_user):
    empty = an_audience("Nobody", readers=0)
    schedule(draft, [empty], timezone.now() + timedelta(hours=1), "UTC", admin_user)
    _publish_now(IssuePage.objects.get())
    assert begin_due(timezone.now() + timedelta(hours=2)) == 0
    assert "nobody is subscribed" in Schedule.objects.get().error
    assert begin_due(timezone.now() + timedelta(hours=2)) == 0


def test_what_was_due_while_the_machine_was_off_is_sent_when_it_is_on_again(draft, audience, admin_user):
    """Whichever job is the first: the send waits for a publication that is still planned."""
    at = timezone.now() + timedelta(minutes=10)
    schedule(draft, [audience], at, "UTC", admin_user)
    assert begin_due(at + timedelta(hours=9)) == 0
    _publish_now(IssuePage.objects.get())
    assert begin_due(at + timedelta(hours=9)) == 1


def test_an_issue_whose_publication_was_taken_back_is_said_not_to_begin(draft, audience, admin_user):
    at = timezone.now() + timedelta(minutes=10)
    schedule(draft, [audience], at, "UTC", admin_user)
    IssuePage.objects.get().scheduled_revision.__class__.objects.update(approved_go_live_at=None)
    assert begin_due(at + timedelta(minutes=29)) == 0 and Schedule.objects.get().is_open
    assert begin_due(at + timedelta(minutes=31)) == 0
    assert "is not published" in Schedule.objects.get().error


def test_what_was_sent_is_not_planned_again(draft, audience, admin_client):
    at = timezone.now() + timedelta(minutes=10)
    schedule(draft, [audience], at, "UTC")
    _publish_now(IssuePage.objects.get())
    assert begin_due(at) == 1
    planned = {"at": f"{at + timedelta(days=1):%Y-%m-%dT%H:%M}", "zone": "UTC", "audiences": [audience.pk]}
    answer = admin_client.post(f"/admin/mailing/send/{draft.pk}/", planned, follow=True)
    assert "goes to an audience once" in answer.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31T23:59", "0001-01-01T00:00", "2999-01-01T07:30"])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_no_time_is_beyond_what_can_be_planned(draft, audience, admin_client, day, zone):
    planned = {"at": day, "zone": zone, "audiences": [audience.pk]}
    page = admin_client.post(f"/admin/mailing/send/{draft.pk}/", planned, follow=True).content.decode()
    assert "more than a year away" in page or "has passed" in page
    assert not Schedule.objects.exists()


def test_each_audience_gets_the_edition_in_its_language(draft, audience, admin_user):
    arab = an_audience("Qurra", "ar")
    french = an_audience("Lecteurs", "fr")
    for edition in make_editions(draft, admin_user):
        read_by_a_person(edition)
    for page in IssuePage.objects.exclude(language="fr"):
        page.get_latest_revision().publish(skip_permission_checks=True)
    issue = IssuePage.objects.get(pk=draft.pk)
    assert start_send(issue, arab).language == "ar"
    arabic = IssuePage.objects.get(language="ar")
    assert start_send(arabic, french).language == "en", "there is no French edition yet, so the original goes"
    with pytest.raises(SendRefused, match="once"):
        start_send(IssuePage.objects.get(language="ar"), arab)


def test_who_leaves_reads_their_own_language(client, site):
    an_audience("Qurra", "ar", readers=1)
    token = Subscription.objects.get().token
    page = client.get(f"/unsubscribe/{token}/").content.decode()
    assert 'dir="rtl"' in page and "إلغاء الاشتراك" in page
    assert "أُلغي اشتراكك" in client.post(f"/unsubscribe/{token}/").content.decode()


def test_the_rooms_schedule_cancel_and_correct(admin_client, draft, audience):
    tomorrow = timezone.now() + timedelta(days=1)
    at = moment(f"{tomorrow:%Y-%m-%d}T07:30", "Africa/Dakar")
    draft.day = timezone.localdate(at, timezone.get_default_timezone())  # as rooms have it, whatever the hour
    draft.save()
    draft.save_revision()
    address = f"/admin/mailing/send/{draft.pk}/"
    assert "At a time" in admin_client.get(address).content.decode()
    answer = admin_client.post(
        address,
        {"at": f"{tomorrow:%Y-%m-%d}T07:30", "zone": "Africa/Dakar", "audiences": [audience.pk]},
        follow=True,
    )
    assert "goes out on" in answer.content.decode() and "07:30 (Dakar, Senegal)" in answer.content.decode()
    answer = admin_client.post(f"/admin/mailing/schedules/{Schedule.objects.get().pk}/cancel/", follow=True)
    assert "It will not be sent." in answer.content.decode()
    answer = admin_client.post(
        address, {"at": "never", "zone": "Africa/Dakar", "audiences": [audience.pk]}, follow=True
    )
    assert "give a day and a time" in answer.content.decode().lower()
    assert (
        "This issue is not out"
        in admin_client.get(f"/admin/issues/correct/{draft.pk}/", follow=True).content.decode()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["queued", "claimed", "sending", "in doubt", "skipped"])
def test_who_may_still_get_the_mistake_gets_its_correction_after_it(site, sink, state):
    send = start_send(make_issue(day=timezone.localdate()), an_audience("Friends", readers=3))
    late = send.deliveries.order_by("pk").last()
    Delivery.objects.filter(pk=late.pk).update(
        state=state, lane=2, not_before=timezone.now() + timedelta(hours=1)
    )
    deliver(send, 1)
    (again,) = send_correction(Correction.objects.create(issue=send.issue, text="75, not 57."))
    deliver(again, 1)
    is_settled = state in {"in doubt", "skipped"}
    assert len(sink.messages) == 4 + is_settled
    Delivery.objects.filter(pk=late.pk, state__in=["claimed", "sending"]).update(state="queued")
    Delivery.objects.filter(pk=late.pk).update(not_before=timezone.now())
    for each in (again, send, again):
        deliver(each, 1)
    mine = [b"75, not 57" in mail for to, mail in sink.messages if to == late.address]
    assert mine == [True] if is_settled else [False, True]
    again.refresh_from_db()
    assert again.finished


@pytest.mark.django_db(transaction=True)
def test_a_correction_goes_to_those_who_received_the_issue(admin_client, site, sink):
    audience = an_audience("Friends", readers=3)
    issue = make_issue(day=timezone.localdate())
    send = start_send(issue, audience)
    deliver(send, 1)
    left, refused = send.deliveries.order_by("pk")[:2]
    Subscription.objects.filter(token=left.token).update(ended=timezone.now())
    Delivery.objects.filter(pk=refused.pk).update(state=Delivery.State.REFUSED)
    late = Subscriber.objects.create(email="late@reader.example")
    Subscription.objects.create(audience=audience, subscriber=late)
    before = len(sink.messages)
    answer = admin_client.post(
        f"/admin/issues/correct/{issue.pk}/", {"text": "The film lasts 45 minutes, not 54."}, follow=True
    )
    page = answer.content.decode()
    assert "The correction stands on the web issue." in page and "1 received the issue" in " ".join(
        page.split()
    )
    correction = Correction.objects.get()
    (again,) = send_correction(correction)
    assert list(again.deliveries.values_list("address", flat=True)) == ["friends2@reader.example"]
    deliver(again, 1)
    (_, mail), *more = sink.messages[before:]
    assert (
        not more and b"Correction" in mail and b"45 minutes, not 54" in mail and b"List-Unsubscribe" in mail
    )
    with pytest.raises(SendRefused, match="sent already"):
        send_correction(correction)
    admin_client.post(f"/admin/issues/corrections/{correction.pk}/take-back/")
    assert not Correction.objects.exists() and Send.objects.filter(is_correction=True).count() == 1


def test_the_issue_is_out_with_the_first_of_its_sends(draft, audience, admin_user):
    first, other = timezone.now() + timedelta(hours=2), an_audience("Later")

    def out():
        return IssuePage.objects.get(pk=draft.pk).scheduled_revision.approved_go_live_at

    schedule(draft, [audience], first, "UTC", admin_user)
    (late,) = schedule(draft, [other], first + timedelta(hours=5), "UTC", admin_user)
    assert out() == first
    unschedule(late)
    (early,) = schedule(draft, [other], first - timedelta(hours=1), "UTC", admin_user)
    assert out() == first - timedelta(hours=1)
    unschedule(early)
    assert out() == first


def test_who_takes_an_issue_off_and_puts_it_on_again_is_told_which_mails_did_not_go(
    draft, audience, admin_client
):
    schedule(draft, [audience, an_audience("Staff")], timezone.now() + timedelta(hours=2), "UTC")
    time_passes(timedelta(hours=2, minutes=1))
    publishing.publish_due(timezone.now())
    begin_due()
    late = an_audience("Late")
    schedule(IssuePage.objects.get(), [late], timezone.now() + timedelta(hours=2), "UTC")
    answer = admin_client.post(f"/admin/pages/{draft.pk}/unpublish/")
    assert "Nor will it be sent to “Late”" in said(answer)
    room = admin_client.get(f"/admin/mailing/send/{draft.pk}/").content.decode()
    assert "the issue was taken off" in room and "Publish it again first" in room
    with pytest.raises(SendRefused, match="was taken off"):
        schedule(IssuePage.objects.get(), [late], timezone.now() + timedelta(hours=2), "UTC")
    request = admin_client.get("/admin/").wsgi_request
    some_have_not_got_it(request, IssuePage.objects.get())
    assert not list(get_messages(request)), "it is planned, and not out"
    IssuePage.objects.get().get_latest_revision().publish(skip_permission_checks=True)
    some_have_not_got_it(request, IssuePage.objects.get())
    assert "It was to be sent to “Late”, and was not." in " ".join(map(str, get_messages(request)))


def test_a_mail_is_not_planned_for_before_its_publication_by_hand(draft, audience, admin_client):
    six = timezone.now() + timedelta(hours=6)
    draft.go_live_at, draft.day = six, timezone.localdate(six)
    draft.save()
    draft.save_revision().publish()
    plan = {"at": f"{six - timedelta(hours=1):%Y-%m-%dT%H:%M}", "zone": "UTC", "audiences": [audience.pk]}
    answer = admin_client.post(f"/admin/mailing/send/{draft.pk}/", plan)
    assert "is to be published later than that" in said(answer) and not Schedule.objects.exists()
    plan["at"] = f"{six + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    answer = admin_client.post(f"/admin/mailing/send/{draft.pk}/", plan)
    there = timezone.localtime(six)
    assert f"It is published on {there:%d %B %Y at %H:%M %Z} in English." in said(answer)
    answer = admin_client.post(f"/admin/mailing/schedules/{Schedule.objects.get().pk}/cancel/")
    assert "It is published on" in said(answer)
    assert IssuePage.objects.get().planned().approved_go_live_at == six


def said(answer) -> str:
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def test_an_edition_that_is_not_ready_holds_up_no_plan(draft, audience, admin_user):
    edition, *_ = make_editions(draft, admin_user)
    bare = make_picture("Uncredited")
    Picture.objects.filter(pk=bare.pk).update(credit="")
    edition.body = [("banner", {"picture": Picture.objects.get(pk=bare.pk), "url": ""})]
    edition.save_revision(clean=False)
    schedule(draft, [audience], timezone.now() + timedelta(hours=1), "UTC", admin_user)
    planned = {page.pk for page in IssuePage.objects.all() if page.scheduled_revision}
    assert draft.pk in planned and edition.pk not in planned


def test_a_send_that_is_due_waits_for_its_edition(draft, admin_user, monkeypatch):
    """Sends begin beside what publishes, a page at a time."""
    audiences = [an_audience("Friends"), an_audience("Lecteurs", "fr")]
    for edition in make_editions(draft, admin_user):
        read_by_a_person(edition)
    at, publish = timezone.now() + timedelta(hours=2), publishing._publish
    schedule(IssuePage.objects.get(pk=draft.pk), audiences, at, "UTC", admin_user)
    time_passes(timedelta(hours=2, minutes=1))

    def one(pk):
        publish(pk)
        begin_due()

    monkeypatch.setattr(publishing, "_publish", one)
    publishing.publish_due(timezone.now())
    sent = {send.audience.name: send.language for send in Send.objects.all()}
    assert sent == {"Friends": "en", "Lecteurs": "fr"}
