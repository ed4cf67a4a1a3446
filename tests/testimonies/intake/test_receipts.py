"""A receipt's code opens what it was first sent with, whoever else knows it."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from html import unescape
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from griot.digest.core.words import words
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.models import Campaign, Testimony
from griot.testimonies.showing.shown import told
from griot.testimonies.withdrawing import erase
from tests.testimonies import made
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger, of_page, say_on_receipt
from tests.testimonies.review.test_review import publish

CODE = "ABCD-EFGH-JKLM"


@pytest.fixture
def phones(db, site):
    make_messenger(make_campaign())
    make_messenger(Campaign.objects.get(), "GN", key="other", name="Oumou")
    return Phone(), Phone("other")


def test_a_code_that_is_anothers_already_is_not_taken_and_the_testimony_is(phones, client):
    ours, theirs = phones
    told = ours.tell(receipt=CODE)
    shadow = as_sent(receipt="abcd efgh jklm")
    fresh = theirs.post("testimonies/", as_sent(receipt="KLMN-PQRS-TUVW"))
    answer = theirs.post("testimonies/", shadow)
    assert answer.status_code == fresh.status_code == 201
    assert set(answer.json()) == set(fresh.json()), "nothing in it says that the code is known"
    row = Testimony.objects.get(pk=shadow["id"])
    assert row.receipt == "" and "make its teller a new receipt" in row.steps.get().words
    assert theirs.post("testimonies/", copy.deepcopy(shadow)).status_code == 200
    assert row.steps.count() == 1, "the same again changes nothing"
    assert client.post("/receipt/", {"code": CODE}).status_code == 302
    say_on_receipt(client, act="withdraw", sure="yes")
    assert [t.pk for t in Testimony.objects.exclude(withdrawn=None)] == [told.pk]
    assert Client().post("/receipt/", {"code": row.make_receipt()}).status_code == 302


def test_after_the_intake_a_phone_gives_nobody_a_code(phones):
    """Whoever has it says what the teller allows: a person gives it to the teller."""
    ours, _ = phones
    sent = as_sent()
    ours.post("testimonies/", sent)
    Testimony.objects.update(state="protection")
    assert ours.post("testimonies/", {**sent, "receipt": CODE}).status_code == 200
    row = Testimony.objects.get()
    assert row.receipt == "" and row.steps.count() == 1
    code = row.make_receipt()
    ours.post("testimonies/", {**sent, "receipt": "KLMN-PQRS-TUVW"})
    assert Client().post("/receipt/", {"code": code}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_one_has_the_code_and_both_are_taken(phones):
    together, answers = Barrier(2), []

    def send(phone: Phone) -> None:
        together.wait(30)
        answers.append(phone.post("testimonies/", as_sent(receipt=CODE)).status_code)
        connections.close_all()

    threads = [Thread(target=send, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201, 201]
    assert sorted(map(bool, Testimony.objects.values_list("receipt", flat=True))) == [False, True]


WIDE = {
    "uses": ["team", "web", "mail"],
    "naming": "first_name",
    "place": "region",
    "face": "show",
    "voice": "show",
}
NARROW = {"uses": ["team"], "naming": "unnamed", "place": "country", "face": "hide", "voice": "hide"}


@pytest.mark.parametrize("said", [{"act": "change", **WIDE}, {"act": "withdraw", "sure": "yes"}])
def test_a_page_says_nothing_of_another_teller_who_has_opened_theirs_meanwhile(phones, client, said):
    """Two tabs of one browser: a family's phone, a shelter's computer."""
    first = phones[0].tell(receipt=CODE)
    second = phones[0].tell(receipt="KLMN-PQRS-TUVW", consent=NARROW)
    client.post("/receipt/", {"code": CODE})
    page = client.get("/receipt/")
    client.post("/receipt/", {"code": "KLMN-PQRS-TUVW"})
    for sent in (said, {**of_page(page), **said}):
        answer = client.post("/receipt/", sent)
        if answer.status_code == 409:
            assert "another code" in answer.content.decode()
        for row in (first, second):
            row.refresh_from_db()
            assert row.withdrawn is None and row.consent.version == 1
        assert "receipt" not in client.session, "who is here may not be the one whose code was typed last"
        client.post("/receipt/", {"code": "KLMN-PQRS-TUVW"})


def test_an_older_page_of_the_same_teller_puts_nothing_back(phones, client):
    row = phones[0].tell(receipt=CODE)
    client.post("/receipt/", {"code": CODE})
    page = client.get("/receipt/")
    assert say_on_receipt(client, act="change", **NARROW).status_code == 302
    answer = client.post("/receipt/", {**of_page(page), "act": "change", **WIDE})
    assert answer.status_code == 409 and "changed meanwhile" in answer.content.decode()
    row.refresh_from_db()
    assert row.consent.uses == ["team"]
    assert client.post("/receipt/", {**of_page(page), "act": "change", **NARROW}).status_code == 302, (
        "a second touch of the same is the same"
    )
    assert client.post("/receipt/", {**of_page(page), "act": "withdraw", "sure": "yes"}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn, "to take back is never too late"


def test_less_is_heard_from_an_older_page_and_more_is_not(phones, client):
    """A messenger's phone, or the teller's on another device, wrote while the page was open."""
    row = phones[0].tell(receipt=CODE, consent={**WIDE, "uses": ["team", "web", "mail"]})
    client.post("/receipt/", {"code": CODE})
    page = client.get("/receipt/")
    say_on_receipt(client, act="change", **{**WIDE, "uses": ["team", "web", "mail"], "face": "blur"})
    said = {**WIDE, "uses": ["team", "mail"], "face": "show"}
    answer = client.post("/receipt/", {**of_page(page), "act": "change", **said})
    row.refresh_from_db()
    assert (row.consent.uses, row.consent.face, row.consent.by) == (["mail", "team"], "blur", "teller")
    assert answer.status_code == 409 and "nothing more was allowed" in answer.content.decode()
    assert of_page(answer)["seen"] == str(row.consent.version), "what stands there is what holds"


@pytest.mark.parametrize("left", [["team"], ["team", "web"]])
def test_what_a_teller_takes_back_on_an_older_page_stays_so_though_a_phone_had_taken_it_back(
    phones, client, left
):
    """A messenger alone may allow again what a messenger took back; no more where the teller has, too."""
    sent = as_sent(receipt=CODE)

    def phone_says(minutes: int, *uses: str) -> int:
        given = (timezone.now() + timedelta(minutes=minutes)).isoformat()
        said = {**sent, "consent": {**sent["consent"], "uses": uses, "given": given}}
        return phones[0].post("testimonies/", said).status_code

    assert phone_says(-30, "team", "web", "mail") == 201
    client.post("/receipt/", {"code": CODE})
    page = client.get("/receipt/")
    assert phone_says(-20, "team") == 200
    client.post("/receipt/", {**of_page(page), "act": "change", **WIDE, "uses": left})
    phone_says(-1, "team", "web", "mail")
    row = Testimony.objects.get()
    assert (row.consent.uses, row.consent.by) == (["team"], "teller")


def test_a_tellers_later_word_wins_though_the_servers_clock_was_ahead(phones, client, monkeypatch):
    row = phones[0].tell(receipt=CODE)
    now = timezone.now
    client.post("/receipt/", {"code": CODE})
    page = client.get("/receipt/")
    with monkeypatch.context() as while_it_was:
        while_it_was.setattr(timezone, "now", lambda: now() + timedelta(days=400))
        held = row.consent.as_value()
        add_consent(row, replace(held, by="teller", given=timezone.now(), uses=frozenset({"team"})))
    assert client.post("/receipt/", {**of_page(page), "act": "close"}).status_code == 302
    client.post("/receipt/", {"code": CODE})
    assert say_on_receipt(client, act="change", **WIDE).status_code == 302
    row.refresh_from_db()
    assert "web" in row.consent.uses


OUTSIDE = ("screenings", "mail", "partners", "media")


@pytest.mark.parametrize("left", [[], ["mail"], ["screenings"], ["partners", "media"], list(OUTSIDE)])
def test_the_teller_reads_where_the_story_may_be_met(phone, people, left):
    """Also once the website is taken back: what goes by mail alone is public."""
    testimony = phone.tell(consent={"uses": ["team", "web", *OUTSIDE]})
    phone.send(testimony, made.photo())
    publish(testimony, people)
    client, say = Client(), words("en")
    client.post("/receipt/", {"code": testimony.make_receipt()})
    assert say["receipt_public"] in unescape(client.get("/receipt/").content.decode())
    held = testimony.consent
    kept = {name: getattr(held, name) for name in ("naming", "place", "face", "voice")}
    say_on_receipt(client, act="change", uses=["team", *left], **kept)
    page = unescape(client.get("/receipt/").content.decode())
    testimony = Testimony.objects.get()
    assert {use for use in OUTSIDE if told(testimony, use, "en")} == set(left)
    assert {use for use in OUTSIDE if f"<li>{say[f'use_{use}']}</li>" in page} == set(left)
    story = Client().get(f"/stories/{testimony.slug}/")
    assert story.status_code == 410 and "withdrawn" not in story.content.decode(), "it is not, elsewhere"
    assert say["receipt_public"] not in page and (say["receipt_inside"] in page) == (not left)


def test_what_is_erased_is_said_to_be_erased_when_it_is(phone):
    testimony = phone.tell()
    phone.send(testimony, made.photo())
    client, say = Client(), words("en")
    client.post("/receipt/", {"code": testimony.make_receipt()})
    say_on_receipt(client, act="withdraw", sure="yes")
    assert say["receipt_erasing"] in client.get("/receipt/").content.decode()
    erase(testimony.pk)
    assert say["receipt_withdrawn"] in client.get("/receipt/").content.decode()


def test_a_story_that_can_not_be_shown_is_taken_back_by_its_teller(phone, people):
    testimony = phone.tell(consent={"uses": ["team", "web"]})
    phone.send(testimony, made.photo())
    publish(testimony, people)
    client, code = Client(), testimony.make_receipt()
    row = Testimony.objects.get()
    del row.approved["writings"]
    Testimony.objects.update(approved=row.approved)
    client.post("/receipt/", {"code": code})
    assert words("en")["receipt_take_back"] in client.get("/receipt/").content.decode()
    say_on_receipt(client, act="withdraw", sure="yes")
    assert Testimony.objects.get().withdrawn
