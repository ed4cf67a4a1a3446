"""Two editors at the desk, and a night's stories before them."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from griot.press.models import Story
from griot.press.stories.beats_store import first_beat
from griot.press.stories.pipeline import rate_stories
from tests.digest.desk.nights import tell


@pytest.fixture
def editor(db):
    return get_user_model().objects.create_superuser(
        "ana", "ana@example.org", "x", first_name="Ana", last_name="Lima"
    )


@pytest.fixture
def colleague(db):
    return get_user_model().objects.create_superuser("bo", "bo@example.org", "x")


@pytest.fixture
def desk_client(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def night(site):
    first_beat()
    told = [
        tell("57 migrants rescued off Lampedusa", "The Harbour Times", "Al Marsa", "Radio Costa"),
        tell("Court halts deportation of asylum seekers", "Northern Ledger", country="GB"),
        tell("Refugee camp in Bangladesh burns", "Dhaka Beacon", "Wirepoint", country="BD"),
    ]
    rate_stories({s.pk for s in told})
    return list(Story.objects.order_by("pk"))
