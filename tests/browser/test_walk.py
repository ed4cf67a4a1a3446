"""From an empty folder to an issue that is sent and corrected, each step by somebody of one role."""

import json
import os
import subprocess
import sys

import pytest

from griot.runtime.programs import chromium


def test_an_issue_goes_its_whole_way_through_the_roles(tmp_path, is_long):
    if not is_long:
        pytest.skip("takes minutes; ./griot test --long")
    if chromium() is None:
        pytest.skip("no Chromium here")
    command = [sys.executable, "-m", "griot", "walk", "--folder", str(tmp_path)]
    ours = ("GRIOT_", "DATABASE_", "DJANGO_", "EMAIL_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    walked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    facts = json.loads(walked.stdout)
    assert facts["sent"] and len(facts["roles"]) == 5
    assert facts["issue"]["keys"] <= 14 and facts["issue"]["clicks"] <= 8
