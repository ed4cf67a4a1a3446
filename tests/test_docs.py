"""The documents say what the code does."""

from __future__ import annotations

import re
from pkgutil import iter_modules

import pytest

from griot.cli import SUBJECTS
from griot.press.core import commandline
from tests.support import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
COMMANDS = {name for subject in SUBJECTS.values() for name in subject} | {"help", "prepare"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_commands_and_files_named_in_documents_exist(document):
    text = document.read_text()
    assert set(re.findall(r"\./griot ([a-z_]+)", text)) <= COMMANDS
    for path in re.findall(r"\]\(([^)#]+)\)", text):
        assert path.startswith("http") or (document.parent / path).exists(), path


def test_the_table_of_settings_is_complete():
    used = set()
    for path in (ROOT / "src").rglob("*.py"):
        used |= set(re.findall(r"\"(GRIOT_[A-Z_]+|EMAIL_URL|DATABASE_URL)\"", path.read_text()))
    used |= set(re.findall(r"GRIOT_PYTHON", (ROOT / "griot").read_text()))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.M))
    assert used - {"GRIOT_PARENT_PIPE"} == documented


def test_help_knows_the_commands_on_files():
    there = {m.name for m in iter_modules(commandline.__path__)} - {"files"}
    assert set(SUBJECTS["The press, on plain files"]) == there
