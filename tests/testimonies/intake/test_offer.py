"""Anybody may offer a story: it enters intake with a consent, and its teller gets a receipt."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from griot.testimonies.models import Campaign, Testimony
from tests.testimonies.people import make_campaign

pytestmark = pytest.mark.django_db
FORM = {
    "words": "I crossed at night.",
    "uses": ["web"],
    "naming": "first_name",
    "name": "Awa Diop",
    "agree": "yes",
}


@pytest.fixture
def campaign(site):
    found = make_campaign()
    Campaign.objects.update(is_public=True, about="Tell us.")
    return found


def test_a_story_enters_intake_and_its_teller_can_take_it_back(campaign):
    reader = Client()
    assert "Offer your story" in reader.get("/stories/").content.decode()
    page = reader.post("/stories/offer/", FORM).content.decode()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0]
    row = Testimony.objects.get()
    assert (row.state, row.messenger, row.answers["story"], row.consent.by) == (
        "intake",
        None,
        FORM["words"],
        "teller",
    )
    assert row.consent.uses == ["team", "web"] and row.consent.evidence
    teller = Client()
    assert teller.post("/receipt/", {"code": code.lower()}).status_code == 302
    teller.post("/receipt/", {"act": "withdraw", "sure": "yes"})
    assert Testimony.objects.get().withdrawn_by == "teller"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agree": ""}, "evidence"),
        ({"words": " "}, "nothing in it"),
        ({"birth_year": "2012"}, "guardian"),
        ({"naming": "alias"}, "another name"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(campaign, changes, words):
    answer = Client().post("/fr/stories/offer/", {**FORM, **changes})
    page = answer.content.decode()
    assert (
        answer.status_code == 400 and words in page and ("I crossed at night." in page or "words" in changes)
    )
    assert not Testimony.objects.exists()


def test_what_fills_in_every_field_is_no_person_and_few_come_from_one_place(campaign):
    assert Client().post("/stories/offer/", {**FORM, "website": "http://spam.example"}).status_code == 200
    assert not Testimony.objects.exists()
    answers = [Client().post("/stories/offer/", FORM).status_code for _ in range(7)]
    assert answers[0] == 200 and answers[-1] == 429 and Testimony.objects.count() <= 5


def test_where_no_campaign_is_open_there_is_no_form(site):
    make_campaign()
    assert Client().get("/stories/offer/").status_code == 404
