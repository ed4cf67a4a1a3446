"""The gallery of stories."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from griot.digest.site.testimony_blocks import Place
from griot.digest.site.testimony_blocks import testimony_block as block_of
from griot.testimonies.intake.consenting import add_consent
from tests.testimonies import made
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


def test_the_number_of_queries_does_not_grow_with_the_stories(site, client, django_user_model):
    make_messenger(make_campaign())
    phone = Phone()
    people = {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}

    def tell(count: int) -> None:
        for _ in range(count):
            testimony = phone.tell()
            phone.send(testimony, made.photo())
            publish(testimony, people)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/fr/stories/").content.decode()
        assert "La nuit du départ" in page
        return len(asked)

    tell(1)
    client.get("/fr/stories/")  # what is looked up once
    tell(1)
    one = queries()
    tell(3)
    assert queries() == one > queries()  # of what has not changed only that is asked


@pytest.mark.parametrize("use", ["web", "mail", "partners"])
def test_a_picture_that_may_be_shown_is_where_it_is_said_to_be(phone, people, use):
    row = phone.tell(consent={"uses": ["team", "web", "mail", "partners"]}, kind="portrait")
    phone.send(row, made.photo())
    publish(row, people)
    picture = block_of(row.slug, Place("a", "fr", "more", "watch"), use).picture.sources[0][0]
    path = "/" + picture.partition("//")[2].partition("/")[2]
    assert Client().get(path).status_code == 200
    narrow = replace(row.consent.as_value(), uses=frozenset({"team"}), by="teller", given=timezone.now())
    add_consent(row, narrow)
    assert Client().get(path)["Content-Type"] != "image/jpeg"
