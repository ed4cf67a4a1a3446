"""A name that is kept back is in nothing that is shown, and costs no list anything."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from griot.testimonies import withdrawing
from griot.testimonies.models import Testimony
from griot.testimonies.review import changing, review
from griot.testimonies.showing.shown import all_told, told
from tests.testimonies import made
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


def test_it_is_in_no_field_of_a_story(phone, people, client):
    name, said = "Zéphyrine N'Diaye", "ZEPHYRINE, Ze\u0301phyrine, Ndiaye and N’Di\xadaye"
    testimony = phone.tell(
        teller={"name": name, "spot": f"{said} street", "region": said, "left": said, "reached": said},
        consent={"naming": "unnamed", "place": "exact"},
        answers={"leaving": said},
    )
    photo = phone.send(testimony, made.photo())
    publish(testimony, people)
    vtt = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{said} left.\n"
    texts = {"title": said, "quote": said, "body": said, "subtitles": vtt, "chapters": f"0:00 {said}"}
    review.write(testimony, people["editor"], "fr", {**texts, "captions": {str(photo.pk): said}})
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    value = told(testimony, "web", "fr")
    everything = repr(astuple(value)).casefold()
    for word in ("phyrine", "diaye"):
        assert word not in everything
    assert value.place.words == "…, …, … and … street, …, …, … and …"
    for path in ("", "feed/", f"{testimony.slug}/", f"{testimony.slug}/subtitles.vtt"):
        page = client.get(f"/fr/stories/{path}").content.decode()
        assert "…" in page and "phyrine" not in page.casefold() and "diaye" not in page.casefold()


@pytest.mark.parametrize("corrected", ["Zephirine Diallo", ""])
def test_it_stays_kept_back_when_its_spelling_is_corrected(phone, people, client, corrected):
    """The words say the name as it was first heard."""
    consent = {"naming": "unnamed", "place": "exact"}
    testimony = phone.tell(teller={"name": "Zephyrine Diallo", "alias": "Zaza"}, consent=consent)
    publish(testimony, people)
    review.write(testimony, people["editor"], "fr", {"title": "Zephyrine, Zaza speak", "quote": "Q"})
    late = {**consent, "given": "2026-11-02T10:00:00Z"}
    phone.tell(id=str(testimony.pk), teller={"name": corrected, "alias": "Kiné"}, consent=late)
    changing.decide_proposal(testimony, people["protection"], testimony.proposals.get().pk, True)
    review.judge(testimony, people["protection"], True, "unnamed as before")
    changing.publish_changes(testimony, people["approver"])
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert testimony.name == corrected and told(testimony, "web", "fr").title == "…, … speak"
    assert "Z" not in client.get(f"/fr/stories/{testimony.slug}/").content.decode().partition("<h1")[2][:200]
    withdrawing.withdraw(testimony, "teller")
    withdrawing.erase(testimony.pk)
    testimony.refresh_from_db()
    assert not testimony.names and not testimony.aliases


def test_another_name_is_kept_back_where_no_more_than_it_may_be_shown(phone, people):
    for naming, shown in (("unnamed", "…"), ("alias", "Kiné"), ("first_name", "Zaza"), ("named", "Zaza")):
        testimony = phone.tell(teller={"alias": "Zaza"}, consent={"naming": naming})
        phone.tell(id=str(testimony.pk), teller={"alias": "Kiné"}, consent={"naming": naming})
        publish(testimony, people)
        review.write(testimony, people["editor"], "fr", {"title": "Zaza speaks", "quote": "Q"})
        changing.publish_changes(testimony, people["approver"])
        testimony = Testimony.objects.get(pk=testimony.pk)
        assert told(testimony, "web", "fr").title == f"{shown} speaks", naming


def test_no_subtitle_says_it_in_signs(phone, people, client):
    testimony = phone.tell(teller={"name": "Zéphyrine"}, consent={"naming": "unnamed"})
    publish(testimony, people)
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nZ&eacute;phyrine Z&shy;ephyrine Zephyr&#105;ne\n"
    review.write(testimony, people["editor"], "fr", {"subtitles": vtt})
    changing.publish_changes(testimony, people["approver"])
    page = client.get(f"/fr/stories/{testimony.slug}/subtitles.vtt").content.decode()
    assert page.endswith("\n… … …\n")


def test_a_list_reads_nothing_that_stands_on_a_storys_own_page_alone(phone, people, client):
    """Subtitles that nobody could read are no trouble for a gallery or a feed: neither looks at them."""
    testimony = phone.tell()
    publish(testimony, people)
    testimony.approved["writings"]["fr"] |= {"subtitles": "--> 1", "chapters": "none"}
    Testimony.objects.update(approved=testimony.approved)
    (value,) = all_told("web", "fr")
    assert (value.title, value.subtitles, value.chapters) == ("La nuit du départ", "", ())
    assert all(
        testimony.slug in client.get(path).content.decode() for path in ("/fr/stories/", "/fr/stories/feed/")
    )
