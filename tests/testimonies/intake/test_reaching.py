"""Who can read how a teller may be reached, and until when, whatever happens in which order: forms sent again,
days that pass while nothing sweeps, a teller who has it forgotten or takes all back, a disk that fails.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.testimonies import withdrawing
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import contacts
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.intake.taking import take_offer
from griot.testimonies.keeping import vault
from griot.testimonies.models import Contact, Testimony
from griot.testimonies.models.days import day_of
from tests.signing_in import with_second_factor
from tests.testimonies.intake.test_contacts import everything_stored
from tests.testimonies.people import as_sent, committed, make_campaign, make_messenger, user_with

CONTACTS = ("+221 77 555 01 23", "awa@mail.example", "عند البئر، اسأل عن آوا")
REAL_NOW = timezone.now


class Reaching(RuleBasedStateMachine):
    """`left` is what the teller left last ("": nothing that may still be read), `until` the day that their
    form said.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()
        self.clock = pytest.MonkeyPatch()
        self.clock.setattr("django.utils.timezone.now", lambda: REAL_NOW() + self.ahead)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.before = set(vault().names())  # of other examples, whose rows were rolled back
        self.campaign = make_campaign()
        make_messenger(self.campaign)
        roles = ("protection", "editor", "approver", "administrator")
        self.people = {role: user_with(get_user_model(), role) for role in roles}
        self.left, self.is_forgotten, self.is_withdrawn = "", False, False
        self.ends = None

    def teardown(self) -> None:
        try:
            self.sweeps()
            if not self.readable:
                assert not set(vault().names()) - self.before
                assert not withdrawing.unfinished()
            assert not [words for words in CONTACTS if words in everything_stored()]
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.clock.undo()

    @property
    def row(self) -> Testimony:
        return Testimony.objects.get(pk=self.pk)

    @property
    def is_over(self) -> bool:
        return self.is_withdrawn or (self.ends is not None and self.ends < day_of())

    @property
    def readable(self) -> str:
        is_kept = not self.is_forgotten and not self.is_over and day_of() <= self.until
        return self.left if is_kept else ""

    def send(self, words: str) -> None:
        with committed():
            row, _ = take_offer(self.campaign, self.form, self.message, words, self.until)
        self.pk = row.pk
        if words and not self.is_forgotten and day_of() <= self.until:
            self.left = words

    @contextmanager
    def failing_disk(self):
        """A folder stands where its file was: nobody reads or erases it until that is gone."""
        names = [n for n in Contact.objects.filter(testimony=self.pk).values_list("vault", flat=True) if n]
        paths: list[Path] = [vault().folder / name[:2] / name for name in names]
        paths = [path for path in paths if path.is_file()]
        for path in paths:
            path.unlink()
            path.mkdir()
        yield bool(paths)
        for path in paths:
            path.rmdir()

    @initialize(words=st.sampled_from(["", *CONTACTS]), days=st.integers(0, 89))
    def offers(self, words, days):
        given: datetime = timezone.now() - timedelta(days=days)
        self.form, self.until = secrets.token_hex(16), contacts.last_day(given)
        self.message = as_sent(answers={"story": "I left at night."})
        self.send(words)

    @rule(words=st.sampled_from(["", *CONTACTS]))
    def sends_again(self, words):
        if not self.is_over:
            self.send(words)
            return
        with suppress(Refused), committed():
            self.send(words)
            raise AssertionError("it is over")

    @rule(days=st.sampled_from([1, 30, 60]))
    def days_pass(self, days):
        self.ahead += timedelta(days=days)

    @precondition(lambda self: not self.is_over)
    @rule(days=st.integers(0, 40))
    def the_teller_sets_an_end(self, days):
        self.ends = min(filter(None, [self.ends, day_of() + timedelta(days=days)]))
        held = self.row.consent.as_value()
        add_consent(self.row, replace(held, until=self.ends, given=timezone.now(), by="teller"))

    @rule(does_disk_fail=st.booleans())
    def the_teller_has_it_forgotten(self, does_disk_fail):
        if self.is_over:
            return
        self.is_forgotten |= Contact.objects.filter(testimony=self.pk).exists()
        if does_disk_fail:
            with self.failing_disk() as is_broken:
                contacts.forget_contact(self.row)
                assert not is_broken or Contact.objects.exclude(vault="").exists()
        else:
            contacts.forget_contact(self.row)

    @precondition(lambda self: not self.is_withdrawn)
    @rule(by=st.sampled_from(["teller", "team"]))
    def is_taken_back(self, by):
        withdrawing.withdraw(self.row, by)
        self.is_withdrawn = True

    @rule()
    def sweeps(self):
        with committed():
            withdrawing.expire(timezone.now())
            contacts.forget_due(timezone.now())
            for pk in withdrawing.unfinished():
                withdrawing.erase(pk)
        if self.is_over:
            self.is_withdrawn = True

    @precondition(lambda self: not self.readable)
    @rule()
    def sweeps_in_vain(self):
        with self.failing_disk() as is_broken, committed():
            contacts.forget_due(timezone.now())
            for pk in withdrawing.unfinished():
                with suppress(withdrawing.FilesLeft):
                    withdrawing.erase(pk)
            assert not is_broken or Contact.objects.exclude(vault="").exists()

    @rule(role=st.sampled_from(["protection", "editor", "approver", "administrator"]))
    def somebody_looks(self, role):
        client = Client()
        with_second_factor(client, self.people[role])
        Testimony.objects.filter(pk=self.pk, withdrawn=None).update(state="editing")
        answer = client.post(f"/admin/testimonies/{self.pk}/step/", {"act": "contact"})
        found = [words for words in CONTACTS if words in answer.content.decode()]
        assert found == ([self.readable] if self.readable and role == "protection" else [])

    @invariant()
    def it_is_read_by_this_rule_alone(self):
        row = self.row
        assert contacts.read_contact(row) == self.readable
        assert (contacts.kept(row) is not None) == bool(self.readable)

    @invariant()
    def nothing_lies_in_the_vault_that_no_row_names(self):
        named = set(Contact.objects.values_list("vault", flat=True))
        assert set(vault().names()) - self.before <= named


@pytest.mark.django_db
def test_a_contact_is_readable_by_its_rule_alone_whatever_happens(site):
    run(Reaching, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))
