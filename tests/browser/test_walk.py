"""A whole morning by keyboard and mouse, from an empty folder to an issue that waits for its hour."""

import json
import os
import subprocess
import sys

import pytest

from griot.runtime.programs import chromium


def test_an_issue_in_four_languages_is_on_its_way(tmp_path, is_long):
    if not is_long:
        pytest.skip("takes minutes; ./griot test --long")
    if chromium() is None:
        pytest.skip("no Chromium here")
    command = [sys.executable, "-m", "griot", "walk", "--folder", str(tmp_path)]
    ours = ("GRIOT_", "DATABASE_", "DJANGO_", "EMAIL_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    walked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    facts = json.loads(walked.stdout)
    assert (facts["state"], facts["languages"]) == ("scheduled", 4)
