from __future__ import annotations

import pytest

from tests.mailing.plans import where_it_is_morning
from tests.signing_in import with_second_factor


@pytest.fixture(autouse=True)
def morning():
    with where_it_is_morning():
        yield


@pytest.fixture
def admin_client(admin_client, admin_user):
    with_second_factor(admin_client, admin_user)
    return admin_client
