"""The teller's word, whatever arrives when: random orders of messages from phones, ODK, the receipt's page,
staff, expiry and old copies.
"""

from __future__ import annotations

import copy
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.testimonies import withdrawing
from griot.testimonies.core.consent import after, as_of_a_minor, is_within
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.types import USES, Consent
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.intake.taking import read_consent, take_testimony
from griot.testimonies.models import Testimony
from griot.testimonies.models.days import UNKNOWN
from griot.testimonies.review import changing
from griot.testimonies.showing import shown
from tests.testimonies.people import (
    KEY,
    Phone,
    as_sent,
    make_campaign,
    make_messenger,
    say_on_receipt,
    user_with,
)

ALLOWED = st.fixed_dictionaries(
    {
        "uses": st.lists(st.sampled_from(USES), unique=True),
        "naming": st.sampled_from(["unnamed", "alias", "first_name", "named"]),
        "place": st.sampled_from(["country", "region", "exact"]),
        "face": st.sampled_from(["hide", "blur", "show"]),
        "voice": st.sampled_from(["hide", "alter", "show"]),
        "until": st.sampled_from(["", "2099-01-01", "2098-01-01"]),
    }
)
MINUTES = st.integers(-200, 100)  # of a phone's clock before, or ahead of, the moment


class Messages(RuleBasedStateMachine):
    """`teller` is what the teller last set on the receipt's page, and `since` whether anybody but the teller
    has said something after it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.messenger = make_messenger(make_campaign()).messenger
        self.pk = str(uuid.uuid4())
        self.sent: list[dict[str, Any]] = []
        self.came_at: dict[str, datetime] = {}  # or was said, what is earlier, by a message
        self.least: Consent | None = None  # that was public since somebody approved it last
        self.teller: Consent | None = None
        self.is_over = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @property
    def row(self) -> Testimony:
        return Testimony.objects.get(pk=self.pk)

    @property
    def narrows(self) -> bool:
        return self.row.receipt_narrows or self.row.is_perhaps_minor

    @property
    def held(self) -> Consent | None:
        row = self.row.consent
        return replace(row.as_value(), version=0) if row else None

    def send(self, message: dict[str, Any]) -> None:
        try:
            take_testimony(self.messenger, message)
            assert not self.is_over
        except Refused as refusal:
            assert self.is_over, refusal

    @initialize(allowed=ALLOWED)
    def tells(self, allowed):
        self.sends_anew(allowed, -100, "I left at night.")

    @rule(allowed=ALLOWED, minutes=MINUTES, words=st.sampled_from(["I left at night.", "I left by day."]))
    def sends_anew(self, allowed, minutes, words):
        """A phone, or a part of an ODK submission that was filled in again."""
        given = (timezone.now() + timedelta(minutes=minutes)).isoformat()
        message = as_sent(id=self.pk, answers={"leaving": words}, consent={**allowed, "given": given})
        self.sent.append(copy.deepcopy(message))
        said = timezone.now() + timedelta(minutes=minutes)
        self.came_at[json.dumps(message)] = UNKNOWN if minutes >= 15 else said
        self.send(message)

    @rule(data=st.data())
    def sends_again(self, data):
        """A phone that never saw the answer, the second part of an ODK submission, a phone put back from a
        copy: nothing changes.
        """
        before, words = self.held, self.row.answers
        self.send(copy.deepcopy(data.draw(st.sampled_from(self.sent))))
        assert self.held == before and self.row.answers == words

    @precondition(lambda self: not self.is_over)
    @rule(allowed=ALLOWED)
    def teller_decides(self, allowed):
        held = self.held
        said = replace(
            held,
            **{**allowed, "uses": frozenset(allowed["uses"]), "until": None},
            given=timezone.now(),
            by="teller",
        )
        add_consent(self.row, said)
        assert is_within(self.held, said)
        if self.narrows:
            assert is_within(self.held, held)
        else:
            assert is_within(said, self.held)
        self.teller = self.held

    @precondition(lambda self: len(self.sent) > 2)
    @rule(change=st.sampled_from([{"receipt_narrows": True}, {"birth_year": timezone.now().year - 15}]))
    def the_teller_alone_narrows_from_now_on(self, change):
        """Staff have seen the receipt's code, or the teller is found to be a minor."""
        Testimony.objects.filter(pk=self.pk).update(**change)

    @precondition(lambda self: not self.is_over and self.row.undecided)
    @rule(data=st.data(), is_taken=st.booleans())
    def somebody_decides(self, data, is_taken):
        """What is taken over allows nothing that was not allowed when more was last said; or that is not
        held, where nobody knows when it was said.
        """
        row = self.row
        proposal = data.draw(st.sampled_from(row.undecided), label="proposal")
        is_late, held = row.is_older(proposal.given), self.held
        if is_taken and is_late and not proposal.is_timed:
            changing.take_over(proposal)
            assert is_within(self.held, held)
        elif is_taken and not is_late:
            changing.take_over(proposal)
            for message in self.sent:
                if self.teller is None and self.came_at[json.dumps(message)] > proposal.given:
                    said = read_consent(message["consent"], replace(row.teller, birth_year=None))
                    # What comes late ends nothing that was to go on.
                    assert is_within(replace(self.held, until=said.until), said), (message, proposal.given)
        proposal.decided = timezone.now()
        proposal.save()

    @invariant()
    def what_is_taken_back_comes_back_by_approval(self):
        if self.sent and not self.is_over and (row := self.row).approved:
            assert self.least is None or is_within(row.agreed, self.least)
            self.least = row.agreed

    @precondition(lambda self: not self.is_over)
    @rule(allowed=ALLOWED)
    def team_narrows(self, allowed):
        held = self.held
        said = replace(held, **{**allowed, "uses": frozenset(allowed["uses"]), "until": None}, by="team")
        add_consent(self.row, replace(said, given=timezone.now()))
        assert is_within(self.held, held)

    @precondition(lambda self: not self.is_over)
    @rule(state=st.sampled_from(["intake", "protection", "editing", "published"]))
    def goes_on(self, state):
        Testimony.objects.filter(pk=self.pk).update(
            state=state, published=timezone.now(), approved=self.row.as_it_stands()
        )
        self.least = None

    @rule(by=st.sampled_from(["teller", "team", "expiry"]))
    @precondition(lambda self: len(self.sent) > 4)
    def is_taken_back(self, by):
        withdrawing.withdraw(self.row, by)
        withdrawing.erase(self.pk)
        self.is_over = True

    @invariant()
    def nobody_goes_beyond_the_teller(self):
        if self.sent and self.teller and not self.is_over:
            assert is_within(self.held, self.teller)

    @invariant()
    def what_was_taken_back_stays_back(self):
        if self.is_over:
            assert self.row.over and self.held is None
            assert all(shown.told(self.row, use, "en") is None for use in USES)


@pytest.mark.django_db
def test_the_tellers_word_holds_whatever_arrives_when(is_long):
    """Ten thousand steps with `./griot test --long`."""
    run(
        Messages,
        settings=settings(max_examples=250 if is_long else 20, stateful_step_count=40, deadline=None),
    )


def consent(given: int, by: str = "messenger", **allowed: Any) -> Consent:
    return Consent(
        frozenset(allowed.pop("uses", ("web",))),
        allowed.pop("naming", "named"),
        "region",
        allowed.pop("face", "show"),
        "show",
        "fr",
        "read",
        timezone.now() + timedelta(minutes=given),
        by=by,  # type: ignore[arg-type]
    )


def test_what_was_given_before_the_teller_spoke_comes_too_late():
    narrow = consent(10, "teller", uses=("team",), naming="unnamed", face="hide")
    assert after([consent(0), narrow], consent(5)) is None
    assert after([consent(0), narrow], consent(20)) is None  # and what is given later widens nothing
    wide = consent(10, "teller", uses=("web", "mail"))
    assert after([consent(0, uses=()), wide], consent(5, uses=())) is None


def test_a_teller_who_says_the_same_has_spoken():
    same = consent(10, "teller")
    assert after([consent(0)], same) == same
    held = after([consent(0), same], consent(20, uses=("web", "media")))
    assert held is None or is_within(held, same)


def test_before_that_the_newest_of_a_messengers_holds():
    first, second = consent(0), consent(5, uses=("team",), face="blur")
    assert after([first], second) == second
    assert (
        after([second], first) is None
        and after([second], consent(1, uses=("team",), face="hide")) is not None
    )
    assert after([first, second], consent(1, face="hide")).face == "hide", "what comes late may narrow"


@pytest.mark.django_db
def test_after_the_intake_a_phones_words_wait_for_a_person():
    messenger = make_messenger(make_campaign()).messenger
    message = as_sent()
    row, _ = take_testimony(messenger, message)
    Testimony.objects.update(state="published", published=timezone.now(), approved=row.as_it_stands())
    other = {
        **message,
        "answers": {"leaving": "Send money to …"},
        "teller": {**message["teller"], "name": "X"},
    }
    row, _ = take_testimony(messenger, other)
    row.refresh_from_db()
    assert row.name == "Awa Diop" and row.answers == {"leaving": "I left at night."}
    assert row.proposals.count() == 1
    take_testimony(messenger, other)
    assert row.proposals.count() == 1
    narrower = {
        **message,
        "consent": {**message["consent"], "uses": ["team"], "given": "2026-11-02T10:00:00Z"},
    }
    take_testimony(messenger, narrower)
    assert row.consent.uses == ["team"] and row.proposals.count() == 1
    wider = {**message, "consent": {**message["consent"], "naming": "named", "given": "2026-11-03T10:00:00Z"}}
    take_testimony(messenger, wider)
    assert row.consent.naming == "first_name" and row.proposals.count() == 2


@pytest.mark.django_db
def test_a_proposal_holds_what_was_read_and_nothing_else(site):
    """No receipt's code, which opens the testimony to whoever has it, and nothing that no table can hold."""
    make_messenger(make_campaign())
    phone, message = Phone(), as_sent(receipt="ABCD-EFGH-JKLM")
    assert phone.post("testimonies/", message).status_code == 201
    row = Testimony.objects.get(pk=message["id"])
    Testimony.objects.update(state="protection")
    other = {**message, "region": "Thiès", "more": "x\0\ud800", "answers": {"leaving": "I left in daylight."}}
    assert phone.post("testimonies/", other).status_code == 200
    said = row.proposals.get().said
    assert said["answers"] == {"leaving": "I left in daylight."} and said["teller"]["name"]
    assert set(said) == {"kind", "language", "told", "answers", "teller", "consent"}
    assert "ABCD" not in str(said)


@pytest.mark.django_db
def test_who_narrows_is_not_refused_for_what_was_missing_before(site, client):
    """Staff have taken the alias away, and made the teller a minor: the teller narrows all the same."""
    make_messenger(make_campaign())
    row = Phone().tell(consent={"naming": "alias"})
    client.post("/receipt/", {"code": row.make_receipt()})
    Testimony.objects.update(alias="", birth_year=timezone.localdate().year - 15)
    narrow = {"act": "change", "uses": ["team"], "naming": "alias", "place": "country", "face": "blur"}
    assert say_on_receipt(client, **narrow, voice="alter").status_code == 302
    row.refresh_from_db()
    assert (row.consent.uses, row.consent.by) == (["team"], "teller")
    wider = {**narrow, "uses": ["team", "web"], "voice": "alter"}
    assert say_on_receipt(client, **wider).status_code == 400, "to allow more takes a consent that holds"
    past = {**narrow, "voice": "alter", "until": "2020-01-01"}
    assert say_on_receipt(client, **past).status_code == 400


def _said(pk: str, day: int, words: str, name: str, **consent: Any) -> dict[str, Any]:
    given = f"2026-11-{day:02}T10:00:00Z"
    return as_sent(
        id=pk, answers={"leaving": words}, teller={"name": name}, consent={"given": given, **consent}
    )


@pytest.mark.django_db
def test_what_was_said_before_and_comes_last_changes_nothing():
    make_messenger(make_campaign())
    phone, pk = Phone(), str(uuid.uuid4())
    for day, words, name in ((1, "First.", "Awa"), (3, "Without him.", ""), (2, "My brother.", "Awa Diop")):
        assert phone.post("testimonies/", _said(pk, day, words, name, naming="unnamed")).status_code < 300
    row = Testimony.objects.get(pk=pk)
    assert (row.answers, row.name) == ({"leaving": "Without him."}, "")
    assert row.names == ["Awa", "Awa Diop"], "what was heard is kept back"
    assert "came late" in row.steps.get(kind="comment").words
    # Of its consent, too: of that on the third day, which was the same as before, no version was made.
    phone.post("testimonies/", _said(pk, 2, "My brother.", "Awa Diop", naming="named", uses=["team"]))
    consent = Testimony.objects.get(pk=pk).consent
    assert consent.naming == "unnamed" and consent.uses == ["team"], "it can narrow alone"
    Testimony.objects.update(state="protection")
    phone.post("testimonies/", _said(pk, 2, "My sister.", "Awa", naming="unnamed"))
    assert not Testimony.objects.get(pk=pk).proposals.exists()


@pytest.mark.django_db
def test_an_older_proposal_is_decided_with_a_newer_one(django_user_model):
    make_messenger(make_campaign())
    phone, officer = Phone(), user_with(django_user_model, "protection")
    row = phone.tell()
    Testimony.objects.update(state="protection")
    for day, words in ((1, "Same day."), (5, "Fifth."), (4, "Fourth."), (6, "Sixth.")):
        phone.post("testimonies/", _said(str(row.pk), day, words, "Awa"))
    by_words = {p.said["answers"]["leaving"]: p for p in row.proposals.all()}
    changing.decide_proposal(row, officer, by_words["Fifth."].pk, True)
    assert [p.said["answers"]["leaving"] for p in row.proposals.filter(decided=None)] == ["Sixth."]
    for older in ("Same day.", "Fourth."):
        with pytest.raises(Refused):
            changing.decide_proposal(row, officer, by_words[older].pk, True)
    # Sent back to its intake, it hears something newer still: the one that waits is older now.
    Testimony.objects.update(state="intake")
    phone.post("testimonies/", _said(str(row.pk), 7, "Seventh.", "Awa"))
    with pytest.raises(Refused, match="Something newer"):
        changing.decide_proposal(row, officer, by_words["Sixth."].pk, True)
    changing.decide_proposal(row, officer, by_words["Sixth."].pk, False)
    row.refresh_from_db()
    assert row.answers == {"leaving": "Seventh."}


@pytest.mark.django_db(transaction=True)
def test_a_repeat_at_the_same_moment_is_a_repeat():
    make_messenger(make_campaign())
    for _ in range(5):
        sent, gate = as_sent(receipt="ABCDEFGHJKLM"), Barrier(4)

        def post(sent: dict[str, Any] = sent, gate: Barrier = gate) -> int:
            gate.wait()
            try:
                return int(Phone().post("testimonies/", sent).status_code)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as threads:
            codes = [f.result() for f in [threads.submit(post) for _ in range(4)]]
        assert sorted(codes) == [200, 200, 200, 201]
        row = Testimony.objects.get(pk=sent["id"])
        assert (row.consents.count(), row.proposals.count(), row.steps.count()) == (1, 0, 0)
        row.delete()


@pytest.mark.django_db(transaction=True)
def test_one_id_of_two_messengers_is_the_first_s():
    campaign = make_campaign()
    make_messenger(campaign)
    make_messenger(campaign, key="another", name="Fatou")
    sent, gate = as_sent(), Barrier(2)

    def post(key: str) -> int:
        gate.wait()
        try:
            return int(Phone(key).post("testimonies/", sent).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(post, (KEY, "another"))) == [201, 400]


def test_of_a_minor_without_a_guardian_the_team_alone_sees_what_was_allowed_anywhere():
    assert as_of_a_minor(consent(0, uses=("partners",))).uses == {"team"}
    assert as_of_a_minor(consent(0, uses=())).uses == set()
