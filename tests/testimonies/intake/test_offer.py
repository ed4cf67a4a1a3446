"""Anybody may offer a story: it enters intake with a consent, and its teller gets a receipt."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from griot.digest.core.words import words
from griot.digest.site import offering
from griot.testimonies.access import visible
from griot.testimonies.models import Campaign, Testimony
from griot.testimonies.models.days import day_of
from tests.testimonies.people import make_campaign, make_messenger, say_on_receipt, user_with

pytestmark = pytest.mark.django_db
FORM = {
    "campaign": "voices",
    "words": "I crossed at night.",
    "uses": ["web"],
    "naming": "first_name",
    "name": "Awa Diop",
    "agree": "yes",
}


@pytest.fixture
def campaign(site):
    found = make_campaign()
    make_messenger(found)
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
    say_on_receipt(teller, act="withdraw", sure="yes")
    assert Testimony.objects.get().withdrawn_by == "teller"


def test_a_teller_may_say_whose_team_reads_it(campaign, django_user_model):
    reader = Client()
    page = reader.get("/stories/offer/").content.decode()
    assert 'value="SN"' in page and "Senegal" in page and 'value="FR"' not in page
    officer = user_with(django_user_model, "coordinator")
    campaign.teams.get(code="SN").coordinators.add(officer)
    for country, sees in (("SN", 1), ("", 1), ("ML", 1)):
        said = {**FORM, "words": f"I crossed {country}.", "country": country}
        page = reader.post("/stories/offer/", said).content.decode()
        assert "Your story has arrived" in page
        assert visible(officer).count() == sees
    refused = reader.post("/stories/offer/", {**FORM, "agree": "", "country": "SN"}).content.decode()
    assert re.search(r'value="SN" selected', refused), "what was chosen stays"


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"agree": ""}, "agree"),
        ({"words": " "}, "empty"),
        ({"birth_year": "2012"}, "guardian"),
        ({"birth_year": "2012", "guardian": "Mame"}, "minor"),
        ({"naming": "alias"}, "alias"),
        ({"name": "a" * 200}, "other"),
        ({"birth_year": "1066"}, "other"),
        *(({"birth_year": year}, "other") for year in ("16 a", "2012.", "2o12", "²⁰¹²", "-201", "12")),
        *(({"birth_year": year}, "guardian") for year in (" 2012 ", "٢٠١٢")),
    ],
)
def test_what_is_missing_is_said_in_the_reader_s_language_and_what_was_typed_stays(
    campaign, changes, why, language
):
    path = "/stories/offer/" if language == "en" else f"/{language}/stories/offer/"
    answer = Client().post(path, {**FORM, **changes})
    page = unescape(answer.content.decode())
    assert answer.status_code == 400 and words(language)[f"refused_{why}"] in page
    assert "I crossed at night." in page or "words" in changes
    assert re.search(r'value="web"\s+checked', page)
    assert not Testimony.objects.exists()


def test_a_form_that_is_sent_again_is_one_story_and_one_receipt(campaign, monkeypatch):
    """By a reload, or a second touch; another story from a page that somebody went back to is another's."""
    monkeypatch.setattr(offering, "MOST_OFFERS", 10)
    reader = Client()
    form = re.search(r'name="form" value="([^"]+)"', reader.get("/stories/offer/").content.decode())[1]

    def code(**changes: str) -> str:
        page = reader.post("/stories/offer/", {**FORM, "form": form, **changes}).content.decode()
        return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0]

    first = code()
    assert code() == first
    row = Testimony.objects.get()
    assert row.consents.count() == 1
    Testimony.objects.update(state="protection")
    assert code() == first and not row.proposals.exists()
    assert len({first, code(words="I crossed by day."), code(form="")}) == 3 == Testimony.objects.count()
    teller = Client()
    teller.post("/receipt/", {"code": first})
    say_on_receipt(teller, act="withdraw", sure="yes")
    again = reader.post("/stories/offer/", {**FORM, "form": form})
    assert again.status_code == 400 and words("en")["receipt_erasing"] in unescape(again.content.decode())
    assert [bool(t.withdrawn) for t in Testimony.objects.order_by("arrived")] == [True, False, False]


def test_a_long_story_is_as_long_as_the_browser_counts(campaign):
    story = "a" * 17_000 + "\r\n" * 3000
    assert Client().post("/stories/offer/", {**FORM, "words": story}).status_code == 200
    assert len(Testimony.objects.get().answers["story"]) == 17_000, "what ends it is nothing"


def test_a_form_without_its_token_is_refused_in_the_reader_s_language(campaign):
    answer = Client(enforce_csrf_checks=True).post("/fr/stories/offer/", FORM)
    assert answer.status_code == 403 and words("fr")["refused_form"] in unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("change", "why"),
    [({"naming": "alias"}, "alias"), ({"until": "2020-01-01"}, "until"), ({"until": "soon"}, "other")],
)
def test_a_teller_is_refused_in_their_language(phone, change, why):
    phone.tell(teller={"alias": ""}, receipt="ABCDEFGHJK23", consent={"naming": "unnamed"})
    teller = Client()
    assert teller.post("/fr/receipt/", {"code": "ABCDEFGHJK23"}).status_code == 302
    answer = say_on_receipt(teller, "/fr/receipt/", act="change", uses=["web"], **change)
    assert answer.status_code == 400 and words("fr")[f"refused_{why}"] in unescape(answer.content.decode())


def test_a_campaign_takes_stories_from_its_first_day_to_its_last(campaign):
    today = day_of()
    for changes, status in (
        ({"ends": today - timedelta(days=1)}, 400),
        ({"ends": today}, 200),
        ({"ends": None, "begins": today + timedelta(days=1)}, 400),
        ({"begins": today}, 200),
    ):
        Campaign.objects.update(**changes)
        assert Client().post("/stories/offer/", FORM).status_code == status
        assert ("Offer your story" in Client().get("/stories/").content.decode()) == (status == 200)


def test_what_fills_in_every_field_is_no_person_and_few_come_from_one_place(campaign, monkeypatch):
    monkeypatch.setattr(offering, "MOST_OFFERS", 5)
    assert Client().post("/stories/offer/", {**FORM, "website": "http://spam.example"}).status_code == 200
    assert not Testimony.objects.exists()
    answers = [Client().post("/stories/offer/", FORM).status_code for _ in range(7)]
    assert answers[0] == 200 and answers[-1] == 429 and Testimony.objects.count() <= 5


def test_where_no_campaign_is_open_there_is_no_form(site):
    make_campaign()
    assert Client().get("/stories/offer/").status_code == 404


@pytest.mark.parametrize("other_is", ["closed until then", "open, too"])
def test_an_offer_is_read_by_the_campaign_that_it_was_made_to_alone(campaign, django_user_model, other_is):
    """It ended while its teller wrote: nothing is sent elsewhere, and what they wrote still stands there."""
    other = Campaign.objects.create(
        name="Other", slug="other", countries=["SN"], languages=["en"], about="For the ministry."
    )
    Campaign.objects.filter(pk=other.pk).update(is_public=other_is == "open, too")
    reader = Client()
    page = reader.get("/stories/offer/").content.decode()
    assert 'value="voices"' in page
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    Campaign.objects.filter(pk=campaign.pk).update(ends=day_of() - timedelta(days=1))
    Campaign.objects.filter(pk=other.pk).update(is_public=True)
    said = {**FORM, **hidden, "campaign": hidden.get("campaign", "voices")}
    answer = reader.post("/fr/stories/offer/", said)
    again = unescape(answer.content.decode())
    assert answer.status_code == 400 and words("fr")["offer_closed"] in again and FORM["words"] in again
    assert not Testimony.objects.exists()
    Campaign.objects.update(is_public=False)
    none_is_open = unescape(reader.post("/fr/stories/offer/", said).content.decode())
    assert words("fr")["offer_closed"] in none_is_open and FORM["words"] in none_is_open


def test_who_sends_their_offer_twice_has_their_code_also_once_the_campaign_has_ended(campaign):
    reader = Client()
    page = reader.get("/stories/offer/").content.decode()
    said = {**FORM, "form": re.search(r'name="form" value="([^"]*)"', page)[1]}
    codes = []
    for _ in range(2):
        answer = reader.post("/stories/offer/", said).content.decode()
        codes.append(re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", answer)[0])
        Campaign.objects.update(ends=day_of() - timedelta(days=1))
    assert codes[0] == codes[1] and Testimony.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_a_consent_on_the_page_was_read_there_in_its_language(campaign, language):
    front = "" if language == "en" else f"/{language}"
    page = Client().post(f"{front}/stories/offer/", FORM).content.decode()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0]
    row = Testimony.objects.get()
    assert (row.consent.explained, row.consent.language, row.language) == ("alone", language, language)
    for other, uses in (("fr", ["team"]), ("es", ["team", "mail"])):
        teller = Client()
        teller.post(f"/{other}/receipt/", {"code": code})
        say_on_receipt(teller, f"/{other}/receipt/", act="change", uses=uses)
        assert (row.consent.explained, row.consent.language) == ("alone", other)


def test_a_receipt_can_be_copied_printed_and_opened_with_a_phone(campaign, settings):
    page = Client().post("/fr/stories/offer/", FORM).content.decode()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0]
    assert re.search(rf'class="copy" data-url="{code}"', page) and 'class="print" hidden' in page
    assert f"{settings.PUBLIC_URL}/fr/receipt/" in page and "<svg" in page.partition('class="drawn"')[2]
    assert page.count(code) == 2, "the code is in no address, and not in the drawing"
