from __future__ import annotations

import pytest

from griot.testimonies.core.media import encoding


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """AV1 is waited for, however slow or busy the machine: what is made may depend on that, no test may."""
    monkeypatch.setattr(encoding, "SLOWEST", float("inf"))
