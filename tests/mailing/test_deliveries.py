"""The ledger of deliveries, driven in random orders against a real SMTP server that misbehaves.

The rule: of one send an address is handed at most one mail, and one more for each time that somebody
decided to send again what was in doubt; nothing is handed to the relay for somebody who has left; a
correction follows the issue, and only to those who may have it; the mistake never follows its correction;
and when the relay is well and time has passed, every delivery has ended as what the relay said of it.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.digest.models import Correction, IssuePage
from griot.mailing import beginning
from griot.mailing.beginning import SendRefused, send_correction, start_send
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from griot.mailing.sending import (
    NOTHING,
    TAKEN_BACK,
    TOO_LATE,
    _advance,
    _claim,
    _corrected_by,
    deliver,
    queue_unreached,
    recover,
    resolve_in_doubt,
)
from tests.conftest import mail_server
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor

READERS = [f"reader{n}@news.example" for n in range(3)]
NEW = {address: f"new-{address}" for address in READERS}  # where staff write another address instead
WHO, LANE, KIND = st.sampled_from(READERS), st.sampled_from([1, 2]), st.sampled_from(["issue", "correction"])
MOODS = ["takes", "refuses", "wants to be asked later", "hangs up before", "hangs up after", "drops"]
SETTLED = {"sent", "refused", "in doubt", "skipped", "left"}


class Moody:
    """A relay with a mood for each address; `taken` is (correction or issue, address) of what it has."""

    def __init__(self) -> None:
        self.moods = dict.fromkeys([*READERS, *NEW.values()], "takes")
        self.taken: list[tuple[str, str]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = self.moods.get(address, "takes")
        if mood == "hangs up before":
            server.transport.close()
        envelope.rcpt_tos.append(address)
        replies = {"refuses": "550 no such user", "wants to be asked later": "451 later"}
        return replies.get(mood, "250 OK")

    async def handle_DATA(self, server, session, envelope):
        (to,) = envelope.rcpt_tos
        mood = self.moods.get(to, "takes")
        if mood != "drops":
            is_correction = b"Correction" in envelope.original_content.partition(b"\r\n\r\n")[0]
            self.taken.append(("correction" if is_correction else "issue", to))
        if mood in {"drops", "hangs up after"}:
            server.transport.close()
        return "250 taken"


class Ledger(RuleBasedStateMachine):
    relay: Moody

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.relay.moods, self.relay.taken = dict.fromkeys([*READERS, *NEW.values()], "takes"), []
        self.issue = make_issue()
        self.audience = Audience.objects.create(name="Staff", slug="staff")
        self.tokens = {}
        for address in READERS:
            subscriber = Subscriber.objects.create(email=address)
            joined = Subscription.objects.create(audience=self.audience, subscriber=subscriber)
            self.tokens[address] = joined.token
        self.standing, self.always = set(READERS), set(READERS)
        self.allowed = Counter[tuple[str, str]]()  # mails beyond the first, for somebody decided so
        self.address = {reader: reader for reader in READERS}  # as staff have it now
        self.unwell, self.begun = set[str](), dict[str, set[str]]()
        self.corrected = set[str]()  # who were handed a correction that stands
        self.is_off = False  # the issue: its corrections are sent all the same

    def teardown(self) -> None:
        try:
            self.ends_well()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def send(self, kind: str) -> Send | None:
        return Send.objects.filter(
            correction__isnull=kind == "issue", is_correction=kind == "correction"
        ).first()

    def states(self, kind: str) -> dict[str, str]:
        """By reader, under whatever address."""
        reader = {token: reader for reader, token in self.tokens.items()}
        rows = Delivery.objects.filter(send=self.send(kind)).values_list("token", "state")
        return {reader[token]: state for token, state in rows}

    def delivers(self, act) -> None:
        """Whoever is handed a mail by `act` stands on the list, and a correction comes after its issue."""
        before, states = len(self.relay.taken), self.states("issue")
        act()
        for kind, address in self.relay.taken[before:]:
            reader = address.removeprefix("new-")
            assert reader in self.standing, f"{reader} had left"
            assert address == self.address[reader], f"{reader} is there no more"
            if kind == "correction":
                assert states[reader] in SETTLED and reader in self.begun["correction"], states
                self.corrected.add(reader)
            else:
                assert not self.is_off, "the issue was taken off"
                is_put_right = "57, not 75." in self.send("issue").text
                assert reader not in self.corrected or is_put_right, f"{reader} was told better"

    @initialize(before=st.lists(WHO, max_size=1))
    def has_begun(self, before):
        for who in before:
            self.leaves(who)
        self.begins()

    @rule()
    def begins(self):
        try:
            start_send(IssuePage.objects.get(pk=self.issue.pk), self.audience)
            assert "issue" not in self.begun and self.standing and not self.is_off
            self.begun["issue"] = set(self.standing)
        except SendRefused:
            assert "issue" in self.begun or not self.standing or self.is_off

    @rule()
    def the_issue_is_taken_off_or_comes_back(self):
        self.is_off = not self.is_off
        IssuePage.objects.filter(pk=self.issue.pk).update(live=not self.is_off)

    @precondition(lambda self: "issue" in self.begun)
    @rule()
    def corrects(self):
        states = self.states("issue")
        doubted = {row.token for row in self.send("issue").deliveries.filter(is_doubted=True)}
        may_have = {a for a, state in states.items() if state not in {"refused", "left"}}
        to = self.standing & (may_have | {a for a in READERS if self.tokens[a] in doubted})
        correction = Correction.objects.first() or Correction.objects.create(
            issue=self.issue, text="57, not 75."
        )
        try:
            send_correction(correction)
            assert "correction" not in self.begun and to
            self.begun["correction"] = to
        except SendRefused:
            assert "correction" in self.begun or not to

    @rule(who=WHO)
    def leaves(self, who):
        Client().post(f"/unsubscribe/{self.tokens[who]}/")
        self.standing.discard(who)
        self.always.discard(who)

    @rule(who=WHO)
    def returns(self, who):
        answer = Client().post(f"/unsubscribe/{self.tokens[who]}/", {"again": "1"})
        on_it = Subscription.objects.filter(token=self.tokens[who], audience=self.audience)
        if answer.status_code == 200 and on_it.exists():
            self.standing.add(who)

    @rule(who=WHO)
    def is_deleted(self, who):
        Subscriber.objects.filter(email=self.address[who]).delete()
        self.standing.discard(who)
        self.always.discard(who)

    @rule(who=WHO)
    def address_is_changed(self, who):
        """By staff: the old one is nobody's, or somebody else's."""
        if Subscriber.objects.filter(email=who).update(email=NEW[who]):
            self.address[who] = NEW[who]
            self.always.discard(who)

    @rule(who=WHO)
    def is_moved_to_another_audience(self, who):
        other, _ = Audience.objects.get_or_create(name="Other", slug="other")
        Subscription.objects.filter(token=self.tokens[who]).update(audience=other)
        self.standing.discard(who)
        self.always.discard(who)

    @precondition(lambda self: "correction" in self.begun)
    @rule()
    def correction_is_taken_back(self):
        """Nothing more of it is sent, whatever is decided; what is sent in its place is another mail."""
        send, before = self.send("correction"), len(self.relay.taken)
        Correction.objects.all().delete()
        deliver(send, 1)
        resolve_in_doubt(send, resend=True)
        self.time_passes()
        deliver(send, 1)
        assert len(self.relay.taken) == before
        self.corrected.clear()
        del self.begun["correction"]
        self.allowed.update(("correction", reader) for reader in READERS)

    @rule(who=WHO, mood=st.sampled_from(MOODS))
    def relay_changes(self, who, mood):
        self.relay.moods[who] = self.relay.moods[NEW[who]] = mood
        if mood != "takes":
            self.unwell.add(who)

    @rule(kind=KIND, lane=LANE)
    def lane_runs(self, kind, lane):
        if send := self.send(kind):
            self.delivers(lambda: deliver(send, lane))

    @rule(kind=KIND, lane=LANE, was_taken=st.booleans())
    def lane_dies(self, kind, lane, was_taken):
        """SIGKILL while the first of its batch is being sent: what it had noted stays as it is."""
        send = self.send(kind)
        left = {"claimed", "sending"}
        if send is None or send.deliveries.filter(state__in=left, lane=lane).exists():
            return  # another would settle it before it claims
        if batch := _claim(send, lane, _corrected_by(send)):
            key, address, _ = batch[0]
            wanted = _advance(NOTHING, key)
            reader = address.removeprefix("new-")
            is_out = kind == "correction" or not self.is_off
            assert wanted == (reader in self.standing and address == self.address[reader] and is_out)
            if wanted and was_taken:
                self.relay.taken.append((kind, address))
                self.corrected.update({reader} if kind == "correction" else ())
            self.unwell.add(address.removeprefix("new-"))

    @rule()
    def time_passes(self):
        Delivery.objects.filter(state="queued").update(not_before="2026-01-01T00:00Z")

    @rule(kind=KIND, again=st.booleans())
    def doubts_are_settled(self, kind, again):
        if send := self.send(kind):
            doubtful = {a for a, state in self.states(kind).items() if state == "in doubt"}
            sent_again, skipped = resolve_in_doubt(send, resend=again)
            assert sent_again + skipped == len(doubtful)
            assert (
                sent_again <= (len(doubtful - self.corrected) if kind == "issue" else len(doubtful)) * again
            )
            self.allowed.update((kind, a) for a in doubtful if again)

    @rule(kind=KIND)
    def unreached_are_tried_again(self, kind):
        if send := self.send(kind):
            was_off = send.deliveries.filter(state="skipped", reply=TAKEN_BACK).count()
            refused = [a for a, state in self.states(kind).items() if state == "refused"]
            try:
                assert queue_unreached(send) == len(refused) + was_off
                assert kind == "correction" or not self.is_off
            except SendRefused:
                assert kind == "issue" and self.is_off

    @invariant()
    def nobody_gets_it_twice(self):
        taken = Counter((kind, address.removeprefix("new-")) for kind, address in self.relay.taken)
        for what, count in taken.items():
            assert count <= 1 + self.allowed[what], what

    @invariant()
    def the_ledger_holds_everybody_once_and_says_what_was_taken(self):
        for kind, begun in self.begun.items():
            states = self.states(kind)
            assert set(states) == begun
            for reader, state in states.items():
                is_taken = not {(kind, reader), (kind, NEW[reader])}.isdisjoint(self.relay.taken)
                assert state != "sent" or is_taken
                if is_taken and not self.allowed[kind, reader]:
                    assert state not in {"queued", "claimed", "left", "refused"}, (reader, state)

    def ends_well(self) -> None:
        self.relay.moods = dict.fromkeys([*READERS, *NEW.values()], "takes")
        if self.is_off:
            self.the_issue_is_taken_off_or_comes_back()
        if send := self.send("issue"):
            queue_unreached(send)
        for kind in ("issue", "correction", "correction"):
            if send := self.send(kind):
                for lane in (1, 2, 1):
                    self.time_passes()
                    self.delivers(lambda send=send, lane=lane: deliver(send, lane))
                self.nobody_gets_it_twice()
                states = self.states(kind)
                assert set(states.values()) <= SETTLED and Send.objects.get(pk=send.pk).finished
                for address in self.begun[kind] & self.always - self.unwell:
                    assert states[address] == "sent" and (kind, address) in self.relay.taken


@pytest.fixture
def relay(settings):
    moody = Moody()
    with mail_server(moody) as settings.EMAIL_URL:
        yield moody


@pytest.mark.django_db
def test_the_ledger_of_deliveries_holds_in_any_order(relay, site, is_long):
    Ledger.relay = relay
    examples = settings(max_examples=100 if is_long else 8, stateful_step_count=20, deadline=None)
    run(Ledger, settings=examples)


# The orders that strangers found.


def dies(send: Send) -> str:
    """A lane is killed while it sends; gives the reader's token."""
    key, _, token = _claim(send, 1, _corrected_by(send))[0]
    assert _advance(NOTHING, key)
    recover(send, 1)
    return token


def begun(readers: int) -> Send:
    audience = Audience.objects.create(name="Staff", slug="staff")
    for n in range(readers):
        subscriber = Subscriber.objects.create(email=f"r{n}@news.example")
        Subscription.objects.create(audience=audience, subscriber=subscriber)
    return start_send(make_issue(), audience)


def corrected(send: Send) -> Send:
    (correction,) = send_correction(Correction.objects.create(issue=send.issue, text="57, not 75."))
    return correction


@pytest.mark.django_db
def test_the_mistake_does_not_follow_its_correction(relay, site):
    send = begun(2)
    dies(send)
    deliver(corrected(send), 1)
    deliver(send, 2)
    assert resolve_in_doubt(send, resend=True) == (0, 1)
    assert set(send.deliveries.values_list("state", "reply")) == {
        ("sent", "250 taken"),
        ("skipped", TOO_LATE),
    }


@pytest.mark.django_db
def test_a_correction_taken_back_while_the_relay_says_later_is_not_tried_again(relay, site):
    send = begun(1)
    deliver(send, 1)
    correction = corrected(send)
    key, _, _ = _claim(correction, 1, _corrected_by(correction))[0]
    assert _advance(NOTHING, key)
    Correction.objects.all().delete()
    _advance({**NOTHING, "done": key, "state": "queued", "reply": "451 later"}, None)
    deliver(correction, 1)
    assert correction.counts()["skipped"] == 1 and [kind for kind, _ in relay.taken] == ["issue"]


@pytest.mark.django_db
def test_who_may_have_the_mistake_gets_the_correction_whatever_became_of_the_doubt(relay, site):
    send = begun(2)
    token = dies(send)
    Client().post(f"/unsubscribe/{token}/")
    resolve_in_doubt(send, resend=True)
    send.deliveries.filter(state="queued").update(not_before="2026-01-01T00:00Z")
    deliver(send, 1)
    assert send.deliveries.get(token=token).state == "left"
    Client().post(f"/unsubscribe/{token}/", {"again": "1"})
    assert corrected(send).deliveries.filter(token=token).exists()


@pytest.mark.django_db
def test_two_who_send_a_correction_at_once_send_it_once(relay, site, monkeypatch):
    send, correction, others = begun(1), None, []

    def meanwhile(issue):
        if not others:
            others.append(None)
            others.extend(send_correction(correction))
        return composed(issue)

    deliver(send, 1)
    correction = Correction.objects.create(issue=send.issue, text="57, not 75.")
    composed = beginning.issue_of
    monkeypatch.setattr(beginning, "issue_of", meanwhile)
    with pytest.raises(SendRefused, match="sent already"):
        send_correction(correction)
    assert Send.objects.filter(is_correction=True).count() == 1


@pytest.mark.django_db
def test_the_page_says_to_how_many_a_correction_goes(relay, site, admin_client, admin_user):
    send = begun(4)
    dies(send)
    Client().post(f"/unsubscribe/{send.deliveries.filter(state='queued').last().token}/")
    correction = Correction.objects.create(issue=send.issue, text="57, not 75.")
    with_second_factor(admin_client, admin_user)
    page = admin_client.get(f"/admin/mailing/corrections/{correction.pk}/").content.decode()
    assert "3 received the issue, or may have" in " ".join(page.split())
    (begun_now,) = send_correction(correction)
    assert begun_now.deliveries.count() == 3
