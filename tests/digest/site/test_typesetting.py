"""What is set in type lies on the disk, and not longer than what it shows may be shown."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import typst
from django.conf import settings
from django.test import Client

from griot.digest.site.typesetting import set_once, state
from griot.digest.tasks import index_anew_now
from griot.testimonies import withdrawing
from tests.digest.issues import make_issue
from tests.testimonies.people import committed
from tests.testimonies.showing.test_withdrawal import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(site, django_user_model):
    return House(django_user_model)


@pytest.mark.parametrize("paper", ["pdf", "card"])
def test_tellers_photos_are_set_where_the_vault_s_sweep_clears(house, monkeypatch, tmp_path, paper):
    compile, elsewhere, seen = typst.compile, tmp_path / "elsewhere", []
    elsewhere.mkdir()

    def looked_at(*arguments, **options):
        """As whoever finds what a process that was killed just now has left."""
        seen.append(([*elsewhere.rglob("*.*")], [*settings.VAULT.glob(".scratch/*/*.jpg")]))
        return compile(*arguments, **options)

    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.setattr(typst, "compile", looked_at)
    assert Client().get(f"/{house.issue.slug}/{paper}/").status_code == 200
    [(left_elsewhere, photos)] = seen
    assert photos and not left_elsewhere
    assert not [*settings.VAULT.glob(".scratch/*")], "nor is it left by who lives"


def on_the_disk() -> set[Path]:
    return set(settings.TYPESET.rglob("*.djcache"))


def test_what_was_set_in_type_goes_with_the_words_whoever_dies_of_it(house):
    client, before = Client(), on_the_disk()
    pdf = client.get(f"/{house.issue.slug}/pdf/").content
    kept = on_the_disk() - before
    assert kept and client.get(f"/{house.issue.slug}/pdf/").content == pdf
    withdrawing.withdraw(house.testimony, "teller")  # and what follows its commit never happens
    index_anew_now()
    assert not {path for path in kept if path.exists()}
    assert client.get(f"/{house.issue.slug}/pdf/").content != pdf


def test_what_comes_late_goes_with_the_next_sweep(house):
    before, during = on_the_disk(), state()

    def make() -> bytes:
        with committed():
            withdrawing.withdraw(house.testimony, "teller")
        return b"as it was"

    assert set_once(during, ("pdf",), make) == b"as it was"
    assert on_the_disk() - before
    index_anew_now()
    assert not on_the_disk() - before
    assert set_once(state(), ("pdf",), lambda: b"as it is") == b"as it is"


def test_a_letter_with_more_marks_than_the_shaper_bears_is_set(site):
    issue = make_issue()
    issue.body[0].value["title"] = issue.summary = "क" + "ि" * 299
    issue.save()
    for way in ("pdf", "card"):
        assert Client().get(f"/{issue.slug}/{way}/").status_code == 200
