"""Texts read aloud by people: taken in, kept as long as the text stands, and given to phones of both
kinds.
"""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from lxml import etree

from griot.testimonies.core.media.ffmpeg import probe
from griot.testimonies.intake import odk, speaking
from griot.testimonies.keeping import vault
from griot.testimonies.models import Campaign, ConsentText, Guide, Spoken
from tests.signing_in import with_second_factor
from tests.support import ROOT
from tests.testimonies import made
from tests.testimonies.people import KEY, Phone, committed, make_campaign, make_messenger, user_with

pytestmark = pytest.mark.django_db
ROOM = "/admin/testimonies/read-aloud/"


@pytest.fixture
def campaign(site):
    found = make_campaign()
    ConsentText.objects.create(campaign=found, language="wo", text="Sa nettali, yaa ko moom.")
    Guide.objects.create(
        campaign=found,
        kind="interview",
        language="fr",
        title="Partir",
        prompts=[{"id": "leaving", "text": "Pourquoi ?"}],
    )
    make_messenger(found)
    return found


@pytest.fixture
def room(client, django_user_model):
    root = django_user_model.objects.create_superuser("root", "root@a.example", "a password of length")
    with_second_factor(client, root)
    return client


def send(room, text: str, content: bytes, **more: str):
    return room.post(ROOM, {"text": text, "file": SimpleUploadedFile("a", content), **more}, follow=True)


def test_a_text_is_read_aloud_and_phones_take_it_along(campaign, room, tmp_path):
    page = room.get(ROOM).content.decode()
    assert (
        "Sa nettali" in page and "Pourquoi ?" in page and "<strong>12</strong> of 12 are not read yet" in page
    )
    assert b"Kept" in send(room, "wo consent", made.sound(tmp_path, "ogg").read_bytes()).content
    row = Spoken.objects.get()
    phone = Phone()
    [told] = phone.get("pack/").json()["spoken"]
    assert (told["what"], told["language"]) == ("consent", "wo")
    content = phone.get(f"spoken/{told['id']}/").content
    assert hashlib.sha256(content).hexdigest() == told["sha256"] and len(content) == told["size"]
    (tmp_path / "a.m4a").write_bytes(content)
    assert probe(tmp_path / "a.m4a", "mov").audio == "aac" and row.seconds == pytest.approx(2, abs=0.2)
    assert b"Awa" not in content and room.get(f"{ROOM}{row.pk}/").content == content
    with committed():
        send(room, "wo consent", made.sound(tmp_path, "mp3").read_bytes())
    [told] = phone.get("pack/").json()["spoken"]
    assert told["id"] != row.pk, "the newest is played"
    with committed():
        room.post(ROOM, {"text": "wo consent", "drop": "1"})
    assert phone.get(f"spoken/{row.pk}/").content == content, "what somebody may have agreed to stays"
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Spoken.objects.update(vault="another")


def test_each_question_of_a_consent_can_be_read_aloud_and_is_one_that_the_app_asks(campaign, room, tmp_path):
    asked = re.findall(r'word: "(\w+)"', (ROOT / "capture/src/screens/consent.ts").read_text())
    assert tuple(asked) == ("explained", "evidence", *speaking.QUESTIONS[:-1])
    assert "Ndax mën nañu gis kanam gi?" in room.get(ROOM).content.decode()
    with committed():
        send(room, "wo consent/ask_face", made.sound(tmp_path, "ogg").read_bytes())
    [told] = Phone().get("pack/").json()["spoken"]
    assert (told["what"], told["language"]) == ("consent/ask_face", "wo")
    with committed():
        room.post(ROOM, {"text": "wo consent/ask_face", "drop": "1"})
    assert not Spoken.objects.exists() and vault().names() == [], "nobody agrees to a question alone"


def test_a_prompt_is_read_anew_or_not_at_all(campaign, room, tmp_path):
    for format in ("ogg", "mp3"):
        with committed():
            send(room, "fr interview/leaving", made.sound(tmp_path, format).read_bytes())
        assert vault().names() == [Spoken.objects.get().vault]
    with committed():
        room.post(ROOM, {"text": "fr interview/leaving", "drop": "1"})
    assert not Spoken.objects.exists() and vault().names() == []


def test_a_consent_text_that_somebody_may_have_heard_is_followed_not_changed(campaign, room):
    text = ConsentText.objects.get()
    edit = f"/admin/consent_texts/edit/{text.pk}/"
    said = {"campaign": campaign.pk, "language": "wo", "version": "1", "text": "You agree to everything."}
    assert b"Add your words as a new version" in room.post(edit, said).content
    room.post(f"/admin/consent_texts/delete/{text.pk}/")
    assert ConsentText.objects.get().text == text.text
    for change in (lambda: ConsentText.objects.update(text="All."), ConsentText.objects.all().delete):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            change()
    room.post("/admin/consent_texts/new/", {**said, "version": "2"})
    [told] = Phone().get("pack/").json()["consents"]
    assert (told["version"], told["text"]) == (2, said["text"])
    other = Campaign.objects.create(name="Other", slug="other", countries=["ML"], languages=["fr"])
    draft = ConsentText.objects.create(campaign=other, language="fr", text="A draft.")
    edit = f"/admin/consent_texts/edit/{draft.pk}/"
    assert room.post(edit, {**said, "campaign": other.pk, "language": "fr"}).status_code == 302
    assert room.post(f"/admin/consent_texts/delete/{draft.pk}/").status_code == 302
    assert not other.consent_texts.exists(), "nobody can have heard it"


def test_what_is_read_out_for_want_of_a_consent_text_stays_likewise(site, room):
    campaign = make_campaign()
    said = {
        "name": "Voices",
        "slug": "voices",
        "countries": "SN,GN",
        "languages": "fr",
        "about": "A",
        "begins": "2026-01-01",
    }
    edit = f"/admin/campaigns/edit/{campaign.pk}/"
    assert room.post(edit, said).status_code == 302, "nobody has heard it yet"
    make_messenger(campaign)
    assert b"add a consent text first" in room.post(edit, {**said, "about": "B"}).content
    ConsentText.objects.create(campaign=campaign, language="fr", text="Non.")
    assert room.post(edit, {**said, "about": "B"}).status_code == 302


def test_a_text_that_was_changed_is_not_played_until_it_is_read_anew(campaign, room, tmp_path):
    send(room, "wo consent", made.sound(tmp_path).read_bytes())
    ConsentText.objects.create(campaign=campaign, language="wo", version=2, text="Mën nga ko jël.")
    assert Phone().get("pack/").json()["spoken"] == []
    assert "the text has changed since it was read" in room.get(ROOM).content.decode()
    send(room, "wo consent", made.sound(tmp_path).read_bytes())
    assert len(Phone().get("pack/").json()["spoken"]) == 1


@pytest.mark.parametrize(
    ("text", "content"),
    [("wo consent", b"no sound"), ("wo consent", made.photo()), ("wo interview/none", None), ("", None)],
)
def test_what_is_no_reading_is_refused_in_words(campaign, room, tmp_path, text, content):
    answer = send(room, text, content or made.sound(tmp_path).read_bytes())
    assert b"Nothing was changed" in answer.content and not Spoken.objects.exists() and vault().names() == []


def test_only_administrators_keep_them_and_only_the_campaigns_phones_hear_them(
    campaign, client, django_user_model, tmp_path
):
    (tmp_path / "sent").write_bytes(made.sound(tmp_path).read_bytes())
    row = speaking.keep(campaign, "fr", "interview/leaving", tmp_path / "sent")
    for role in ("coordinator", "editor", "protection"):
        client.force_login(user_with(django_user_model, role))
        assert client.get(ROOM).status_code == 403 or client.get(ROOM).status_code == 302
    assert client.get(f"/capture/api/spoken/{row.pk}/").status_code == 401
    from griot.testimonies.models import Campaign, Country

    other = Campaign.objects.create(name="Other", slug="other", countries=["ML"], languages=["fr"])
    Country.objects.create(campaign=other, code="ML")
    make_messenger(other, "ML", key="other")
    assert (
        Phone("other").get(f"spoken/{row.pk}/").status_code == 404
        and Phone(KEY).get(f"spoken/{row.pk}/").status_code == 200
    )


def test_odk_collect_gets_them_in_the_manifest(campaign, client, tmp_path):
    import base64

    (tmp_path / "sent").write_bytes(made.sound(tmp_path).read_bytes())
    row = speaking.keep(campaign, "fr", "interview/leaving", tmp_path / "sent")
    said = ":".join(odk.admit(campaign.teams.get(code="SN").messengers.get()))
    auth = {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(said.encode()).decode()}", "secure": True}
    form = client.get("/odk/forms/griot-voices-interview", **auth).content.decode()
    [media] = etree.fromstring(client.get("/odk/forms/griot-voices-interview/manifest", **auth).content)
    name, checksum, url = (element.text for element in media)
    assert f"jr://audio/{name}" in form and checksum == f"md5:{row.md5}"
    content = client.get(url.removeprefix("https://testserver"), **auth).content
    assert hashlib.md5(content).hexdigest() == row.md5
    assert client.get(f"/odk/spoken/{row.pk}.m4a", secure=True).status_code == 401
