"""The documents say what the code does: every command, option, setting, path and link in them."""

from __future__ import annotations

import importlib
import inspect
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.core.management import get_commands, load_command_class

from griot.cli import _MODULES as HOUSE
from griot.cli import SUBJECTS
from griot.press.core import commandline
from tests.support import ROOT

DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
ON_FILES = set(SUBJECTS["The press, on plain files"])
LISTED = {name: about for subject in SUBJECTS.values() for name, about in subject.items()}
COMMANDS = set(LISTED) | {"help", "prepare", "makemigrations"}
PASS_ON = {"test", "lock", "bench"}  # what they do not know goes to pytest, uv, the benchmark
SETTING = r"\b(?:GRIOT_[A-Z_]+|EMAIL_URL|DATABASE_URL)\b"
# Files that the how-tos tell to make: they would be in the way if they existed.
TO_BE_MADE = {
    "press/core/sources/tables.py",
    "tests/press/core/sources/test_tables.py",
    "digest/core/words/xx.toml",
}
NOT_OURS = {"node_modules", "var", "dist", "__pycache__"}  # nor what begins with a dot, but .ci

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))


def test_the_documents_of_all_folders_are_read():
    assert len({d.parent for d in DOCUMENTS}) >= 3 and len(DOCUMENTS) > 15


# --- commands ----------------------------------------------------------------------------


def _calls(text: str) -> list[tuple[str, str]]:
    """Each `./griot COMMAND …` of a text: the command, and what follows on its line or in its backticks."""
    return re.findall(r"\./griot ([a-z_]+)([^`\n#]*)", text)


def _options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def _known(command: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The options that a command takes, by its own word."""
    if command in PASS_ON:
        return _options(inspect.getsource(importlib.import_module(HOUSE[command])))
    if command in HOUSE or command in ON_FILES:
        run = commandline.run if command in ON_FILES else importlib.import_module(HOUSE[command]).run
        with pytest.raises(SystemExit):
            run(command, ["--help"])
        return _options(capsys.readouterr().out)
    parser = load_command_class(get_commands()[command], command).create_parser("./griot", command)
    return _options(parser.format_help())


@each_document
def test_every_command_and_option_in_a_document_exists(document, capsys):
    for command, rest in _calls(document.read_text()):
        assert command in COMMANDS, command
        if named := _options(rest):
            assert named <= _known(command, capsys), f"./griot {command}{rest}"


@pytest.mark.parametrize("command", LISTED)
def test_help_names_commands_and_options_that_exist(command, capsys):
    assert command in HOUSE or command in ON_FILES or command in get_commands()
    if named := _options(LISTED[command]):
        assert named <= _known(command, capsys)


def test_help_knows_the_commands_on_files():
    assert {m.name for m in iter_modules(commandline.__path__)} - {"files"} == ON_FILES


def test_help_knows_every_management_command_of_ours():
    ours = {name for name, app in get_commands().items() if app.startswith("griot.")}
    assert ours - {"prepare", "seed_demo"} <= set(LISTED)


def test_the_page_of_commands_is_what_help_says():
    rows = re.findall(r"^\| `\./griot (\w+)` \| (.*) \|$", (DOCS / "commands.md").read_text(), re.M)
    assert {name: about.replace("\\|", "|") for name, about in rows} == LISTED


# --- settings ----------------------------------------------------------------------------


def _documented_settings() -> set[str]:
    return set(re.findall(rf"^\| `({SETTING})`", (DOCS / "settings.md").read_text(), re.M))


def test_the_table_of_settings_is_complete():
    used = set(re.findall(r"GRIOT_PYTHON", (ROOT / "griot").read_text()))
    for path in (ROOT / "src").rglob("*.py"):
        used |= set(re.findall(rf"\"({SETTING})\"", path.read_text()))
    assert used - {"GRIOT_PARENT_PIPE"} == _documented_settings()


@each_document
def test_every_setting_in_a_document_exists(document):
    assert set(re.findall(SETTING, document.read_text())) <= _documented_settings()


# --- links -------------------------------------------------------------------------------


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them: small, without punctuation, with hyphens."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", document.read_text(), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
        found.append(f"{anchor}-{n}" if (n := found.count(anchor)) else anchor)
    return set(found)


@each_document
def test_every_link_in_a_document_leads_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert ROOT in target.resolve().parents, link
        assert not anchor or anchor in _anchors(target), link


def test_the_index_leads_to_every_page():
    linked = {
        (DOCS / link.partition("#")[0]).resolve()
        for link in re.findall(r"\]\(([^)\s]+)\)", (DOCS / "README.md").read_text())
    }
    assert set(DOCS.rglob("*.md")) - {DOCS / "README.md"} <= linked


# --- paths -------------------------------------------------------------------------------


def _files() -> Iterator[str]:
    for folder, below, names in os.walk(ROOT):
        below[:] = [n for n in below if n == ".ci" or not (n in NOT_OURS or n.startswith("."))]
        for name in names:
            yield f"/{Path(folder, name).relative_to(ROOT)}"


FILES = list(_files())
# What a path in a document begins with, from the top of the repository or from src/griot.
TOPS = {p.split("/")[1] for p in FILES if p.count("/") > 1} | {
    p.split("/")[3] for p in FILES if p.startswith("/src/griot/") and p.count("/") > 3
}
SUFFIXES = {Path(p).suffix for p in FILES} - {"", ".xml"}  # feed.xml is the reader's


def _exists(named: str) -> bool:
    """A file, by its path or the end of it; a folder, from the top or from src/griot; or a pattern of such."""
    if "*" in named:
        return any(ROOT.glob(named))
    if Path(named).suffix in SUFFIXES:
        return any(path.endswith(f"/{named}") for path in FILES)
    return any((top / named).exists() for top in (ROOT, ROOT / "src" / "griot"))


def _paths(text: str) -> Iterator[str]:
    """What looks like a path of ours: in backticks, and after `./griot test`."""
    for span in re.findall(r"`([\w.*/-]+)`", text):
        is_path = Path(span).suffix in SUFFIXES or ("/" in span and span.split("/")[0] in TOPS)
        if is_path and not span.startswith(("/", "..")):
            yield span
    for command, rest in _calls(text):
        if command == "test":
            yield from (word.partition("::")[0] for word in rest.split() if word.startswith("tests/"))


@each_document
def test_every_path_in_a_document_exists(document):
    for named in _paths(document.read_text()):
        if named not in TO_BE_MADE and "APP" not in named:
            assert _exists(named), named


def test_what_the_how_tos_tell_to_make_is_not_there_yet():
    said = "".join(d.read_text() for d in DOCS.rglob("*.md"))
    for named in TO_BE_MADE:
        assert f"`{named}`" in said and not _exists(named), named


# --- what is promised --------------------------------------------------------------------


def test_every_test_that_a_document_names_exists_and_every_promise_of_security_names_one():
    found = Counter(
        name
        for path in (ROOT / "tests").rglob("*.py")
        if not NOT_OURS & set(path.parts)
        for name in re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.M)
    )
    for document in DOCUMENTS:
        for name in re.findall(r"`(test_\w+)`", document.read_text()):
            assert found[name], f"{document.name} names {name}, which is no test"
    promises, _, _ = (ROOT / "SECURITY.md").read_text().partition("## What does not hold")
    bullets = [" ".join(b.split()) for b in promises.split("\n- ")[1:]]
    assert len(bullets) > 40
    for bullet in bullets:
        assert re.search(r"`test_\w+`", bullet.partition("##")[0]), f"no test shows: {bullet[:80]}"
