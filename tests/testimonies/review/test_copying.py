"""What others get: copies and downloads as the consent allows, each known; the gallery, its map
and its captions.
"""

from __future__ import annotations

import errno
import io
import zipfile

import pytest
from django.test import Client

from griot.digest.core.rendering.worldmap import Mark, draw
from griot.testimonies.core.media.ffmpeg import probe
from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.making.rendering import make, showable
from griot.testimonies.models import Departure, Rendition
from griot.testimonies.review import changing, copying, review
from griot.testimonies.showing.shown import address_of, told
from griot.testimonies.withdrawing import erase, withdraw
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import committed, user_with
from tests.testimonies.review.test_cutting import film
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(site, django_user_model):
    return {
        role: user_with(django_user_model, role)
        for role in ("protection", "editor", "approver", "coordinator")
    }


def published(phone, people, *files, consent=None, **changes):
    uses = ["team", "web", "mail", "partners", "screenings", "media"]
    row = phone.tell(consent={"uses": uses, **(consent or {})}, **changes)
    for n, content in enumerate(files):
        phone.send(row, content, position=str(n))
    with committed():
        for kind in ("light", "stream", "still", "photo", "sound"):
            for rendition in Rendition.objects.filter(file__testimony=row, kind=kind):
                make(rendition.pk)
        Rendition.objects.filter(state="waiting").delete()
    publish(row, people)
    return type(row).objects.get(pk=row.pk)


def ask_copy(user, row, use="partners", recipient="Radio Kindia"):
    client = Client()
    with_second_factor(client, user)
    return client.post(
        f"/admin/testimonies/{row.pk}/step/", {"act": "copy", "use": use, "recipient": recipient}
    )


def unpacked(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


def test_a_copy_holds_what_the_consent_allows_and_is_known(phone, people, tmp_path):
    row = published(phone, people, film(tmp_path), made.photo())
    photo = row.files.get(media="photo")
    texts = {
        "title": "The night",
        "quote": "I left.",
        "body": "One.",
        "subtitles": "WEBVTT\n\n00:01.000 --> 00:02.000\nI am {Awa}.\n",
        "captions": {str(photo.pk): "My hands"},
    }
    review.write(row, people["editor"], "en", texts)
    for rendition in showable(row):
        Rendition.objects.filter(pk=rendition.pk).update(approved=row.arrived)
    changing.publish_changes(row, people["approver"])
    answer = ask_copy(people["approver"], row, "screenings", "  Town hall,\n Thiès ")
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    archive = unpacked(answer)
    names = set(archive.namelist())
    assert (
        {"words-en.txt", "subtitles-en.vtt", "read-me-first.txt"} <= names
        and any(n.startswith("film-") for n in names)
        and any(n.startswith("photo-") for n in names)
    )
    words = archive.read("words-en.txt").decode()
    assert "The night" in words and "My hands" in words and "Diop" not in words
    assert (
        "Awa}" not in archive.read("subtitles-en.vtt").decode()
        and "I am …." in archive.read("subtitles-en.vtt").decode()
    )
    terms = archive.read("read-me-first.txt").decode()
    assert (
        "Town hall, Thiès" in terms
        and "a screening" in terms
        and "24 hours" in terms
        and f"/stories/{row.slug}/" in terms
    )
    (tmp_path / "copy.mp4").write_bytes(archive.read(next(n for n in names if n.startswith("film-"))))
    assert probe(tmp_path / "copy.mp4", "mov").seconds == pytest.approx(8, abs=0.3)
    left = Departure.objects.get()
    assert (left.how, left.to) == ("screening", "Town hall, Thiès")
    withdraw(row, "teller")
    erase(row.pk)
    client = Client()
    with_second_factor(client, people["approver"])
    assert b"Town hall, Thi" in client.get(f"/admin/testimonies/{row.pk}/").content, (
        "so that they can be told"
    )


def test_each_film_is_in_the_copy_once_though_they_stand_at_one_position(phone, people, tmp_path):
    row = published(phone, people, film(tmp_path), film(tmp_path, 6))
    row.files.update(position=0)
    of_first = Rendition.objects.filter(file=row.files.order_by("arrived").first(), kind="stream")
    of_first.update(approved=None)  # nobody has looked at it: the light one is what may be given
    names = unpacked(ask_copy(people["approver"], row)).namelist()
    films = [name for name in names if name.startswith("film-")]
    assert len(films) == len({*films}) == 2


@pytest.mark.parametrize(
    ("role", "use", "recipient"),
    [
        ("editor", "partners", "X"),
        ("protection", "partners", "X"),
        ("approver", "partners", " "),
        ("approver", "web", "X"),
        ("approver", "media", "X"),
    ],
)
def test_no_copy_is_given_to_whom_or_for_what_it_is_not(phone, people, role, use, recipient):
    row = published(phone, people, made.photo(), consent={"uses": ["team", "web", "partners"]})
    answer = ask_copy(people[role], row, use, recipient)
    assert answer.get("Content-Type") != "application/zip" and not Departure.objects.exists()


def test_no_copy_of_what_is_not_published_or_not_allowed_any_more(phone, people):
    row = published(phone, people, made.photo())
    assert ask_copy(people["approver"], row).get("Content-Type") == "application/zip"
    review.send_back(row, people["approver"], "a doubt")
    assert ask_copy(people["approver"], row).get("Content-Type") != "application/zip"


def test_no_copy_of_what_is_taken_back_or_narrowed_while_it_is_made(phone, people, monkeypatch):
    terms = copying._terms
    for change in (lambda row: row.consents.update(naming="unnamed"), lambda row: withdraw(row, "teller")):
        row = published(phone, people, made.photo())

        def then_changed(*parts, row=row, change=change):
            change(row)
            return terms(*parts)

        monkeypatch.setattr(copying, "_terms", then_changed)
        assert ask_copy(people["approver"], row).status_code == 302
        assert not Departure.objects.filter(testimony=row.pk).exists()


def test_a_copy_of_what_is_erased_or_has_no_room_is_refused_in_words(phone, people, monkeypatch):
    def erased(*_):
        raise VaultError("the vault has no such file")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    row = published(phone, people, made.photo())
    for way in (erased, full):
        with monkeypatch.context() as patch:
            patch.setattr(copying, "_add", way)
            assert ask_copy(people["approver"], row).status_code == 302
    assert not Departure.objects.filter(testimony=row.pk).exists()


def test_other_media_download_where_the_consent_lets_them(phone, people):
    row = published(phone, people, made.photo())
    page = Client().get(f"/stories/{row.slug}/").content.decode()
    [download] = told(row, "web", "fr").downloads
    assert download.url in page and download.kind == "photo" and download.size > 0
    for _ in range(3):
        answer = Client().get(download.url)
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert [(d.how, d.to) for d in Departure.objects.all()] == [("download", "anyone, on the site")], (
        "once a day"
    )
    withdraw(row, "teller")
    assert Client().get(download.url).status_code == 410
    other = published(phone, people, made.photo("PNG"), consent={"uses": ["web", "mail"]})
    assert (
        told(other, "web", "fr").downloads == ()
        and "Download" not in Client().get(f"/stories/{other.slug}/").content.decode()
    )
    row = Rendition.objects.get(file__testimony=other)
    assert Client().get(address_of(row, "media")).status_code == 410


def test_the_gallery_is_by_theme_and_route_and_no_more_precise_than_allowed(
    phone, people, settings, tmp_path
):
    settings.CAPTURE_DIST = tmp_path
    rows = [
        published(phone, people, made.photo(kind), consent={"place": place})
        for kind, place in (("JPEG", "exact"), ("PNG", "region"), ("WEBP", "country"))
    ]
    for row, themes, route in zip(
        rows, (["sea"], ["work", "sea"], ["work"]), ("sahara", "atlantic", "atlantic"), strict=True
    ):
        review.describe(row, people["editor"], themes, route)
        assert not told(row, "web", "fr").themes, "it waits for approval"
        changing.publish_changes(row, people["approver"])
    slugs = {place: row.slug for place, row in zip(("exact", "region", "country"), rows, strict=True)}

    def shown(query: str) -> set[str]:
        page = Client().get(f"/stories/?{query}").content.decode()
        return {place for place, slug in slugs.items() if f"/stories/{slug}/" in page}

    assert (
        shown("") == {"exact", "region", "country"}
        and shown("theme=sea") == {"exact", "region"}
        and shown("theme=work") == {"region", "country"}
    )
    assert shown("route=atlantic") == {"region"}, "a route says more than a country"
    assert (
        shown("route=sahara") == {"exact"}
        and shown("theme=sea&route=atlantic") == {"region"}
        and shown("theme=none") == set()
    )
    assert (
        told(rows[2], "web", "fr").place.latitude is None
        and told(rows[1], "web", "fr").place.latitude is None
    )
    with pytest.raises(review.Refused):
        review.describe(rows[0], people["editor"], ["another"], "")


SQUARE = {
    "SN": [[(-17.0, 12.0), (-12.0, 12.0), (-12.0, 16.0), (-17.0, 16.0)]],
    "GN": [[(-15.0, 7.0), (-8.0, 7.0), (-8.0, 12.0), (-15.0, 12.0)]],
}


def test_the_map_places_marks_within_what_it_draws():
    drawn = draw(SQUARE, [Mark("/a", "Senegal: 3", 3, "SN"), Mark("/b", "B", 1, "GN", (-13.7, 9.5))])
    assert drawn and drawn.told.count("M") == 2 and not drawn.land
    country, exact = drawn.marks
    assert all(0 < m.x < drawn.width and 0 < m.y < drawn.height for m in drawn.marks)
    assert country.y < exact.y and country.radius > exact.radius, "north is up, more is larger"
    assert (
        draw({}, [Mark("/a", "x", 1, "SN")]) is None
        and draw(SQUARE, []) is None
        and draw(SQUARE, [Mark("/a", "x", 1, "XX")]) is None
    )
    around = draw(SQUARE, [Mark("/a", "a", 1, at=(-179.0, -60.0)), Mark("/b", "b", 1, at=(179.0, 80.0))])
    assert around and all(0 <= m.x <= around.width and 0 <= m.y <= around.height for m in around.marks)


def test_the_shapes_of_the_build_know_the_countries_of_the_demo():
    from django.conf import settings

    from griot.digest.core.rendering.worldmap import shapes

    path = settings.CAPTURE_DIST / "countries.json"
    if not path.is_file():
        pytest.skip("the phone app, which brings the shapes, is not built")
    known = shapes(path)
    assert {"SN", "GN", "NG", "FR", "LY"} <= set(known)
    drawn = draw(known, [Mark("/", "Senegal", 1, "SN")])
    assert drawn and drawn.land.count("M") > 5


def test_captions_stand_under_their_photos_and_in_an_issue(phone, people):
    row = published(phone, people, made.photo(), made.photo("PNG"), kind="photo_essay")
    client = Client()
    with_second_factor(client, people["editor"])
    first, second = row.files.filter(role="story").order_by("position")
    page = client.get(f"/admin/testimonies/{row.pk}/").content.decode()
    assert f'name="caption {first.pk}"' in page
    client.post(
        f"/admin/testimonies/{row.pk}/",
        {
            "language": "fr",
            "title": "T",
            "quote": "Q",
            "body": "",
            "seen": review.mark_of_words(row, "fr"),
            f"caption {first.pk}": "Awa Diop’s kettle",
            f"caption {second.pk}": "",
        },
    )
    assert "kettle" not in Client().get(f"/fr/stories/{row.slug}/").content.decode(), "it waits for approval"
    changing.publish_changes(row, people["approver"])
    page = Client().get(f"/fr/stories/{row.slug}/").content.decode()
    assert "<figcaption>Awa’s kettle</figcaption>" in page, "a name that is kept back is not in a caption"
    row.refresh_from_db()
    assert [i.caption for i in told(row, "web", "fr").images] == ["Awa’s kettle", ""]
