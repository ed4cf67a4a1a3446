"""What the gallery remembers holds for as long as the database has not changed a row that it was told from."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from griot.testimonies.making.rendering import with_renditions
from griot.testimonies.models import (
    Campaign,
    Consent,
    Cut,
    File,
    Proposal,
    Rendition,
    Testimony,
    Writing,
)
from griot.testimonies.showing import marking, shown
from tests.testimonies import made
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(phone, people):
    """A story that is out."""
    found = phone.tell(kind="portrait")
    phone.send(found, made.photo())
    publish(found, people)
    file = found.files.get()
    Cut.objects.get_or_create(file=file)
    Proposal.objects.create(testimony=found, said={}, decided=timezone.now())
    return Testimony.objects.get()


def test_it_is_asked_of_every_table_that_a_story_is_told_from(row):
    with CaptureQueriesContext(connection) as asked:
        for found in with_renditions(shown.out().select_related("campaign")):
            assert shown.told(found, "web", "fr")
    tables = {t for q in asked for t in re.findall(r'(?:FROM|JOIN) "(\w+)"', q["sql"])}
    assert tables and not [table for table in tables if table not in marking._MARKS]


@pytest.mark.parametrize("model", [Testimony, Campaign, Consent, Proposal, Writing, File, Cut, Rendition])
def test_whatever_is_changed_by_whatever_means_changes_the_mark(row, model):
    before = marking.marks_of_public()
    assert before == marking.marks_of_public() and list(before) == [row.pk]
    found = model.objects.first()
    model.objects.filter(pk=found.pk).update(**{model._meta.concrete_fields[1].attname: _same(found)})
    changed = marking.marks_of_public()
    assert changed != before
    if model not in {Testimony, Campaign}:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s', [found.pk]
            )
            assert marking.marks_of_public() != changed
            transaction.set_rollback(True)  # what hangs on it would be missed


def _same(found):
    """What stands in its second column: to write it once more is a change."""
    return getattr(found, found._meta.concrete_fields[1].attname)


def test_what_is_taken_back_in_the_database_alone_is_gone_at_the_next_request(row):
    assert row.slug in Client().get("/fr/stories/").text and row.slug in Client().get("/fr/stories/").text
    Consent.objects.filter(testimony=row).update(uses=["team"])
    assert row.slug not in Client().get("/fr/stories/").text
    Consent.objects.filter(testimony=row).update(uses=["team", "web"])
    assert row.slug in Client().get("/fr/stories/").text
    Testimony.objects.update(withdrawn=timezone.now())
    assert row.slug not in Client().get("/fr/stories/").text
    assert not shown._remembered["web", "fr"]


def test_a_last_day_ends_it_though_nothing_is_changed(row, monkeypatch):
    Consent.objects.filter(testimony=row).update(until=timezone.localdate() + timedelta(days=1))
    assert row.slug in Client().get("/fr/stories/").text
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert row.slug not in Client().get("/fr/stories/").text
