"""The words of all languages agree, and each is said somewhere."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from string import Formatter

import pytest

from griot.digest.core.words import FOLDER, LANGUAGES, issue_title, words
from tests.support import ROOT

CODES = [code for code, _ in LANGUAGES]
SECTIONS = {path.stem: tomllib.loads(path.read_text()) for path in FOLDER.glob("*.toml")}
SOURCES = [
    path.read_text()
    for path in (ROOT / "src" / "griot").rglob("*")
    if path.suffix in {".py", ".html", ".mjml", ".txt", ".xml"}
]


def placeholders(said: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(said) if name is not None]


def test_every_language_of_the_site_has_its_file():
    assert set(SECTIONS) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_no_words_are_missing_or_superfluous_in_any_language(code):
    assert {s: set(said) for s, said in SECTIONS[code].items()} == {
        s: set(said) for s, said in SECTIONS["en"].items()
    }
    assert all(said.strip() for said in words(code).values())


@pytest.mark.parametrize("code", CODES)
def test_what_the_program_puts_in_has_its_place_in_every_language(code):
    assert {key: placeholders(said) for key, said in words(code).items()} == {
        key: placeholders(said) for key, said in words("en").items()
    }


def test_a_key_stands_in_one_section():
    assert len(words("en")) == sum(len(said) for said in SECTIONS["en"].values())
    assert not {w for w in words("en") if hasattr(dict, w)}, "a template would find the dictionary's method"


def test_every_word_is_said_somewhere():
    source = "\n".join(SOURCES)
    said = set(re.findall(r"\b(?:say|t)\.([a-z_]+)", source)) | set(re.findall(r"\"([a-z_]+)\"", source))
    families = tuple(re.findall(r"\"([a-z_]+_)\" ~", source))
    assert not {key for key in words("en") if key not in said and not key.startswith(families)}


def test_a_language_without_words_has_english():
    assert words("pt") == words("en")
    assert words("fr-CA") == words("fr")
    assert issue_title(date(2018, 12, 12), "es") == "Resumen de la mañana, 12 de diciembre de 2018"
