from __future__ import annotations

import pytest
from django.utils import timezone

from tests.mailing.plans import where_it_is_morning


@pytest.fixture(autouse=True)
def morning():
    with timezone.override(where_it_is_morning()):
        yield
