"""The one command, as a person calls it."""

from __future__ import annotations

import pytest

from tests.support import griot


@pytest.mark.django_db
def test_an_unknown_command_says_so():
    done = griot("fly_away")
    assert done.returncode == 2 and "fly_away" in done.stderr
