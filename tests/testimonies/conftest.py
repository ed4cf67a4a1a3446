from __future__ import annotations

from typing import Any

import pytest

from griot.testimonies.core.media import encoding
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with

ROLES = ("protection", "editor", "approver", "coordinator", "administrator")


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """AV1 is waited for, however slow or busy the machine: what is made may depend on that, no test may."""
    monkeypatch.setattr(encoding, "SLOWEST", float("inf"))


@pytest.fixture
def phone(db) -> Phone:
    """A messenger's, in a campaign."""
    make_messenger(make_campaign())
    return Phone()


@pytest.fixture
def people(django_user_model) -> dict[str, Any]:
    """An account for each role in testimonies."""
    return {role: user_with(django_user_model, role) for role in ROLES}
