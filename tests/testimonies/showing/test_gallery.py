"""The gallery of stories."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
    one = queries()
    tell(3)
    assert queries() == one
