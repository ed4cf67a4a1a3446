"""What is said, or found out, of a testimony after it was found safe or published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from griot.testimonies import withdrawing
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.models import Access, Consent, Testimony
from griot.testimonies.review import changing, files, review
from griot.testimonies.showing.shown import told
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import as_sent, say_on_receipt, user_with
from tests.testimonies.review.test_review import publish, rendered

pytestmark = pytest.mark.django_db

GUARDIAN = {"name": "Aissatou Quertz", "relation": "mother"}
CHILD = {"is_minor": True, "guardian": GUARDIAN, "face": "hide", "place": "country", "naming": "unnamed"}


def fresh(testimony: Testimony) -> Testimony:
    return Testimony.objects.get(pk=testimony.pk)


def say_as_teller(testimony: Testimony, **changes) -> None:
    now = fresh(testimony).consent.as_value()
    add_consent(fresh(testimony), replace(now, **changes, given=timezone.now(), by="teller"))


def written(testimony: Testimony, people, **words: str) -> None:
    """Found safe and published with these words."""
    officer = people["protection"]
    review.move_on(testimony, officer)
    review.judge(testimony, officer, True, "looked at it")
    review.move_on(testimony, officer)
    review.write(testimony, people["editor"], testimony.language, {"title": "T", "quote": "Q", **words})
    for _ in range(3):
        review.move_on(fresh(testimony), people["editor"])
    review.move_on(fresh(testimony), people["approver"])


@pytest.mark.parametrize("change", ["proposal", "teller", "file"])
def test_what_was_found_safe_is_not_published_as_something_else(phone, people, change, django_user_model):
    officer, second = people["protection"], user_with(django_user_model, "protection", name="second")
    testimony = phone.tell(consent={"naming": "unnamed", "place": "country"})
    review.move_on(testimony, officer)
    review.judge(testimony, officer, False, "a brother is known to the smugglers")
    for each in (officer, second):
        review.judge(testimony, each, True, "unnamed: fine")
    review.move_on(fresh(testimony), officer)
    review.write(testimony, people["editor"], "fr", {"title": "T", "quote": "Q"})
    if change == "proposal":
        wide = {"naming": "named", "place": "exact", "given": "2026-11-05T10:00:00Z"}
        phone.tell(id=str(testimony.pk), consent=wide)
        changing.decide_proposal(fresh(testimony), officer, testimony.proposals.get().pk, True)
    elif change == "teller":
        say_as_teller(testimony, naming="named", place="exact")
    else:
        phone.send(testimony, made.photo())
        for rendition in rendered(testimony):
            files.approve_rendition(fresh(testimony), officer, rendition.pk)
    for _ in range(3):
        review.move_on(fresh(testimony), people["editor"])
    with pytest.raises(Refused, match="changed since it was found safe"):
        review.move_on(fresh(testimony), people["approver"])
    for each in (officer, second):
        review.judge(fresh(testimony), each, True, "as it is now, too")
    review.move_on(fresh(testimony), people["approver"])


def test_who_allows_less_is_as_safe(phone, people):
    testimony = phone.tell(consent={"naming": "named"})
    publish(testimony, people)
    say_as_teller(testimony, naming="unnamed", uses=frozenset({"team", "web"}))
    review.write(testimony, people["editor"], "fr", {"title": "Another"})
    changing.publish_changes(fresh(testimony), people["approver"])
    assert told(fresh(testimony), "web", "fr").title == "Another"


def test_the_button_to_find_it_safe_is_there_when_that_is_wanted(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    with_second_factor(client, people["protection"])
    page = f"/admin/testimonies/{testimony.pk}/"
    assert "Found safe" not in client.get(page).content.decode()
    say_as_teller(testimony, place="exact")
    assert "Found safe" in client.get(page).content.decode()


@pytest.mark.parametrize("way", ["message", "proposal"])
def test_a_minor_who_is_found_out_late_is_shown_as_one(phone, people, way):
    """Their open consent stands: what the phone says of their age is older than it."""
    testimony = phone.tell(consent={"naming": "named", "place": "exact", "face": "show"})
    if way == "proposal":
        publish(testimony, people)
    say_as_teller(testimony, uses=frozenset({"team", "web"}))
    earlier = (timezone.now() - timedelta(days=1)).isoformat()
    sent = as_sent(id=str(testimony.pk), teller={"birth_year": 2012}, consent={**CHILD, "given": earlier})
    assert phone.post("testimonies/", sent).status_code == 200
    if way == "proposal":
        changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
        review.judge(fresh(testimony), people["protection"], True, "as a minor, too")
        review.move_on(fresh(testimony), people["approver"])
    else:
        publish(fresh(testimony), people)
    value = told(fresh(testimony), "web", "fr")
    assert (value.name, value.place.latitude, fresh(testimony).in_force.face) == ("Kiné", None, "blur")
    assert value.place.words == testimony.region


def test_a_minor_without_a_guardian_is_shown_nowhere(phone, people):
    testimony = phone.tell(consent={"naming": "unnamed"})
    publish(testimony, people)
    assert told(fresh(testimony), "web", "fr")
    Testimony.objects.filter(pk=testimony.pk).update(birth_year=2012)  # corrected by hand, say
    assert told(fresh(testimony), "web", "fr") is None
    assert "The teller may be under 18: a guardian has to consent, too." in review.obstacles(fresh(testimony))


def test_a_minor_alone_allows_less_and_never_more(phone, client):
    testimony = phone.tell(
        consent={**CHILD, "uses": ["team", "web"]}, teller={"birth_year": 2012}, receipt="ABCDEFGHJK23"
    )
    client.post("/fr/receipt/", {"code": "ABCDEFGHJK23"})
    more = {"act": "change", "uses": ["team", "web", "media"], "naming": "unnamed", "place": "country"}
    answer = say_on_receipt(client, "/fr/receipt/", **more)
    assert answer.status_code == 400 and "tuteur" in answer.content.decode()
    assert say_on_receipt(client, "/fr/receipt/", **{**more, "uses": ["team"]}).status_code == 302
    assert fresh(testimony).consent.uses == ["team"]
    say_as_teller(testimony, uses=frozenset({"team", "web", "media"}))
    assert fresh(testimony).consent.uses == ["team"], "nor by another way"


def test_a_guardian_s_name_is_kept_back(phone, people, client):
    testimony = phone.tell(consent=CHILD, teller={"birth_year": 2012, "name": "Binta Quertz"})
    written(testimony, people, body="Aissatou Quertz let me go.")
    assert told(fresh(testimony), "web", "fr").paragraphs == ("… let me go.",)
    with_second_factor(client, people["editor"])
    page = client.get(f"/admin/testimonies/{testimony.pk}/").content.decode()
    assert "guardian:" in page and "<dd>\n          guardian: \n          mother" in page


def test_what_was_taken_over_is_somebodys_work_until_it_is_undone(phone, people, django_user_model):
    testimony = phone.tell(consent={"naming": "unnamed", "place": "country"})
    publish(testimony, people)
    one = user_with(django_user_model, "protection", "editor", "approver", name="one")
    wide = {"naming": "named", "place": "exact", "given": "2026-11-05T10:00:00Z"}
    phone.tell(id=str(testimony.pk), consent=wide)
    changing.decide_proposal(fresh(testimony), one, testimony.proposals.get().pk, True)
    review.judge(fresh(testimony), people["protection"], True, "she wants to be known")
    changing.discard_changes(fresh(testimony), one)
    review.write(testimony, one, "fr", {"title": "Another"})
    review.write(testimony, one, "fr", {"title": "La nuit du départ"})
    with pytest.raises(Refused, match="Somebody else"):
        changing.publish_changes(fresh(testimony), one)
    changing.publish_changes(fresh(testimony), people["approver"])
    assert told(fresh(testimony), "web", "fr").name == testimony.name


def test_a_receipt_that_staff_have_seen_allows_nothing_more(phone, people, client):
    testimony = phone.tell(consent={"naming": "unnamed", "place": "country"}, receipt="ABCDEFGHJK23")
    testimony.messenger.team.coordinators.add(people["coordinator"])
    with_second_factor(client, people["coordinator"])
    page = client.post(f"/admin/testimonies/{testimony.pk}/step/", {"act": "receipt"}).content.decode()
    code = page.partition("<code>")[2].partition("</code>")[0]
    teller = Client()
    assert teller.post("/receipt/", {"code": code}).status_code == 302
    more = {"act": "change", "uses": ["team", "web", "media"], "naming": "named", "place": "exact"}
    answer = say_on_receipt(teller, **more)
    assert answer.status_code == 400 and "allow less" in answer.content.decode()
    less = {"act": "change", "uses": ["team"], "naming": "unnamed", "place": "country"}
    assert say_on_receipt(teller, **less).status_code == 302
    assert [set(c.uses) for c in Consent.objects.order_by("version")] == [{"team", "web", "mail"}, {"team"}]
    assert testimony.steps.filter(words__contains="new receipt", by=people["coordinator"]).exists()


@pytest.mark.parametrize(
    "texts",
    [
        "The smuggler beat my brother in the desert. He sold us to the police of Agadez. The police let us go.",
        "La police nous a vendus. Personne n’a aidé mon frère dans le désert ; la nuit fut longue.",
    ],
)
def test_a_phone_takes_no_words_out_of_a_published_story_by_calling_them_a_name(phone, people, texts):
    testimony = phone.tell(consent={"given": "2026-11-10T10:00:00Z"})
    written(testimony, people, body=texts)
    late = as_sent(
        id=str(testimony.pk),
        teller={"name": "smuggler beat brother desert sold police the la nuit frère"},
        consent={"given": "2026-11-01T10:00:00Z"},
    )
    phone.post("testimonies/", late)
    assert told(fresh(testimony), "web", "fr").paragraphs == (texts,)
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, False)
    assert fresh(testimony).names == ["Awa Diop"]


@pytest.mark.parametrize("given", ["2026-11-01T10:00:00Z", "2026-11-20T10:00:00Z"])
@pytest.mark.parametrize("is_taken", [True, False])
def test_a_name_that_a_phone_says_late_is_kept_back_until_somebody_has_decided(
    phone, people, given, is_taken
):
    testimony = phone.tell(
        consent={"naming": "unnamed", "given": "2026-11-10T10:00:00Z"}, teller={"name": "Fatu Jallow"}
    )
    written(testimony, people, title="Fatoumata Diallo leaves")
    named = {"name": "Fatoumata Diallo"}
    phone.tell(id=str(testimony.pk), consent={"naming": "unnamed", "given": given}, teller=named)
    assert told(fresh(testimony), "web", "fr").title == "… leaves"
    proposal = testimony.proposals.get().pk
    changing.decide_proposal(fresh(testimony), people["protection"], proposal, is_taken)
    kept = "… leaves" if is_taken else "Fatoumata Diallo leaves"
    assert told(fresh(testimony), "web", "fr").title == kept


def test_a_name_without_capitals_is_kept_back_as_a_whole_until_somebody_has_decided(phone, people):
    testimony = phone.tell(language="ar", consent={"naming": "unnamed"}, teller={"name": "Amal"})
    written(testimony, people, title="غادر الحسن محمد ليلا", quote="محمد رسول الله")
    phone.tell(
        id=str(testimony.pk), language="ar", consent={"naming": "unnamed"}, teller={"name": "الحسن محمد"}
    )
    value = told(fresh(testimony), "web", "ar")
    assert (value.title, value.quote) == ("غادر … ليلا", "محمد رسول الله")


def test_the_log_of_looks_keeps_no_words_of_anybody(phone, people, client):
    """It outlives what is erased, and says nothing of a messenger but a number."""
    testimony = phone.tell()
    officer = people["protection"]
    review.move_on(testimony, officer, "Ousmane knows")
    review.judge(testimony, officer, False, "Awa's brother Ousmane owes the smugglers")
    review.comment(testimony, officer, "Awa Diop, Ousmane's sister")
    with_second_factor(client, officer)
    client.post(f"/admin/testimonies/{testimony.pk}/step/", {"act": "withdraw", "words": "for Ousmane"})
    testimony.messenger.team.coordinators.add(people["coordinator"])
    coordinator = Client()
    with_second_factor(coordinator, people["coordinator"])
    for act in ("invite", "freeze", "Ousmane"):
        coordinator.post(f"/admin/testimonies/messengers/{testimony.messenger_id}/", {"act": act})
    withdrawing.erase(testimony.pk)
    kept = " ".join(f"{a.what} {a.detail}" for a in Access.objects.all())
    assert "freeze" in kept and "comment" in kept
    assert not any(word in kept for word in ("Ousmane", "Awa", testimony.messenger.name))


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("N’Diaye", "Je n’ai pas vu N’Diaye, dit-il.", "Je n’ai pas vu …, dit-il."),
        ("Al-Hassan", "Al sur de allí, Al-Hassan esperó.", "Al sur de allí, … esperó."),
        ("Hope Okoro", "Hope left. No hope was left to Hope.", "… left. No … was left to …."),
        ("من", "جاء من البحر", "جاء من البحر"),
        ("2015", "In 2015 we left.", "In 2015 we left."),
    ],
)
def test_a_name_that_is_said_late_is_found_as_it_is_written(phone, people, name, text, left):
    testimony = phone.tell(consent={"naming": "unnamed"}, teller={"name": "Amal"})
    written(testimony, people, title=text)
    phone.tell(id=str(testimony.pk), consent={"naming": "unnamed"}, teller={"name": name})
    assert told(fresh(testimony), "web", "fr").title == left


def test_a_phone_says_no_guardian_and_no_other_evidence_of_a_published_story(phone, people):
    testimony = phone.tell(consent={"given": "2026-11-02T10:00:00Z"})
    written(testimony, people, body="The sea and the desert.")
    guardian = {"name": "the sea and desert", "relation": "x"}
    said = {"given": "2026-11-05T10:00:00Z", "is_minor": True, "guardian": guardian, "face": "hide"}
    phone.tell(id=str(testimony.pk), consent={**said, "naming": "unnamed", "place": "country"})
    assert fresh(testimony).is_perhaps_minor and not fresh(testimony).consent.guardian_name
    assert told(fresh(testimony), "web", "fr") is None, (
        "a minor without a guardian that anybody has looked at"
    )
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    assert fresh(testimony).consent.guardian_name


def test_a_phone_makes_no_adult_of_a_minor(phone, people):
    testimony = phone.tell(consent=CHILD)
    written(testimony, people, body="B")
    adult = {**CHILD, "is_minor": False, "guardian": None, "evidence": "x", "given": "2026-11-05T10:00:00Z"}
    phone.tell(id=str(testimony.pk), consent=adult)
    now = fresh(testimony).consent
    assert now.is_minor and now.guardian_name == GUARDIAN["name"] and testimony.proposals.exists()


def test_who_is_found_to_be_a_minor_may_still_allow_less(phone, people):
    testimony = phone.tell(consent={"naming": "named", "place": "exact", "face": "show"})
    publish(testimony, people)
    none = {"uses": [], "naming": "named", "place": "exact", "face": "show", "is_minor": True}
    sent = as_sent(id=str(testimony.pk), consent={**none, "given": "2026-11-05T10:00:00Z"})
    assert phone.post("testimonies/", sent).status_code == 200
    assert told(fresh(testimony), "web", "fr") is None


def test_what_was_found_safe_of_an_adult_is_not_of_a_minor(phone, people):
    testimony = phone.tell(consent={"naming": "unnamed", "place": "country", "face": "hide"})
    publish(testimony, people)
    assert not review.unsafe(fresh(testimony))
    Testimony.objects.filter(pk=testimony.pk).update(birth_year=2012)
    assert review.unsafe(fresh(testimony))


def test_assigned_is_said_of_who_is_assigned(phone, people, client):
    """Whoever was chosen has been removed while the page was open: it stays with who has it."""
    testimony = phone.tell()
    held, chosen = people["protection"], people["editor"]
    with_second_factor(client, held)
    step = f"/admin/testimonies/{testimony.pk}/step/"
    for to, who, said in (
        (held.pk, held, "Assigned."),
        (chosen.pk, held, "no longer here"),
        ("half", held, "no longer here"),
        ("", None, "Assigned to nobody."),
    ):
        type(chosen).objects.filter(pk=chosen.pk).update(is_active=False)
        answer = client.post(step, {"act": "assign", "to": to}, follow=True).content.decode()
        assert fresh(testimony).assigned == who and said in answer
