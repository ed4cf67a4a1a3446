from __future__ import annotations

import pytest

from tests.signing_in import with_second_factor


@pytest.fixture
def admin_client(admin_client, admin_user):
    with_second_factor(admin_client, admin_user)
    return admin_client
