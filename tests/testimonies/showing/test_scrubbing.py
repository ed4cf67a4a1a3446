"""What was erased is in none of the database's files either."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from griot.runtime.postgres import embedded, place_for
from griot.testimonies.showing import scrubbing
from tests.support import ROOT

NAME = "Fatoumata Quertzwyla"  # which no table of ours, or of PostgreSQL's, holds by itself

TELL = f"""
from django.utils import timezone
from tests.testimonies.people import Phone, make_campaign, make_messenger
from griot.testimonies.withdrawing import erase, withdraw
from griot.testimonies.models import Consent
make_messenger(make_campaign())
row = Phone().tell(teller={{"name": "{NAME}"}}, answers={{"leaving": "{NAME} left at night. " * 400}})
withdraw(row, "teller")
"""
ERASE = """
from django.utils import timezone
from griot.testimonies.models import Testimony
from griot.testimonies.withdrawing import erase
from griot.testimonies.tasks import tidy
erase(Testimony.objects.get().pk)
if "tidy" in __import__("os").environ:
    tidy()
"""
STUMBLE = f"""
from django.db import connection
for wrong in ("SELECT 1/0, '{NAME}'", "SELECT '{NAME}'::int"):
    try:
        connection.cursor().execute(wrong)
    except Exception:
        pass
"""


def files_with(folder: Path, words: str) -> set[str]:
    """The kinds of the server's files in which words stand as they are."""
    wanted = words.encode()
    return {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and wanted in path.read_bytes()
    }


def run(code: str, url: str, folder: Path, **more: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "GRIOT_VAR": str(folder),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "griot.settings.test",
        **more,
    }
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_after_the_night_s_tidying_no_file_of_the_database_holds_what_was_erased(newsroom_folder):
    with embedded(newsroom_folder) as url:
        server = place_for(newsroom_folder).folder
        run(TELL, url, newsroom_folder)
        run(STUMBLE, url, newsroom_folder)
        assert NAME.encode() not in place_for(newsroom_folder).log.read_bytes()
        run(ERASE, url, newsroom_folder)
        assert files_with(server, NAME), "erased rows lie in the files yet: or this test proves nothing"
        run(ERASE.replace("erase(Testimony.objects.get().pk)", ""), url, newsroom_folder, tidy="1")
        assert not files_with(server, NAME)


@pytest.mark.django_db(transaction=True)
def test_a_table_in_use_is_not_waited_for_and_those_beside_it_are_written_anew(monkeypatch):
    monkeypatch.setattr(scrubbing, "TRIES", 2)
    monkeypatch.setattr(scrubbing, "PAUSE", 0.0)
    monkeypatch.setattr(scrubbing, "WAITED", "100ms")

    def file_of(table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_filenode(%s)", [table])
            return int(cursor.fetchone()[0])

    tables = ("testimonies_testimony", "testimonies_file")
    before = [file_of(table) for table in tables]
    with closing(connection.copy()) as reading, reading.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM testimonies_testimony")
        with pytest.raises(TimeoutError, match="testimonies_testimony"):
            scrubbing.scrub()
    assert [file_of(table) == was for table, was in zip(tables, before, strict=True)] == [True, False]
    scrubbing.scrub()
    assert file_of(tables[0]) != before[0]
