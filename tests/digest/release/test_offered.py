"""What an issue's editor offers, and what is said where it offers less; what taking an issue off says."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from griot.digest.models import DigestIndexPage, IssuePage, Newsroom
from griot.digest.release.editions import make_editions
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from griot.mailing.scheduling import schedule
from tests.digest.issues import make_issue, read_by_a_person
from tests.signing_in import with_second_factor

pytestmark = pytest.mark.django_db
OFFER = re.compile(r'name="(action-[\w-]+)"|data-workflow-action-name="(\w+)"|href="[^"]*/(unpublish)/"')


class Somebody:
    """An account with a role, and what the admin shows it."""

    def __init__(self, name: str, role: str) -> None:
        self.user = get_user_model().objects.create_user(name, first_name=name.title())
        self.user.groups.set(Group.objects.filter(name=role))
        self.client = Client()
        with_second_factor(self.client, self.user)

    def sees(self, address: str) -> tuple[set[str], str]:
        """The acts that are offered, and why others are not."""
        page = self.client.get(address).content.decode()
        why = " ".join(re.findall(r'<p class="griot-why-not">(.*?)</p>', page, re.S))
        return {next(filter(None, found)) for found in OFFER.findall(page)}, html.unescape(why)


@pytest.fixture
def house(site):
    """A duty editor, and two who approve."""
    return Somebody("ana", "Duty editor"), Somebody("bo", "Chief editor"), Somebody("cy", "Chief editor")


@pytest.fixture
def draft(house):
    page = make_issue(live=False, day=timezone.localdate())
    page.save_revision(user=house[0].user)
    return IssuePage.objects.get(pk=page.pk)


def edit(page) -> str:
    return f"/admin/pages/{page.pk}/edit/"


def change(page, user) -> None:
    page = IssuePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    page.summary += " More of it."
    page.save_revision(user=user)


def test_who_may_not_publish_submits(house, draft):
    duty, *_ = house
    offered, why = duty.sees(edit(draft))
    assert "action-submit" in offered and "action-publish" not in offered
    assert "You edited it last. Submit it: Bo or Cy may approve it." in why


def test_who_edited_last_is_told_so_and_whom_to_ask(house, draft):
    _, chief, _ = house
    change(draft, chief.user)
    offered, why = chief.sees(edit(draft))
    assert "action-submit" in offered and not {"action-publish", "approve"} & offered
    assert "You edited it last. Submit it: Cy may approve it." in why
    room = html.unescape(chief.client.get(f"/admin/issues/preflight/{draft.pk}/").content.decode())
    assert "You edited it last. Submit it: Cy may approve it." in room


def test_what_waits_for_approval_is_approved_by_who_may_and_then_published(house, draft):
    duty, chief, other = house
    change(draft, other.user)
    IssuePage.objects.get(pk=draft.pk).get_workflow().start(IssuePage.objects.get(pk=draft.pk), duty.user)
    offered, why = chief.sees(edit(draft))
    assert "approve" in offered and "action-publish" not in offered and "You may approve it." in why
    assert "Approve and Publish" not in chief.client.get(edit(draft)).content.decode()
    offered, why = other.sees(edit(draft))
    assert not {"approve", "action-publish"} & offered and "Bo may approve it." in why
    page = IssuePage.objects.get(pk=draft.pk)
    page.current_workflow_task.on_action(page.current_workflow_task_state, chief.user, "approve")
    offered, why = chief.sees(edit(draft))
    assert "action-publish" in offered and not why


def test_who_can_only_be_asked_by_the_last_editor_is_told_so(house, draft):
    _, chief, other = house
    change(draft, chief.user)
    assert "Bo edited it last. Ask Bo to submit it: then you may approve it." in other.sees(edit(draft))[1]


def test_what_the_preflight_blocks_is_neither_published_nor_approved(house, draft):
    duty, chief, _ = house
    page = draft.get_latest_revision_as_object()
    page.body = []
    page.save_revision(user=duty.user)
    page = IssuePage.objects.get(pk=draft.pk)
    page.get_workflow().start(page, duty.user)
    offered, why = chief.sees(edit(draft))
    assert not {"approve", "action-publish"} & offered and "The pre-flight blocks it" in why
    Newsroom.objects.update(needs_second_person=False)
    offered, why = chief.sees(edit(draft))
    assert "action-publish" not in offered and "The pre-flight blocks it" in why


def test_where_one_person_is_enough_it_is_published_at_once(house, draft):
    Newsroom.objects.update(needs_second_person=False)
    offered, why = house[1].sees(edit(draft))
    assert "action-publish" in offered and not why


def test_neither_a_new_issue_nor_a_change_of_one_that_is_out_nor_a_front_is_offered_at_once(house, draft):
    _, chief, _ = house
    front = DigestIndexPage.objects.get(locale=draft.locale)
    offered, why = chief.sees(f"/admin/pages/add/digest/issuepage/{front.pk}/")
    assert "action-publish" not in offered and "A new issue is saved as a draft first" in why
    offered, why = chief.sees(edit(front))
    assert "action-publish" not in offered and "changed by an administrator" in why
    older = draft.get_latest_revision()
    draft.get_latest_revision().publish(skip_permission_checks=True)
    offered, why = chief.sees(edit(draft))
    assert "action-publish" not in offered and "A change of it is saved as a draft first" in why
    assert "Take it off the site" in chief.client.get(edit(draft)).content.decode()
    offered, why = chief.sees(f"/admin/pages/{draft.pk}/revisions/{older.pk}/revert/")
    assert "action-publish" not in offered


def test_an_edition_is_not_offered_to_be_published_before_its_issue(house, draft):
    _, chief, _ = house
    edition = next(e for e in make_editions(draft) if e.locale.language_code == "fr")
    read_by_a_person(edition)

    def offered() -> str:
        return html.unescape(chief.client.get(edit(edition)).content.decode())

    assert '"canPublish": false' in offered() and "that goes first" in offered()
    draft.get_latest_revision().publish(skip_permission_checks=True)
    assert '"canPublish": true' in offered() and "be published yet" not in offered()


def said(answer) -> str:
    return html.unescape(" ".join(str(message) for message in get_messages(answer.wsgi_request)))


@pytest.mark.parametrize(
    "how", ["/admin/pages/{}/unpublish/", "/admin/bulk/wagtailcore/page/unpublish/?id={}"]
)
def test_taking_an_issue_off_says_what_it_did(house, draft, how, client):
    _, chief, _ = house
    chief.user.groups.add(Group.objects.get(name="Mailing manager"))
    chief.user.is_superuser = "bulk" in how  # several at once are an administrator's
    chief.user.save()
    draft.get_latest_revision().publish(skip_permission_checks=True)
    make_editions(IssuePage.objects.get(pk=draft.pk))
    draft.get_translations().get(language="fr").get_latest_revision().publish(skip_permission_checks=True)
    page = IssuePage.objects.get(pk=draft.pk)
    reader = Subscriber.objects.create(email="r@a.example")
    for name in ("Friends", "Staff"):
        audience = Audience.objects.create(name=name, slug=name.lower())
        Subscription.objects.create(audience=audience, subscriber=reader)
    begun = Send.objects.create(issue=page, audience=Audience.objects.get(slug="friends"))
    Delivery.objects.create(send=begun, address=reader.email, token="t")
    schedule(page, [audience], timezone.now() + timedelta(hours=1), "UTC")
    told = said(chief.client.post(how.format(page.pk)))
    assert "is off the site, and with it Français." in told
    address = page.get_url_parts()[2]
    assert f"{address} answers 410" in told and client.get(address).status_code == 410
    assert "publish it again, and then each of its editions" in told
    assert "mails to “Friends” are stopped: 1 had not left" in told and "sent to “Staff”" in told


def test_taking_one_edition_off_says_that_it_goes_alone(house, draft):
    _, chief, _ = house
    draft.get_latest_revision().publish(skip_permission_checks=True)
    make_editions(IssuePage.objects.get(pk=draft.pk))
    edition = draft.get_translations().get(language="fr")
    edition.get_latest_revision().publish(skip_permission_checks=True)
    told = said(chief.client.post(f"/admin/pages/{edition.pk}/unpublish/"))
    assert "(Français) is off the site. " in told and "each of its editions" not in told
    assert IssuePage.objects.get(pk=draft.pk).live


def test_an_approval_says_that_it_waits_and_promises_no_publishing(house, draft):
    ana, bo, _ = house
    waiting = "as it stands now: it waits for that."
    address = f"/admin/issues/preflight/{draft.pk}/"
    assert waiting not in " ".join(bo.client.get(address).content.decode().split())
    ana.client.get(edit(draft))
    draft.get_workflow().start(draft, ana.user)
    assert waiting in " ".join(bo.client.get(address).content.decode().split())
    page = bo.client.get(edit(draft)).content.decode()
    assert "Approve with a comment" in page and "and Publish" not in page


def test_who_corrects_and_sends_nothing_is_told_who_does(house, draft):
    _, bo, _ = house
    draft.get_latest_revision().publish(skip_permission_checks=True)
    address = f"/admin/issues/correct/{draft.pk}/"
    assert address in bo.client.get("/admin/").content.decode(), "the home leads to it"
    bo.client.post(address, {"text": "It was on Sunday, not on Monday."})
    page = bo.client.get(address).content.decode()
    assert "It was on Sunday" in page and "a mailing manager may send it" in page
    assert "/admin/mailing/" not in page, "nothing is offered that is refused"


def test_who_waits_for_approval_reads_who_may_change_it_meanwhile(house, draft):
    duty, chief, _ = house
    IssuePage.objects.get(pk=draft.pk).get_workflow().start(IssuePage.objects.get(pk=draft.pk), duty.user)
    said = "It waits for approval. Until then Bo or Cy may change it, and nobody else."
    page = html.unescape(duty.client.get(edit(draft)).content.decode())
    assert said in page and "takes it back" in page
    assert said not in html.unescape(chief.client.get(edit(draft)).content.decode())


def test_the_preflight_submits_and_approves(house, draft):
    duty, chief, other = house
    room, submit = f"/admin/issues/preflight/{draft.pk}/", f"/admin/issues/submit/{draft.pk}/"
    change(draft, duty.user)
    page = html.unescape(duty.client.get(room).content.decode())
    assert submit in page and "Approve it" not in page
    told = html.unescape(duty.client.post(submit, follow=True).content.decode())
    assert "is submitted. You edited it last. Bo or Cy may approve it." in told
    assert submit not in told and "Approve it" not in told
    assert "Nothing was done" in duty.client.post(submit, follow=True).content.decode()
    page = chief.client.get(room).content.decode()
    [approve] = re.findall(r'action="([^"]*/workflow/action/\d+/approve/\d+/)"', page)
    assert duty.client.post(approve, {"next": room}).status_code in {302, 403}
    assert IssuePage.objects.get(pk=draft.pk).current_workflow_state, "nobody approves what is not theirs to"
    told = chief.client.post(approve, {"next": room}, follow=True)
    assert told.redirect_chain[-1][0] == room
    assert "It is approved, and waits to be published." in told.content.decode()
    assert approve not in other.client.get(room).content.decode()


def test_what_the_preflight_blocks_is_not_submitted_by_its_button(house, draft):
    page = draft.get_latest_revision_as_object()
    page.body = []
    page.save_revision(user=house[0].user)
    assert (
        "/admin/issues/submit/"
        not in house[0].client.get(f"/admin/issues/preflight/{draft.pk}/").content.decode()
    )
