"""What is planned of an issue, its editions and its mails, driven in random orders.

The rule: a page that was taken off is out again only by a person's own act on it, and with its issue alone; a
publication that a person planned stays where they planned it; one that sends brought is with the first of
them, and ends with the last; a mail leaves only while its issue is out, and never one that was planned
before the issue was taken off; and when time has passed, every plan has become a send, or says why not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.accounts.guarding import NotNow
from griot.digest.models import IssuePage
from griot.digest.release.editions import make_editions
from griot.digest.release.publishing import publish_due
from griot.mailing.beginning import SendRefused
from griot.mailing.models import Schedule, Send
from griot.mailing.scheduling import begin_due, schedule, unschedule
from griot.troubles.models import Trouble
from tests.digest.issues import make_issue, read_by_a_person
from tests.mailing.plans import time_passes
from tests.mailing.test_scheduling import an_audience

LANGUAGES = ["en", "fr", "ar"]
WHICH, HOURS = st.sampled_from(LANGUAGES), st.sampled_from([1, 2, 5])
SLACK = timedelta(minutes=5)  # of a test that takes its time


class Plans(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.begins()

    def begins(self) -> None:
        issue = make_issue(day=timezone.localdate(), live=False)
        issue.body = [("feature", issue.body[0].value)]  # what is in it matters nothing here
        issue.save_revision()
        for edition in make_editions(issue):
            read_by_a_person(edition)
        self.keys = {page.language: page.pk for page in IssuePage.objects.all()}
        self.audiences = {language: an_audience(f"Readers{language}", language, 1) for language in LANGUAGES}
        self.off = set[str]()  # by a person, and not brought back by one
        self.by_hand = dict[str, datetime]()  # when a person wants it out
        self.stands = set[int]()  # planned sends, and the issue was not taken off since

    def teardown(self) -> None:
        try:
            for _ in range(2):
                self.passes(10, True)
                self.holds()
            self.ends_well()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def page(self, language: str) -> IssuePage:
        return IssuePage.objects.get(pk=self.keys[language])

    def coming(self) -> set[str]:
        pages = {which: self.page(which) for which in LANGUAGES}
        return {which for which, page in pages.items() if page.live or page.planned()}

    def open(self):
        return Schedule.objects.filter(send=None, error="")

    @initialize(
        out=st.sampled_from([[], ["en"], ["en", "fr"], ["en", "fr", "ar"]]),
        off=st.sampled_from([None, None, "fr", "en"]),
    )
    def some_are_out(self, out, off):
        for which in out:
            self.is_published_by_hand(which, 0)
        if off in out:
            self.is_taken_off(off)

    @rule(audiences=st.sampled_from([["en"], ["fr"], ["ar", "en"]]), hours=HOURS, from_page=WHICH)
    def plans_mails(self, audiences, hours, from_page):
        chosen = [self.audiences[language] for language in audiences]
        before = list(Schedule.objects.values_list("pk", "at"))
        try:
            with transaction.atomic():
                rows = schedule(
                    self.page(from_page).original, chosen, timezone.now() + timedelta(hours=hours), "UTC"
                )
        except SendRefused:
            assert list(Schedule.objects.values_list("pk", "at")) == before
        else:
            assert "en" not in self.off, "an issue that was taken off comes back by hand"
            self.stands |= {row.pk for row in rows}

    @rule(n=st.integers(0, 2), all=st.booleans())
    def cancels_mails(self, n, all):
        rows = list(Schedule.objects.filter(send=None).order_by("pk"))
        for row in rows if all else rows[n : n + 1]:
            before = self.coming()
            unschedule(row)
            assert self.coming() <= before, "cancelling brings nothing out"

    def live(self) -> list[str]:
        return [which for which in LANGUAGES if self.page(which).live]

    @precondition(live)
    @rule(n=st.integers(0, 2))
    def one_is_taken_off(self, n):
        self.is_taken_off(self.live()[n % len(self.live())])

    @precondition(lambda self: self.page("en").live and self.open().exists())
    @rule()
    def what_mails_wait_for_is_taken_off(self):
        self.is_taken_off("en")

    def is_taken_off(self, which: str) -> None:
        gone = set(LANGUAGES) if which == "en" else {which}
        self.off |= {page for page in gone if self.page(page).live}
        self.by_hand = {page: at for page, at in self.by_hand.items() if page not in gone}
        if which == "en":
            self.stands = set()
        self.page(which).unpublish()

    @rule(which=WHICH, hours=st.sampled_from([0, 0, 3, 9]))
    def is_published_by_hand(self, which, hours):
        """Now, or at a time."""
        at = timezone.now() + timedelta(hours=hours) if hours else None
        page = self.page(which)
        page.go_live_at = at
        try:
            with transaction.atomic():
                page.save_revision().publish()
        except NotNow:
            assert which != "en" and not self.page("en").live
            return
        self.by_hand.pop(which, None)
        if at and not (page := self.page(which)).live:
            self.by_hand[which] = at
        self.off.discard(which)

    @rule(hours=HOURS, mails_first=st.booleans())
    def passes(self, hours, mails_first):
        passed = timedelta(hours=hours)
        time_passes(passed)
        Trouble.objects.all().delete()  # what failed is tried again
        self.by_hand = {page: at - passed for page, at in self.by_hand.items()}
        acts = [lambda: publish_due(timezone.now()), begin_due]
        for act in reversed(acts) if mails_first else acts:
            out, sent = self.page("en").live, set(Send.objects.values_list("pk", flat=True))
            act()
            if act is begin_due:
                begun = Schedule.objects.filter(send__isnull=False).exclude(send__in=sent)
                assert out or not begun, "its issue is not out"
                assert {row.pk for row in begun} <= self.stands, "it was taken off since"
        for page in list(self.by_hand):
            if self.page(page).live:
                del self.by_hand[page]

    @invariant()
    def holds(self):
        first = min((row.at for row in self.open()), default=None)
        for which in LANGUAGES:
            page = self.page(which)
            assert not (page.live and which in self.off), f"{which} was taken off"
            assert self.page("en").live or not page.live, f"{which} is out without its issue"
            planned = page.planned()
            if which in self.by_hand:
                assert planned and planned.approved_go_live_at == self.by_hand[which], which
            elif planned and not page.live:
                assert first is not None and planned.approved_go_live_at == first, which
            if planned and not page.live:
                assert which not in self.off, which
        assert set(self.open().values_list("pk", flat=True)) <= self.stands

    def ends_well(self) -> None:
        for row in Schedule.objects.all():
            assert row.send or row.error, "nobody knows what became of it"
            assert row.send or row.pk not in self.stands, row.error


@pytest.mark.django_db
def test_what_is_planned_holds_in_any_order(site, is_long):
    examples = settings(max_examples=400 if is_long else 8, stateful_step_count=12, deadline=None)
    run(Plans, settings=examples)
