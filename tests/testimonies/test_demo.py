"""The demo's testimonies: all kinds, on the way that real ones take."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from griot.demo.testimonies import seed_testimonies, tell_all
from griot.locking import only_one_at
from griot.testimonies.models import Access, Rendition, Testimony
from griot.testimonies.showing import shown
from tests.support import ROOT
from tests.testimonies.people import committed


@pytest.mark.django_db
def test_twelve_testimonies_of_all_kinds_two_withdrawn_one_expired_one_anonymised(site):
    with committed():
        seed_testimonies()
    rows = Testimony.objects.all()
    assert rows.count() == 12 and {r.kind for r in rows} == {
        "interview",
        "portrait",
        "object",
        "photo_essay",
        "story",
    }
    assert sorted(rows.exclude(withdrawn_by="").values_list("withdrawn_by", flat=True)) == [
        "expiry",
        "teller",
        "teller",
    ]
    told = [t for r in rows if (t := shown.told(r, "web", "en"))]
    assert len(told) == 9 and sum(bool(t.film) for t in told) == 2 and sum(bool(t.sound) for t in told) == 1
    assert sum(len(t.images) for t in told) >= 10
    altered = next(t for t in told if t.title == "What I don’t show")
    assert altered.name == "Saa" and altered.is_altered and altered.place.words == ""
    films = Rendition.objects.filter(file__testimony__slug=altered.slug, kind="light")
    assert [(f.face, f.voice, f.state) for f in films] == [("blur", "alter", "ready")]
    assert Access.objects.filter(what="published").count() == 12

    with committed():
        seed_testimonies()
    assert Testimony.objects.count() == 12, "again, it adds nothing"
    reader = Client()
    for t in told:
        page = reader.get(f"/stories/{t.slug}/").content.decode()
        assert t.title.replace("’", "&#8217;") in page or t.title in page
    assert all(reader.get(f"/stories/{r.slug}/").status_code == 410 for r in rows.exclude(withdrawn_by=""))


def _told_briefly() -> dict:
    """Of the demo's testimonies one that stays, one that is withdrawn and one that expires; none has a film."""
    told = tomllib.loads((ROOT / "demo" / "testimonies.toml").read_text())
    one = next(t for t in told["testimonies"] if t["media"] == "kettle")
    return {**told, "testimonies": [{**one, "end": end} for end in ("", "withdrawn", "expired")]}


def _tell_until_killed(told: dict, writes: int) -> None:
    """Seed in this process, which is killed at its n-th write to the database."""
    connections.close_all()
    left = writes

    def count(execute, sql, params, many, context):
        nonlocal left
        left -= sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        tell_all(told)
    os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_step_the_next_call_goes_on(site):
    """SIGKILL at one write after the other, each call going on where the one before was killed."""
    told, chance, kills, writes = _told_briefly(), random.Random(12), 0, 1
    while True:
        connections.close_all()
        seeder = multiprocessing.get_context("fork").Process(target=_tell_until_killed, args=(told, writes))
        seeder.start()
        seeder.join()
        if seeder.exitcode == 0:
            break
        assert seeder.exitcode == -signal.SIGKILL, "it does not stumble over what the one before left"
        kills, writes = kills + 1, writes + chance.randint(1, 8)
    assert kills > 8
    kept = {r.withdrawn_by: r for r in Testimony.objects.all()}
    assert set(kept) == {"", "teller", "expiry"}
    assert shown.told(kept[""], "web", "en") and kept["teller"].erased and kept["expiry"].erased
    assert Access.objects.filter(what="published").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_are_one(site):
    def seed_elsewhere() -> None:
        seed_testimonies()
        connections.close_all()

    with only_one_at("the demo's testimonies"), ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(seed_elsewhere).result()
    assert not Testimony.objects.exists()
