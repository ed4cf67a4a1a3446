"""The house is as its map shows it, and nothing goes in a circle."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from griot.runtime.mapping import PAGE, circles, drawing, python_imports, script_imports, with_drawing
from tests.support import ROOT


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    return python_imports()


def test_no_python_files_import_each_other_in_a_circle(imports):
    assert circles(imports) == []


def test_no_typescript_files_import_each_other_in_a_circle():
    found = script_imports(ROOT / "capture" / "src")
    assert found["main.ts"] >= {"router.ts", "screens/home.ts"}
    assert circles(found) == []


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}) == [{"b", "c"}]


LOADING = re.compile(r"\b(?:importlib(?!\.metadata)|__import__|pkgutil|runpy)\b")


LOAD_BY_NAME = {
    "cli.py",
    "press/core/commandline/__init__.py",
    "press/core/language/calendars.py",
    "runtime/postgres.py",
}


def test_nothing_loads_by_name_what_it_may_not_import():
    """But commands, of which one is loaded, the embedded server, which may be missing, and a library's words of
    one language.
    """
    house = ROOT / "src" / "griot"
    found = {str(p.relative_to(house)) for p in house.rglob("*.py") if LOADING.search(p.read_text())}
    assert found == LOAD_BY_NAME


def test_the_cores_load_without_a_framework():
    modules = [
        ".".join(p.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for p in sorted((ROOT / "src" / "griot").glob("*/core/**/*.py"))
    ]
    code = (
        f"import importlib, sys; [importlib.import_module(m) for m in {modules!r}];"
        "print({m.partition('.')[0] for m in sys.modules} & {'django', 'wagtail', 'procrastinate', 'psycopg'})"
    )
    env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**env, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "set()", done.stdout + done.stderr[-500:]


def test_a_drawing_of_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        drawing({"griot.a.b.c": {"griot.a.d.e"}, "griot.a.d.e": {"griot.a.b.c"}, "griot.a.core.f": set()})


def test_the_map_shows_the_rooms_and_arrows_of_the_code(imports):
    page = PAGE.read_text()
    assert with_drawing(page, drawing(imports)) == page, "./griot draw_map draws it anew"


def test_every_file_and_folder_that_the_map_names_exists():
    page = PAGE.read_text()
    named = re.findall(r"`((?:press|digest|mailing|testimonies|runtime|demo|helpers)/[\w/.]+)`", page)
    assert len(named) > 40
    for path in named:
        assert (ROOT / "src" / "griot" / path).exists(), path


def test_every_folder_of_the_house_is_on_the_map():
    page = PAGE.read_text()
    apps = [p for p in (ROOT / "src" / "griot").iterdir() if (p / "core").is_dir()]
    assert len(apps) >= 5
    for app in apps:
        rooms = [p.name for p in app.iterdir() if (p / "__init__.py").exists()]
        for room in set(rooms) - {"models", "management", "migrations"}:
            assert f"{room}/" in page, f"{app.name}/{room}"
