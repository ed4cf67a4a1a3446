"""The way from a phone to the public: each step takes the right person, and nothing is skipped."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from griot.testimonies import withdrawing
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.making.rendering import make, showable
from griot.testimonies.models import Access, Rendition
from griot.testimonies.review import changing, files, review
from griot.testimonies.review.writing import MOST_BODY, WritingForm
from griot.testimonies.showing import shown
from griot.testimonies.showing.shown import address_of, told
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import as_sent, committed, user_with

pytestmark = pytest.mark.django_db


def rendered(testimony) -> list[Rendition]:
    with committed():
        for row in Rendition.objects.filter(file__testimony=testimony):
            make(row.pk)
    return list(showable(testimony))


def publish(testimony, people) -> None:
    """All the way, by the people whose steps they are."""
    review.move_on(testimony, people["protection"])
    review.judge(testimony, people["protection"], True, "no face, no name, no place")
    review.move_on(testimony, people["protection"])
    review.write(
        testimony,
        people["editor"],
        "fr",
        {"title": "La nuit du départ", "quote": "Je suis partie de nuit.", "body": "Un.\n\nDeux."},
    )
    for rendition in rendered(testimony):
        files.approve_rendition(testimony, people["protection"], rendition.pk)
    for _ in range(3):
        testimony.refresh_from_db()
        review.move_on(testimony, people["editor"])
    testimony.refresh_from_db()
    review.move_on(testimony, people["approver"])
    testimony.refresh_from_db()


def test_a_testimony_goes_its_way_and_is_shown_as_its_teller_allows(phone, people):
    testimony = phone.tell()
    phone.send(testimony, made.photo())
    publish(testimony, people)
    told = shown.told(testimony, "web", "fr")
    assert (told.title, told.name, told.place.words, told.journey) == (
        "La nuit du départ",
        "Awa",
        "Dakar",
        ("Thiès", "Agadez"),
    )
    assert told.paragraphs == ("Un.", "Deux.") and len(told.images) == 1
    assert shown.told(testimony, "media", "fr") is None, "a use that was not allowed shows nothing"
    kinds = list(testimony.steps.values_list("kind", flat=True))
    assert kinds[0] == "moved" and kinds[-1] == "published" and "safe" in kinds
    assert all(step.by for step in testimony.steps.all())


def test_a_high_risk_takes_two_people(phone, people, django_user_model):
    testimony, second = phone.tell(), user_with(django_user_model, "protection", name="second")
    first = people["protection"]
    review.move_on(testimony, first)
    review.judge(testimony, first, True, "looked at it")
    review.judge(testimony, second, False, "her brother is known to the smugglers")
    with pytest.raises(Refused, match="Two people"):
        review.move_on(testimony, first)
    review.judge(testimony, first, True, "names and place taken out")
    review.judge(testimony, first, True, "again")
    with pytest.raises(Refused, match="Two people"):
        review.move_on(testimony, first)
    review.judge(testimony, second, True, "agreed")
    assert review.move_on(testimony, first).state == "transcription"


@pytest.mark.parametrize("change", ["teller", "answers", "consent", "photo", "proposal", "sent back"])
def test_what_was_found_safe_is_judged_again_when_it_is_another(phone, people, change):
    testimony, officer = phone.tell(), people["protection"]
    review.move_on(testimony, officer)
    review.judge(testimony, officer, True, "looked at it")
    testimony.refresh_from_db()
    assert not review.obstacles(testimony)
    said = {"answers": {"leaving": "My brother Ousmane paid."}, "id": str(testimony.pk)}
    if change == "photo":
        phone.send(testimony, made.photo())
    elif change == "consent":
        wide = replace(testimony.consent.as_value(), place="exact", given=timezone.now(), by="teller")
        add_consent(testimony, wide)
    elif change == "proposal":
        phone.tell(**said)
        changing.decide_proposal(testimony, officer, testimony.proposals.get().pk, True)
    else:
        review.send_back(testimony, officer, "the phone has more")
        phone.tell(id=str(testimony.pk), teller={"name": "X"}) if change == "teller" else phone.tell(**said)
        testimony.refresh_from_db()
        review.move_on(testimony, officer)
    testimony.refresh_from_db()
    with pytest.raises(Refused, match="changed since it was found safe"):
        review.move_on(testimony, officer)
    review.judge(testimony, officer, True, "looked at what is new")
    assert review.move_on(testimony, officer).state == "transcription"


def test_what_was_found_safe_stays_so_while_nothing_is_another(phone, people):
    testimony, officer = phone.tell(), people["protection"]
    photo = phone.send(testimony, made.photo())
    review.move_on(testimony, officer)
    review.judge(testimony, officer, True, "looked at it")
    for rendition in rendered(testimony):
        files.approve_rendition(testimony, officer, rendition.pk)
    review.mark_hard_to_hear(testimony, officer, True)
    testimony.refresh_from_db()
    review.send_back(testimony, officer, "too early")
    testimony.refresh_from_db()
    review.move_on(testimony, officer)
    assert photo.pk and review.move_on(testimony, officer).state == "transcription"


def test_a_judgement_says_what_was_looked_at(phone, people):
    testimony = phone.tell()
    review.move_on(testimony, people["protection"])
    with pytest.raises(Refused, match="what you looked at"):
        review.judge(testimony, people["protection"], True, " ")
    with pytest.raises(Refused, match="find it safe"):
        review.move_on(testimony, people["protection"])


def test_nobody_approves_what_they_edited_last(phone, people, django_user_model):
    testimony = phone.tell()
    both = user_with(django_user_model, "editor", "approver", name="both")
    review.move_on(testimony, people["protection"])
    review.judge(testimony, people["protection"], True, "safe")
    review.move_on(testimony, people["protection"])
    review.write(testimony, both, "fr", {"title": "T", "quote": "Q"})
    for _ in range(3):
        testimony.refresh_from_db()
        review.move_on(testimony, both)
    testimony.refresh_from_db()
    with pytest.raises(Refused, match="Somebody else"):
        review.move_on(testimony, both)
    with pytest.raises(PermissionDenied):
        review.move_on(testimony, people["editor"])
    assert review.move_on(testimony, people["approver"]).state == "published"


def test_what_is_sent_back_says_why_and_leaves_the_site(phone, people):
    testimony = phone.tell()
    publish(testimony, people)
    with pytest.raises(Refused, match="Say why"):
        review.send_back(testimony, people["approver"], "")
    review.send_back(testimony, people["approver"], "a place name was left in")
    testimony.refresh_from_db()
    assert testimony.state == "approval" and shown.told(testimony, "web", "fr") is None


def test_a_consent_that_becomes_narrower_hides_what_was_open_at_once(phone, people):
    testimony = phone.tell(id="7d3f0c8e-0000-4000-8000-000000000001")
    phone.send(testimony, made.photo())
    publish(testimony, people)
    assert shown.told(testimony, "web", "fr").images
    with committed():
        phone.tell(id=str(testimony.pk), consent={"face": "blur", "naming": "alias"})
    testimony.refresh_from_db()
    told = shown.told(testimony, "web", "fr")
    assert told.name == "Kiné" and told.images == () and told.is_altered
    covered = rendered(testimony)
    assert [r.face for r in covered] == ["blur"], "the covered one is made, and waits to be looked at"
    assert shown.told(testimony, "web", "fr").images == ()
    files.approve_rendition(testimony, people["protection"], covered[0].pk)
    assert len(shown.told(testimony, "web", "fr").images) == 1


def test_an_open_rendition_can_not_be_approved_against_the_consent(phone, people):
    testimony = phone.tell(consent={"face": "hide"})
    file = phone.send(testimony, made.photo())
    row = Rendition.objects.create(file=file, kind="photo", face="show", state="ready", key="a" * 24)
    review.move_on(testimony, people["protection"])
    with pytest.raises(Refused, match="consent"):
        files.approve_rendition(testimony, people["protection"], row.pk)


def test_what_is_remembered_can_not_be_changed(phone, people):
    from django.db import DatabaseError, transaction

    review.comment(phone.tell(), people["protection"], "noted")
    assert Access.objects.filter(user=people["protection"]).exists()
    for change in (lambda: Access.objects.update(who="nobody"), lambda: Access.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            change()


def test_what_is_public_changes_by_approval_only(phone, people):
    testimony = phone.tell()
    publish(testimony, people)
    testimony.refresh_from_db()
    review.write(testimony, people["editor"], "fr", {"title": "Libre", "quote": "Q", "body": ""})
    testimony.refresh_from_db()
    assert told(testimony, "web", "fr").title == "La nuit du départ"
    assert ("title, fr", "La nuit du départ", "Libre") in changing.changes(testimony)
    with pytest.raises(PermissionDenied):
        changing.publish_changes(testimony, people["editor"])
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    assert told(testimony, "web", "fr").title == "Libre" and not changing.changes(testimony)
    review.write(testimony, people["editor"], "fr", {"title": "Autre", "quote": "Q", "body": ""})
    changing.discard_changes(testimony, people["editor"])
    testimony.refresh_from_db()
    assert not changing.changes(testimony) and testimony.writings.get().title == "Libre"
    both = user_with(get_user_model(), "editor", "approver")
    review.write(testimony, both, "fr", {"title": "Mien", "quote": "Q", "body": ""})
    with pytest.raises(Refused, match="Somebody else"):
        changing.publish_changes(testimony, both)


def test_without_a_second_factor_nothing_is_published_or_taken_back(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    review.write(testimony, people["editor"], "fr", {"title": "Libre", "quote": "Q", "body": ""})
    for role, act in (("approver", "publish"), ("approver", "back"), ("administrator", "withdraw")):
        client.force_login(user_with(get_user_model(), role, name=f"{role} {act}"))
        answer = client.post(f"/admin/testimonies/{testimony.pk}/step/", {"act": act, "words": "a reason"})
        assert (answer.status_code == 302 and "2fa" in answer["Location"]) or "factor" in answer["Location"]
    testimony.refresh_from_db()
    assert testimony.state == "published" and told(testimony, "web", "fr").title == "La nuit du départ"


def test_a_testimony_goes_on_without_what_a_lost_phone_has_not_sent(phone, people, client):
    """Somebody says why; what comes after all waits for approval, and the evidence is never gone without."""
    testimony = phone.tell(files=[{"id": str(uuid.uuid4()), "role": "story", "position": 0}])
    with pytest.raises(Refused, match="on their way"):
        review.move_on(testimony, people["protection"])
    with_second_factor(client, people["protection"])
    page = f"/admin/testimonies/{testimony.pk}/"
    assert "On without the files" in client.get(page).content.decode()
    said = {"act": "move_without", "seen": review.mark(testimony)}
    client.post(f"{page}step/", said)
    testimony.refresh_from_db()
    assert testimony.state == "intake"
    client.post(f"{page}step/", {**said, "words": "the phone was taken at the border"})
    testimony.refresh_from_db()
    assert testimony.state == "protection"
    assert "On without the files" not in client.get(page).content.decode()


def test_a_late_message_of_a_phone_is_taken_over_by_a_person(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    said = {"naming": "named", "uses": ["team", "web"], "given": "2026-11-09T10:00:00Z"}
    sent = as_sent(
        id=str(testimony.pk), teller={"region": "Thiès"}, answers={"leaving": "By day."}, consent=said
    )
    phone.post("testimonies/", sent)
    testimony.refresh_from_db()
    assert testimony.region == "Dakar" and testimony.consent.naming == "first_name"
    assert testimony.consent.uses == ["team", "web"], "what it narrows holds at once"
    [(proposal, rows)] = [(p, changing.proposed(p)) for p in testimony.proposals.all()]
    assert ("region", "Dakar", "Thiès") in rows and ("leaving", "I left at night.", "By day.") in rows
    with pytest.raises(PermissionDenied):
        changing.decide_proposal(testimony, people["editor"], proposal.pk, True)
    with_second_factor(client, people["protection"])
    page = client.get(f"/admin/testimonies/{testimony.pk}/").content.decode()
    assert "The phone sent something else" in page and "Thiès" in page
    client.post(
        f"/admin/testimonies/{testimony.pk}/step/",
        {"act": "take_over", "proposal": proposal.pk, "seen": review.mark(testimony)},
    )
    testimony.refresh_from_db()
    assert testimony.consent.naming == "named", "the consent that was read holds, too"
    assert testimony.region == "Thiès" and told(testimony, "web", "fr").place.words == "Dakar"
    review.judge(testimony, people["protection"], True, "no place that says more")
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    assert told(testimony, "web", "fr").place.words == "Thiès"


def _seen(page: str, act: str) -> str:
    """What the form of an act carries of what was shown with it."""
    before, _, _ = page.partition(f'value="{act}"')
    return re.findall(r'name="seen" value="([0-9a-f]{32})"', before)[-1]


def test_nobody_publishes_what_they_did_not_see(phone, people, client):
    """Changed between the page and the button: nothing is done, and the page is shown again."""
    testimony = phone.tell()
    publish(testimony, people)
    room = f"/admin/testimonies/{testimony.pk}/"
    with_second_factor(client, people["approver"])
    review.write(testimony, people["editor"], "fr", {"title": "Harmless", "quote": "Q", "body": ""})
    seen = _seen(client.get(room).content.decode(), "publish")
    review.write(testimony, people["editor"], "fr", {"title": "Malice", "quote": "Q", "body": ""})
    answer = client.post(f"{room}step/", {"act": "publish", "seen": seen}, follow=True)
    assert "changed while you looked" in answer.content.decode()
    for forged in ("", "0" * 32):
        client.post(f"{room}step/", {"act": "publish", "seen": forged})
    testimony.refresh_from_db()
    assert told(testimony, "web", "fr").title == "La nuit du départ"
    seen = _seen(client.get(room).content.decode(), "publish")
    client.post(f"{room}step/", {"act": "publish", "seen": seen})
    testimony.refresh_from_db()
    assert told(testimony, "web", "fr").title == "Malice", "what was seen goes out"


def test_a_judgement_is_of_what_was_shown_whoever_changed_it(phone, people, client):
    testimony = phone.tell()
    review.move_on(testimony, people["protection"])
    room = f"/admin/testimonies/{testimony.pk}/"
    with_second_factor(client, people["protection"])
    seen = _seen(client.get(room).content.decode(), "safe")
    phone.post("testimonies/", as_sent(id=str(testimony.pk), answers={"leaving": "With my uncle's gun."}))
    client.post(f"{room}step/", {"act": "safe", "words": "harmless", "seen": seen})
    assert not testimony.steps.filter(kind="safe").exists(), "a phone's late words were not read"
    with pytest.raises(Refused, match="made anew"):
        files.approve_rendition(testimony, people["protection"], 0, "another key")


def test_a_file_that_came_after_the_approval_waits_for_another(phone, people, client):
    """Who looks at renditions does not publish them."""
    testimony = phone.tell()
    first = phone.send(testimony, made.photo())
    publish(testimony, people)
    assert len(told(testimony, "web", "fr").images) == 1
    late = phone.send(testimony, made.photo("PNG"))
    [rendition] = [r for r in rendered(testimony) if r.file_id == late.pk]
    files.approve_rendition(testimony, people["protection"], rendition.pk)
    testimony.refresh_from_db()
    assert first.pk != late.pk and len(told(testimony, "web", "fr").images) == 1
    address = address_of(rendition, "web")
    assert client.get(address).status_code == 410
    assert [(before, now) for where, before, now in changing.changes(testimony)] == [("", "photo")]
    review.judge(testimony, people["protection"], True, "nobody can be seen")
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    assert len(told(testimony, "web", "fr").images) == 2 and client.get(address).status_code == 200


def test_a_judgement_is_of_the_files_that_were_there(phone, people, client):
    testimony = phone.tell()
    review.move_on(testimony, people["protection"])
    room = f"/admin/testimonies/{testimony.pk}/"
    with_second_factor(client, people["protection"])
    for change in (
        lambda: phone.send(testimony, made.photo("PNG")),
        lambda: files.approve_rendition(testimony, people["protection"], rendered(testimony)[0].pk),
    ):
        seen = _seen(client.get(room).content.decode(), "safe")
        change()
        client.post(f"{room}step/", {"act": "safe", "words": "harmless", "seen": seen})
        assert not testimony.steps.filter(kind="safe").exists()
    seen = _seen(client.get(room).content.decode(), "safe")
    client.post(f"{room}step/", {"act": "safe", "words": "harmless", "seen": seen})
    assert testimony.steps.filter(kind="safe").exists()


def test_two_editors_do_not_write_over_each_other(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    room = f"/admin/testimonies/{testimony.pk}/?language=fr"
    with_second_factor(client, people["editor"])
    begun = client.get(room).content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]{32})">\s*<div class="griot-field">', begun)[1]
    review.write(testimony, people["editor"], "fr", {"title": "Hers", "quote": "Q", "body": ""})
    mine = {"language": "fr", "title": "Mine", "quote": "Q", "body": "", "seen": seen}
    answer = client.post(room, mine).content.decode()
    assert "Somebody else has written" in answer and 'value="Mine"' in answer, "typed words stay"
    assert testimony.writings.get(language="fr").title == "Hers"
    again = re.search(r'name="seen" value="([0-9a-f]{32})">\s*<div class="griot-field">', answer)[1]
    assert client.post(room, {**mine, "seen": again}).status_code == 302
    assert testimony.writings.get(language="fr").title == "Mine"
    client.post(f"/admin/testimonies/{testimony.pk}/?language=en", {**mine, "seen": again})
    assert testimony.writings.get(language="fr").title == "Mine", "nor by a language that was not shown"


def test_two_who_say_that_it_is_hard_to_hear_say_the_same(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    with_second_factor(client, people["editor"])
    step = f"/admin/testimonies/{testimony.pk}/step/"
    for _ in range(2):  # both pages said "Hard to hear"
        client.post(step, {"act": "hurts"})
    testimony.refresh_from_db()
    assert testimony.hurts
    assert 'value="hurts_not"' in client.get(f"/admin/testimonies/{testimony.pk}/").content.decode()
    client.post(step, {"act": "hurts_not"})
    testimony.refresh_from_db()
    assert not testimony.hurts
    withdrawing.withdraw(testimony, "team", people["editor"])
    with pytest.raises(Refused, match="withdrawn"):
        review.mark_hard_to_hear(testimony, people["editor"], True)


def test_a_name_of_figures_or_signs_breaks_nothing_that_it_is_taken_out_of(phone, people, client):
    testimony = phone.tell(teller={"name": r"Khady 00 \\1 -->"}, consent={"naming": "unnamed"})
    publish(testimony, people)
    vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nKhady 00 left.\n"
    texts = {"title": "T", "quote": "Khady spoke", "body": "", "subtitles": vtt, "chapters": "0:00 Khady"}
    review.write(testimony, people["editor"], "fr", texts)
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    value = told(testimony, "web", "fr")
    assert "00:00:00.000 --> 00:00:02.000" in value.subtitles and "Khady" not in value.subtitles
    assert value.quote == "… spoke" and value.chapters == ((0.0, "…"),)
    other = phone.tell(consent={"naming": "first_name"}, teller={"name": r"\\g<9> B"})
    publish(other, people)
    assert told(type(other).objects.get(pk=other.pk), "web", "fr").name == r"\\g<9>"


def test_one_story_that_cannot_be_shown_takes_no_page_of_others_with_it(phone, people, client):
    broken, whole = phone.tell(), phone.tell()
    for row in (broken, whole):
        publish(row, people)
    type(broken).objects.filter(pk=broken.pk).update(approved={"writings": {"fr": {"subtitles": "--> 1"}}})
    page = client.get("/fr/stories/")
    assert page.status_code == 200 and whole.slug in page.content.decode()
    assert client.get("/fr/stories/feed/").status_code == 200


def test_a_text_has_a_bound():
    assert WritingForm({"language": "fr", "body": "a" * MOST_BODY}).is_valid()
    assert "body" in WritingForm({"language": "fr", "body": "a" * (MOST_BODY + 1)}).errors


def test_a_consent_whose_evidence_has_not_come_goes_nowhere(phone, people, tmp_path):
    pk = str(uuid.uuid4())
    testimony = phone.tell(consent={"evidence": pk})
    phone.send(testimony, made.photo())
    with pytest.raises(Refused, match="evidence"):
        review.move_on(testimony, people["protection"])
    phone.send(testimony, made.sound(tmp_path, "ogg", 2).read_bytes(), pk=pk, role="evidence")
    publish(testimony, people)
    assert testimony.state == "published"


def test_evidence_that_was_let_go_of_is_none(phone, people):
    pk = str(uuid.uuid4())
    testimony = phone.tell(consent={"evidence": pk})
    phone.send(testimony, b"\0\0\0\x20ftypisom unread", pk=pk, role="evidence")
    review.move_on(testimony, people["protection"])
    with committed():
        files.discard_kept(testimony, people["protection"], pk, "nothing is to be heard")
    testimony.refresh_from_db()
    testimony.state = "approval"
    assert any("evidence" in obstacle for obstacle in review.obstacles(testimony))
