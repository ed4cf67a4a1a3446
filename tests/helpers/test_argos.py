"""The translator on this machine: real libraries read real packages, made by the test."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from griot.helpers import argos
from griot.helpers.argos import Argos, installed, route
from griot.helpers.clients import helper_from
from griot.helpers.protocols import HelperError
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.lines import line_text
from griot.press.core.types import Article
from tests.helpers.tiny import FRENCH, make_package


def put(folder: Path, source: str, target: str, words: dict[str, str], **how: object) -> Path:
    """A package in its place."""
    place = folder / f"{source}_{target}"
    os.rename(make_package(folder / "made", source, target, words, **how), place)
    return place


@pytest.mark.parametrize("bpe", [False, True])
def test_a_package_translates_on_this_machine(tmp_path, bpe):
    put(tmp_path, "fr", "en", FRENCH, bpe=bpe)
    helper = helper_from(f"argos+{tmp_path.as_uri()}")
    assert helper.where == "this machine"
    told = helper.translate("Les gardes ont secouru 57 migrants.\n\nLes migrants, dimanche.", "fr", "en")
    assert told == "Coast guards have rescued 57 migrants. Coast migrants, Sunday."


def test_a_name_that_no_model_knows_goes_through(tmp_path):
    put(tmp_path, "fr", "en", FRENCH)
    assert Argos(tmp_path).translate("migrants de Ouagadougou", "fr", "en") == "migrants of Ouagadougou"


def test_two_languages_without_a_package_of_their_own_meet_in_english(tmp_path):
    put(tmp_path, "fr", "en", {"migrants": "migrants", "secouru": "rescued"})
    put(tmp_path, "en", "es", {"migrants": "migrantes", "rescued": "rescatados"})
    assert Argos(tmp_path).translate("migrants secouru", "fr", "es") == "migrantes rescatados"
    with pytest.raises(HelperError, match="no package from es into fr"):
        Argos(tmp_path).translate("migrantes", "es", "fr")
    with pytest.raises(HelperError, match="a language that is not known"):
        Argos(tmp_path).translate("migrantes", "", "en")


def test_nothing_of_a_sentence_without_an_end_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(argos, "MOST_PIECES", 20)
    put(tmp_path, "fr", "en", FRENCH)
    words = Argos(tmp_path).translate("gardes migrants " * 45, "fr", "en").split()
    assert words == ["guards", "migrants"] * 45


def test_several_at_once_load_a_model_once(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    put(tmp_path, "fr", "en", FRENCH)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(Argos(tmp_path).translate, "gardes", "fr", "en") for _ in range(8)]
        assert {a.result() for a in asked} == {"guards"}


@pytest.mark.parametrize(
    "break_it",
    [
        lambda place: (place / "metadata.json").write_text("{"),
        lambda place: (place / "metadata.json").write_text("[]"),
        lambda place: (place / "metadata.json").write_text("[" * 60_000),
        lambda place: (place / "metadata.json").write_bytes(b"\xff\x00"),
        lambda place: (place / "metadata.json").write_text(
            json.dumps({"from_code": "../..", "to_code": "en"})
        ),
        lambda place: (place / "metadata.json").unlink(),
        lambda place: (place / "model" / "model.bin").unlink(),
        lambda place: (place / "sentencepiece.model").unlink(),
        lambda place: (place / "model" / "model.bin").write_bytes(b"\x00" * 100),
        lambda place: (place / "sentencepiece.model").write_bytes(b"no model"),
        lambda place: (place / "metadata.json").write_text(
            json.dumps({"from_code": "fr", "to_code": "en", "package_version": "1\ud800"})
        ),
    ],
)
def test_a_broken_package_is_said_and_stands_in_no_ones_way(tmp_path, break_it):
    break_it(put(tmp_path, "fr", "en", FRENCH))
    put(tmp_path, "es", "en", {"migrantes": "migrants"})
    with pytest.raises(HelperError):
        Argos(tmp_path).translate("gardes", "fr", "en")
    assert Argos(tmp_path).translate("migrantes", "es", "en") == "migrants"


@pytest.mark.parametrize("codes", ["", "one two three\n", "#version: x\na b\n", "#version: 0.2\na\n"])
def test_a_list_of_merges_that_is_none_ends_nobody(tmp_path, codes):
    """The library that reads it ends the process."""
    place = put(tmp_path, "fr", "en", FRENCH, bpe=True)
    (place / "bpe.model").write_text(codes)
    with pytest.raises(HelperError):
        Argos(tmp_path).translate("gardes", "fr", "en")


@pytest.mark.parametrize("bpe", [False, True])
@pytest.mark.parametrize("text", ["a\ud800b gardes", "\x00", "   ", "▁▁▁", "<unk> </s>"])
def test_odd_texts_are_translated_or_refused(tmp_path, text, bpe):
    put(tmp_path, "fr", "en", FRENCH, bpe=bpe)
    try:
        Argos(tmp_path).translate(text, "fr", "en")
    except HelperError:
        pass


def test_what_can_be_a_step_is_shortest():
    packages = [*map(_Pair, [("fr", "en"), ("en", "es"), ("fr", "es")])]
    assert route(packages, "fr", "es") == [packages[2]]
    assert installed(Path("/nowhere")) == []


class _Pair:
    def __init__(self, pair: tuple[str, str]) -> None:
        self.source, self.target = pair


def test_a_foreign_story_gets_a_line_in_the_issues_language(tmp_path):
    story = Article(
        "f",
        "Le Phare",
        "57 migrants secourus",
        language="fr",
        summary="Les gardes ont secouru 57 migrants près de Lampedusa dimanche.",
    )
    put(tmp_path, "fr", "en", FRENCH)
    line = draft([story], "en", Argos(tmp_path))
    assert line.ok
    assert "rescued 57 migrants" in line_text(line) and "French" not in line_text(line), line_text(line)
