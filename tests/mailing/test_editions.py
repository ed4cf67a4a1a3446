"""Which edition a reader gets, whatever happens to editions, in whatever order.

The rule: each reader gets exactly one edition, the first that is out and not held of those in the audience's
language, their own second, and the newsroom's; and never one of whose lines and features some were read by no
person, unless a named person has let it go.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from wagtail_localize.models import StringSegment, StringTranslation

from griot.accounts.guarding import NotNow
from griot.digest.models import Answer, Correction, IssuePage
from griot.digest.release.editions import make_editions
from griot.digest.release.judging import NotAnswered, answer, is_held, take_back
from griot.digest.release.preflight import preflight
from griot.mailing.beginning import SendRefused, send_correction, start_send
from griot.mailing.models import Audience, Delivery, Send, Subscriber, Subscription
from tests.digest.issues import make_issue, read_by_a_person
from tests.mailing.test_scheduling import an_audience

OTHERS = ["fr", "es", "ar"]
WHICH = st.sampled_from(OTHERS)


def readers_of(language: str, seconds: list[str]) -> Audience:
    audience = an_audience(f"Of{language}", language, 0)
    for n, second in enumerate(seconds):
        email = f"{language}-{second or 'none'}-{n}@reader.example"
        subscriber = Subscriber.objects.create(email=email, second_language=second)
        Subscription.objects.create(audience=audience, subscriber=subscriber)
    return audience


def made_by_machine(edition: IssuePage) -> None:
    for segment in StringSegment.objects.filter(source__object_id=edition.translation_key):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            locale=edition.locale,
            context=segment.context,
            defaults={
                "data": segment.string.data,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MACHINE,
            },
        )


def release(page: IssuePage, user, why: str = "Read it myself on paper.") -> None:
    found = preflight(page.get_latest_revision_as_object())
    [judgement] = {f.judgement for f in found if f.judgement and f.judgement.name == "translation"}
    answer(page, judgement, user, why)


class Editions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        users = get_user_model().objects
        self.chief, self.editor = users.create_user("chief"), users.create_user("editor")
        self.chief.groups.set(Group.objects.filter(name="Chief editor"))
        self.editor.groups.set(Group.objects.filter(name="Duty editor"))
        issue = make_issue(day=timezone.localdate(), live=False)
        issue.body = [("press_review", issue.body[5].value)]
        issue.save_revision().publish(skip_permission_checks=True)
        make_editions(IssuePage.objects.get(pk=issue.pk))
        self.pk = {page.language: page.pk for page in IssuePage.objects.all()}
        self.audiences = {which: readers_of(which, ["", "en", *OTHERS]) for which in ["en", *OTHERS]}
        self.read = dict.fromkeys(OTHERS, "untranslated")  # or "machine", or "person"
        self.let_go = set[str]()  # by name, as it is
        self.sent = set[str]()
        self.words = 0

    def teardown(self) -> None:
        try:
            for which in self.audiences:
                self.is_sent(which)
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def page(self, which: str) -> IssuePage:
        return IssuePage.objects.get(pk=self.pk[which])

    def may_go(self, which: str) -> bool:
        return self.read[which] == "person" or which in self.let_go

    @rule(which=WHICH)
    def a_person_translates(self, which):
        read_by_a_person(self.page(which))
        self.read[which] = "person"

    @rule(which=WHICH)
    def a_machine_translates(self, which):
        made_by_machine(self.page(which))
        if self.read[which] == "untranslated":
            self.read[which] = "machine"
            self.let_go.discard(which)  # it says something else now

    @precondition(lambda self: not self.sent)
    @rule()
    def the_issue_is_changed(self):
        page = self.page("en").get_latest_revision_as_object()
        self.words += 1
        page.body[0].value["lines"][0]["body"] = f"reported what is new, the {self.words}th time."
        page.save_revision().publish(skip_permission_checks=True)
        make_editions(self.page("en"))
        self.read = dict.fromkeys(OTHERS, "untranslated")
        self.let_go = set()

    @rule(which=WHICH)
    def the_chief_lets_it_go(self, which):
        if self.read[which] != "person":
            release(self.page(which), self.chief)
            self.let_go.add(which)

    @rule(which=WHICH)
    def an_editor_would(self, which):
        if self.read[which] != "person" and which not in self.let_go:
            with pytest.raises(NotAnswered):
                release(self.page(which), self.editor)

    @rule(which=WHICH)
    def it_is_held_again(self, which):
        take_back(self.page(which), "translation", self.chief)
        self.let_go.discard(which)

    @rule(which=WHICH)
    def it_is_published(self, which):
        try:
            with transaction.atomic():
                self.page(which).get_latest_revision().publish()
        except NotNow:
            assert not self.may_go(which)
        else:
            assert self.may_go(which)

    @rule(which=st.sampled_from(["en", *OTHERS]))
    def is_sent(self, which):
        with transaction.atomic():
            audience = self.audiences[which]
            if which in self.sent:
                with pytest.raises(SendRefused, match="once"):
                    start_send(self.page("en"), audience)
                return
            out = {"en", *(other for other in OTHERS if self.page(other).live and self.may_go(other))}
            start_send(self.page("en"), audience)
        self.sent.add(which)
        got = Delivery.objects.filter(send__audience=audience).values_list("address", "send__language")
        assert len(got) == audience.subscriptions.count() == len({address for address, _ in got})
        for address, language in got:
            second = re.search(r"-(\w+)-", address)[1]
            assert language == next(w for w in (which, second, "en") if w in out), (address, out)


@pytest.mark.django_db
def test_each_reader_gets_one_edition_and_none_that_nobody_has_read(site, is_long):
    examples = settings(max_examples=200 if is_long else 8, stateful_step_count=14, deadline=None)
    run(Editions, settings=examples)


@pytest.fixture
def french(site):
    issue = make_issue(day=timezone.localdate())
    return next(page for page in make_editions(issue) if page.language == "fr").specific


@pytest.mark.django_db
def test_one_line_that_nobody_has_read_holds_an_edition(french):
    read_by_a_person(french)
    assert not is_held(french)
    line = StringTranslation.objects.filter(locale=french.locale, context__path__endswith=".body").first()
    line.translation_type = StringTranslation.TRANSLATION_TYPE_MACHINE
    line.save()
    assert is_held(french)


@pytest.mark.django_db
def test_what_is_translated_after_it_was_let_go_holds_nothing_again(french, admin_user):
    release(french, admin_user)
    line = StringSegment.objects.filter(context__path__endswith=".body").first()
    StringTranslation.objects.create(
        translation_of=line.string, locale=french.locale, context=line.context, data="a dit que …"
    )
    assert not is_held(french) and Answer.objects.get().by == admin_user


@pytest.mark.django_db
def test_a_planned_edition_that_is_held_meanwhile_waits(french):
    from griot.digest.release.publishing import publish_due

    read_by_a_person(french)
    revision = french.get_latest_revision()
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now())
    StringTranslation.objects.filter(locale=french.locale).delete()
    publish_due(timezone.now())
    assert not IssuePage.objects.get(pk=french.pk).live
    read_by_a_person(french)
    publish_due(timezone.now())
    assert IssuePage.objects.get(pk=french.pk).live


@pytest.mark.django_db
def test_each_edition_that_was_sent_is_corrected_once(french, admin_user):
    spanish = IssuePage.objects.get(language="es")
    read_by_a_person(spanish)
    spanish.get_latest_revision().publish(skip_permission_checks=True)
    audience = readers_of("fr", ["", "es", "es"])
    assert start_send(french, audience).language == "es", "that most of them get"
    assert {s.language: s.deliveries.count() for s in Send.objects.all()} == {"en": 1, "es": 2}
    row = Correction.objects.create(issue=french.original, text="It was 57, and not 75.", by=admin_user)
    send_correction(row)
    sent = Send.objects.filter(is_correction=True)
    assert {s.language: s.deliveries.count() for s in sent} == {"en": 1, "es": 2}
    with pytest.raises(SendRefused, match="already"):
        send_correction(row)


@pytest.mark.django_db
def test_a_correction_is_read_in_the_language_of_each_edition(french, admin_client, client):
    spanish = IssuePage.objects.get(language="es")
    for edition in (french, spanish):
        read_by_a_person(edition)
        edition.get_latest_revision().publish(skip_permission_checks=True)
    issue = french.original
    start_send(issue, readers_of("ar", ["", "es", "fr"]))
    said, dit = "It was 57, and not 75.", "C’était 57, et non 75."
    room = admin_client.get(f"/admin/issues/correct/{issue.pk}/").content.decode()
    assert 'name="fr"' in room and 'name="es"' in room and 'name="ar"' not in room, "those that are out"
    admin_client.post(f"/admin/issues/correct/{issue.pk}/", {"text": said, "fr": f" {dit} ", "es": ""})
    row = Correction.objects.get()
    pages = {page.language: client.get(page.url).content.decode() for page in (issue, french, spanish)}
    assert said in pages["en"] and dit not in pages["en"]
    assert dit in pages["fr"] and said not in pages["fr"]
    assert re.search(rf'lang="en" dir="auto"\s*>\s*{said}', pages["es"])
    send_correction(row)
    mails = {s.language: s.text for s in Send.objects.filter(is_correction=True)}
    assert said in mails["en"] and said in mails["es"] and dit in mails["fr"] and said not in mails["fr"]
    # What was mended before an edition went out is nothing that its readers are told.
    IssuePage.objects.filter(pk=spanish.pk).update(first_published_at=timezone.now() + timedelta(hours=1))
    assert said not in client.get(spanish.url).content.decode()


@pytest.mark.django_db
def test_the_room_says_who_gets_which_edition(french, admin_client):
    readers_of("fr", ["", "es"])
    page = admin_client.get(f"/admin/mailing/send/{french.original.pk}/").content.decode()
    assert "2 in English" in page


def test_the_room_asks_the_database_no_more_often_with_more_readers(admin_client, site):
    issue = make_issue(day=timezone.localdate(), live=False)
    issue.save_revision()
    make_editions(issue)
    readers_of("fr", ["", "es"])

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(f"/admin/mailing/send/{issue.pk}/").status_code == 200
            return len(captured)

    asked()  # content types and settings are read once
    few = asked()
    for audience in Audience.objects.all():
        for n in range(30):
            reader = Subscriber.objects.create(email=f"more{n}@reader.example", second_language="es")
            Subscription.objects.create(audience=audience, subscriber=reader)
    assert asked() == few
