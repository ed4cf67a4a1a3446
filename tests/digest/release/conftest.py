from __future__ import annotations

import pytest

from tests.mailing.plans import where_it_is_morning


@pytest.fixture(autouse=True)
def morning():
    with where_it_is_morning():
        yield
