"""Nobody makes their own work public: random orders of edits, saves of the same, discards and approvals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.models import Testimony
from griot.testimonies.review import changing, review
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_review import publish

WHO = st.integers(0, 2)
STANDS = ("Un.\n\nDeux.", ())


class Room(RuleBasedStateMachine):
    """Three who write and approve. `public` is what was approved, `now` what stands, `by` who has a hand in
    what differs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        make_messenger(make_campaign())
        users, roles = get_user_model(), ("protection", "editor", "approver")
        self.testimony = Phone().tell()
        publish(self.testimony, {role: user_with(users, role) for role in roles})
        self.people = [user_with(users, "editor", "approver", name=f"person {n}") for n in range(3)]
        self.public, self.now, self.by = STANDS, STANDS, set[int]()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def stands(self, who: int, now: tuple[str, tuple[str, ...]]) -> None:
        if now == self.public:
            self.by = set()
        elif now != self.now:
            self.by.add(who)
        self.now = now

    @rule(who=WHO, body=st.sampled_from([STANDS[0], "Un.", "Deux."]))
    def saves_words(self, who, body):
        review.write(self.testimony, self.people[who], "fr", {"body": body})
        self.stands(who, (body, self.now[1]))

    @rule(who=WHO, themes=st.sampled_from([(), ("sea",)]))
    def saves_themes(self, who, themes):
        review.describe(self.testimony, self.people[who], list(themes), "")
        self.stands(who, (self.now[0], themes))

    @rule(who=WHO)
    def discards(self, who):
        changing.discard_changes(self.testimony, self.people[who])
        self.stands(who, self.public)

    @rule(who=WHO)
    def approves(self, who):
        may = self.now != self.public and who not in self.by
        try:
            changing.publish_changes(self.testimony, self.people[who])
            assert may, "they have made their own work public"
            self.public, self.by = self.now, set()
        except Refused as refusal:
            assert not may, refusal
        approved = Testimony.objects.get().approved
        assert (approved["writings"]["fr"]["body"], tuple(approved["themes"])) == self.public


@pytest.mark.django_db
def test_who_approves_has_none_of_their_own_work_in_it(is_long):
    run(
        Room,
        settings=settings(max_examples=100 if is_long else 15, stateful_step_count=20, deadline=None),
    )


@pytest.mark.django_db
def test_a_colleagues_save_does_not_make_it_anybody_elses(django_user_model):
    make_messenger(make_campaign())
    people = {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}
    both = user_with(django_user_model, "editor", "approver", name="both")
    testimony = Phone().tell()
    publish(testimony, people)
    review.write(testimony, both, "fr", {"body": "Mine alone."})
    before = testimony.steps.count()
    review.describe(testimony, people["editor"], [], "")
    review.write(testimony, people["editor"], "fr", {"body": "Mine alone."})
    assert testimony.steps.count() == before, "a save that changes nothing is no edit"
    review.describe(testimony, people["editor"], ["sea"], "")
    with pytest.raises(Refused, match="Somebody else"):
        changing.publish_changes(testimony, both)
    review.send_back(testimony, both, "to be looked at again")
    with pytest.raises(Refused, match="Somebody else"):
        review.move_on(testimony, both)
    assert review.move_on(testimony, people["approver"]).state == "published"


@pytest.mark.django_db
def test_what_was_put_back_is_nobodys_while_a_narrower_consent_waits():
    make_messenger(make_campaign())
    users, roles = get_user_model(), ("protection", "editor", "approver")
    people = {role: user_with(users, role) for role in roles}
    testimony, both = Phone().tell(), user_with(users, "editor", "approver", name="both")
    publish(testimony, people)
    narrow = replace(testimony.consent.as_value(), naming="unnamed", given=timezone.now(), by="teller")
    add_consent(testimony, narrow)
    for body in ("Un.", STANDS[0]):
        review.write(testimony, both, "fr", {"body": body})
    assert testimony.steps.last().kind == "undone"
    review.write(testimony, both, "fr", {"body": "Un."})
    changing.discard_changes(testimony, both)
    assert testimony.steps.last().kind == "undone"
    review.write(testimony, people["editor"], "fr", {"body": "Deux."})
    changing.publish_changes(testimony, both)
