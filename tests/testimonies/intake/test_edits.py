"""Forms that were edited on the phone are one testimony, in whatever order they come, and whichever of them never
does: random orders of them, of their repeats, of the teller's page, of the review and of last days.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.testimonies import withdrawing
from griot.testimonies.core.consent import is_within
from griot.testimonies.core.errors import Withdrawn
from griot.testimonies.core.forms.submitted import Submitted, SubmittedFile
from griot.testimonies.core.types import USES, Consent
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.intake.submissions import _file_pk, take
from griot.testimonies.intake.taking import read_consent
from griot.testimonies.models import Submission, Testimony
from griot.testimonies.models.receipts import receipt_hash
from griot.testimonies.review import changing
from griot.testimonies.showing import shown
from tests.testimonies.intake.test_repeats import ALLOWED
from tests.testimonies.people import make_campaign, make_messenger

FORMS, CODE = "abcde", "ABCDEFGHJKLM"  # each was edited from the one before it
FORM = st.fixed_dictionaries(
    {
        "allowed": ALLOWED,
        "name": st.sampled_from(["Awa Diop", "Awa Ndoye", "Fatou Sarr", ""]),
        "films": st.sets(st.sampled_from(["one.mp4", "two.mp4", "three.mp4"])),
        "is_minor": st.sampled_from([False, False, True]),
    }
)


class Edits(RuleBasedStateMachine):
    """`came` are the forms that came, `teller` is what the teller last set on the receipt's page."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.device = make_messenger(make_campaign())
        self.forms: dict[str, Submitted] = {}
        self.came: set[str] = set()
        self.teller: Consent | None = None
        self.was_decided = self.is_over = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(said=st.lists(FORM, min_size=5, max_size=5))
    def tells(self, said: list[dict[str, Any]]) -> None:
        ids = [str(uuid.uuid4()) for _ in FORMS]
        for n, (letter, form) in enumerate(zip(FORMS, said, strict=True)):
            is_minor, allowed = form["is_minor"], {**form["allowed"]}
            if is_minor:
                allowed |= {"naming": "unnamed", "face": "hide", "place": "country"}
            answers = {
                "receipt_code": CODE,
                "told": "2026-11-01T09:00:00+00:00",
                "kind": "interview",
                "language": "fr",
                "explained": "read",
                "country": "SN",
                "alias": "Kiné",
                "name": form["name"],
                "text_leaving": f"Words of {letter}.",
                "is_minor": "yes" if is_minor else "no",
                "guardian": "Khady Fall" if is_minor else "",
                **allowed,
                "uses": " ".join(allowed["uses"]),
            }
            films = [SubmittedFile(name, "video_leaving") for name in sorted(form["films"])]
            files = [SubmittedFile("yes.wav", "answer"), *films]
            self.forms[letter] = Submitted(
                "griot-voices-interview", ids[n], answers, files, ids[n - 1] if n else ""
            )

    @property
    def row(self) -> Testimony:
        return Testimony.objects.get()

    @property
    def newest(self) -> Submitted:
        return self.forms[max(self.came)]

    def story(self) -> set[Any]:
        return set(self.row.files.filter(role="story").values_list("pk", flat=True))

    def state(self) -> Any:
        row = self.row
        return row.consent.as_value(), row.answers, row.names, self.story(), row.proposals.count()

    @rule(letter=st.sampled_from(FORMS))
    def comes(self, letter: str) -> None:
        """A form, or a part of one, or one once more: that changes nothing."""
        before = self.state() if letter in self.came and not self.is_over else None
        try:
            take(self.device, self.forms[letter], [])
            assert not self.is_over
        except Withdrawn:
            assert self.is_over
        assert before is None or self.state() == before
        self.came.add(letter)

    @precondition(lambda self: self.came and not self.is_over)
    @rule(allowed=ALLOWED)
    def teller_decides(self, allowed: dict[str, Any]) -> None:
        row = self.row
        said = {**allowed, "uses": frozenset(allowed["uses"]), "until": None}
        narrows, held = row.is_perhaps_minor, row.consent.as_value()
        add_consent(row, replace(held, **said, given=timezone.now(), by="teller"))
        self.teller = replace(self.row.consent.as_value(), version=0)
        assert not narrows or is_within(self.teller, held)

    @precondition(lambda self: self.came and not self.is_over)
    @rule(state=st.sampled_from(["intake", "protection", "editing", "published"]))
    def goes_on(self, state: str) -> None:
        Testimony.objects.update(state=state, published=timezone.now(), approved=self.row.as_it_stands())

    @precondition(lambda self: self.came and not self.is_over and self.row.undecided)
    @rule(data=st.data(), is_taken=st.booleans())
    def somebody_decides(self, data: Any, is_taken: bool) -> None:
        proposal = data.draw(st.sampled_from(self.row.undecided), label="proposal")
        if is_taken and not (self.row.is_older(proposal.given) and proposal.is_timed):
            changing.take_over(proposal)
        proposal.decided = timezone.now()
        proposal.save()
        self.was_decided = True

    @precondition(lambda self: len(self.came) > 1 and not self.is_over)
    @rule(by=st.sampled_from(["teller", "team", "expiry"]))
    def is_taken_back(self, by: Any) -> None:
        if by == "expiry":
            self.row.consents.update(until=timezone.now().date() - timedelta(days=3))
            withdrawing.expire(timezone.now())
        else:
            withdrawing.withdraw(self.row, by)
        withdrawing.erase(self.row.pk)
        self.is_over = True

    @invariant()
    def they_are_one_that_the_code_opens(self) -> None:
        if self.came:
            assert Submission.objects.count() == len(self.came)
            assert self.row.receipt == ("" if self.is_over else receipt_hash(CODE))

    @invariant()
    def what_was_taken_back_stays_back(self) -> None:
        if self.is_over:
            row = self.row
            assert row.withdrawn and not (row.consent or row.names or row.answers or row.proposals.exists())
            assert all(shown.told(row, use, "en") is None for use in USES)

    @invariant()
    def nobody_goes_beyond_the_teller(self) -> None:
        if self.came and not self.is_over and self.teller:
            assert is_within(self.row.consent.as_value(), self.teller)

    @invariant()
    def nothing_is_shown_that_one_of_them_keeps_back(self) -> None:
        """Before the teller or a person has said more."""
        if not self.came or self.is_over or self.was_decided:
            return
        row = self.row
        for letter in self.came:
            form = self.forms[letter].answers
            if not self.teller:
                said = {
                    **{
                        name: form[name]
                        for name in ("naming", "place", "face", "voice", "language", "explained")
                    },
                    "uses": form["uses"].split(),
                    "given": form["told"],
                    "evidence": "paper",
                    "guardian": {"name": form["guardian"]} if form["guardian"] else None,
                }
                value = read_consent(said, replace(row.teller, alias="Kiné", name="A", birth_year=None))
                held = row.consent.as_value()
                assert is_within(replace(held, until=None), value), letter
            assert form["is_minor"] == "no" or row.is_perhaps_minor
            names = {*row.kept_back("unnamed"), *row.perhaps_kept_back("unnamed")}
            assert {form["name"], form["guardian"]} - {""} <= names

    @invariant()
    def what_the_newest_has_no_more_is_left_out(self) -> None:
        if self.came and not self.is_over:
            wanted = {_file_pk(self.row.pk, file.name) for file in self.newest.files}
            assert self.story() <= wanted

    @invariant()
    def the_words_of_the_newest_are_held_or_wait(self) -> None:
        if self.came and not self.is_over and not self.was_decided:
            wanted = self.newest.answers["text_leaving"]
            said = [p.said["answers"]["leaving"] for p in self.row.undecided]
            assert wanted in [self.row.answers["leaving"], *said]


@pytest.mark.django_db
def test_forms_that_were_edited_are_one_testimony_in_any_order(site, is_long):
    """Ten thousand steps with `./griot test --long`."""
    run(
        Edits,
        settings=settings(max_examples=400 if is_long else 40, stateful_step_count=25, deadline=None),
    )
