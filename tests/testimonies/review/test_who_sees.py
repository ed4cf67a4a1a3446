"""What those who work on a story see of what its teller keeps back, and who sees it at all."""

from __future__ import annotations

import pytest
from django.test import Client

from griot.testimonies import withdrawing
from griot.testimonies.access import allowed, visible
from griot.testimonies.models import Access, Campaign, Country, Messenger
from griot.testimonies.review import changing, files, review
from tests.signing_in import with_second_factor
from tests.testimonies.people import user_with
from tests.testimonies.review.test_later import fresh
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
UNNAMED = {"naming": "unnamed", "place": "country", "given": "2026-11-01T10:00:00Z"}


def page_of(testimony, user) -> str:
    client = Client()
    with_second_factor(client, user)
    return client.get(f"/admin/testimonies/{testimony.pk}/?open=1").content.decode()


def test_who_may_not_open_the_original_sees_of_the_teller_what_readers_see(phone, people):
    secrets = ("Awa Diop", "Fatou Sarr", "13 rue des Pêcheurs", "14.69", "Ousmane owes")
    testimony = phone.tell(
        consent=UNNAMED, answers={"leaving": "I am Awa Diop, from Thiès, and left at night."}
    )
    review.comment(testimony, people["protection"], "Ousmane owes them")
    publish(testimony, people)
    review.judge(fresh(testimony), people["protection"], True, "Ousmane owes them")
    phone.tell(
        id=str(testimony.pk),
        answers=testimony.answers,
        consent={**UNNAMED, "given": "2026-11-20T10:00:00Z"},
        teller={"name": "Fatou Sarr", "spot": "13 rue des Pêcheurs", "latitude": 14.691},
    )
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    review.write(fresh(testimony), people["editor"], "fr", {"title": "By night"})
    for role in ("editor", "approver"):
        page = page_of(testimony, people[role])
        assert "Changed since it was approved" in page and "By night" in page
        assert "and left at night" in page
        assert not [secret for secret in secrets if secret in page], role
    page = page_of(testimony, people["protection"])
    assert not [secret for secret in secrets if secret not in page]


def test_a_messenger_who_has_collected_is_not_deleted(phone, people, django_user_model, client):
    testimony = phone.tell()
    testimony.messenger.team.coordinators.add(people["coordinator"])
    other = user_with(django_user_model, "coordinator", name="gn")
    Country.objects.get(code="GN").coordinators.add(other)
    with_second_factor(client, django_user_model.objects.create_superuser("root", password="a long password"))
    address = f"/admin/messengers/delete/{testimony.messenger_id}/"
    answer = client.post(address, follow=True)
    assert answer.status_code == 200 and "1 testimonies" in answer.content.decode()
    assert Messenger.objects.filter(pk=testimony.messenger_id).exists()
    assert not visible(other).exists() and not allowed(other, fresh(testimony))


def test_what_others_rely_on_is_not_deleted_and_says_so(phone, django_user_model, client):
    phone.tell()
    with_second_factor(client, django_user_model.objects.create_superuser("root", password="a long password"))
    answer = client.post(f"/admin/campaigns/delete/{Campaign.objects.get().pk}/", follow=True)
    assert answer.status_code == 200 and "It is not deleted: others rely on it" in answer.content.decode()
    assert Campaign.objects.exists() and Country.objects.filter(code="SN").exists()


def test_the_log_of_looks_keeps_not_who_got_a_copy(phone, people, client):
    testimony = phone.tell(consent={"uses": ["team", "web", "partners"]})
    publish(testimony, people)
    with_second_factor(client, people["approver"])
    sent = {"act": "copy", "use": "partners", "recipient": "the lawyer of Awa Diop"}
    assert client.post(f"/admin/testimonies/{testimony.pk}/step/", sent).status_code == 200
    withdrawing.withdraw(fresh(testimony), "teller")
    withdrawing.erase(testimony.pk)
    assert [look.detail for look in Access.objects.filter(what="copy")] == ["partners"]


def test_who_got_a_copy_and_why_a_file_went_is_not_for_editors(phone, people, client):
    testimony = phone.tell(consent={"uses": ["team", "web", "partners"]})
    file = phone.send(testimony, b"this is no media at all")
    publish(testimony, people)
    with_second_factor(client, people["approver"])
    sent = {"act": "copy", "use": "partners", "recipient": "the lawyer of Awa Diop"}
    client.post(f"/admin/testimonies/{testimony.pk}/step/", sent)
    files.discard_kept(fresh(testimony), people["protection"], str(file.pk), "Awa Diop's identity card")
    assert "lawyer" in page_of(testimony, people["approver"])
    assert "identity card" in page_of(testimony, people["protection"])
    page = page_of(testimony, people["editor"])
    assert "lawyer" not in page and "identity card" not in page and "discarded a file" in page
