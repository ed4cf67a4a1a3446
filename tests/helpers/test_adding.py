"""`./griot add_translator`: packages from an index or a file, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import zipfile
from pathlib import Path

import pytest

from griot.helpers import adding
from griot.helpers.argos import Argos, installed
from griot.helpers.protocols import HelperError
from tests.helpers.tiny import make_package, packed
from tests.support import griot

WORDS = {"migrants": "migrants", "secourus": "rescued"}


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The state folder of a newsroom of its own."""
    monkeypatch.setenv("GRIOT_VAR", str(tmp_path / "var"))
    return tmp_path / "var" / "translator"


@pytest.fixture
def index(web, tmp_path, monkeypatch):
    """An index of packages on loopback: French into English in two versions, English into Spanish."""
    old = packed(make_package(tmp_path / "old", "fr", "en", {"migrants": "old"}, version="1.9"))
    new = packed(make_package(tmp_path / "new", "fr", "en", WORDS, version="1.10"))
    on = packed(make_package(tmp_path / "on", "en", "es", {"migrants": "migrantes"}))
    rows = []
    for pair, version, content in (("fr en", "1.9", old), ("fr en", "1.10", new), ("en es", "1.0", on)):
        source, target = pair.split()
        name = f"here/{source}_{target}-{version}"
        web.pages[name] = _in_ranges(content)
        links = ["ipfs://somewhere", web.url("here", name.removeprefix("here"))]
        row = {"type": "translate", "from_code": source, "to_code": target, "package_version": version}
        rows.append({**row, "links": links, "sha256": hashlib.sha256(content).hexdigest()})
    web.pages["here/index.json"] = json.dumps(rows)
    monkeypatch.setenv("GRIOT_TRANSLATOR_INDEX", web.url("here", "/index.json"))
    return rows


def _in_ranges(content: bytes):
    """A file as a good server gives it: from where it is asked for."""

    def answer(request, _):
        found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if not found:
            return 200, {}, content
        begin = int(found.group(1))
        if begin >= len(content):
            return 416, {}, b""
        return 206, {"Content-Range": f"bytes {begin}-{len(content) - 1}/{len(content)}"}, content[begin:]

    return answer


def test_the_newest_package_is_brought_and_translates(here, index, web, capsys):
    assert adding.run("add_translator", ["fr", "--to", "es"]) == 0
    told = capsys.readouterr().out
    assert "fr → en 1.10" in told and index[1]["sha256"] in told and "started again" in told
    assert Argos(here).translate("migrants", "fr", "es") == "migrantes"
    asked = len(web.seen)
    assert adding.run("add_translator", ["fr"]) == 0
    assert len(web.seen) == asked + 1, "what is there is not fetched again"
    assert {p.name for p in here.iterdir()} == {".lock", "fr_en", "en_es"}
    assert not (here / "fr_en" / "stanza").exists(), "what nobody reads takes no room"


def test_a_newsroom_that_has_packages_translates_by_them(here, index):
    assert adding.run("add_translator", ["fr"]) == 0
    done = griot("diffsettings", env={"GRIOT_VAR": str(here.parent)})
    assert f"TRANSLATOR = 'argos+{here.as_uri()}'" in done.stdout, done.stderr


def test_it_goes_on_where_it_was_broken_off(here, index, web):
    here.mkdir(parents=True)
    whole = web.pages["here/fr_en-1.10"](_Request(), b"")[2]
    (here / ".fr_en-1.10.part").write_bytes(whole[:1000])
    assert adding.run("add_translator", ["fr"]) == 0
    assert web.seen[-1][2]["Range"] == "bytes=1000-"
    assert [p.version for p in installed(here)] == ["1.10"]


class _Request:
    headers: dict[str, str] = {}


def test_what_was_begun_of_something_else_is_begun_anew(here, index):
    here.mkdir(parents=True)
    (here / ".fr_en-1.10.part").write_bytes(b"x" * 1000)
    assert adding.run("add_translator", ["fr"]) == 2
    assert adding.run("add_translator", ["fr"]) == 0


def test_what_a_killed_call_left_is_swept(here, index):
    (here / ".new-abc" / "translate").mkdir(parents=True)
    assert adding.run("add_translator", ["fr"]) == 0
    assert not list(here.glob(".new-*"))


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda web, rows: web.pages.pop("here/index.json"), "HTTP 404"),
        (lambda web, rows: web.pages.update({"here/index.json": "<html>"}), "no index of packages"),
        (lambda web, rows: web.pages.update({"here/index.json": "[" * 99_999}), "no index of packages"),
        (
            lambda web, rows: web.pages.update({"here/index.json": json.dumps([{"from_code": "fr"}, 3])}),
            "no index",
        ),
        (
            lambda web, rows: web.pages.update({"here/index.json": json.dumps(rows[2:])}),
            "no package from fr into en",
        ),
        (lambda web, rows: web.pages.update({"here/fr_en-1.10": b"not a package"}), "not what was promised"),
        (lambda web, rows: web.pages.pop("here/fr_en-1.10"), "HTTP 404"),
        (lambda web, rows: web.server.shutdown() or web.server.server_close(), "Without a network"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line_and_leaves_nothing(here, index, web, capsys, break_it, why):
    break_it(web, index)
    assert adding.run("add_translator", ["fr"]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and why in said[0], said
    assert not installed(here) and not list(here.glob("[!.]*"))


def test_an_address_without_tls_is_not_asked(here, capsys):
    assert adding.run("add_translator", ["fr", "--index", "http://packages.example/index.json"]) == 2
    assert "is not https" in capsys.readouterr().err


# --- a package from elsewhere ------------------------------------------------------------


def _archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def _damaged(package: bytes) -> bytes:
    middle = len(package) // 2
    return package[:middle] + bytes(b ^ 0xFF for b in package[middle : middle + 50]) + package[middle + 50 :]


def test_a_package_is_brought_from_a_file(here, tmp_path, capsys):
    content = packed(make_package(tmp_path, "fr", "en", WORDS))
    file = tmp_path / "fr.argosmodel"
    file.write_bytes(content)
    wrong = ["--file", str(file), "--sha256", "0" * 64]
    assert adding.run("add_translator", wrong) == 2 and not installed(here)
    right = ["--file", str(file), "--sha256", hashlib.sha256(content).hexdigest().upper()]
    assert adding.run("add_translator", right) == 0
    assert Argos(here).translate("migrants secourus", "fr", "en") == "migrants rescued"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 half",
        _archive(**{"../evil/metadata.json": b"{}"}),
        _archive(**{"/etc/metadata.json": b"{}"}),
        _archive(**{"a\\..\\b/metadata.json": b"{}"}),
        _archive(**{"metadata.json": b"{}"}),
        _archive(**{"a/metadata.json": b"{}", "b/x": b""}),
        _archive(**{"a/metadata.json": b'{"from_code": "../x", "to_code": "en", "package_version": "1"}'}),
        _archive(**{f"a/{n}": b"" for n in range(adding.MOST_FILES + 1)}),
    ],
)
def test_what_is_no_package_is_refused_and_leaves_nothing(here, tmp_path, capsys, content):
    file = tmp_path / "x.argosmodel"
    file.write_bytes(content)
    assert adding.run("add_translator", ["--file", str(file)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert [p.name for p in here.iterdir()] == [".lock"] and not (tmp_path / "evil").exists()


def test_a_package_that_was_damaged_on_its_way_keeps_the_one_before(here, tmp_path):
    content = packed(make_package(tmp_path, "fr", "en", WORDS))
    adding.bring(_put(tmp_path / "good", content), _made(here))
    with pytest.raises(HelperError):
        adding.bring(_put(tmp_path / "bad", _damaged(content)), here)
    assert Argos(here).translate("migrants", "fr", "en") == "migrants"


def test_a_package_that_can_not_be_loaded_is_not_taken(here, tmp_path, capsys):
    package = make_package(tmp_path, "fr", "en", WORDS, bpe=True)
    (package / "bpe.model").write_text("")
    file = _put(tmp_path / "x.argosmodel", packed(package))
    assert adding.run("add_translator", ["--file", str(file)]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and "can't be loaded" in said[0], said
    assert [p.name for p in here.iterdir()] == [".lock"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_that_is_packed_otherwise_is_refused(here, tmp_path, capsys, packing):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        archive.writestr("a/metadata.json", "{}" * 100)
    for begin in (40, 50, 60):
        broken = bytearray(content.getvalue())
        broken[begin : begin + 12] = b"\xff" * 12
        _put(tmp_path / "x", bytes(broken))
        assert adding.run("add_translator", ["--file", str(tmp_path / "x")]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_killed_while_it_replaces_a_package_the_one_before_is_there(here, tmp_path):
    file = _put(tmp_path / "x", packed(make_package(tmp_path, "fr", "en", WORDS)))
    assert adding.run("add_translator", ["--file", str(file)]) == 0
    if not (child := os.fork()):  # it is killed before the second of its renames
        rename, done = os.rename, []

        def once(*places):
            if done:
                os.kill(os.getpid(), signal.SIGKILL)
            done.append(rename(*places))

        os.rename = once
        adding.run("add_translator", ["--file", str(file)])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert Argos(here).translate("migrants", "fr", "en") == "migrants"
    assert adding.run("add_translator", ["--file", str(tmp_path / "nothing")]) == 2
    assert [p.folder.name for p in installed(here)] == ["fr_en"]
    assert Argos(here).translate("migrants", "fr", "en") == "migrants"


def _put(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_a_package_may_be_no_larger_than_packages_are(here, tmp_path, monkeypatch):
    monkeypatch.setattr(adding, "MOST_PACKAGE", 10_000)
    file = _put(tmp_path / "x", _archive(**{"a/metadata.json": b" " * 10_001}))
    with pytest.raises(HelperError, match="larger"):
        adding.bring(file, _made(here))


@pytest.mark.parametrize("arguments", [["french"], ["fr", "--to", "../x"], [], ["fr", "--sha256", "00"]])
def test_arguments_that_say_nothing_are_refused(here, arguments):
    with pytest.raises(SystemExit) as end:
        adding.run("add_translator", arguments)
    assert end.value.code == 2
