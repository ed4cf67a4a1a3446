"""What phones say by clocks that are dead, ahead, or set right meanwhile; and what is narrowed while a proposal waits."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from griot.testimonies.core.errors import Refused
from griot.testimonies.models import Testimony
from griot.testimonies.review import changing
from griot.testimonies.showing.shown import told
from tests.testimonies.people import as_sent
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
WIDE = {"uses": ["team", "web", "mail", "media"], "naming": "named", "place": "exact"}
NARROW = {"uses": ["team"], "naming": "unnamed", "place": "country"}
DEAD, SOME_DAY = "1970-01-01T00:00:10Z", "2026-11-01T10:00:00Z"


def fresh(row: Testimony) -> Testimony:
    return Testimony.objects.get(pk=row.pk)


def said(row: Testimony, given: Any, consent: dict[str, Any], **more: Any) -> dict[str, Any]:
    return as_sent(id=str(row.pk), consent={**consent, "given": str(given)}, **more)


def ahead() -> str:
    return (timezone.now() + timedelta(hours=20)).isoformat()


@pytest.mark.parametrize("other_words", [False, True])
@pytest.mark.parametrize(
    "clocks", [(DEAD, DEAD, DEAD), (SOME_DAY, SOME_DAY, SOME_DAY), (SOME_DAY, "ahead", "now")]
)
def test_what_was_taken_back_while_a_proposal_waited_stays_so(phone, people, clocks, other_words):
    moments = {"ahead": ahead(), "now": timezone.now().isoformat()}
    first, wide, narrow = (moments.get(clock, clock) for clock in clocks)
    row = phone.tell(consent={"given": first, "naming": "unnamed"})
    publish(row, people)
    assert phone.post("testimonies/", said(row, wide, WIDE)).status_code == 200
    more = {"answers": {"leaving": "She asks to take it off."}} if other_words else {}
    assert phone.post("testimonies/", said(row, narrow, NARROW, **more)).status_code == 200
    assert fresh(row).consent.uses == ["team"] and told(fresh(row), "web", "fr") is None
    proposals = list(row.proposals.order_by("pk"))
    changing.decide_proposal(fresh(row), people["protection"], proposals[0].pk, True)
    held = fresh(row)
    assert (held.consent.uses, held.consent.naming, held.consent.place) == (["team"], "unnamed", "country")
    assert [p.pk for p in held.undecided] == [p.pk for p in proposals[1:]], "nobody has read what came after"


def test_what_is_taken_over_one_after_the_other_takes_nothing_from_the_later(phone, people):
    row = phone.tell(consent={"given": SOME_DAY, "naming": "unnamed"})
    publish(row, people)
    days = ("2026-11-02T10:00:00Z", "2026-11-03T10:00:00Z")
    for given, naming in zip(days, ("first_name", "named"), strict=True):
        phone.post("testimonies/", said(row, given, {"naming": naming}))
    for proposal in row.proposals.order_by("pk"):
        changing.decide_proposal(fresh(row), people["protection"], proposal.pk, True)
    assert fresh(row).consent.naming == "named"


@pytest.mark.parametrize("clock", ["ahead", "dead"])
def test_what_nobody_knows_when_it_was_said_waits_for_a_person(phone, clock):
    """Of two phones of one messenger, one clock is right: the other's words may be older, or newer."""
    first, then = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1)
    row = phone.tell(answers={"leaving": "First."}, consent={**WIDE, "given": first.isoformat()})
    phone.post("testimonies/", said(row, then.isoformat(), NARROW, answers={"leaving": "Second."}))
    given = {"ahead": ahead(), "dead": DEAD}[clock]
    phone.post("testimonies/", said(row, given, WIDE, answers={"leaving": "By another clock."}))
    held = fresh(row)
    assert (held.answers["leaving"], held.consent.uses) == ("Second.", ["team"])
    assert [p.said["answers"]["leaving"] for p in held.undecided] == ["By another clock."]
    assert not held.steps.filter(words__contains="not taken").exists()
    now = timezone.now().isoformat()
    phone.post("testimonies/", said(row, now, NARROW, answers={"leaving": "Third."}))
    assert fresh(row).answers["leaving"] == "Third."


def test_what_is_taken_over_decides_nothing_that_was_said_nobody_knows_when(phone, people):
    row = phone.tell(consent={"given": SOME_DAY})
    publish(row, people)
    for given, words in ((ahead(), "Unread."), ("2026-11-02T10:00:00Z", "Read."), (DEAD, "Unread, too.")):
        phone.post("testimonies/", said(row, given, {}, answers={"leaving": words}))
    read = row.proposals.get(said__answers__leaving="Read.")
    changing.decide_proposal(fresh(row), people["protection"], read.pk, True)
    assert [p.said["answers"]["leaving"] for p in fresh(row).undecided] == ["Unread.", "Unread, too."]


@pytest.mark.parametrize("clock", ["ahead", "dead"])
def test_what_was_said_nobody_knows_when_makes_nobody_of_age(phone, people, clock):
    row = phone.tell(consent={"given": SOME_DAY})
    publish(row, people)
    young = {"birth_year": timezone.localdate().year - 15}
    given = {"ahead": ahead(), "dead": DEAD}[clock]
    phone.post("testimonies/", said(row, given, {}, teller={"birth_year": 1985}))
    guardian = {"naming": "unnamed", "guardian": {"name": "Fatou Diop", "relation": "mother"}}
    phone.post("testimonies/", said(row, "2026-11-02T10:00:00Z", guardian, teller=young))
    of_age, minor = row.proposals.order_by("pk")
    for proposal in (minor, of_age):
        changing.decide_proposal(fresh(row), people["protection"], proposal.pk, True)
    assert fresh(row).is_minor


@pytest.mark.parametrize("state", ["intake", "published"])
@pytest.mark.parametrize("clock", ["set right", "dead"])
@pytest.mark.parametrize("other_words", [False, True])
def test_an_end_is_heard_or_waits_for_a_person(phone, people, clock, state, other_words):
    was, then = (ahead(), timezone.now().isoformat()) if clock == "set right" else (SOME_DAY, DEAD)
    row = phone.tell(consent={"given": was})
    if state == "published":
        publish(row, people)
    tomorrow = timezone.localdate() + timedelta(days=1)
    more = {"answers": {"leaving": "I left by day."}} if other_words else {}
    sent = said(row, then, {"until": tomorrow.isoformat()}, **more)
    assert phone.post("testimonies/", sent).status_code == 200
    for proposal in fresh(row).undecided:
        changing.decide_proposal(fresh(row), people["protection"], proposal.pk, True)
    assert fresh(row).consent.until == tomorrow


def test_who_is_of_age_after_all_is_public_as_that_by_approval_alone(phone, people):
    row = phone.tell(consent={"given": SOME_DAY, "face": "show"})
    publish(row, people)
    Testimony.objects.update(birth_year=timezone.localdate().year - 15)
    assert told(fresh(row), "web", "fr") is None
    phone.post("testimonies/", said(row, "2026-11-02T10:00:00Z", {}, answers={"leaving": "I left by day."}))
    changing.decide_proposal(fresh(row), people["protection"], row.proposals.get().pk, True)
    assert not fresh(row).is_minor and told(fresh(row), "web", "fr") is None
    assert fresh(row).agreed.face == "blur"


@pytest.mark.parametrize("state", ["intake", "published"])
def test_a_clock_that_is_a_little_ahead_orders_what_it_says(phone, people, state):
    """What was widened and taken back half a minute later comes in the other order."""
    now = timezone.now() + timedelta(minutes=10)
    first, then, last = ((now + timedelta(seconds=s)).isoformat() for s in (0, 30, 60))
    row = phone.tell(consent={**NARROW, "uses": ["team", "web"], "given": first})
    if state == "published":
        publish(row, people)
    phone.post("testimonies/", said(row, last, NARROW, answers={"leaving": "Take it back."}))
    phone.post("testimonies/", said(row, then, WIDE, answers={"leaving": "All may see it."}))
    for proposal in fresh(row).undecided:
        with suppress(Refused):
            changing.decide_proposal(fresh(row), people["protection"], proposal.pk, True)
    held = fresh(row)
    assert (held.consent.uses, held.consent.naming) == (["team"], "unnamed")
    assert held.answers["leaving"] == "Take it back."
