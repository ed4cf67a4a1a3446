"""What a phone says late and what protects somebody: an age, a name, that less is allowed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from griot.testimonies import withdrawing
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import taking
from griot.testimonies.models import Consent, Testimony
from griot.testimonies.review import changing, files, review
from griot.testimonies.showing.shown import told
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import as_sent
from tests.testimonies.review.test_later import CHILD, fresh, say_as_teller, written
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
OPEN = {"naming": "named", "place": "exact", "face": "show"}
NARROW = {"naming": "unnamed", "place": "country", "face": "hide", "uses": ["team"]}


def on(day: int) -> str:
    return f"2026-11-{day:02}T10:00:00Z"


@pytest.mark.parametrize("given", [1, 20])
@pytest.mark.parametrize("is_one", [True, False])
def test_a_birth_year_that_is_said_late_holds_until_somebody_has_decided(phone, people, given, is_one):
    testimony = phone.tell(consent={**OPEN, "given": on(10)})
    publish(testimony, people)
    assert told(fresh(testimony), "web", "fr").name == "Awa Diop"
    sent = as_sent(id=str(testimony.pk), teller={"birth_year": 2012}, consent={**OPEN, "given": on(given)})
    assert phone.post("testimonies/", sent).status_code == 200
    assert told(fresh(testimony), "web", "fr") is None, "a minor without a guardian is shown nowhere"
    assert fresh(testimony).in_force.face == "blur"
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, is_one)
    shown = told(fresh(testimony), "web", "fr")
    assert shown is None if is_one else shown.name == "Awa Diop"
    assert fresh(testimony).birth_year == (2012 if is_one else 1990)


def test_what_waits_for_a_person_is_seen_by_those_who_may_decide(phone, people, client):
    testimony = phone.tell()
    publish(testimony, people)
    with_second_factor(client, people["protection"])
    pages = ("/admin/", "/admin/testimonies/")
    before = [client.get(page).content.decode() for page in pages]
    phone.tell(id=str(testimony.pk), teller={"birth_year": 2012}, consent={"given": on(20)})
    home, room = (client.get(page).content.decode() for page in pages)
    assert "a phone has sent late" in home and "a phone has sent late" not in before[0]
    assert "to be decided (1)" in room and "the phone sent something else" in room
    assert "to be decided" not in before[1]
    assert str(testimony.pk) in client.get("/admin/testimonies/?waits=1").content.decode()


@pytest.mark.parametrize("first", ["narrow", "wide"])
def test_an_older_message_that_is_taken_over_widens_nothing_that_a_newer_one_took_back(phone, people, first):
    """In whatever order the two come."""
    testimony = phone.tell(consent={"naming": "first_name", "given": on(1)})
    publish(testimony, people)
    sent = {"narrow": {**NARROW, "given": on(20)}, "wide": {**OPEN, "given": on(10)}}
    for which in (first, ({*sent} - {first}).pop()):
        phone.tell(id=str(testimony.pk), consent=sent[which])
    for proposal in fresh(testimony).undecided:
        try:
            changing.decide_proposal(fresh(testimony), people["protection"], proposal.pk, True)
        except Refused:
            changing.decide_proposal(fresh(testimony), people["protection"], proposal.pk, False)
    now = fresh(testimony)
    assert (now.consent.uses, now.consent.naming) == (["team"], "unnamed")
    assert told(now, "web", "fr") is None


def test_a_newer_proposal_that_waits_allows_no_less(phone, people):
    """It changes nothing by itself, being as narrow as what is held."""
    testimony = phone.tell(consent={**NARROW, "given": on(1)})
    review.move_on(testimony, people["protection"])
    phone.tell(id=str(testimony.pk), consent={**OPEN, "given": on(10)})
    phone.tell(id=str(testimony.pk), consent={**NARROW, "given": on(20)}, answers={"leaving": "By day."})
    wide = fresh(testimony).undecided[0]
    changing.decide_proposal(fresh(testimony), people["protection"], wide.pk, True)
    assert fresh(testimony).consent.uses == ["team"]


def test_an_older_message_of_a_minor_is_heard_in_the_intake_too(phone, people):
    testimony = phone.tell(consent={**OPEN, "given": on(10)}, teller={"birth_year": None})
    sent = {"teller": {"birth_year": 2012}, "consent": {**CHILD, "is_minor": False, "given": on(1)}}
    phone.tell(id=str(testimony.pk), **sent)
    assert fresh(testimony).is_perhaps_minor
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    assert fresh(testimony).birth_year == 2012


def test_what_a_phone_with_a_dead_clock_says_is_read_by_a_person(phone, people):
    testimony = phone.tell(consent={**NARROW, "given": on(10)})
    review.move_on(testimony, people["protection"])
    dead = {**OPEN, "given": "1970-01-01T00:00:00Z"}
    phone.tell(id=str(testimony.pk), consent=dead, answers={"leaving": "By day."})
    assert fresh(testimony).answers == {"leaving": "I left at night."}
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    assert fresh(testimony).answers == {"leaving": "By day."} and fresh(testimony).consent.uses == ["team"]


@pytest.mark.parametrize("is_taken", [None, True])
@pytest.mark.parametrize("alias", ["Awa Diop", "Awa"])
def test_another_name_that_is_found_out_to_be_the_own_is_not_shown(phone, people, is_taken, alias):
    swapped = {"name": "Little Sister", "alias": alias}
    testimony = phone.tell(consent={"naming": "alias", "given": on(1)}, teller=swapped)
    written(testimony, people, title=f"{alias} leaves")
    assert told(fresh(testimony), "web", "fr").name == alias
    right = {"name": "Awa Diop", "alias": "Little Sister"}
    phone.tell(id=str(testimony.pk), consent={"naming": "alias", "given": on(20)}, teller=right)
    if is_taken:
        changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    shown = told(fresh(testimony), "web", "fr")
    assert (shown.name, shown.title) == ("", "… leaves")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"guardian": {"name": "Mamadou Wolanski", "relation": "uncle"}}, "guardian"),
        ({"evidence": "signed on paper, twice"}, "evidence"),
        ({"is_minor": False}, "is minor"),
    ],
)
def test_whoever_decides_sees_all_that_a_phone_has_changed(phone, people, change, where):
    testimony = phone.tell(consent={**CHILD, "given": on(1)})
    review.move_on(testimony, people["protection"])
    phone.tell(id=str(testimony.pk), consent={**CHILD, **change, "given": on(20)})
    assert [row[0] for row in changing.proposed(testimony.proposals.get())] == [where]


@pytest.mark.parametrize("is_open", [True, False])
def test_an_older_message_ends_nothing_that_was_to_go_on(phone, people, is_open):
    testimony = phone.tell(consent={"given": on(10)})
    if not is_open:
        publish(testimony, people)
    phone.tell(id=str(testimony.pk), consent={"until": "2026-11-05", "given": on(1)})
    assert fresh(testimony).consent.until is None
    withdrawing.expire(timezone.now())
    assert not fresh(testimony).over


def test_what_was_set_aside_of_a_newer_message_narrows_an_older_one_still(phone, people):
    testimony = phone.tell(consent={**NARROW, "given": on(1)})
    review.move_on(testimony, people["protection"])
    phone.tell(id=str(testimony.pk), consent={**OPEN, "given": on(10)})
    phone.tell(id=str(testimony.pk), consent={**NARROW, "given": on(20)}, answers={"leaving": "By day."})
    wide, narrow = fresh(testimony).undecided
    changing.decide_proposal(fresh(testimony), people["protection"], narrow.pk, False)
    changing.decide_proposal(fresh(testimony), people["protection"], wide.pk, True)
    assert fresh(testimony).consent.uses == ["team"]


def test_an_older_message_of_a_minor_brings_their_guardian(phone, people):
    testimony = phone.tell(consent={**OPEN, "given": on(10)})
    publish(testimony, people)
    sent = {"teller": {"birth_year": 2012}, "consent": {**CHILD, "given": on(1)}}
    phone.tell(id=str(testimony.pk), **sent)
    changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    now = fresh(testimony)
    assert now.is_perhaps_minor and now.in_force.guardian.name == CHILD["guardian"]["name"]
    assert now.state == "approval", "found safe and approved as an adult's"
    assert any("found safe" in obstacle for obstacle in review.obstacles(now))


@pytest.mark.parametrize("has_spoken", [True, False])
@pytest.mark.parametrize("is_set_aside", [True, False])
def test_a_mark_that_was_made_by_mistake_is_taken_away_by_a_person(phone, people, has_spoken, is_set_aside):
    """A messenger touched "minor", and sends it again as it is."""
    testimony = phone.tell(consent={**OPEN, "given": on(1)})
    publish(testimony, people)
    if has_spoken:
        say_as_teller(testimony)
    ticked, right = (timezone.now() + timedelta(seconds=n) for n in (1, 2))
    phone.tell(id=str(testimony.pk), consent={**OPEN, "is_minor": True, "given": ticked.isoformat()})
    assert told(fresh(testimony), "web", "fr") is None
    if not is_set_aside:
        proposal = fresh(testimony).undecided[0]
        changing.decide_proposal(fresh(testimony), people["protection"], proposal.pk, True)
        phone.tell(id=str(testimony.pk), consent={**OPEN, "given": right.isoformat()})
    proposal = fresh(testimony).undecided[0]
    changing.decide_proposal(fresh(testimony), people["protection"], proposal.pk, not is_set_aside)
    assert not fresh(testimony).is_perhaps_minor
    if not is_set_aside:  # found to be a minor, it went off the site
        if review.unsafe(fresh(testimony)):
            review.judge(fresh(testimony), people["protection"], True, "of age after all")
        review.move_on(fresh(testimony), people["approver"])
    assert told(fresh(testimony), "web", "fr").name == "Awa Diop"


def test_the_newest_says_on_what_evidence_a_consent_stands(phone, people):
    """That of a phone which was lost never comes, and its teller has spoken since."""
    testimony = phone.tell(consent={"evidence": "0b0f6d7e-6a54-4a4a-9d5b-1f1f8f4e7c11", "given": on(1)})
    say_as_teller(testimony, uses=frozenset({"team", "web"}))
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    phone.tell(id=str(testimony.pk), consent={"evidence": "signed on paper", "given": later})
    assert fresh(testimony).consent.evidence == "signed on paper"
    assert not review.obstacles(fresh(testimony))


@pytest.mark.parametrize("who", ["phone", "teller"])
def test_what_was_taken_back_comes_back_by_approval_alone(phone, people, who):
    testimony = phone.tell(consent={"naming": "first_name", "given": on(1)})
    publish(testimony, people)
    wide = {"naming": "first_name", "given": on(20)}
    if who == "phone":
        phone.tell(id=str(testimony.pk), consent={**NARROW, "given": on(10)})
        phone.tell(id=str(testimony.pk), consent=wide)
        changing.decide_proposal(fresh(testimony), people["protection"], testimony.proposals.get().pk, True)
    else:
        say_as_teller(testimony, uses=frozenset({"team"}))
        say_as_teller(testimony, uses=frozenset({"team", "web", "mail"}))
    assert "web" in fresh(testimony).consent.uses and told(fresh(testimony), "web", "fr") is None
    if review.unsafe(fresh(testimony)):
        review.judge(fresh(testimony), people["protection"], True, "as before")
    changing.publish_changes(fresh(testimony), people["approver"])
    assert told(fresh(testimony), "web", "fr")


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("given", [1, 20])
def test_another_guardian_s_name_is_kept_back(phone, people, is_open, given):
    child = {"birth_year": 2012, "name": "Binta Quertz"}
    testimony = phone.tell(consent={**CHILD, "given": on(10)}, teller=child)
    if not is_open:
        written(testimony, people, body="My uncle Mamadou Wolanski let me go.")
    other = {**CHILD, "guardian": {"name": "Mamadou Wolanski", "relation": "uncle"}, "given": on(given)}
    phone.tell(id=str(testimony.pk), consent=other, teller=child)
    if is_open:
        written(testimony, people, body="My uncle Mamadou Wolanski let me go.")
    assert told(fresh(testimony), "web", "fr").paragraphs == ("My uncle … let me go.",)
    for proposal in fresh(testimony).undecided:
        changing.decide_proposal(fresh(testimony), people["protection"], proposal.pk, True)
    assert told(fresh(testimony), "web", "fr").paragraphs == ("My uncle … let me go.",)


@pytest.mark.parametrize(
    "change",
    [
        {"consent": {"evidence": "\u200b"}},
        {"consent": {"evidence": "-"}},
        {"consent": {"naming": "alias"}, "teller": {"alias": "\u3164"}},
        {"consent": {"naming": "alias"}, "teller": {"alias": "awa  diop", "name": "Awa  Diop"}},
        *({"consent": {**CHILD, "guardian": {"name": n}}} for n in ("-", ".", "\u200b", "\u3164", "\u2060 ")),
    ],
)
def test_what_says_nothing_is_no_evidence_no_name_and_no_guardian(phone, change):
    assert phone.post("testimonies/", as_sent(**change)).status_code == 400


def test_to_allow_less_is_heard_for_ever(phone, people):
    testimony = phone.tell()
    publish(testimony, people)
    full = [f"{n:064}" for n in range(taking.MOST_HEARD)]
    Testimony.objects.filter(pk=testimony.pk).update(heard=full)
    now = (timezone.now() - timedelta(minutes=1)).isoformat()
    wide = as_sent(id=str(testimony.pk), consent={**OPEN, "given": now})
    assert phone.post("testimonies/", wide).status_code == 400
    narrow = as_sent(id=str(testimony.pk), consent={**NARROW, "given": now})
    for _ in range(2):  # by a phone that never saw the answer
        assert phone.post("testimonies/", narrow).status_code == 200
    assert told(fresh(testimony), "web", "fr") is None and not testimony.proposals.exists()
    assert len(fresh(testimony).heard) == taking.MOST_HEARD
    less = {**NARROW, "until": "2099-01-01", "given": now}
    assert phone.post("testimonies/", as_sent(id=str(testimony.pk), consent=less)).status_code == 200
    child = as_sent(id=str(testimony.pk), consent=less, teller={"birth_year": 2012})
    assert phone.post("testimonies/", child).status_code == 200 and fresh(testimony).is_perhaps_minor
    assert phone.post("testimonies/", child).status_code == 200 and testimony.proposals.count() == 1


def test_evidence_is_not_discarded_while_something_public_rests_on_it(phone, people):
    pk = "0b0f6d7e-6a54-4a4a-9d5b-1f1f8f4e7c11"
    testimony = phone.tell(consent={"evidence": pk})
    file = phone.send(testimony, b"this is no media at all", pk=pk, role="evidence")
    assert file.state == "kept"
    publish(testimony, people)
    Consent.objects.update(evidence=pk.upper())
    with pytest.raises(Refused, match="evidence"):
        files.discard_kept(fresh(testimony), people["protection"], pk, "noise")
    other = phone.send(testimony, b"nor is this")
    files.discard_kept(fresh(testimony), people["protection"], str(other.pk), "noise")


def test_a_risk_that_is_found_late_takes_a_story_off(phone, people, client):
    testimony = phone.tell()
    phone.send(testimony, made.photo())
    publish(testimony, people)
    with_second_factor(client, people["protection"])
    room = f"/admin/testimonies/{testimony.pk}/"
    assert "High risk: take it off the site" in " ".join(client.get(room).content.decode().split())
    review.judge(fresh(testimony), people["protection"], False, "her brother was threatened")
    assert told(fresh(testimony), "web", "fr") is None and fresh(testimony).state == "approval"
