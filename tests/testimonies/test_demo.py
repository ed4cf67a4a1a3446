"""The demo's testimonies: all kinds, on the way that real ones take."""

from __future__ import annotations

import pytest
from django.test import Client

from griot.demo.testimonies import seed_testimonies
from griot.testimonies.models import Access, Rendition, Testimony
from griot.testimonies.showing import shown
from tests.testimonies.people import committed

pytestmark = pytest.mark.django_db


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
