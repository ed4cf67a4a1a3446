"""Who offers a story may leave a telephone or an address: sealed, seen by few, and gone after some days."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from griot.digest.core.words import long_date, words
from griot.testimonies import withdrawing
from griot.testimonies.intake import contacts, receiving
from griot.testimonies.keeping import vault
from griot.testimonies.models import Access, Campaign, Contact, Testimony
from griot.testimonies.models.days import day_of
from tests.signing_in import with_second_factor
from tests.testimonies.people import (
    committed,
    make_campaign,
    make_messenger,
    of_page,
    say_on_receipt,
    user_with,
)

pytestmark = pytest.mark.django_db
HOW = "+221 77 555 01 23"
FORM = {"campaign": "voices", "words": "I crossed at night.", "naming": "unnamed", "agree": "yes"}


@pytest.fixture
def campaign(site):
    found = make_campaign()
    make_messenger(found)
    Campaign.objects.update(is_public=True, about="Tell us.")
    return found


def offer(**said: str) -> tuple[Testimony, str]:
    """A story that was offered, and the page that thanks for it."""
    page = Client().post("/stories/offer/", {**FORM, "contact": HOW, **said}).content.decode()
    return Testimony.objects.latest("arrived"), page


def everything_stored() -> str:
    """All rows of all tables, and all bytes in the vault, as they lie there."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows.append(json.dumps(cursor.fetchall(), default=str))
    files = [path.read_bytes().decode("latin-1") for path in vault().folder.rglob("*") if path.is_file()]
    return "\n".join([*rows, *files])


def test_a_contact_is_never_in_the_clear(campaign, caplog):
    row, page = offer()
    last = day_of() + timedelta(days=90)
    assert words("en")["contact_kept"].format(long_date(last, "en")) in page
    assert contacts.read_contact(row) == HOW and row.contact.until == last
    assert HOW not in everything_stored() and HOW not in caplog.text
    assert HOW not in serializers.serialize("json", [row, row.contact, *row.consents.all()])


def test_the_form_says_until_when_and_keeps_to_it_however_late_it_is_sent(campaign):
    day = day_of() - timedelta(days=20)
    given = f"{int(timezone.now().timestamp()) - 20 * 24 * 3600}-{'ab' * 16}"
    answer = Client().post("/stories/offer/", {**FORM, "agree": "", "form": given}).content.decode()
    assert long_date(day + timedelta(days=90), "en") in answer
    assert offer(form=given)[0].contact.until == day + timedelta(days=90)
    made_up = f"9999999999-{'cd' * 16}"
    assert offer(form=made_up, words="Later.")[0].contact.until == day_of() + timedelta(days=90)


def test_a_page_that_lay_open_beyond_that_day_keeps_and_promises_nothing(campaign):
    form = f"{int(timezone.now().timestamp()) - 91 * 24 * 3600}-{'ab' * 16}"
    assert 'name="contact"' not in Client().post("/stories/offer/", {**FORM, "agree": "", "form": form}).text
    _, page = offer(form=form)
    assert not Contact.objects.exists() and not vault().names()
    assert words("en")["contact_kept"][:20] not in page


def test_what_the_database_refuses_leaves_nothing_in_the_vault(campaign):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE testimonies_contact ADD CONSTRAINT refused CHECK (vault = '')")
    with committed():
        answer = Client(raise_request_exception=False).post("/stories/offer/", {**FORM, "contact": HOW})
    assert answer.status_code == 500
    assert not Testimony.objects.exists() and not vault().names()


def test_a_new_key_opens_contacts_too(campaign):
    row, _ = offer()
    before = (vault().folder / row.contact.vault[:2] / row.contact.vault).read_bytes()
    call_command("rotate_keys")
    assert (vault().folder / row.contact.vault[:2] / row.contact.vault).read_bytes() != before
    assert contacts.read_contact(row) == HOW


def test_nothing_is_kept_of_who_leaves_nothing_and_what_is_sent_again_takes_its_place(campaign):
    given = f"{int(timezone.now().timestamp())}-{'ab' * 16}"
    with committed():
        row, page = offer(form=given, contact="  ")
    assert not Contact.objects.exists() and words("en")["contact_kept"][:20] not in page
    for said in (HOW, "awa@mail.example"):
        with committed():
            assert offer(form=given, contact=said)[0].pk == row.pk
    assert contacts.read_contact(row) == "awa@mail.example" and len(vault().names()) == 1
    refused = Client().post("/stories/offer/", {**FORM, "contact": "1" * 201})
    assert refused.status_code == 400 and Testimony.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "sees"), [("protection", True), ("coordinator", True), ("editor", False), ("approver", False)]
)
def test_who_may_open_raw_material_sees_it_by_a_look_that_is_written_down(
    campaign, django_user_model, role, sees
):
    row, _ = offer(country="SN")
    Testimony.objects.update(state="editing")
    user = user_with(django_user_model, role)
    campaign.teams.get(code="SN").coordinators.add(user)
    client = Client()
    with_second_factor(client, user)
    page = client.get(f"/admin/testimonies/{row.pk}/").content.decode()
    assert HOW not in page and ('value="contact"' in page) == sees
    answer = client.post(f"/admin/testimonies/{row.pk}/step/", {"act": "contact"})
    assert (HOW in answer.content.decode()) == sees
    assert Access.objects.filter(user=user, what="contact", testimony=row.pk).exists() == sees
    assert "no-store" in answer["Cache-Control"] or not sees


def test_it_goes_after_its_last_day(campaign):
    row, _ = offer()
    receiving.tidy(timezone.now() + timedelta(days=5))
    last = timezone.now() + timedelta(days=90)
    contacts.forget_due(last)
    assert contacts.read_contact(row) == HOW
    contacts.forget_due(last + timedelta(days=1))
    assert not Contact.objects.exists() and not vault().names()
    contacts.forget_due(last + timedelta(days=1))


def test_its_last_day_holds_while_nothing_sweeps(campaign, django_user_model, monkeypatch):
    row, page = offer()
    teller, officer = Client(), Client()
    code = page.partition('dir="ltr">')[2][:14]
    later = timezone.now() + timedelta(days=91)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with_second_factor(officer, user_with(django_user_model, "protection"))
    assert 'value="contact"' not in officer.get(f"/admin/testimonies/{row.pk}/").text
    answer = officer.post(f"/admin/testimonies/{row.pk}/step/", {"act": "contact"}, follow=True)
    assert HOW not in answer.text and "no longer kept" in answer.text
    teller.post("/receipt/", {"code": code})
    assert words("en")["contact_kept"][:20] not in teller.get("/receipt/").text
    assert Contact.objects.exists() and contacts.read_contact(row) == ""


def test_it_goes_with_the_story_that_is_taken_back(campaign):
    row, _ = offer()
    withdrawing.withdraw(row, "teller")
    withdrawing.erase(row.pk)
    assert not Contact.objects.exists() and not vault().names()
    assert Testimony.objects.get().erased


def test_what_the_vault_can_t_erase_is_tried_again(campaign):
    row, _ = offer()
    withdrawing.withdraw(row, "teller")
    path = vault().folder / row.contact.vault[:2] / row.contact.vault
    path.unlink()
    path.mkdir()
    with pytest.raises(withdrawing.FilesLeft):
        withdrawing.erase(row.pk)
    assert withdrawing.unfinished() == [row.pk] and Contact.objects.exists()
    Testimony.objects.update(erased=timezone.now())  # whatever else says that all is gone
    assert withdrawing.unfinished() == [row.pk]
    path.rmdir()
    withdrawing.erase(row.pk)
    assert not Contact.objects.exists() and not withdrawing.unfinished()


def test_a_teller_may_have_it_erased_before(campaign):
    row, page = offer()
    code = page.partition('dir="ltr">')[2][:14]
    teller = Client()
    teller.post("/receipt/", {"code": code})
    said = teller.get("/receipt/")
    assert words("en")["contact_forget"] in said.content.decode() and HOW not in said.content.decode()
    assert teller.post("/receipt/", {"act": "forget", "of": "another’s"}).status_code == 409
    assert Contact.objects.exists()
    teller.post("/receipt/", {"code": code})
    assert set(of_page(teller.get("/receipt/"))) == {"of", "seen"}
    say_on_receipt(teller, act="forget")
    assert contacts.kept(row) is None and not vault().names() and not row.over
